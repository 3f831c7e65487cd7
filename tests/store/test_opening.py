"""Opening a store makes what is missing, and says in one sentence what stands in the way."""

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from connector.errors import SettingsError, StoreBusy
from connector.model import Entity
from connector.store import Lease, Store
from connector.store.database import connect, parse
from connector.store.versions import HEAD

Open = Callable[..., Store]


def test_a_store_is_made_where_there_is_none(tmp_path: Path):
    """Folders and file are made, in WAL mode, and the address is complete."""
    path = tmp_path / "new folder" / "crm.sqlite"
    with Store.open(f"sqlite:///{path}") as store:
        assert store.url == f"sqlite:///{path}"
        assert store.dialect == "sqlite"
        assert store.accounts.names() == []
    assert path.stat().st_mode & 0o077 == 0, "a customer's data is nobody else's business"
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_opening_again_changes_nothing(store: Store, open_store: Open):
    """A second store on the same database sees what the first one keeps."""
    store.leases.acquire("acme", "host:1")
    assert open_store().leases.holder("acme")[0] == "host:1"


def test_several_processes_may_open_a_new_store_at_once(tmp_path: Path):
    """Only one of them migrates, and none fails."""
    url = f"sqlite:///{tmp_path / 'crm.sqlite'}"
    failures: list[Exception] = []

    def open_and_close() -> None:
        try:
            Store.open(url).close()
        except Exception as error:  # noqa: BLE001  # whatever a thread dies of must reach the assertion
            failures.append(error)

    threads = [threading.Thread(target=open_and_close) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_new_file_is_waited_for_while_others_make_it_a_store(tmp_path: Path):
    """Whoever finds a new file in use by another process waits, although SQLite itself does not."""
    failures: list[Exception] = []

    def use(url: str, start: threading.Barrier) -> None:
        start.wait()
        try:
            database = connect(parse(url), 10)
            with database.begin() as connection:
                connection.execute(text("create table if not exists anything (id)"))
            database.engine.dispose()
        except Exception as error:  # noqa: BLE001  # whatever a thread dies of must reach the assertion
            failures.append(error)

    for turn in range(60):
        start = threading.Barrier(8)
        threads = [threading.Thread(target=use, args=(f"sqlite:///{tmp_path / str(turn)}", start)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failures == []


@pytest.mark.parametrize(
    "address", ["mysql://admin:s3cret@host/crm", "sqlite://", "sqlite:///:memory:", "sqlite+aiosqlite:///x", "no address at all", ""]
)
def test_an_unknown_address_is_refused_without_its_password(address: str):
    """The message says what is allowed and never shows a password."""
    with pytest.raises(SettingsError, match="allowed are sqlite:///") as caught:
        Store.open(address)
    assert "s3cret" not in str(caught.value)


def test_an_unreachable_server_is_named_without_its_password():
    """Where no PostgreSQL answers, the message names the place and not the password."""
    with pytest.raises(SettingsError, match=r"postgresql://admin:\*\*\*@127.0.0.1:1/crm cannot be opened") as caught:
        Store.open("postgresql://admin:s3cret@127.0.0.1:1/crm?application_name=hidden")
    assert "s3cret" not in str(caught.value)
    assert "hidden" not in str(caught.value)


def test_a_file_that_is_no_database_is_named(tmp_path: Path):
    """Something else at the store's place is left alone and named."""
    path = tmp_path / "crm.sqlite"
    path.write_text("a letter to my bank, long enough to be taken for a header" * 40)
    with pytest.raises(SettingsError, match=r"crm.sqlite is not a SQLite database"):
        Store.open(f"sqlite:///{path}")


def test_a_damaged_file_is_named(tmp_path: Path, sqlite_template: Path):
    """Pages overwritten behind our back lead to one clear sentence."""
    path = tmp_path / "crm.sqlite"
    whole = sqlite_template.read_bytes()
    path.write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))
    with pytest.raises(SettingsError, match=r"crm.sqlite is damaged"):
        Store.open(f"sqlite:///{path}")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    """A file where a folder should be is reported as such."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(SettingsError, match=r"The store .*taken/crm.sqlite cannot be made"):
        Store.open(f"sqlite:///{tmp_path / 'taken' / 'crm.sqlite'}")


def test_a_place_that_is_a_folder_is_named(tmp_path: Path):
    """A folder at the store's own place cannot be opened."""
    with pytest.raises(SettingsError, match="cannot be opened"):
        Store.open(f"sqlite:///{tmp_path}")


def test_a_locked_file_is_busy(tmp_path: Path, sqlite_template: Path):
    """While another program holds SQLite's write lock, opening works, writing gives up after the wait, and reading goes on."""
    path = tmp_path / "crm.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    with Store.open(f"sqlite:///{path}", wait_seconds=0.1) as store:
        blocker = sqlite3.connect(path, isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy, match=r"crm.sqlite is locked by another process"):
            store.leases.acquire("acme", "host:1")
        assert store.records.count("acme", Entity.DEALS) == 0
        blocker.close()
        assert store.leases.acquire("acme", "host:1").epoch == 1


def test_a_file_locked_as_a_whole_cannot_be_opened_now(tmp_path: Path, sqlite_template: Path):
    """A program that locks the whole file, a backup say, makes opening give up after the wait."""
    path = tmp_path / "crm.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("PRAGMA locking_mode=EXCLUSIVE")
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy, match="locked by another process"):
        Store.open(f"sqlite:///{path}", wait_seconds=0.1)
    blocker.close()


