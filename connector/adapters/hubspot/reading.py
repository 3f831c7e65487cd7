"""The reading side: each stream page by page in our words; what cannot be read is set aside with the reason."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from connector.adapters.hubspot.account import Account, tenant_of
from connector.adapters.hubspot.availability import is_missing, left_out, missing
from connector.adapters.hubspot.beside import Beside
from connector.adapters.hubspot.cursor import Cursor, Phase
from connector.adapters.hubspot.deals import deal_of
from connector.adapters.hubspot.kinds import COMPANIES, DEALS, KINDS, TICKETS, WRITABLE, Kind
from connector.adapters.hubspot.linking import link
from connector.adapters.hubspot.looking import Look
from connector.adapters.hubspot.mapping import DealMapping
from connector.adapters.hubspot.objects import Ask, Objects, Row
from connector.adapters.hubspot.owners import owners_if_seen
from connector.adapters.hubspot.page import page_of
from connector.adapters.hubspot.passes import Batch, Pass, Rhythm
from connector.adapters.hubspot.pipelines import stages_of
from connector.adapters.hubspot.readers import Reader, Readers
from connector.adapters.hubspot.records import company_of, held_in, line_item_of, product_of
from connector.adapters.hubspot.settings import HubSpotSettings
from connector.adapters.hubspot.whole import Whole
from connector.adapters.hubspot.words import READS
from connector.errors import AccessRefused, LeftOut
from connector.http import Body, Refused
from connector.model import FILLS, Contract, Deal, Entity, FieldSpec, Held, Known, Page, Record, Stream, Tenant

_NOWHERE = Cursor(Phase.DONE, until="1970-01-01T00:00:00+00:00")
"""The cursor of a page that belongs to no pass."""


class Reading:
    """Reads one account; `zone` overrides the account's own time zone."""

    def __init__(self, objects: Objects, settings: HubSpotSettings, zone: ZoneInfo | None) -> None:
        self._objects = objects
        self._settings = settings
        self._zone = zone
        self._mapping = DealMapping(settings)
        self._readers = Readers(objects, settings)
        self._owners: Mapping[str, str] | None = None

    async def tenant(self) -> Tenant:
        """Ask whose account this is; the answer also tells the vendor's time, and the first one which API version to use."""
        found = tenant_of(await self._objects.versions.account())
        self._objects.client.day.zone = ZoneInfo(found.timezone)
        return found

    async def pages(self, stream: Stream, since: str | None, own: Sequence[FieldSpec], known: Known | None) -> AsyncIterator[Page]:
        """Yield a stream's pages, see `Source`."""
        if stream.value in self._settings.streams_left_out:
            raise LeftOut(left_out(stream))
        fields = [spec for spec in own if spec.entity in FILLS[stream]]
        try:
            async for page in self._pages(stream, since, fields, known):
                yield page
        except Refused as error:
            if not is_missing(stream, error):
                raise
            raise AccessRefused(missing(stream, error), READS[stream]) from error

    async def _pages(self, stream: Stream, since: str | None, fields: Sequence[FieldSpec], known: Known | None) -> AsyncIterator[Page]:
        if stream not in KINDS:
            async for page in (await self._whole()).pages(stream, since, fields):
                yield page
            return
        kind, reader = await self._way(stream)
        horizon = timedelta(seconds=self._settings.horizon_seconds)
        ask = self._ask(kind, fields, reader.properties)
        look = Look(self._objects, kind, ask, reader, known, self._only(stream))
        rhythm = Rhythm(horizon, timedelta(hours=self._settings.calculated_hours))
        async for found in Pass(self._objects, kind, ask, look, rhythm=rhythm).batches(since):
            batch = self._blinded(stream, await look.at(self._chosen(stream, found)))
            page = page_of(stream, _ours(kind, batch), reader.read, lambda row: held_in(row, fields), same=batch.same)
            yield replace(page, prints=look.prints(batch.rows))

    def _blinded(self, stream: Stream, batch: Batch) -> Batch:
        """Let the cursor remember which links could not be seen, so that they are read as soon as they can."""
        unseen = [target for target in KINDS[stream].links if self._objects.is_hidden(target)]
        return replace(batch, cursor=batch.cursor.blinded(unseen))

    async def _way(self, stream: Stream) -> tuple[Kind, Reader]:
        """Return what to ask for and how to read it; the account's answer tells the time, too, without which no pass begins."""
        tenant = await self.tenant()
        return await self._linkable(KINDS[stream]), await self._readers.of(stream) or await self._reader(stream, tenant)

    async def _whole(self) -> Whole:
        tenant = await self.tenant()
        beside = Beside(self._objects, tenant, self._zone or ZoneInfo(tenant.timezone))
        return Whole(self._objects, beside, without=self._settings.streams_left_out)

    async def _linkable(self, kind: Kind) -> Kind:
        """Return the kind without its links to tickets where those cannot be read, so that asking for them refuses nothing else."""
        if TICKETS.name not in kind.links or await self._has_tickets():
            return kind
        return replace(kind, links=tuple(name for name in kind.links if name != TICKETS.name))

    async def _has_tickets(self) -> bool:
        if Stream.TICKETS.value in self._settings.streams_left_out:
            return False
        try:
            await self._objects.client.get(self._objects.paths.objects(TICKETS.name), {"limit": "1"})
        except AccessRefused:
            self._objects.hide(TICKETS.name)
            return False
        except Refused:
            return False
        return True

    async def records(self, stream: Stream, ids: Sequence[str], own: Sequence[FieldSpec]) -> Page:
        """Read some records again, see `Source`."""
        fields = [spec for spec in own if spec.entity in FILLS[stream]]
        kind, reader = await self._way(stream)
        ask = self._ask(kind, fields, reader.properties)
        batch = Batch(await self._again(kind.name, ids, ask), _NOWHERE, is_full=False)
        await link(self._objects, kind, batch.rows, are_listed=False)
        page = page_of(stream, batch, reader.read, lambda row: held_in(row, fields))
        return replace(page, prints=Look(self._objects, kind, ask, reader, None).prints(batch.rows))

    async def _again(self, kind: str, ids: Sequence[str], ask: Ask) -> list[Row]:
        wanted = [one for one in dict.fromkeys(ids) if one.isdecimal()]
        rows = await self._objects.read(kind, wanted, ask, is_strict=True) if wanted else []
        here = {str(row["id"]) for row in rows}
        rest = [one for one in wanted if one not in here]
        return rows + (await self._objects.read(kind, rest, replace(ask, is_archived=True), is_strict=True) if rest else [])

    async def held(self, entity: Entity, records: Sequence[str], own: Sequence[FieldSpec]) -> Sequence[Held]:
        """Read our fields on some records, see `Source`."""
        kind = WRITABLE.get(entity)
        ids = [record for record in records if record.isdecimal()]
        if kind is None or not ids or not own:
            return ()
        rows = await self._objects.read(kind.name, ids, Ask(tuple(spec.name for spec in own)))
        return [held for row in rows for held in held_in(row, own)]

    def _ask(self, kind: Kind, own: Sequence[FieldSpec], more: Sequence[str]) -> Ask:
        mapped = {DEALS.name: self._mapping.properties, COMPANIES.name: (self._settings.segment_property,)}
        names = dict.fromkeys((*kind.properties, *mapped.get(kind.name, ()), *more, *(spec.name for spec in own)))
        return Ask(tuple(names), kind.history, kind.links)

    async def _reader(self, stream: Stream, tenant: Tenant) -> Reader:
        if stream is Stream.DEALS:
            account = await self._account(tenant)
            context = f"{account.zone} {tenant.currency} {account.stages} {account.owners}"
            return Reader(lambda row: self._counted(deal_of(row, account)), context=context)
        readers: dict[Stream, Callable[[Row], Record]] = {
            Stream.COMPANIES: lambda row: company_of(row, self._settings.segment_property),
            Stream.PRODUCTS: product_of,
            Stream.LINE_ITEMS: line_item_of,
        }
        return Reader(lambda row: (readers[stream](row),))

    async def _account(self, tenant: Tenant) -> Account:
        body = await self._objects.client.get(self._objects.paths.pipelines(DEALS.name))
        stages = {stage.id: stage for row in body["results"] for stage in stages_of(row)}
        if self._owners is None:
            self._owners = {} if Stream.USERS.value in self._settings.streams_left_out else await owners_if_seen(self._objects)
        return Account(tenant, self._zone or ZoneInfo(tenant.timezone), stages, self._mapping, self._owners)

    def _counted(self, records: Iterable[Record]) -> Iterable[Record]:
        """Take a deal that has left the pipelines that count for gone, and its contract with it."""
        is_out = False
        for record in records:
            is_out = is_out or (isinstance(record, Deal) and not self._mapping.counts(record.pipeline))
            is_gone = is_out and isinstance(record, Deal | Contract)
            yield replace(record, deleted_at=record.deleted_at or record.updated_at) if is_gone else record

    def _only(self, stream: Stream) -> tuple[Body, ...]:
        """Return the filters of a search for what counts of a stream."""
        if stream is not Stream.DEALS:
            return ()
        wanted = {"IN": self._settings.pipelines, "NOT_IN": self._settings.pipelines_left_out}
        return tuple({"propertyName": "pipeline", "operator": how, "values": list(names)} for how, names in wanted.items() if names)

    def _chosen(self, stream: Stream, batch: Batch) -> Batch:
        """Leave deals of other pipelines out of a pass over everything, after which they are gone anyway."""
        if stream is not Stream.DEALS or not batch.is_full or not self._mapping.is_choosy:
            return batch
        return replace(batch, rows=[row for row in batch.rows if self._mapping.counts((row.get("properties") or {}).get("pipeline"))])


def _ours(kind: Kind, batch: Batch) -> Batch:
    """Begin the ids with the kind's prefix, where it has one."""
    if not kind.prefix:
        return batch
    return replace(batch, rows=[row | {"id": f"{kind.prefix}:{row['id']}"} if row.get("id") else row for row in batch.rows])
