"""A real Odoo 14 on loopback, from Debian's package for an older release, unpacked and run on its own CPython 3.9."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.servers import Broken, Unavailable, await_answer, connected, copied, environment, free_port, interpreter, postgresql, run

SERVED = "crm"
"""The database that answers by the server's name."""
RELEASE = "bullseye"
"""The last Debian release that has Odoo."""
APPS = "crm,gamification,contacts,sale_crm,survey"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")


@dataclass(frozen=True, slots=True)
class Server:
    """A running Odoo: where it answers, and the address of its PostgreSQL by database."""

    url: str
    socket_folder: str

    def connect(self, database: str) -> psycopg.Connection:
        """Connect to a database past Odoo, for what its API cannot do."""
        return connected("odoo", database, self.socket_folder)

    def copy(self, template: str, database: str) -> None:
        """Make a database anew as a copy of another one."""
        with self.connect("postgres") as connection:
            copied(connection, template, database, owner="odoo")


@contextmanager
def odoo(folder: Path, database: str) -> Iterator[Server]:
    """Run an Odoo with an empty database, without the demo data of its maker.

    Raises:
        Unavailable: the package or an interpreter of its time is not to be had here.
        Broken: PostgreSQL does not start, or Odoo does not install its apps or begin to answer.
    """
    with ThreadPoolExecutor() as both:
        python, package = (one.result() for one in [both.submit(_python, folder), both.submit(_package, folder)])
    with postgresql(folder / "pg") as socket_folder:
        with connected("postgres", "postgres", socket_folder) as connection:
            connection.execute("CREATE ROLE odoo SUPERUSER LOGIN")
        port = free_port()
        config = _config(folder, package, socket_folder, port)
        command = [str(python), str(package / "usr/bin/odoo"), "-c", str(config)]
        environ = {**os.environ, "PYTHONPATH": str(package / "usr/lib/python3/dist-packages")}
        options = ["-d", database, "-i", APPS, "--stop-after-init", "--no-http", "--without-demo=all"]
        run("installing Odoo's apps", [*command, *options], environ, failure=Broken)
        with (folder / "server.log").open("wb") as log:
            process = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
        try:
            server = Server(f"http://127.0.0.1:{port}", socket_folder)
            await_answer(f"{server.url}/jsonrpc", process, of="Odoo", body=b"{}")
            yield server
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()


def _python(folder: Path) -> Path:
    """Return an interpreter with all that Odoo needs, in an environment of its own."""
    base = interpreter((3, 9), (3, 9))
    if base is None:
        raise Unavailable("there is no CPython 3.9 here, the newest that Odoo 14 runs on")
    return environment(folder, base, ["-r", str(REQUIREMENTS)], of="what Odoo imports")


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
    run("reading the package lists of Debian", [*command, "update"])
    run("fetching Odoo's package", [*command, "download", "odoo-14"], cwd=apt)
    run("unpacking Odoo's package", ["dpkg-deb", "-x", str(next(apt.glob("odoo-14_*.deb"))), str(folder / "package")])
    return folder / "package"


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
