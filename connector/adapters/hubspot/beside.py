"""The small streams beside the records, read whole each time: shares of deals, campaigns with their spending, exchange rates."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from zoneinfo import ZoneInfo

from connector.adapters.hubspot.cursor import Cursor, Phase
from connector.adapters.hubspot.kinds import DEALS, SPLIT
from connector.adapters.hubspot.means import campaign_of, costs_of, has_spent, rate_of, splits_of
from connector.adapters.hubspot.objects import BATCH_SIZE, LIST_SIZE, Objects, Row, chunks, next_after
from connector.adapters.hubspot.page import page_of
from connector.adapters.hubspot.passes import Batch
from connector.http import Body, Refused, together
from connector.model import Page, Record, Stream, Tenant

_GONE = 404
_CAMPAIGN = ("hs_name", "hs_start_date", "hs_end_date", "hs_spend_items_sum_amount")


class Beside:
    """Reads the streams beside the records of one account; days are days of `zone`."""

    def __init__(self, objects: Objects, tenant: Tenant, zone: ZoneInfo) -> None:
        self._objects = objects
        self._client = objects.client
        self._paths = objects.paths
        self._tenant = tenant
        self._zone = zone
        self.readers: Mapping[Stream, Callable[[Cursor], AsyncIterator[Page]]] = {
            Stream.DEAL_SPLITS: self._splits,
            Stream.CAMPAIGNS: self._campaigns,
            Stream.FX_RATES: self._rates,
        }

    async def _splits(self, cursor: Cursor) -> AsyncIterator[Page]:
        """Find the deals that are split, in order of id, and read their shares."""
        while cursor.phase is not Phase.DONE:
            found = await self._objects.having(DEALS.name, SPLIT, int(cursor.after or 0))
            rows = [row for part in await together(self.shares(part) for part in chunks(found.ids, BATCH_SIZE)) for row in part]
            cursor = cursor.at(found.ids[-1] if found.has_more else None, Phase.DONE)
            yield _page(Stream.DEAL_SPLITS, rows, cursor, splits_of)

    async def shares(self, deals: Iterable[str]) -> list[Row]:
        """Read the shares of deals."""
        body = await self._client.ask(self._paths.deal_splits, {"inputs": [{"id": one} for one in deals]})
        rows: list[Row] = body["results"]
        return rows

    async def _campaigns(self, cursor: Cursor) -> AsyncIterator[Page]:
        while cursor.phase is not Phase.DONE:
            rows, after = await self._listed(self._paths.campaigns, cursor.after, properties=",".join(_CAMPAIGN))
            totals = dict(await together(self._spending(str(row["id"])) for row in rows if has_spent(row)))
            cursor = cursor.at(after, Phase.DONE)

            def read(row: Row, totals: Mapping[str, Body] = totals) -> Iterable[Record]:
                yield campaign_of(row)
                yield from costs_of(str(row["id"]), totals.get(str(row["id"]), {}), self._tenant.currency, self._zone)

            yield _page(Stream.CAMPAIGNS, rows, cursor, read)

    async def _spending(self, campaign: str) -> tuple[str, Body]:
        try:
            return campaign, await self._client.get(f"{self._paths.campaigns}/{campaign}/budget/totals")
        except Refused as error:
            if error.status != _GONE:
                raise
            # Deleted since the list was made; the next pass leaves it out.
            return campaign, {}

    async def _rates(self, cursor: Cursor) -> AsyncIterator[Page]:
        while cursor.phase is not Phase.DONE:
            rows, after = await self._listed(self._paths.exchange_rates, cursor.after)
            cursor = cursor.at(after, Phase.DONE)
            yield _page(Stream.FX_RATES, rows, cursor, lambda row: (rate_of(row, self._zone),))

    async def _listed(self, path: str, after: str, **params: str) -> tuple[list[Row], str | None]:
        body = await self._client.get(path, {"limit": str(LIST_SIZE), **params} | ({"after": after} if after else {}))
        return body["results"], next_after(body, after or None)


def _page(stream: Stream, rows: list[Row], cursor: Cursor, read: Callable[[Row], Iterable[Record]]) -> Page:
    return page_of(stream, Batch(rows, cursor, is_full=True), read, lambda _row: ())