def test_a_locked_row_is_busy(store: Store, open_store: Open):
    """On both databases a write that waits too long for another one of the same account gives up."""
    lease = store.leases.acquire("acme", "host:1")
    impatient = open_store(wait_seconds=0.1)
    with store.write(lease), pytest.raises(StoreBusy, match="locked by another process"):
        impatient.leases.renew(lease)


def test_a_database_of_another_program_is_left_alone(tmp_path: Path):
    """Tables that bear our names but not our schema stop the opening before anything is changed."""
    path = tmp_path / "other.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE deals (id)")
    connection.commit()
    connection.close()
    with pytest.raises(SettingsError, match="belongs to another program: it has a table 'deals'"):
        Store.open(f"sqlite:///{path}")


def test_a_store_of_a_newer_version_is_left_alone(url: str):
    """A database that a newer program migrated is not touched by an older one."""
    _set_version(url, "9999")
    with pytest.raises(SettingsError, match=r"made by a newer version .*schema 9999"):
        Store.open(url)
    _set_version(url, HEAD)
    Store.open(url).close()


def _set_version(url: str, version: str) -> None:
    engine = create_engine(parse(url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
    engine.dispose()


def test_the_clock_is_the_databases_own(store: Store):
    """Time does not stand still, and is the time of day."""
    first, second = store.now(), store.now()
    assert first <= second
    assert first.tzinfo is not None


def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path, sqlite_template: Path):
    """When the file cannot grow, the write fails as a whole with one sentence."""
    path = tmp_path / "crm.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    with Store.open(f"sqlite:///{path}") as store:
        lease = store.leases.acquire("acme", "host:1")

        def write_more_than_fits() -> None:
            with store.write(lease) as connection:
                connection.execute(text("PRAGMA max_page_count = 1"))  # SQLite rounds it up to what the file has
                connection.execute(text("UPDATE accounts SET paused = :long"), {"long": "x" * 1_000_000})

        with pytest.raises(SettingsError, match="on a full disk; nothing that was saved is lost"):
            write_more_than_fits()
        store.leases.check(lease)


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_lost_connection_is_said(store: Store, lease: Lease):
    """When the server cuts the connection in the middle of a write, nothing is written and the next call connects again."""

    def write_until_cut_off() -> None:
        with store.write(lease) as connection:
            connection.execute(text("UPDATE accounts SET paused = 'half'"))
            pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with psycopg.connect(store.url, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", (pid,))
            connection.execute(text("SELECT 1"))

    with pytest.raises(StoreBusy, match=r"connection to the store .* was lost"):
        write_until_cut_off()
    store.leases.check(lease)
    with store.write(lease) as connection:
        assert connection.execute(text("SELECT paused FROM accounts")).scalar_one() is None
