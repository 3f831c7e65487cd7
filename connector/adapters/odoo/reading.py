"""The reading side: each stream page by page in our words; what cannot be read is set aside with the reason."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace

from connector.adapters.odoo import activities, selling, tickets
from connector.adapters.odoo.account import Account, Accounts
from connector.adapters.odoo.apart import Apart, Read
from connector.adapters.odoo.cursor import Cursor
from connector.adapters.odoo.deals import deal_of, lead_of, undated
from connector.adapters.odoo.fields import MODELS, Fields, held_in
from connector.adapters.odoo.goals import COMPUTED, FAMILY, MEASURED, Meanings, counts_won, goal_of, measured_kpi
from connector.adapters.odoo.helpdesk import stages_of
from connector.adapters.odoo.kinds import KINDS, WHOLE, fields_of
from connector.adapters.odoo.partners import partners_of
from connector.adapters.odoo.passes import Batch, Kind, Pass, Rhythm
from connector.adapters.odoo.past import Change, Trail
from connector.adapters.odoo.people import company_of, contact_of, pipeline_of, team_of, user_of
from connector.adapters.odoo.rpc import Row, Rpc
from connector.adapters.odoo.words import APPS, READS, TITLE
from connector.adapters.rows import RAW_SIZE
from connector.errors import AccessRefused, LeftOut
from connector.http import Refused
from connector.model import FILLS, Deal, Entity, FieldSpec, Held, Page, Record, Rejected, Stream, Unread

_NOWHERE = ""
_ALONE = Cursor(_NOWHERE)
"""The cursor of rows that belong to no pass."""
_NO_PAST = "Odoo does not let this login see when the deal was lost."

_Past = Mapping[int, Sequence[Change]]
Aparts = Mapping[Stream, Apart]
"""The streams of apps that are not everywhere."""


class Reading:
    """Reads one database."""

    def __init__(self, rpc: Rpc, accounts: Accounts, fields: Fields, rhythm: Rhythm, *, aparts: Aparts) -> None:
        self._rpc = rpc
        self._aparts = aparts
        self._accounts = accounts
        self._fields = fields
        self._trail = Trail(rpc)
        self._rhythm = rhythm

    async def pages(self, stream: Stream, since: str | None, own: Sequence[FieldSpec]) -> AsyncIterator[Page]:
        """Yield a stream's pages, see `Source`."""
        if stream not in KINDS:
            raise AccessRefused(f"{TITLE} has no {stream}.")
        fields = [spec for spec in own if spec.entity is FILLS[stream][0]]
        try:
            kinds = await self._kinds(stream, fields)
            meaning = self._aparts[stream].meaning if stream in self._aparts else ""
            whole = Pass(self._rpc, kinds, rhythm=self._rhythm, is_whole=stream in WHOLE, meaning=meaning)
            account = await self._accounts.account() if stream is Stream.DEALS else None
            async for batch in whole.batches(since):
                yield await self._page(stream, batch, fields, account)
        except (AccessRefused, Refused) as error:
            raise unavailable(stream, error) from None

    async def records(self, stream: Stream, ids: Sequence[str], own: Sequence[FieldSpec]) -> Page:
        """Read some records again, see `Source`."""
        fields = [spec for spec in own if spec.entity is FILLS[stream][0]]
        kind = (await self._kinds(stream, fields))[0]
        numbers = [int(one) for one in dict.fromkeys(ids) if one.isdecimal()]
        rows = await self._rpc.rows(kind.model, [*kind.domain, ["id", "in", numbers]], kind.fields)
        account = await self._accounts.account() if stream is Stream.DEALS else None
        return await self._paged(stream, Batch(kind, rows, _ALONE), fields, account)

    async def held(self, entity: Entity, records: Sequence[str], own: Sequence[FieldSpec]) -> Sequence[Held]:
        """Read our fields on some records, see `Source`."""
        fields = [spec for spec in own if spec.entity is entity]
        if not fields or not records:
            return ()
        names = await self._fields.readable(fields)
        numbers = [int(one) for one in records if one.isdecimal()]
        rows = await self._rpc.rows(MODELS[entity], [["id", "in", numbers]], names)
        return [held for row in rows for held in held_in(row, fields)]

    async def _kinds(self, stream: Stream, own: Sequence[FieldSpec]) -> list[Kind]:
        """Return what is read for a stream, with our own fields on it."""
        if stream in self._aparts:
            return await self._aparts[stream].kinds()
        words, ours = await self._rpc.words(), await self._fields.readable(own)
        more = (FAMILY,) if stream is Stream.GOALS and await self._fields.has(KINDS[stream][0].model, FAMILY) else ours
        kinds = [replace(kind, fields=(*fields_of(stream, kind, words), *more)) for kind in KINDS[stream]]
        if stream in activities.KINDS:
            return await activities.typed(self._rpc, stream, kinds)
        if stream is Stream.LINE_ITEMS:
            return [await selling.counting(self._rpc, kind) for kind in kinds]
        if stream is Stream.PIPELINES:
            return kinds + await stages_of(self._rpc)
        if stream is Stream.FX_RATES:
            ours_or_all = ["company_id", "in", [await self._accounts.company(), False]]
            kinds = [replace(kind, domain=(*kind.domain, ours_or_all)) for kind in kinds]
        if stream in (Stream.COMPANIES, Stream.CONTACTS):
            own_companies = await self._rpc.rows("res.company", [], ["partner_id"])
            we = ["id", "not in", [row["partner_id"][0] for row in own_companies]]
            kinds = [replace(kind, domain=(*kind.domain, we)) for kind in kinds]
        return kinds

    async def _page(self, stream: Stream, batch: Batch, own: Sequence[FieldSpec], account: Account | None) -> Page:
        page = await self._paged(stream, batch, own, account)
        cursor = batch.cursor
        return replace(
            page,
            cursor=cursor.text,
            is_last=cursor.is_done,
            is_full=cursor.is_full,
            total=batch.total,
            counted=_counted(stream, batch.counted),
            gone=tuple(f"{batch.kind.prefix}{one}" for one in batch.gone),
        )

    async def _paged(self, stream: Stream, batch: Batch, own: Sequence[FieldSpec], account: Account | None) -> Page:
        rows, records = batch.rows, list[Record]()
        rejected: list[Rejected] = []
        past = await self._trail.of([row["id"] for row in rows]) if account else {}
        read = await (self._deals(rows, account, past) if account else self._reader(stream, batch))
        for row, found in read:
            if isinstance(found, ValueError):
                key = f"{batch.kind.prefix}{row['id']}"
                rejected.append(Rejected(FILLS[stream][0], key, f"{found}.", json.dumps(row, default=str)[:RAW_SIZE]))
            else:
                records += found
        held = tuple(held for row in rows for held in held_in(row, own))
        page = Page(tuple(records), _NOWHERE, is_last=True, is_full=False, rejected=tuple(rejected), held=held)
        return page if past is not None or account is None else _without_past(page, account)

    async def _reader(self, stream: Stream, batch: Batch) -> list[tuple[Row, list[Record] | ValueError]]:
        """Read rows, each by itself; the stages stand together as one pipeline."""
        if stream is Stream.PIPELINES:
            of_tickets = batch.kind.prefix == tickets.PREFIX
            read_all = tickets.pipeline_of if of_tickets else pipeline_of
            return [(batch.rows[0], list(read_all(batch.rows)))] if batch.rows else []
        apart = self._aparts.get(stream)
        read = await (apart.way(batch.rows, batch.kind) if apart else self._way(stream, batch))
        return [(row, _read(read, row)) for row in batch.rows]

    async def _way(self, stream: Stream, batch: Batch) -> Read:
        """Return how a row of a stream is read, with what lies around the rows of a page."""
        rows, kind = batch.rows, batch.kind
        if stream in activities.KINDS:
            near = await activities.around(self._rpc, rows, (await self._accounts.tenant()).timezone)
            return lambda row: [activities.activity_of(row, kind, stream, near)]
        match stream:
            case Stream.LEADS:
                partners = await partners_of(self._rpc, rows)
                return lambda row: [lead_of(row, partners)]
            case Stream.LINE_ITEMS:
                lines = await selling.around(self._rpc, rows, (await self._accounts.tenant()).currency)
                return lambda row: [selling.line_item_of(row, lines)]
            case Stream.FX_RATES:
                return selling.Rates(rows, (await self._accounts.tenant()).currency).of
            case Stream.GOALS:
                meanings = await self._meanings()
                return lambda row: [goal_of(row, meanings)]
            case _:
                return _PLAIN[stream]

    async def _deals(self, rows: Sequence[Row], account: Account, past: _Past | None) -> list[tuple[Row, list[Record] | ValueError]]:
        partners = await partners_of(self._rpc, rows)

        def changes(row: Row) -> Sequence[Change] | None:
            return None if past is None else past.get(row["id"], ())

        return [(row, _read(lambda row: deal_of(row, account, partners, changes(row)), row)) for row in rows]

    async def _meanings(self) -> Meanings:
        """Return which KPI each goal definition means exactly."""
        computed = {}
        for kpi, domain in COMPUTED.items():
            for row in await self._rpc.rows("gamification.goal.definition", domain, ["domain"]):
                if counts_won(row["domain"]):
                    computed[str(row["id"])] = kpi
        ours = await self._rpc.rows("gamification.goal.definition", [*MEASURED], ["description"])
        return Meanings(computed, {str(row["id"]): found for row in ours if (found := measured_kpi(row["description"]))})


