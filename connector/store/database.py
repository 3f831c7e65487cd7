"""One database, SQLite or PostgreSQL: how it is opened, how a transaction runs on it, and what its errors mean to an admin."""

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import URL, Connection, Engine, Insert, Row, Table, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from connector.errors import ConnectorError, SettingsError, StoreBusy

Found = Row[*tuple[Any, ...]]
"""One row that was read; its columns are attributes."""

_ALLOWED = "sqlite:///path/to/file and postgresql://user:password@host/database"
_IDLE_SECONDS = 15
"""A PostgreSQL session that sits in a transaction longer than this is cut off, so that a hung process cannot keep the lease's row."""
_TURN_SECONDS = 0.01
_BUSY_STATES = frozenset({"55P03", "40P01", "40001", "57014", "53300"})
_LOST_STATES = frozenset({"25P03", "57P01", "57P02", "57P05"})
_CLOCKS = {
    "sqlite": "SELECT CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER) * 1000",
    "postgresql": "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)",
}
_SQLITE_SAYS = {
    "SQLITE_NOTADB": "is not a SQLite database",
    "SQLITE_CORRUPT": "is damaged; restore it from a backup, or remove it and pull again",
    "SQLITE_CANTOPEN": "cannot be opened",
    "SQLITE_READONLY": "cannot be written to",
    "SQLITE_PERM": "cannot be opened",
    "SQLITE_FULL": "is on a full disk; nothing that was saved is lost",
    "SQLITE_IOERR": "cannot be read or written",
}


