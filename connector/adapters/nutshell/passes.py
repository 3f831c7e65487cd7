"""The two ways over a large kind: everything by lists, or what events tell of; both end with what was deleted.

A feed that the account does not show costs what it tells, and no more: without events everything is read each time, without deletions
a pass over everything finds them.
"""

from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from connector.adapters.nutshell.cursor import Cursor, Phase
from connector.adapters.nutshell.objects import PAGE_SIZE, Feed, Objects, changes, changes_of, deletions, payloads_of
from connector.errors import AccessRefused
from connector.http import Body, Refused, together

T = TypeVar("T")
_BATCH = 50
"""How many records of an increment come on one page."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one page, with what happened to each, and the cursor of the next one; `gone` were deleted and cannot be read any more."""

    rows: list[Body]
    events: dict[str, list[Body]]
    cursor: Cursor
    is_full: bool
    total: int | None = None
    counted: int | None = None
    is_last: bool = False
    gone: tuple[str, ...] = ()


class Pass:
    """One pass over one kind; with `has_past` what happened to each record comes with it."""

    def __init__(self, objects: Objects, kind: str, *, has_past: bool) -> None:
        self._objects = objects
        self._kind = kind
        self._has_past = has_past
        self._past: dict[str, list[Body]] | None = None

    async def batches(self, since: str | None) -> AsyncIterator[Batch]:
        """Yield what changed since a cursor, or everything; a pass that was cut off is ended first, then what changed since follows."""
        cursor = Cursor.parse(since)
        if cursor is not None and cursor.phase is Phase.DONE:
            if (happened := await self._since(cursor)) is not None:
                async for batch in self._changes(cursor, happened):
                    yield batch
                return
            # Nothing tells what changed any more, so that everything is read again.
            cursor = None
        is_new = cursor is None
        if cursor is None:
            event, deletion = [await _heard(self._objects.newest(feed(self._kind)), "") for feed in (changes, deletions)]
            cursor = Cursor(Phase.LIST, event, deletion)
        while cursor.phase is not Phase.DONE:
            batch = await (self._list if cursor.phase is Phase.LIST else self._gone)(cursor)
            yield batch
            cursor = batch.cursor
        if not is_new and (happened := await self._since(cursor)) is not None:
            async for batch in self._changes(cursor, happened):
                yield batch

    async def _since(self, cursor: Cursor) -> list[Body] | None:
        return await _heard(self._objects.since(changes(self._kind), cursor.event), None)

    async def _list(self, cursor: Cursor) -> Batch:
        listed = await self._objects.page(self._kind, cursor.page)
        if cursor.total is not None and listed.total is not None and listed.total < cursor.total:
            # A record went while the pages were read, so the others moved up and one may have been passed over: begin again.
            return Batch([], {}, replace(cursor, page=0, total=listed.total), is_full=True, total=listed.total)
        is_end = len(listed.rows) < PAGE_SIZE
        after = replace(cursor, phase=Phase.GONE if is_end else Phase.LIST, page=cursor.page + 1, total=listed.total)
        return Batch(listed.rows, await self._all_past(), after, is_full=True, total=listed.total)

    async def _gone(self, cursor: Cursor) -> Batch:
        ids = [one for event in await _heard(self._all(deletions(self._kind)), []) for one in payloads_of(event)]
        rows = await self._objects.some(self._kind, ids) if ids else []
        gone = [row for row in rows if row.get("deletedTime")]
        return Batch(gone, await self._all_past(), replace(cursor, phase=Phase.DONE), is_full=True, counted=cursor.total, is_last=True)

    async def _changes(self, cursor: Cursor, happened: Sequence[Body]) -> AsyncIterator[Batch]:
        gone = await _heard(self._objects.since(deletions(self._kind), cursor.deletion), [])
        died = {one: event.get("createdTime") for event in gone for one in payloads_of(event)}
        named = dict.fromkeys(one for event in [*happened, *gone] for one in payloads_of(event) if one.endswith(f"-{self._kind}"))
        after = replace(
            cursor, event=_last(happened, cursor.event), deletion=_last(gone, cursor.deletion), phase=Phase.DONE, page=0, total=None
        )
        ids = list(named)
        for at in range(0, max(len(ids), 1), _BATCH):
            asked = ids[at : at + _BATCH]
            batch = _buried(await self.some(asked), {one: died[one] for one in asked if one in died})
            is_end = at + _BATCH >= len(ids)
            # Before its end an increment has no place of its own to go on at: it begins again, which brings the same.
            yield replace(batch, cursor=after if is_end else cursor, is_last=is_end)

    async def some(self, ids: Sequence[str]) -> Batch:
        """Read records again, deleted ones too, with what happened to each; the page belongs to no pass."""
        rows = await self._objects.some(self._kind, ids) if ids else []
        kept = [str(row["id"]) for row in rows] if self._has_past else []
        pasts = await together(self._past_of(one) for one in kept)
        return Batch(rows, dict(zip(kept, pasts, strict=True)), Cursor(Phase.DONE), is_full=False, is_last=True)

    async def _past_of(self, record: str) -> list[Body]:
        return await _heard(self._all(changes_of(record)), [])

    async def _all(self, feed: Feed) -> list[Body]:
        return [event async for page in self._objects.back(feed) for event in page]

    async def _all_past(self) -> dict[str, list[Body]]:
        """Read the whole feed of the kind once in a pass: cheaper than asking for each record."""
        if self._past is None:
            self._past = {}
            for event in await _heard(self._all(changes(self._kind)), []) if self._has_past else ():
                for one in payloads_of(event):
                    self._past.setdefault(one, []).append(event)
        return self._past


def _buried(batch: Batch, died: Mapping[str, object]) -> Batch:
    """Date the deletion of records that do not tell it themselves, and name those that cannot be read any more."""
    there = {str(row["id"]) for row in batch.rows}
    rows = [{"deletedTime": died[key], **row} if (key := str(row["id"])) in died else row for row in batch.rows]
    return replace(batch, rows=rows, gone=tuple(one for one in died if one not in there))


async def _heard(work: Awaitable[T], otherwise: T) -> T:
    """Return what a feed tells, something else where the account does not show or know it."""
    try:
        return await work
    except (AccessRefused, Refused):
        return otherwise


def _last(events: Sequence[Body], otherwise: str) -> str:
    return str(events[-1]["id"]) if events else otherwise
