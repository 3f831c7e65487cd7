"""The two ways over a large stream: everything by lists, or what changed by search; both end with what was archived."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from connector.adapters.hubspot.cursor import Cursor, Phase
from connector.adapters.hubspot.kinds import Kind
from connector.adapters.hubspot.objects import Ask, Found, Objects, Row
from connector.adapters.hubspot.parse import instant, value_of
from connector.errors import ConnectorError

_CLOCK_SLACK = timedelta(seconds=5)
"""The present is known from a header in whole seconds, so it may seem to step back by a little."""
_DATE_GRAIN = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one page, with the cursor of the next one; `is_full` when the page belongs to a pass over everything.

    `is_slim` rows come from a list, without their past; `same` ones were looked at already and are as they are known.
    `counted` is how many HubSpot itself counts at the end of a pass over everything.
    """

    rows: list[Row]
    cursor: Cursor
    is_full: bool
    total: int | None = None
    counted: int | None = None
    is_slim: bool = False
    same: list[Row] = field(default_factory=list)

    @property
    def is_last(self) -> bool:
        """Whether the pass ends here."""
        return self.cursor.phase is Phase.DONE


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How far each increment reaches back into the one before it, and how often everything is looked at for what HubSpot calculates.

    `horizon` is how long a change may take to show in the search.
    """

    horizon: timedelta
    scan: timedelta


class Eyes(Protocol):
    """What a pass sees by looking at what is known already."""

    async def found(self, found: Found) -> tuple[list[Row], list[Row]]:
        """Read what a search found, and return what changed apart from what only we have written to."""
        ...

    async def relinked(self, beyond: str) -> tuple[list[Row], str | None]:
        """Read open records whose links changed, of the next thousand; return them and the last id looked at, None after the last."""
        ...

    async def can_relink(self) -> bool:
        """Whether there is anything whose links are looked at in each pass."""
        ...

    async def total(self) -> int | None:
        """Return how many records there are by HubSpot's own count; None where it does not say."""
        ...

    async def recalculates(self) -> bool:
        """Whether anything that is read is calculated by HubSpot, which then does not count as a change."""
        ...


