"""The two ways over a large kind: everything by lists, or what events tell of; both end with what was deleted."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from connector.adapters.nutshell.cursor import Cursor, Phase
from connector.adapters.nutshell.objects import PAGE_SIZE, Objects, changes, changes_of, deletions, payloads_of, together
from connector.http import Body

_BATCH = 50
"""How many records of an increment come on one page."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one page, with what happened to each, and the cursor of the next one."""

    rows: list[Body]
    events: dict[str, list[Body]]
    cursor: Cursor
    is_full: bool
    total: int | None = None
    counted: int | None = None
    is_last: bool = False


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
        is_new = cursor is None
        if cursor is None:
            cursor = Cursor(Phase.LIST, await self._objects.newest(changes(self._kind)), await self._objects.newest(deletions(self._kind)))
        was_done = cursor.phase is Phase.DONE
        while cursor.phase is not Phase.DONE:
            batch = await (self._list if cursor.phase is Phase.LIST else self._gone)(cursor)
            yield batch
            cursor = batch.cursor
        if was_done or not is_new:
            async for batch in self._changes(cursor):
                yield batch

    async def _list(self, cursor: Cursor) -> Batch:
        listed = await self._objects.page(self._kind, cursor.page)
        if cursor.total is not None and listed.total is not None and listed.total < cursor.total:
            # A record went while the pages were read, so the others moved up and one may have been passed over: begin again.
            return Batch([], {}, replace(cursor, page=0, total=listed.total), is_full=True, total=listed.total)
        is_end = len(listed.rows) < PAGE_SIZE
        after = replace(cursor, phase=Phase.GONE if is_end else Phase.LIST, page=cursor.page + 1, total=listed.total)
        return Batch(listed.rows, await self._all_past(), after, is_full=True, total=listed.total)

    async def _gone(self, cursor: Cursor) -> Batch:
        ids = [one async for page in self._objects.back(deletions(self._kind)) for event in page for one in payloads_of(event)]
        rows = await self._objects.some(self._kind, ids) if ids else []
        gone = [row for row in rows if row.get("deletedTime")]
        return Batch(gone, await self._all_past(), replace(cursor, phase=Phase.DONE), is_full=True, counted=cursor.total, is_last=True)

    async def _changes(self, cursor: Cursor) -> AsyncIterator[Batch]:
        happened = await self._objects.since(changes(self._kind), cursor.event)
        gone = await self._objects.since(deletions(self._kind), cursor.deletion)
        named = dict.fromkeys(one for event in [*happened, *gone] for one in payloads_of(event) if one.endswith(f"-{self._kind}"))
        after = replace(
            cursor, event=_last(happened, cursor.event), deletion=_last(gone, cursor.deletion), phase=Phase.DONE, page=0, total=None
        )
        ids = list(named)
        for at in range(0, max(len(ids), 1), _BATCH):
            batch = await self.some(ids[at : at + _BATCH])
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
        return [event async for page in self._objects.back(changes_of(record)) for event in page]

    async def _all_past(self) -> dict[str, list[Body]]:
        """Read the whole feed of the kind once in a pass: cheaper than asking for each record."""
        if self._past is None:
            self._past = {}
            async for page in self._objects.back(changes(self._kind)) if self._has_past else _nothing():
                for event in page:
                    for one in payloads_of(event):
                        self._past.setdefault(one, []).append(event)
        return self._past


async def _nothing() -> AsyncIterator[list[Body]]:
    none: tuple[list[Body], ...] = ()
    for page in none:
        yield page


def _last(events: Sequence[Body], otherwise: str) -> str:
    return str(events[-1]["id"]) if events else otherwise
