"""The DuckDB cache of one account: a disposable copy of the store's rows, in columns, brought up to date by row version."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb

from connector.engine.apart import HAND
from connector.engine.columns import UNREAD, layout, question, quoted, reading
from connector.engine.counting import Holdings, held_here, held_there, rows_there
from connector.engine.file import holds, mark_of, opened
from connector.engine.merges import follow
from connector.engine.readers import transaction
from connector.engine.snapshot import Snapshot, weight
from connector.engine.taking import take_all, take_beside
from connector.errors import ConnectorError
from connector.model import RECORDS, Entity

_AT_ONCE = 10_000
"""How many rows of a long answer are in memory at a time."""
_FEW = 100_000
"""Up to so many rows are taken in one transaction."""
_SMALL = 8 * 2**20
"""Up to so many bytes of a store one thread reads alone: a second one would not be worth it."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did: how many rows it brought, and whether it began from nothing."""

    rows: int
    is_rebuilt: bool


class _Differs(Exception):
    """What is later was taken, and the copy still differs from the store."""


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
        self._mark = mark_of(account, store_url)
        self._memory = memory

    @classmethod
    def open(cls, path: Path, *, store_url: str, account: str, memory: str = "1GB") -> Self:
        """Open the cache, anew where it is missing, damaged or of another layout, DuckDB or account.

        Raises:
            StoreBusy: another process is measuring this account.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = opened(path, mark_of(account, store_url), memory)
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
            self.connection = opened(self.path, self._mark, self._memory)
        return Refreshed(done["rows"], is_rebuilt=done["is_rebuilt"])

    def refresh_here(self) -> Refreshed:
        """Refresh in this process, which must have no connection of its own to the store."""
        self.laid = None
        with Snapshot(self._url, self.connection, readers=self._readers()) as store:
            kept = held_here(self.connection)
            after = max(one.newest for one in kept.values())
            if after and holds(self.connection, self._mark):
                with contextlib.suppress(_Differs), transaction(self.connection):
                    return Refreshed(self._catch_up(store, kept, after), is_rebuilt=False)
            return Refreshed(self._fill(store, kept), is_rebuilt=True)

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

    def run(self, query: str) -> list[tuple[Any, ...]]:
        """Run a statement to its end and return its rows."""
        return self.connection.execute(query).fetchall()

    def rows(self, query: str, parameters: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query, of which a part is in memory at a time; until the last one nothing else can be asked."""
        found = self.connection.execute(query, parameters)
        while some := found.fetchmany(_AT_ONCE):
            yield from some

    def _readers(self) -> int:
        """How many are to read the store at a time: as many processors as DuckDB sees, up to four, where it is worth it."""
        return min(4, int(self.run("select current_setting('threads')")[0][0])) if weight(self._url) > _SMALL else 1

    def _catch_up(self, store: Snapshot, kept: Holdings, after: int) -> int:
        """Bring what is later than a version, or raise `_Differs` where that does not make the cache equal to the store."""
        held = held_there(self.connection, store, self.account)
        rows = sum(self._take_later(store, entity, after) for entity in RECORDS if held[entity] != kept[entity])
        self._take_unread(store)
        if held_here(self.connection) != held or not follow(self.connection, after):
            raise _Differs
        return rows

    def _take_later(self, store: Snapshot, entity: Entity, after: int) -> int:
        """Read the rows of a table that are later than a version into a table of their own, and from there into the cache's.

        That table is made and filled in one statement: of one that is made empty first, DuckDB 2.0.0 hands on nothing once it takes more
        than 122,880 rows in the same transaction.
        """
        self.connection.register("fresh", store.fetch(question(entity, self.account, after)))
        made = self.run(f"create or replace temp table taken as {reading(entity, 'fresh')}")
        self.connection.unregister("fresh")
        self.run(f"delete from crm.{entity} where id in (select id from taken)")  # noqa: S608 - a name of ours
        self.run(f"insert into crm.{entity} select * from taken")  # noqa: S608 - a name of ours
        return int(made[0][0])

    def _fill(self, store: Snapshot, kept: Holdings) -> int:
        """Read everything, in one transaction where that is little.

        Otherwise there are several, and the cache bears no mark meanwhile: what is broken off is no cache, and is begun anew.
        """
        there = rows_there(self.connection, store, self.account)
        entities = [entity for entity, rows in there.items() if rows]
        if sum(there.values()) <= _FEW:
            with transaction(self.connection):
                self._empty(kept)
                rows = take_all(self.connection, store, entities, self.account)
                self._complete(store, there)
            return rows
        with transaction(self.connection):
            self.run("drop table if exists crm.mark")
            self._empty(kept)
        rows = take_beside(self.connection, store, entities, self.account)
        with transaction(self.connection):
            self._complete(store, there)
        return rows

    def _empty(self, kept: Holdings) -> None:
        for entity in RECORDS:
            if kept[entity].rows:
                self.run(f"drop table crm.{entity}")
                self.run(layout(entity))
        self.run("delete from crm.aliases")

    def _complete(self, store: Snapshot, there: Mapping[Entity, int]) -> None:
        """Add what has no versions, look whether all rows are here, and mark the cache as whole."""
        self._take_unread(store)
        if {entity: one.rows for entity, one in held_here(self.connection).items()} != there:
            raise ConnectorError(f"The copy of the store in {self.path} is not complete; delete the file and measure again.")
        follow(self.connection, 0)
        self.run(f"create or replace table crm.mark as select '{self._mark}' as mark")

    def _take_unread(self, store: Snapshot) -> None:
        """Take what could not be read anew each time: there is little of it, and it has no versions."""
        self.connection.register("fresh", store.fetch(UNREAD.format(quoted(self.account))))
        self.run("create or replace table crm.unread as select * from fresh where entity <> ''")
        self.connection.unregister("fresh")
