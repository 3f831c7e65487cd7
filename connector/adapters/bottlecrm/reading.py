"""The reading side: each stream page by page in our words; what cannot be read is set aside with the reason."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from connector.adapters import rows
from connector.adapters.bottlecrm.account import Account, account_of, role_of
from connector.adapters.bottlecrm.deals import deal_of, line_items_of
from connector.adapters.bottlecrm.fields import Fields
from connector.adapters.bottlecrm.goals import goal_of
from connector.adapters.bottlecrm.objects import Objects
from connector.adapters.bottlecrm.parse import Row
from connector.adapters.bottlecrm.passes import Batch, Cursor, batches
from connector.adapters.bottlecrm.records import (
    company_of,
    contact_of,
    desk,
    pipeline_of,
    product_of,
    task_of,
    teams_of,
    ticket_of,
    user_of,
)
from connector.adapters.bottlecrm.settings import BottleCrmSettings
from connector.adapters.bottlecrm.words import ADMIN, LISTS, MERGED, PIPELINES, TITLE, WRITABLE, needs
from connector.errors import AccessRefused
from connector.http import Body
from connector.model import FILLS, Entity, FieldSpec, Held, Page, Record, Stream

_OF_PEOPLE = ("id", "account", "assigned_to")
_PEOPLE = ("contacts", "assigned_to", "created_by", "closed_by", "user_details")
"""Members of other records that hold names and addresses of people."""
_OF_DEALS = (Stream.DEALS, Stream.LINE_ITEMS)
_PART = f"{TITLE} shows users who are no admins a part of the deals only, and does not say so."
_DONE = Cursor(is_done=True).text


@dataclass(frozen=True, slots=True)
class Home:
    """What the settings say: which pipelines count, how large pages are, and where days begin and end, in place of what BottleCRM says."""

    settings: BottleCrmSettings
    zone: ZoneInfo | None


class Reading:
    """Reads one organisation."""

    def __init__(self, objects: Objects, fields: Fields, home: Home) -> None:
        self._objects = objects
        self._fields = fields
        self._home = home

    async def pages(self, stream: Stream, since: str | None, own: Sequence[FieldSpec]) -> AsyncIterator[Page]:
        """Yield a stream's pages, see `Source`; always of everything, because nothing tells what changed."""
        try:
            if stream in (Stream.PIPELINES, Stream.TEAMS):
                yield await self._whole(stream)
                return
            account = await account_of(self._objects, self._home.zone)
            if stream in _OF_DEALS:
                await self._ask_for_all()
            async for batch in batches(self._objects, LISTS[stream], since, self._home.settings.page_size):
                yield await self._listed(stream, batch, account, own)
        except AccessRefused as error:
            raise AccessRefused(str(error), error.needs or needs(stream)) from error

    async def records(self, stream: Stream, ids: Sequence[str], own: Sequence[FieldSpec]) -> Page:
        """Read some records again, see `Source`."""
        account = await account_of(self._objects, self._home.zone)
        return replace(await self._page(stream, await self._objects.some(stream, ids), account, own), is_full=False)

    async def held(self, entity: Entity, records: Sequence[str], own: Sequence[FieldSpec]) -> Sequence[Held]:
        """Read our fields on some records, see `Source`."""
        if entity not in WRITABLE:
            return ()
        return await self._fields.held_in(entity, await self._objects.some(WRITABLE[entity][1], records), own)

    async def _listed(self, stream: Stream, batch: Batch, account: Account, own: Sequence[FieldSpec]) -> Page:
        page = await self._page(stream, batch.rows, account, own)
        is_told = stream is not Stream.LINE_ITEMS and not (stream is Stream.DEALS and self._home.settings.is_choosy)
        return replace(
            page,
            cursor=batch.cursor.text,
            is_last=batch.cursor.is_done,
            total=batch.total if is_told else None,
            counted=batch.total if is_told and batch.cursor.is_done else None,
        )

    async def _page(self, stream: Stream, bodies: Sequence[Body], account: Account, own: Sequence[FieldSpec]) -> Page:
        kept = [row for row in bodies if self._counts(stream, Row(row))]

        def read(row: Row) -> Iterable[Record]:
            match stream:
                case Stream.DEALS:
                    return deal_of(row, account)
                case Stream.LINE_ITEMS:
                    return line_items_of(row)
                case Stream.PRODUCTS:
                    return (product_of(row, account),)
                case Stream.TASKS:
                    return (task_of(row, account),)
                case Stream.GOALS:
                    return (goal_of(row, account.tenant.currency),)
            return (_SIMPLE[stream](row),)

        page, entity = rows.page_of(stream, kept, Row, read, of_people=_OF_PEOPLE, hidden=_PEOPLE), FILLS[stream][0]
        here = {record.id for record in page.records if record.entity is entity}
        fields = [spec for spec in own if spec.entity is entity and stream is not Stream.LINE_ITEMS]
        held = await self._fields.held_in(entity, [row for row in kept if str(row.get("id")) in here], fields)
        return replace(page, held=held, latest=tuple(sorted(here)) if stream is Stream.DEALS else ())

    async def _ask_for_all(self) -> None:
        """Make sure that the deals are all shown: the rest would count as deleted, with the stages that were seen of them."""
        if await role_of(self._objects) not in (None, ADMIN):
            raise AccessRefused(_PART, ("a token of an admin",))

    def _counts(self, stream: Stream, row: Row) -> bool:
        if stream is Stream.TICKETS:
            # Its list leaves out what was deleted or merged away; asked for by its id, it is still told.
            return row.raw.get("is_active") is not False and row.text("status") != MERGED
        return stream not in _OF_DEALS or self._home.settings.counts(row.text("pipeline"))

    async def _whole(self, stream: Stream) -> Page:
        """Read a small stream whole."""
        if stream is Stream.TEAMS:
            listed = batches(self._objects, LISTS[stream], None, self._home.settings.page_size)
            # A list that was begun again brings the first rows twice.
            found = {str(row.get("id")): row async for batch in listed for row in batch.rows}
            return Page(tuple(teams_of(list(map(Row, found.values())))), _DONE, is_last=True, is_full=True)
        told = [Row(row) for row in (await self._objects.client.get(PIPELINES)).get("pipelines") or ()]
        records: list[Record] = [record for place, row in enumerate(told) for record in pipeline_of(row, place)]
        return Page((*records, *desk(len(told))), _DONE, is_last=True, is_full=True)


_SIMPLE = {Stream.USERS: user_of, Stream.COMPANIES: company_of, Stream.CONTACTS: contact_of, Stream.TICKETS: ticket_of}
