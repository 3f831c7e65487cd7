"""Reads the store at one moment: one transaction, through the database's own ADBC driver, straight into columns."""

import importlib
from collections.abc import Sequence
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
_PIECE = 4 * 122_880
_PIECES = 256
"""How many places of a table are read in one piece, four times what DuckDB keeps together, and how many pieces there are at most."""


_SAMPLES, _SAMPLE, _RARELY = 8, 100, 20
"""At how many places of a table one looks, at how many rows there, and how few of them are filled where that is rare: one in so many."""


def weight(url: str) -> int:
    """Return how many bytes a database in a file has; none for others."""
    path = Path(_path(url))
    return path.stat().st_size if url.startswith("sqlite") and path.exists() else 0


class Piece(NamedTuple):
    """A part of a table: how a query names it, and how many rows it has at most."""

    table: str
    part: str
    rows: int


class Snapshot:
    """One read transaction on the store at a database URL; everything fetched from it is of the same moment, which `looking` helps to see.

    SQLite is read over several connections, so that as many processors can be at work: each of `readers` answers one query at a time. They
    began at the same moment, for no account had a new version in between; where others write without a pause, it is one connection.

    Raises:
        SettingsError: the URL is of a database we do not know.
        StoreBusy: the database cannot be read now.
    """

    def __init__(self, url: str, looking: duckdb.DuckDBPyConnection, *, readers: int) -> None:
        self._open = ExitStack()
        self._looking = looking
        self._is_sqlite = url.startswith("sqlite")
        try:
            self.readers = [partial(_fetched, reader) for reader in self._begin(url, readers)]
        except adbc_driver_manager.Error as error:
            self._open.close()
            raise StoreBusy(f"The store cannot be read: {_sentence(error)}") from error
        except BaseException:
            self._open.close()
            raise

    def fetch(self, query: str) -> Any:  # noqa: ANN401 - the stream has no type but its protocol, which DuckDB scans
        """Return the rows of a query as an Arrow stream; read it before the next fetch."""
        return self.readers[0](query)

    def places(self, table: str) -> int:
        """Return how many places a table has in its SQLite file; a row may be missing there."""
        first, last = self._ends(table)
        return last - first + 1

    def pieces(self, table: str) -> Sequence[Piece]:
        """Return the parts of a table that can be fetched beside each other; together they are all of it."""
        if not self._is_sqlite:
            return (Piece(table, "true", 0),)
        first, last = self._ends(table)
        size = max(_PIECE, -(-(last - first + 1) // _PIECES))
        # In the order in which they lie there: an index would have every row looked up.
        return tuple(
            Piece(f"{table} not indexed", f"rowid between {start} and {start + size - 1}", min(size, last - start + 1))
            for start in range(first, last + 1, size)
        )

    def rare(self, table: str, columns: Sequence[str]) -> Sequence[str]:
        """Return which columns are hardly ever filled, as far as some rows of the table tell; none where that would be of no use."""
        if not self._is_sqlite:
            return ()
        first, last = self._ends(table)
        starts = range(first, last + 1, (last - first) // _SAMPLES + 1)
        listed = ", ".join(f'"{name}"' for name in columns)
        samples = (f"select {listed} from {table} where rowid between {start} and {start + _SAMPLE - 1}" for start in starts)  # noqa: S608 - ours
        counts = ", ".join(f'count("{name}")' for name in columns)
        rows, *filled = self._asked(self.fetch(f"select count(*), {counts} from ({' union all '.join(samples)})"))  # noqa: S608 - ours
        found = [name for name, often in zip(columns, filled, strict=True) if often * _RARELY <= rows]
        return found if rows >= _SAMPLE and len(found) > 1 else ()

    def _ends(self, table: str) -> Sequence[int]:
        """Return the first and the last place of a table in a SQLite file."""
        return self._asked(self.fetch(f"select coalesce(min(rowid), 0), (select coalesce(max(rowid), 0) from {table}) from {table}"))  # noqa: S608 - a name of ours

    def _begin(self, url: str, readers: int) -> Sequence[dbapi.Cursor]:
        """Begin to read, as often as asked at the same moment where one database in a file is read."""
        if not self._is_sqlite:
            reader = self._reader(url)
            reader.execute("set transaction isolation level repeatable read read only")
            return (reader,)
        for _ in range(_TRIES):
            begun = [self._reader(url) for _ in range(readers)]
            if len({self._asked(_fetched(reader, _MOMENT))[0] for reader in begun}) == 1:
                return begun
            self._open.close()
        return (self._reader(url),)

    def _asked(self, stream: Any) -> Sequence[int]:  # noqa: ANN401 - see `fetch`
        self._looking.register("looked_at", stream)
        found = self._looking.execute("from looked_at").fetchall()
        self._looking.unregister("looked_at")
        return [int(figure) for figure in found[0]]

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
        return _sqlite(_path(url))
    if scheme.startswith("postgres"):
        return _postgresql(f"postgresql://{place}")
    raise SettingsError(f"The store is a {scheme!r} database; allowed are sqlite and postgresql.")


def _path(url: str) -> str:
    return url.partition("://")[2].removeprefix("/").partition("?")[0]


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
