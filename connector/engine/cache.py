"""The DuckDB cache of one account: a disposable copy of the store's rows, in columns, brought up to date by row version."""

import contextlib
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import duckdb

from connector.engine.apart import HAND
from connector.engine.columns import UNREAD, layout, question, quoted, readings
from connector.engine.merges import follow
from connector.engine.snapshot import Piece, Snapshot
from connector.errors import ConnectorError, StoreBusy
from connector.model import RECORDS, Entity

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "preserve_insertion_order": "false",
}
_LAYOUT = "3"
"""Changes with what a cache file holds besides the records."""
_AT_ONCE = 10_000
"""How many rows of a long answer are in memory at a time."""
_LOCKED = "Could not set lock"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did: how many rows it brought, and whether it began from nothing."""

    rows: int
    is_rebuilt: bool


class _Held(NamedTuple):
    """How many rows of a kind there are, the sum of their versions, and the newest of these."""

    rows: int
    versions: int
    newest: int


class Cache:
    """A copy of one account's records in one DuckDB file. Losing the file costs seconds; nothing is kept only here.

    `memory` limits what a measurement may take; what does not fit goes to a folder beside the file. `laid` remembers which facts are laid
    out in its temporary tables.
    """

    def __init__(self, path: Path, connection: duckdb.DuckDBPyConnection, *, store_url: str, account: str, memory: str) -> None:
        self.path = path
        self.account = account
        self.connection = connection
        self.laid: tuple[object, Any] | None = None
        self._url = store_url
        self._memory = memory

    @classmethod
    def open(cls, path: Path, *, store_url: str, account: str, memory: str = "1GB") -> Self:
        """Open the cache, anew where it is missing, damaged or of another layout, DuckDB or account.

        Raises:
            StoreBusy: another process is measuring this account.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = _limited(_opened(path, _mark(account, store_url)), memory)
        return cls(path, connection, store_url=store_url, account=account, memory=memory)

    def refresh(self) -> Refreshed:
        """Bring the cache to where the store is now, in one piece.

        Only rows with a later version are read, of tables that changed. Should the copy then differ from the store in the number or the
        versions of its rows, as after a store was replaced, everything is read again.

        SQLite is read by another process. A second copy of SQLite in this one, which the ADBC driver is, would give up the locks of the
        first with its own, and other processes would then remove the log that we still write to.

        Raises:
            StoreBusy: the store cannot be read.
        """
        if not self._url.startswith("sqlite"):
            return self.refresh_here()
        self.laid = None
        self.connection.close()
        try:
            done = HAND.refresh({"path": str(self.path), "store_url": self._url, "account": self.account, "memory": self._memory})
        finally:
            self.connection = _limited(_opened(self.path, _mark(self.account, self._url)), self._memory)
        return Refreshed(done["rows"], is_rebuilt=done["is_rebuilt"])

    def refresh_here(self) -> Refreshed:
        """Refresh in this process, which must have no connection of its own to the store."""
        self.laid = None
        with Snapshot(self._url, self.connection) as store, self._transaction():
            held, kept = self._held_there(store), self._held()
            after = max(one.newest for one in kept.values())
            rows = sum(self._take_table(store, entity, after) for entity in RECORDS if held[entity] != kept[entity])
            self._take_unread(store)
            if self._held() == held and follow(self.connection, after):
                return Refreshed(rows, is_rebuilt=after == 0)
            self.run("delete from crm.aliases")
            rows = sum(self._take_table(store, entity, 0) for entity in RECORDS)
            if self._held() != held:
                raise ConnectorError(f"The copy of the store in {self.path} is not complete; delete the file and measure again.")
            follow(self.connection, 0)
            return Refreshed(rows, is_rebuilt=True)

    def interrupt(self) -> None:
        """Stop the query that is running, from another thread."""
        self.connection.interrupt()

    def close(self) -> None:
        """Give the file back."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self.connection.begin()
        try:
            yield
        except BaseException:
            self.connection.rollback()
            raise
        self.connection.commit()

    def run(self, query: str) -> list[tuple[Any, ...]]:
        """Run a statement to its end and return its rows."""
        return self.connection.execute(query).fetchall()

    def rows(self, query: str, parameters: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query, of which a part is in memory at a time; until the last one nothing else can be asked."""
        found = self.connection.execute(query, parameters)
        while some := found.fetchmany(_AT_ONCE):
            yield from some

    def _held(self) -> Mapping[str, _Held]:
        """Return what the cache holds of each kind of record."""
        return {kind: _Held(*figures) for kind, *figures in self.run(_counts("crm.", ""))}

    def _held_there(self, store: Snapshot) -> Mapping[str, _Held]:
        """Return what the store holds of each kind of record of this account."""
        self.connection.register("theirs", store.fetch(_counts("", f"where account = {quoted(self.account)}")))
        found = self.run("select * from theirs")
        self.connection.unregister("theirs")
        return {kind: _Held(*figures) for kind, *figures in found}

    def _take_table(self, store: Snapshot, entity: Entity, after: int) -> int:
        """Read rows into a table of their own, and from there into the cache's; from the beginning on, into that at once.

        Tables are made and filled in one statement: of one that is made empty first, DuckDB 2.0.0 hands on nothing once it takes more than
        122,880 rows in the same transaction.
        """
        kept = f"crm.{entity}"
        pieces = (Piece(str(entity), "true", store.fetch),) if after else store.pieces(str(entity))
        for place, piece in enumerate(pieces):
            self.connection.register(
                f"fresh_{place}", piece.fetch(question(entity, self.account, after, table=piece.table, part=piece.part))
            )
        selects = (f"select {readings(entity)} from fresh_{place} where row_version > 0" for place in range(len(pieces)))  # noqa: S608 - ours
        made = self.run(f"create or replace {'temp table taken' if after else f'table {kept}'} as {' union all '.join(selects)}")
        for place in range(len(pieces)):
            self.connection.unregister(f"fresh_{place}")
        if after:
            self.run(f"delete from {kept} where id in (select id from taken)")  # noqa: S608 - a name of ours
            self.run(f"insert into {kept} select * from taken")  # noqa: S608 - a name of ours
        return int(made[0][0])

    def _take_unread(self, store: Snapshot) -> None:
        """Take what could not be read anew each time: there is little of it, and it has no versions."""
        self.connection.register("fresh", store.fetch(UNREAD.format(quoted(self.account))))
        self.run("create or replace table crm.unread as select * from fresh where entity <> ''")
        self.connection.unregister("fresh")


