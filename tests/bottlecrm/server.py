"""A real BottleCRM on loopback, from its package on a CPython of its own, with a database of its own."""

import json
import os
import secrets
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

from connector.model import Record
from tests.servers import Broken, Unavailable, await_answer, connected, copied, environment, free_port, interpreter, postgresql, run

PACKAGE = "django-crm==1.35.0"
SERVED = "bottlecrm"
"""The database that answers."""
SITE = Path(__file__).with_name("site")
"""What stands before the package: its settings, and the script that fills it."""
_OWNER = "crm"


@dataclass(frozen=True, slots=True)
class Server:
    """A running BottleCRM: where it answers, and the address of its PostgreSQL."""

    url: str
    socket_folder: str

    def connect(self, database: str = SERVED) -> psycopg.Connection:
        """Connect to a database past BottleCRM, for what its API cannot do."""
        return connected("postgres", database, self.socket_folder)

    def copy(self, template: str, database: str) -> None:
        """Make a database anew as a copy of another one."""
        with self.connect("postgres") as connection:
            copied(connection, template, database, owner=_OWNER)


@contextmanager
def bottlecrm(folder: Path, records: Sequence[Record], token: str) -> Iterator[Server]:
    """Run a BottleCRM that holds these records, and whose admin has this token.

    Raises:
        Unavailable: the package or an interpreter for it is not to be had here.
        Broken: PostgreSQL does not start, or BottleCRM is not filled or does not begin to answer.
    """
    python = str(_python(folder))
    told = folder / "records.json"
    told.write_text(json.dumps([(record.entity, asdict(record)) for record in records], default=str))
    with postgresql(folder / "pg") as socket_folder:
        with connected("postgres", "postgres", socket_folder) as connection:
            connection.execute(f"CREATE ROLE {_OWNER} LOGIN")
            connection.execute(f"CREATE DATABASE {SERVED} OWNER {_OWNER}")
        environ, port = _environ(socket_folder), free_port()
        command = [python, "-m", "uvicorn", "crm.asgi:application", "--host", "127.0.0.1", "--port", str(port), "--no-access-log"]
        with (folder / "printed.log").open("wb") as log:
            process = subprocess.Popen(command, env=environ, cwd=folder, stdout=log, stderr=log)
        try:
            run("filling BottleCRM", [python, str(SITE / "fill.py"), str(told), token], environ, cwd=folder, failure=Broken)
            url = f"http://127.0.0.1:{port}"
            await_answer(f"{url}/healthz/", process, of="BottleCRM")
            yield Server(url, socket_folder)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()


def _python(folder: Path) -> Path:
    """Return an interpreter with all that BottleCRM needs, in an environment of its own."""
    base = interpreter((3, 12), (3, 14))
    if base is None:
        raise Unavailable("there is no CPython 3.12 here, the oldest that BottleCRM runs on")
    return environment(folder, base, [PACKAGE], of="BottleCRM")


def _environ(socket_folder: str) -> Mapping[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "boxed",
        "PYTHONPATH": str(SITE),
        "ENV_TYPE": "dev",
        "DEBUG": "False",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "DBNAME": SERVED,
        "DBUSER": _OWNER,
        "DBPASSWORD": "x",
        "DBHOST": socket_folder,
        "ALLOWED_HOSTS": "127.0.0.1",
    }
