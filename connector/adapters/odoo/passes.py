"""The one way over a stream: everything by ids, or what changed by its date and then a comparison of ids, which tells what is gone."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from connector.adapters.odoo.cursor import Cursor
from connector.adapters.odoo.ids import packed, unpacked
from connector.adapters.odoo.parse import moment
from connector.adapters.odoo.rpc import Row, Rpc

_CLOCK_SLACK = timedelta(seconds=5)
"""The present is known from a header in whole seconds, so it may seem to step back by a little."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of Odoo's records: which of them are read, and what of them. `prefix` begins our ids of them.

    `touched` is the path to another date that counts as a change of the record, which Odoo does not note as one.
    """

    model: str
    fields: tuple[str, ...]
    domain: tuple[Any, ...] = ()
    prefix: str = ""
    touched: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one page and the cursor of the next one; `gone` are ids that are there no more. `total` and `counted` are Odoo's count."""

    kind: Kind
    rows: list[Row]
    cursor: Cursor
    gone: tuple[int, ...] = ()
    total: int | None = None
    counted: int | None = None


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How far each increment reaches back into the one before it, and how many records come at once."""

    horizon: timedelta
    page: int


class Pass:
    """Passes over the kinds of one stream. `is_whole` streams are small, and read from end to end each time; see `Cursor` for `meaning`."""

    def __init__(self, rpc: Rpc, kinds: Sequence[Kind], *, rhythm: Rhythm, is_whole: bool = False, meaning: str = "") -> None:
        self._rpc = rpc
        self._kinds = kinds
        self._horizon = rhythm.horizon
        self._size = rhythm.page
        self._is_whole = is_whole
        self._meaning = meaning

    async def batches(self, since: str | None) -> AsyncIterator[Batch]:
        """Yield a pass: what changed since a cursor, or everything; the clock must have been heard before.

        A pass that was cut off is finished first. What it brought before may be old by now, so what changed since follows at once.
        """
        cursor = Cursor.parse(since, len(self._kinds), self._meaning)
        if cursor and not cursor.is_done and not self._has_stepped_back(cursor):
            async for batch in self._run(cursor):
                yield batch
                cursor = batch.cursor
            if self._is_whole:
                return
        async for batch in self._run(self._start(cursor)):
            yield batch

    async def _run(self, cursor: Cursor) -> AsyncIterator[Batch]:
        while not cursor.is_done:
            batch = await self._step(cursor)
            yield batch
            cursor = batch.cursor

    def _has_stepped_back(self, cursor: Cursor) -> bool:
        return self._rpc.client.now() + _CLOCK_SLACK < cursor.ends_at

    def _start(self, cursor: Cursor | None) -> Cursor:
        """Return where a new pass begins."""
        until = self._rpc.client.now()
        if cursor is None or self._is_whole or self._has_stepped_back(cursor):
            return Cursor(until.isoformat(), ids=("",) * len(self._kinds), meaning=self._meaning)
        since = cursor.ends_at - self._horizon
        return Cursor(max(until, cursor.ends_at).isoformat(), since.isoformat(), ids=cursor.ids, meaning=self._meaning)

    async def _step(self, cursor: Cursor) -> Batch:
        part = cursor.part or 0
        if cursor.is_comparing:
            return await self._compared(cursor, part)
        kind, since = self._kinds[part], list[Any]()
        if not cursor.is_full:
            moved = [[one, ">=", moment(replace(cursor, until=cursor.since).ends_at)] for one in ("write_date", kind.touched) if one]
            since = ["|"] * (len(moved) - 1) + moved
        rows = await self._rpc.rows(kind.model, [*kind.domain, *since, ["id", ">", cursor.after]], kind.fields, self._size)
        known, is_more = _with(cursor, part, (int(row["id"]) for row in rows)), len(rows) == self._size
        # Worth a call only where there is more than one page, for one counts itself: at the first for progress, at the last to compare.
        total = await self._rpc.count(kind.model, kind.domain) if cursor.is_full and (cursor.after == 0) == is_more else None
        if is_more:
            return Batch(kind, rows, replace(known, after=int(rows[-1]["id"])), total=total)
        if cursor.is_full:
            counted = total if cursor.after else len(rows)
            return Batch(kind, rows, self._next(known, part), counted=counted if len(self._kinds) == 1 else None)
        return Batch(kind, rows, replace(known, after=0, is_comparing=True))

    async def _compared(self, cursor: Cursor, part: int) -> Batch:
        """Tell what is gone, and read what nobody told of: what came to light by new rights, or went over into this stream."""
        kind = self._kinds[part]
        known, there = unpacked(cursor.ids[part]), set(await self._rpc.ids(kind.model, kind.domain))
        fresh = sorted(there - known)[: self._size]
        rows = await self._rpc.rows(kind.model, [*kind.domain, ["id", "in", fresh]], kind.fields) if fresh else []
        now = _with(replace(cursor, ids=_placed(cursor.ids, part, packed(known & there))), part, fresh)
        gone = tuple(sorted(known - there))
        return Batch(kind, rows, now if len(fresh) == self._size else self._next(now, part), gone=gone)

    def _next(self, cursor: Cursor, part: int) -> Cursor:
        """Return where the next kind of the stream begins, or that the pass is done."""
        return replace(cursor, part=part + 1 if part + 1 < len(self._kinds) else None, after=0, is_comparing=False)


def _with(cursor: Cursor, part: int, ids: Any) -> Cursor:  # noqa: ANN401 - anything that yields ids
    return replace(cursor, ids=_placed(cursor.ids, part, packed({*unpacked(cursor.ids[part]), *ids})))


def _placed(ids: tuple[str, ...], part: int, text: str) -> tuple[str, ...]:
    return (*ids[:part], text, *ids[part + 1 :])
