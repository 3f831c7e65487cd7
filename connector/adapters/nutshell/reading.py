"""The reading side: each stream page by page in our words; what cannot be read is set aside with the reason."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace

from connector.adapters.nutshell.account import ACTIVITY_TYPES, Account, Home, account_of
from connector.adapters.nutshell.cursor import Cursor, Phase
from connector.adapters.nutshell.deals import deal_of
from connector.adapters.nutshell.fields import Fields
from connector.adapters.nutshell.mails import Mails, mail_of
from connector.adapters.nutshell.objects import Objects
from connector.adapters.nutshell.page import page_of
from connector.adapters.nutshell.parse import Row
from connector.adapters.nutshell.passes import Batch, Pass
from connector.adapters.nutshell.records import (
    activity_of,
    company_of,
    contact_of,
    line_item_of,
    pipeline_of,
    product_of,
    stream_of,
    user_of,
)
from connector.adapters.nutshell.teams import teams
from connector.adapters.nutshell.words import CHANGING, KINDS, LEADS, needs
from connector.errors import AccessRefused
from connector.http import Body
from connector.model import FILLS, Entity, FieldSpec, Held, Page, Record, Stream

_PAST = (Stream.COMPANIES, Stream.CONTACTS, Stream.DEALS)
"""The streams that events tell more of than that something changed."""


class Reading:
    """Reads one account."""

    def __init__(self, objects: Objects, fields: Fields, home: Home) -> None:
        self._objects = objects
        self._fields = fields
        self._home = home

    async def pages(self, stream: Stream, since: str | None, own: Sequence[FieldSpec]) -> AsyncIterator[Page]:
        """Yield a stream's pages, see `Source`."""
        try:
            if stream not in CHANGING:
                yield await self._whole(stream)
                return
            account = await self._account(stream)
            if stream is Stream.EMAILS:
                async for batch in Mails(self._objects).batches(since):
                    yield await self._page(stream, batch, account, own)
                return
            async for batch in Pass(self._objects, KINDS[stream], has_past=stream in _PAST).batches(since):
                yield await self._page(stream, batch, account, own)
        except AccessRefused as error:
            raise AccessRefused(str(error), error.needs or needs(stream)) from error

    async def records(self, stream: Stream, ids: Sequence[str], own: Sequence[FieldSpec]) -> Page:
        """Read some records again, see `Source`."""
        kind = KINDS[stream]
        wanted = [one for one in dict.fromkeys(ids) if one.endswith(f"-{kind}")]
        account = await self._account(stream)
        return await self._page(stream, await Pass(self._objects, kind, has_past=stream in _PAST).some(wanted), account, own)

    async def _account(self, stream: Stream) -> Account:
        # Only the type of an activity tells whether it is a call or a meeting.
        return await account_of(self._objects, self._home, (ACTIVITY_TYPES,) if KINDS[stream] == "activities" else ())

    async def _page(self, stream: Stream, batch: Batch, account: Account, own: Sequence[FieldSpec]) -> Page:
        rows, items = batch.rows, await self._items(batch.rows) if stream is Stream.LINE_ITEMS else {}
        if KINDS[stream] == "activities":
            rows = [row for row in rows if stream_of(Row(row), account) is stream]
        out = [row for row in rows if KINDS[stream] == LEADS and not account.mapping.counts(Row(row).link("stageset"))]
        if out:
            rows = [row for row in rows if row not in out]

        def read(row: Row) -> Iterable[Record]:
            events = batch.events.get(row.id, [])
            match stream:
                case Stream.DEALS:
                    return deal_of(row, account, events)
                case Stream.COMPANIES:
                    return company_of(row, account, events)
                case Stream.CONTACTS:
                    return contact_of(row, events)
                case Stream.EMAILS:
                    return mail_of(row)
                case Stream.LINE_ITEMS:
                    return (line_item_of(Row(items[one]), row) for one in row.links("productMaps") if one in items)
            return activity_of(row, account)

        page = page_of(stream, rows, read)
        entity = FILLS[stream][0]
        fields = [spec for spec in own if spec.entity is entity]
        live = [record.id for record in page.records if record.entity is entity and record.deleted_at is None] if fields else []
        return replace(
            page,
            cursor=batch.cursor.text,
            is_last=batch.is_last,
            is_full=batch.is_full,
            held=tuple(await self._fields.held(entity, live, fields)),
            # A lead that has left the pipelines that count is gone; in a pass over everything it is so by not being there.
            gone=(*batch.gone, *(() if batch.is_full else (str(row["id"]) for row in out))) if stream is not Stream.LINE_ITEMS else (),
            total=batch.total if stream is not Stream.LINE_ITEMS else None,
            counted=batch.counted if stream in _PAST and not (stream is Stream.DEALS and account.mapping.is_choosy) else None,
        )

    async def _items(self, leads: Sequence[Body]) -> dict[str, Body]:
        """Read the products of some leads by id."""
        ids = [one for lead in leads for one in Row(lead).links("productMaps")]
        return {str(row["id"]): row for row in await self._objects.some("productMaps", ids)}

    async def _whole(self, stream: Stream) -> Page:
        """Read a small stream whole."""
        if stream is Stream.TEAMS:
            return Page(tuple(await teams(self._objects.client)), Cursor(Phase.DONE).text, is_last=True, is_full=True)
        rows = await self._objects.all(KINDS[stream])
        stages = [Row(stage) for stage in await self._objects.all("stages")] if stream is Stream.PIPELINES else []
        places = {str(row.get("id")): place for place, row in enumerate(rows)}

        def read(row: Row) -> Iterable[Record]:
            if stream is Stream.PIPELINES:
                return pipeline_of(row, places[row.id], [stage for stage in stages if stage.link("stageset") == row.id])
            return (product_of(row) if stream is Stream.PRODUCTS else user_of(row),)

        return replace(page_of(stream, rows, read), cursor=Cursor(Phase.DONE).text)

    async def held(self, entity: Entity, records: Sequence[str], own: Sequence[FieldSpec]) -> list[Held]:
        """Read our fields on some records, see `Source`."""
        return await self._fields.held(entity, list(dict.fromkeys(records)), own)
