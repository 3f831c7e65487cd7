"""Reads the store at one moment: one transaction, through the database's own ADBC driver, straight into columns."""

import importlib
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self, cast
from urllib.parse import quote

import adbc_driver_manager
import duckdb
from adbc_driver_manager import dbapi

from connector.errors import SettingsError, StoreBusy

_TRIES = 5
_MOMENT = "select coalesce(sum(row_version), 0) as figure from accounts"
"""Grows with every change of a record, of whichever account."""


class Piece(NamedTuple):
    """A part of a table: how a query names it, and who answers that query."""

    table: str
    part: str
    fetch: Callable[[str], Any]


class Snapshot:
    """One read transaction on the store at a database URL; everything fetched from it is of the same moment, which `looking` helps to see.

    SQLite is read over two connections, so that two processors can be at work. They began at the same moment, for no account had a new
    version in between; where others write without a pause, it is one connection.

    Raises:
        SettingsError: the URL is of a database we do not know.
        StoreBusy: the database cannot be read now.
    """

    def __init__(self, url: str, looking: duckdb.DuckDBPyConnection) -> None:
        self._open = ExitStack()
        self._looking = looking
        try:
            self._readers = self._begin(url)
        except adbc_driver_manager.Error as error:
            self._open.close()
            raise StoreBusy(f"The store cannot be read: {_sentence(error)}") from error
        except BaseException:
            self._open.close()
            raise

    def fetch(self, query: str) -> Any:  # noqa: ANN401 - the stream has no type but its protocol, which DuckDB scans
        """Return the rows of a query as an Arrow stream; read it before the next fetch."""
        return _fetched(self._readers[0], query)

    def pieces(self, table: str) -> Sequence[Piece]:
        """Return the parts of a table that can be fetched beside each other; together they are all of it."""
        if len(self._readers) == 1:
            return (Piece(table, "true", self.fetch),)
        middle = f"((select min(rowid) from {table}) + (select max(rowid) from {table})) / 2"  # noqa: S608 - a name of ours
        # In the order in which they lie there: an index would have every row looked up.
        parts = zip(self._readers, (f"rowid <= {middle}", f"rowid > {middle}"), strict=True)
        return tuple(Piece(f"{table} not indexed", part, partial(_fetched, reader)) for reader, part in parts)

    def _begin(self, url: str) -> Sequence[dbapi.Cursor]:
        """Begin to read, twice at the same moment where one database in a file is read."""
        if not url.startswith("sqlite"):
            reader = self._reader(url)
            reader.execute("set transaction isolation level repeatable read read only")
            return (reader,)
        for _ in range(_TRIES):
            readers = (self._reader(url), self._reader(url))
            first, second = (self._figure(_fetched(reader, _MOMENT)) for reader in readers)
            if first == second:
                return readers
            self._open.close()
        return (self._reader(url),)

    def _figure(self, stream: Any) -> int:  # noqa: ANN401 - see `fetch`
        self._looking.register("looked_at", stream)
        found = self._looking.execute("select figure from looked_at").fetchall()
        self._looking.unregister("looked_at")
        return int(found[0][0])

    def _reader(self, url: str) -> dbapi.Cursor:
        connection = self._open.enter_context(_connect(url))
        return self._open.enter_context(connection.cursor())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._open.close()


def _connect(url: str) -> dbapi.Connection:
    """Connect with the driver of the database in use, and load only that one."""
    scheme, _, place = url.partition("://")
    if scheme.startswith("sqlite"):
        return _sqlite(place.removeprefix("/").partition("?")[0])
    if scheme.startswith("postgres"):
        return _postgresql(f"postgresql://{place}")
    raise SettingsError(f"The store is a {scheme!r} database; allowed are sqlite and postgresql.")


def _sqlite(path: str) -> dbapi.Connection:
    if not Path(path).exists():
        raise StoreBusy(f"The store {path} is not there (yet).")
    driver = importlib.import_module("adbc_driver_sqlite.dbapi")
    return cast("dbapi.Connection", driver.connect(f"file:{quote(path)}?mode=ro"))


def _postgresql(url: str) -> dbapi.Connection:
    driver = importlib.import_module("adbc_driver_postgresql.dbapi")
    return cast("dbapi.Connection", driver.connect(url))


def _fetched(reader: dbapi.Cursor, query: str) -> Any:  # noqa: ANN401 - see `fetch`
    try:
        reader.execute(query)
        return reader.fetch_arrow()
    except adbc_driver_manager.Error as error:
        raise StoreBusy(f"The store cannot be read: {_sentence(error)}") from error


def _sentence(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
