"""E-mails, which no list tells: the feed of events names them, and each is read by its id; what is in them is never read."""

from collections.abc import AsyncIterator, Iterator, Sequence

from connector.adapters.nutshell.cursor import Cursor, Phase
from connector.adapters.nutshell.objects import Objects, changes, payloads_of
from connector.adapters.nutshell.parse import Row, number_of
from connector.adapters.nutshell.passes import Batch
from connector.adapters.nutshell.words import MAILS
from connector.errors import AccessRefused
from connector.http import Body, Refused
from connector.model import Activity, ActivityKind, Direction

_BATCH = 50
_FEED = changes(MAILS)


class Mails:
    """One pass over the e-mails: all that events tell of, or those since a cursor."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    async def batches(self, since: str | None) -> AsyncIterator[Batch]:
        """Yield them in the order of their ids; a pass over everything goes on where it was cut off.

        Raises:
            AccessRefused: the feed of events is refused, without which nothing tells of e-mails.
        """
        cursor = Cursor.parse(since)
        try:
            if cursor is not None and cursor.phase is Phase.DONE:
                events = await self._objects.since(_FEED, cursor.event)
                last = str(events[-1]["id"]) if events else cursor.event
                async for batch in self._read(_named(events), Cursor(Phase.DONE, event=last), cursor):
                    yield batch
                return
            begun = cursor or Cursor(Phase.LIST, event=await self._objects.newest(_FEED))
            events = [event async for page in self._objects.back(_FEED) for event in page]
            async for batch in self._read(_named(events), Cursor(Phase.DONE, event=begun.event), begun):
                yield batch
        except Refused as error:
            raise AccessRefused(str(error)) from error

    async def _read(self, ids: Sequence[str], after: Cursor, cursor: Cursor) -> AsyncIterator[Batch]:
        is_full = cursor.phase is not Phase.DONE
        for at in range(cursor.page * _BATCH, max(len(ids), 1), _BATCH):
            is_last = at + _BATCH >= len(ids)
            here = Cursor(Phase.LIST, event=cursor.event, page=at // _BATCH + 1) if is_full else cursor
            rows = await self.some(ids[at : at + _BATCH])
            yield Batch(rows, {}, after if is_last else here, is_full=is_full, is_last=is_last)

    async def some(self, ids: Sequence[str]) -> list[Body]:
        """Read e-mails by their ids; whether several go in one request is not told, so one by one where it is refused."""
        if not ids:
            return []
        try:
            return await self._objects.some(MAILS, ids)
        except Refused:
            return [row for one in ids for row in await self._objects.some(MAILS, [one])]


def _named(events: Sequence[Body]) -> list[str]:
    found = {one for event in events for one in payloads_of(event) if one.endswith(f"-{MAILS}")}
    return sorted(found, key=number_of)


def mail_of(row: Row) -> Iterator[Activity]:
    """Read an e-mail: one that a user sent went out. Openings have no time and clicks are not told, so neither counts."""
    people = [*row.links("from"), *row.links("to"), *row.links("cc")]
    sender = next((one for one in row.links("from") if one.endswith("-users")), None)
    yield Activity(
        id=row.id,
        kind=ActivityKind.EMAIL,
        direction=Direction.OUT if sender else Direction.IN,
        is_automated=bool(row.raw.get("isAutomatedReply")),
        owner=sender,
        contact=next((one for one in people if one.endswith("-contacts")), None),
        deal=row.link("leads"),
        at=row.instant("sentTime") or row.instant("createdTime"),
        created_at=row.instant("createdTime"),
        deleted_at=row.instant("deletedTime"),
    )