class Pass:
    """One pass over one kind of objects."""

    def __init__(self, objects: Objects, kind: Kind, ask: Ask, eyes: Eyes, *, rhythm: Rhythm) -> None:
        self._objects = objects
        self._kind = kind
        self._ask = ask
        self._eyes = eyes
        self._rhythm = rhythm
        self._total: int | None = None
        self._steps: dict[Phase, Callable[[Cursor], Awaitable[Batch]]] = {
            Phase.LIST: self._list,
            Phase.ARCHIVED: self._archived,
            Phase.SEARCH: self._search,
            Phase.SWEEP: self._sweep,
            Phase.LINKS: self._links,
            Phase.SCAN: self._scan,
        }

    async def batches(self, since: str | None) -> AsyncIterator[Batch]:
        """Yield a pass: what changed since a cursor, or everything; the clock must have been heard before.

        A pass that was cut off is finished first. What it brought before may be old by now, so what changed since follows at once.
        """
        cursor = Cursor.parse(since)
        if cursor and cursor.phase is not Phase.DONE and not self._has_stepped_back(cursor):
            async for batch in self._run(cursor):
                yield batch
                cursor = batch.cursor
        async for batch in self._run(await self._start(cursor)):
            yield batch

    async def _run(self, cursor: Cursor) -> AsyncIterator[Batch]:
        while cursor.phase is not Phase.DONE:
            batch = await self._steps[cursor.phase](cursor)
            yield batch
            cursor = batch.cursor

    def _has_stepped_back(self, cursor: Cursor) -> bool:
        return self._objects.client.now() + _CLOCK_SLACK < cursor.ends_at

    async def _start(self, cursor: Cursor | None) -> Cursor:
        """Return where a new pass begins."""
        until = self._objects.client.now()
        if cursor is None or self._has_stepped_back(cursor):
            # Without a cursor, or when HubSpot's clock has stepped back behind it, only everything is sure to hold what changed.
            return Cursor(Phase.LIST, until.isoformat(), scanned=until.isoformat())
        if cursor.blind and await self._objects.sees(self._kind.name, cursor.blind.split()):
            # What was read without its links changed no more by our being let see them than any other record, so no search finds it.
            return Cursor(Phase.LIST, max(until, cursor.ends_at).isoformat(), scanned=until.isoformat())
        since = (cursor.ends_at - self._rhythm.horizon).isoformat()
        return Cursor(Phase.SEARCH, max(until, cursor.ends_at).isoformat(), since, scanned=cursor.scanned, blind=cursor.blind)

    async def _list(self, cursor: Cursor) -> Batch:
        page = await self._objects.page(self._kind.name, self._ask, cursor.after or None)
        if page.after and self._total is None:
            # Worth a call only for showing progress, and only where there is more than one page.
            self._total = await self._eyes.total()
        return Batch(page.rows, cursor.at(page.after, Phase.ARCHIVED), is_full=True, total=self._total, is_slim=True)

    async def _archived(self, cursor: Cursor) -> Batch:
        page = await self._objects.page(self._kind.name, replace(self._ask, is_archived=True), cursor.after or None)
        counted = None if page.after else await self._eyes.total()
        return Batch(page.rows, cursor.at(page.after, Phase.DONE), is_full=True, counted=counted, is_slim=True)

    async def _search(self, cursor: Cursor) -> Batch:
        # `until` was cut to whole seconds; what happened within that second belongs to this window, and once more to the next.
        window = cursor.starts_at, cursor.ends_at + _DATE_GRAIN
        found = await self._objects.changed(self._kind, window, int(cursor.after or 0))
        last = max((int(one) for one in found.ids), default=0)
        if found.has_more and last <= int(cursor.after or 0):
            raise ConnectorError(f"HubSpot's search of {self._kind.name} does not go on after id {cursor.after}; paging would never end.")
        # The index may lag behind the records, so it only says which ones to read.
        rows, same = await self._eyes.found(found)
        return Batch(rows, cursor.at(str(last) if found.has_more else None, Phase.SWEEP), is_full=False, total=found.total, same=same)

    async def _sweep(self, cursor: Cursor) -> Batch:
        slim = Ask(("hs_object_id",), is_archived=True)
        page = await self._objects.page(self._kind.name, slim, cursor.after or None)
        fresh = [str(row["id"]) for row in page.rows if _archived_at(row, cursor.ends_at) >= cursor.starts_at]
        rows = await self._read(fresh, replace(self._ask, is_archived=True))
        return Batch(rows, cursor.at(page.after, Phase.DONE) if page.after else await self._beyond(cursor), is_full=False)

    async def _beyond(self, cursor: Cursor) -> Cursor:
        """Return what follows a sweep or a look at links: what is due of the rest."""
        if cursor.phase is Phase.SWEEP and await self._eyes.can_relink():
            return cursor.at(None, Phase.LINKS)
        if cursor.ends_at - cursor.scanned_at < self._rhythm.scan:
            return cursor.at(None, Phase.DONE)
        if await self._eyes.recalculates():
            return cursor.at(None, Phase.SCAN)
        return replace(cursor.at(None, Phase.DONE), scanned=cursor.until)

    async def _links(self, cursor: Cursor) -> Batch:
        rows, last = await self._eyes.relinked(cursor.after)
        return Batch(rows, cursor.at(last, Phase.DONE) if last else await self._beyond(cursor), is_full=False)

    async def _scan(self, cursor: Cursor) -> Batch:
        page = await self._objects.page(self._kind.name, self._ask, cursor.after or None)
        after = cursor.at(page.after, Phase.DONE)
        return Batch(page.rows, after if page.after else replace(after, scanned=cursor.until), is_full=False, is_slim=True)

    async def _read(self, ids: Sequence[str], ask: Ask) -> list[Row]:
        return await self._objects.read(self._kind.name, ids, ask) if ids else []


def _archived_at(row: Row, default: datetime) -> datetime:
    return value_of(row, "archivedAt", instant) or default