def _without_past(page: Page, account: Account) -> Page:
    """Return a page of deals whose past we may not see: what is known of it stays, and what it alone tells is unread."""
    deals = [one for one in page.records if isinstance(one, Deal)]
    unread = tuple(Unread(Entity.DEALS, one.id, "date_closed", _NO_PAST) for one in deals if undated(one, account))
    return replace(page, unread=unread, kept=tuple(one.id for one in deals))


def _counted(stream: Stream, rows: int | None) -> int | None:
    """Return how many records of a stream's own kind there are; all stages make one pipeline, and of goals all may go: we undo ours."""
    if rows is None or stream is Stream.GOALS:
        return None
    return min(rows, 1) if stream is Stream.PIPELINES else rows


_PLAIN: Mapping[Stream, Read] = {
    Stream.USERS: lambda row: [user_of(row)],
    Stream.TEAMS: team_of,
    Stream.COMPANIES: lambda row: [company_of(row)],
    Stream.CONTACTS: lambda row: [contact_of(row)],
    Stream.PRODUCTS: lambda row: [selling.product_of(row)],
    Stream.CAMPAIGNS: lambda row: [selling.campaign_of(row)],
}


def _read(read: Read, row: Row) -> list[Record] | ValueError:
    try:
        return list(read(row))
    except ValueError as error:
        return error


def unavailable(stream: Stream, error: AccessRefused | Refused) -> AccessRefused:
    """Say why a stream cannot be read: an app that is not installed, or a right that the login lacks."""
    if isinstance(error, LeftOut):
        return error
    said = str(error).rstrip(".")
    if isinstance(error, Refused):
        if stream not in APPS:
            raise error
        elsewhere = f"`crm-kpi import {FILLS[stream][0]}` brings those from elsewhere"
        return AccessRefused(f"{TITLE} gives us no {stream}; they need the app {APPS[stream]}, or {elsewhere}: {said}.", (APPS[stream],))
    return AccessRefused(f"{TITLE} does not let this login read the {stream}: {said}.", READS[stream])