def _counts(schema: str, where: str) -> str:
    figures = "count(*) as rows, cast(coalesce(sum(row_version), 0) as bigint) as versions, coalesce(max(row_version), 0) as newest"
    return " union all ".join(f"select '{entity}' as kind, {figures} from {schema}{entity} {where}" for entity in RECORDS)  # noqa: S608 - ours


def _mark(account: str, store_url: str) -> str:
    """Name everything a cache file depends on: layout, DuckDB, store and account."""
    parts = [_LAYOUT, duckdb.__version__, account, store_url, *(layout(entity) for entity in RECORDS)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _opened(path: Path, mark: str) -> duckdb.DuckDBPyConnection:
    connection = _connected(path)
    if connection is not None:
        if _holds(connection, mark):
            return connection
        connection.close()
    for leftover in (path, path.with_name(f"{path.name}.wal")):
        leftover.unlink(missing_ok=True)
    fresh = duckdb.connect(path, config=_CONFIG)
    _lay_out(fresh, mark)
    return fresh


def _limited(connection: duckdb.DuckDBPyConnection, memory: str) -> duckdb.DuckDBPyConnection:
    connection.execute(f"set memory_limit = {quoted(memory)}").fetchall()
    # Our output is ours: DuckDB would draw a bar there as soon as a query takes two seconds.
    connection.execute("set enable_progress_bar_print = false").fetchall()
    return connection


def _connected(path: Path) -> duckdb.DuckDBPyConnection | None:
    """Open the file as it is, or return None where it is no use to this DuckDB."""
    try:
        return duckdb.connect(path, config=_CONFIG)
    except duckdb.Error as error:
        if _LOCKED in str(error):
            raise StoreBusy(f"Another process is measuring: {path} is in use.") from error
        return None


def _holds(connection: duckdb.DuckDBPyConnection, mark: str) -> bool:
    try:
        return connection.execute("select mark from crm.mark").fetchall() == [(mark,)]
    except duckdb.Error:
        return False


def _lay_out(connection: duckdb.DuckDBPyConnection, mark: str) -> None:
    connection.begin()
    connection.execute("create schema crm")
    for entity in RECORDS:
        connection.execute(layout(entity))
    connection.execute("create table crm.aliases (kind varchar, old varchar, survivor varchar)")
    connection.execute("create table crm.queries (digest varchar, key varchar, query varchar)")
    connection.execute("create table crm.mark as select ? as mark", [mark])
    connection.commit()