class Database:
    """An open database. Every transaction runs inside `read` or `begin`, which turn the driver's errors into our words."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.shown = shown(engine.url)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction to read in; what it sees on SQLite is one snapshot."""
        with self._translated(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Open a transaction to write in; SQLite takes its write lock at once, so that nothing read here can go stale before the write."""
        with self._translated(), self.engine.connect() as plain:
            connection = plain.execution_options(immediate=True)
            with connection.begin():
                yield connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, psycopg.Error) as error:
            meaning = _meaning(error, self.shown)
            if meaning is None:
                raise
            raise meaning from error


def clock(connection: Connection) -> int:
    """Return the database's own time in microseconds since 1970, UTC; SQLite's has whole milliseconds."""
    return int(connection.execute(text(_CLOCKS[connection.dialect.name])).scalar_one())


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, str | int | None]]) -> None:
    """Insert rows of equal columns; a row whose primary key exists takes the new values."""
    if not rows:
        return
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)
    keys = [column.name for column in table.primary_key]
    changes = {name: insert.excluded[name] for name in rows[0] if name not in keys}
    columns = tuple(rows[0])
    cells = [tuple(row[name] for name in columns) for row in rows]
    _many(connection, insert.on_conflict_do_update(index_elements=keys, set_=changes), columns, cells)


def pour(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Sequence[str | int | None]]) -> None:
    """Insert rows, all of them new, of cells in the order of `columns`, in the fastest way that the database has."""
    if not rows:
        return
    raw = connection.connection.driver_connection
    if not isinstance(raw, psycopg.Connection):
        _many(connection, table.insert(), columns, rows)
        return
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    with raw.cursor() as cursor, cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), listed)) as copy:
        for row in rows:
            copy.write_row(row)


def _many(connection: Connection, statement: Insert, columns: Sequence[str], rows: Sequence[Sequence[str | int | None]]) -> None:
    # Compiled once and handed to the driver as it is: SQLAlchemy's own way takes three times as long for a large measurement.
    compiled = statement.compile(dialect=connection.dialect, column_keys=list(columns))
    connection.exec_driver_sql(str(compiled), _arranged(compiled.positiontup, columns, rows))


def _arranged(order: Sequence[str] | None, columns: Sequence[str], rows: Sequence[Sequence[str | int | None]]) -> list[Any]:
    """Return the cells as a driver wants them: by name where it knows no order, else in its own."""
    if order is None:
        return [dict(zip(columns, row, strict=True)) for row in rows]
    places = [columns.index(name) for name in order]
    return list(map(tuple if places == list(range(len(columns))) else itemgetter(*places), rows))


def shown(url: URL) -> str:
    """Return the URL as it may be shown: without password and without options, which may hold one."""
    return url.set(query={}).set(drivername=url.get_backend_name()).render_as_string(hide_password=True)


def parse(text_: str) -> URL:
    """Read a store's URL.

    Raises:
        SettingsError: it is not a URL, or of a database that we do not know; the message says what is allowed.
    """
    try:
        url = make_url(text_)
    except ArgumentError:
        raise SettingsError(f"The store's URL cannot be read; allowed are {_ALLOWED}.") from None
    if url.drivername in {"postgres", "postgresql", "postgresql+psycopg"}:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername != "sqlite" or url.database in {None, "", ":memory:"}:
        raise SettingsError(f"The store cannot be kept in {shown(url)!r}; allowed are {_ALLOWED}.")
    return url.set(database=str(Path(str(url.database)).expanduser().absolute()))


def connect(url: URL, wait_seconds: float) -> Database:
    """Make the database ready to be connected to; nobody waits for a lock longer than `wait_seconds`."""
    if url.get_backend_name() == "sqlite":
        return Database(_sqlite(url, wait_seconds))
    return Database(_postgresql(url, wait_seconds))


def _sqlite(url: URL, wait_seconds: float) -> Engine:
    path = Path(str(url.database))
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)  # a customer's data is nobody else's business
    except OSError as error:
        raise SettingsError(f"The store {shown(url)} cannot be made: {error.strerror}.") from None
    engine = create_engine(url, connect_args={"isolation_level": None, "timeout": wait_seconds})
    event.listen(engine, "connect", lambda connection, _: _prepare_sqlite(connection, wait_seconds))
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, wait_seconds: float) -> None:
    cursor, until = connection.cursor(), time.monotonic() + wait_seconds
    # SQLite itself waits for nobody when it turns to this way of writing, as each of several processes does that open a new store at once.
    while not _is_logged(cursor, until):
        time.sleep(_TURN_SECONDS)
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _is_logged(cursor: DBAPICursor, until: float) -> bool:
    try:
        cursor.execute("PRAGMA journal_mode=WAL")
    except sqlite3.OperationalError as error:
        if not error.sqlite_errorname.startswith("SQLITE_BUSY") or time.monotonic() > until:
            raise
        return False
    return True


def _begin_sqlite(connection: Connection) -> None:
    # The driver would begin late and never IMMEDIATE; two readers that both turn into writers would then fail instead of wait.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("immediate") else "BEGIN")


def _postgresql(url: URL, wait_seconds: float) -> Engine:
    engine = create_engine(url, pool_pre_ping=True)
    limits = f"SET lock_timeout = {int(wait_seconds * 1000)}; SET idle_in_transaction_session_timeout = {_IDLE_SECONDS * 1000}"

    def prepare(connection: psycopg.Connection[Any], _: ConnectionPoolEntry) -> None:
        connection.autocommit = True
        connection.execute(limits)
        connection.autocommit = False

    event.listen(engine, "connect", prepare)
    return engine


def _meaning(error: DBAPIError | psycopg.Error, store: str) -> ConnectorError | None:
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return _meaning_in_sqlite(cause, store)
    if isinstance(cause, psycopg.Error):
        is_new = isinstance(error, DBAPIError) and not error.connection_invalidated
        return _meaning_in_postgresql(cause, store, is_new=is_new)
    return None


def _meaning_in_sqlite(error: sqlite3.Error, store: str) -> ConnectorError | None:
    name = "_".join(getattr(error, "sqlite_errorname", "").split("_")[:2])
    if name in {"SQLITE_BUSY", "SQLITE_LOCKED"}:
        return StoreBusy(f"The store {store} is locked by another process; try again when that is done.")
    if name in _SQLITE_SAYS:
        return SettingsError(f"The store {store} {_SQLITE_SAYS[name]}.")
    return None


def _meaning_in_postgresql(cause: psycopg.Error, store: str, *, is_new: bool) -> ConnectorError | None:
    if cause.sqlstate in _BUSY_STATES:
        return StoreBusy(f"The store {store} is locked by another process; try again when that is done.")
    if cause.sqlstate == "53100":
        return SettingsError(f"The store {store} is on a full disk; nothing that was saved is lost.")
    if cause.sqlstate in _LOST_STATES or (isinstance(cause, psycopg.OperationalError) and not is_new):
        return StoreBusy(f"The connection to the store {store} was lost; what was not saved is done again by the next run.")
    if isinstance(cause, psycopg.OperationalError):
        return SettingsError(f"The store {store} cannot be opened: {' '.join(str(cause).split())}.")
    return None
