"""The two ways over the tasks of some lists: all of them, which alone tells what is gone, or those that were updated.

Neither goes by page numbers alone: a task that is deleted or updated meanwhile moves the others, and one would be passed over. So each
page begins behind the last moment of the one before, and only tasks of one and the same moment are paged through.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from connector.adapters.clickup.account import Account
from connector.adapters.clickup.cursor import Cursor, Phase
from connector.adapters.clickup.objects import Ask, Objects
from connector.adapters.clickup.parse import decimal, millis
from connector.adapters.values import Unreadable
from connector.http import Body

_ORDERS = {Phase.ALL: "created", Phase.CHANGES: "updated"}


@dataclass(frozen=True, slots=True)
class Batch:
    """Tasks of one page, and the cursor of the next one."""

    rows: list[Body]
    cursor: Cursor
    is_full: bool
    is_last: bool = False
    counted: int | None = None


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How far each increment reaches back into the one before it, and after how long everything is listed again."""

    horizon: timedelta
    full_list: timedelta


class Pass:
    """Passes over the tasks of an account's lists, subtasks with them; `kept` says how many records a task stands for."""

    def __init__(self, objects: Objects, account: Account, *, rhythm: Rhythm, kept: Callable[[Body], int]) -> None:
        self._objects = objects
        self._workspace = account.tenant.id
        self._lists = tuple(sorted(place.id for place in account.places))
        # Other settings make other records of the same tasks.
        self._of = (*self._lists, account.meaning)
        self._rhythm = rhythm
        self._kept = kept

    async def batches(self, since: str | None) -> AsyncIterator[Batch]:
        """Yield what was updated since a cursor, or everything; the clock must have been heard before.

        A pass that was cut off is ended first. What it brought before may be old by now, so what was updated since follows at once.
        """
        cursor = Cursor.parse(since, self._of)
        if cursor and cursor.phase is not Phase.DONE:
            async for batch in self._run(cursor):
                yield batch
                cursor = batch.cursor
            async for batch in self._run(self._changes(cursor)):
                yield batch
            return
        async for batch in self._run(self._start(cursor)):
            yield batch

    async def _run(self, cursor: Cursor) -> AsyncIterator[Batch]:
        while cursor.phase is not Phase.DONE:
            batch = await self._step(cursor)
            yield batch
            cursor = batch.cursor

    def _start(self, cursor: Cursor | None) -> Cursor:
        now = self._objects.client.now()
        if cursor and self._rhythm.full_list and now - cursor.full < self._rhythm.full_list:
            return self._changes(cursor)
        return Cursor(Phase.ALL, now.isoformat(), now.isoformat(), of=self._of)

    def _changes(self, cursor: Cursor) -> Cursor:
        until = max(self._objects.client.now(), cursor.ends_at)
        return replace(
            cursor,
            phase=Phase.CHANGES,
            until=until.isoformat(),
            after=millis(cursor.ends_at - self._rhythm.horizon),
            page=0,
            ids=(),
            count=0,
        )

    async def _step(self, cursor: Cursor) -> Batch:
        order = _ORDERS[cursor.phase]
        ask = Ask(self._lists, order, cursor.after, cursor.page)
        rows, is_last = await self._objects.tasks(self._workspace, ask)
        fresh = [row for row in rows if str(row.get("id")) not in cursor.ids]
        count, is_full = cursor.count + sum(map(self._kept, fresh)), cursor.phase is Phase.ALL
        if is_last:
            end = replace(cursor, phase=Phase.DONE, after=0, page=0, ids=(), count=0)
            return Batch(fresh, end, is_full, is_last=True, counted=count if is_full else None)
        return Batch(fresh, replace(_next(cursor, rows, f"date_{order}"), count=count), is_full)


def _next(cursor: Cursor, rows: Sequence[Body], name: str) -> Cursor:
    """Return where the next page begins: behind this one's last moment, or on the next page of the same moment."""
    stamps = [_stamp(row.get(name)) for row in rows]
    same = tuple(str(row.get("id")) for row, stamp in zip(rows, stamps, strict=True) if stamp == stamps[-1])
    if stamps == sorted(stamps) and stamps[-1] - 1 > cursor.after:
        return replace(cursor, after=stamps[-1] - 1, page=0, ids=same)
    return replace(cursor, page=cursor.page + 1, ids=tuple(dict.fromkeys((*cursor.ids, *same))))


def _stamp(value: object) -> int:
    """Return a moment as ClickUp counts it; one that cannot be read comes before all others, so the page is gone through by number."""
    try:
        return int(decimal(value) or 0)
    except Unreadable:
        return 0
