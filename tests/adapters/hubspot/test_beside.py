"""Deal splits, campaigns and exchange rates at the wire: no request too many, and every page from where the last one ended."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import date
from typing import Any

import httpx
import pytest
import respx

from connector.adapters.hubspot import HubSpot, HubSpotSettings
from connector.errors import AccessRefused
from connector.model import Campaign, Cost, DealSplit, FxRate, Record, Stream
from tests.adapters.boxes import read_all

BASE = "https://hubspot.example"
V = "2026-09"
ACCOUNT = {"portalId": 1, "timeZone": "America/New_York", "companyCurrency": "USD"}
DATE = {"Date": "Sun, 31 Dec 2017 23:00:00 GMT"}


@pytest.fixture
def crm() -> Iterator[respx.MockRouter]:
    """Stand in for HubSpot at the socket."""
    with respx.mock(base_url=BASE, assert_all_called=False) as router:
        router.get(f"/account-info/{V}/details").respond(json=ACCOUNT, headers=DATE)
        yield router


@pytest.fixture
async def adapter() -> AsyncIterator[HubSpot]:
    """Connect to it."""
    made = HubSpot(HubSpotSettings.model_validate({"token": "t", "base_url": BASE, "version": V, "headroom": 0}))
    yield made
    await made.close()


async def records_of(adapter: HubSpot, stream: Stream, since: str | None = None) -> list[Record]:
    """Read a stream to its end."""
    return [record for page in await read_all(adapter, stream, since) for record in page.records]


def asked(call: Any) -> dict[str, Any]:  # noqa: ANN401 - the library's calls are not typed
    """Return what a request asked for."""
    found: dict[str, Any] = json.loads(call.request.content)
    return found


def split_search(request: httpx.Request) -> httpx.Response:
    """Answer a search for split deals: 31 and 32 on the first page, 40 on the second."""
    filters = {one["propertyName"]: one["value"] for one in json.loads(request.content)["filterGroups"][0]["filters"]}
    assert filters["hs_is_deal_split"] == "true"
    ids = [one for one in ("31", "32", "40") if int(one) > int(filters["hs_object_id"])]
    page = {"results": [{"id": one} for one in ids[:2]], "total": len(ids)}
    return httpx.Response(200, json=page | ({"paging": {"next": {"after": "2"}}} if len(ids) > 2 else {}), headers=DATE)


def shares(request: httpx.Request) -> httpx.Response:
    """Answer for the shares of deals: each has two owners."""
    deals = [one["id"] for one in json.loads(request.content)["inputs"]]
    parts = (("5", "0.25"), ("6", "0.75"))
    rows = [
        {
            "id": deal,
            "splits": [
                {"id": f"{deal}{owner}", "properties": {"hubspot_owner_id": owner, "hs_deal_split_percentage": share}}
                for owner, share in parts
            ],
        }
        for deal in deals
    ]
    return httpx.Response(200, json={"results": rows}, headers=DATE)


async def test_splits_are_found_and_read(crm: respx.MockRouter, adapter: HubSpot):
    """Split deals are found by search in order of id, and their shares read at once; after a kill the second page is all that is left."""
    crm.post(f"/crm/objects/{V}/deals/search").mock(side_effect=split_search)
    batch = crm.post(f"/deal-splits/{V}/batch/read").mock(side_effect=shares)
    pages = await read_all(adapter, Stream.DEAL_SPLITS)
    found = [record for page in pages for record in page.records if isinstance(record, DealSplit)]
    assert [(one.id, one.deal, one.owner, str(one.share)) for one in found][:2] == [
        ("315", "31", "5", "0.2500"),
        ("316", "31", "6", "0.7500"),
    ]
    assert [one.deal for one in found] == ["31", "31", "32", "32", "40", "40"]
    assert [(page.is_last, page.is_full) for page in pages] == [(False, True), (True, True)]
    assert [len(asked(call)["inputs"]) for call in batch.calls] == [2, 1]
    rest = await records_of(adapter, Stream.DEAL_SPLITS, pages[0].cursor)
    assert [record.id for record in rest] == ["405", "406"]


async def test_only_campaigns_that_cost_something_are_asked_for_it(crm: respx.MockRouter, adapter: HubSpot):
    """Spending costs one request a campaign, and only where there is some; a campaign that has gone in between has none."""
    sums = {"a": "120.5", "b": "0", "c": None, "d": "7"}
    rows = [{"id": key, "properties": {"hs_name": key, "hs_spend_items_sum_amount": total}} for key, total in sums.items()]
    listed = crm.get(f"/marketing/campaigns/{V}")
    listed.side_effect = [
        httpx.Response(200, json={"results": rows[:3], "paging": {"next": {"after": "x"}}}, headers=DATE),
        httpx.Response(200, json={"results": rows[3:]}, headers=DATE),
    ]
    item = {"id": "1", "name": "Ads", "amount": 120.5, "createdAt": 1491015600000}
    spent = crm.get(url__regex=rf"{BASE}/marketing/campaigns/{V}/(?P<key>\w+)/budget/totals")
    spent.side_effect = [
        httpx.Response(200, json={"currencyCode": "EUR", "spendItems": [item]}, headers=DATE),
        httpx.Response(404, json={"message": "no such campaign"}, headers=DATE),
    ]
    found = await records_of(adapter, Stream.CAMPAIGNS)
    assert [record.id for record in found if isinstance(record, Campaign)] == ["a", "b", "c", "d"]
    costs = [record for record in found if isinstance(record, Cost)]
    assert [(one.id, one.day, str(one.amount), one.currency) for one in costs] == [("a:1", date(2017, 3, 31), "120.5000", "EUR")]
    assert spent.call_count == 2
    assert [call.request.url.params.get("after") for call in listed.calls] == [None, "x"]


async def test_an_unreadable_cost_is_left_out(crm: respx.MockRouter, adapter: HubSpot):
    """A campaign is kept without the costs that cannot be read, which are named with the reason."""
    rows = [{"id": key, "properties": {"hs_name": key, "hs_spend_items_sum_amount": total}} for key, total in (("a", "5"), ("b", ""))]
    crm.get(f"/marketing/campaigns/{V}").respond(json={"results": rows}, headers=DATE)
    crm.get(f"/marketing/campaigns/{V}/a/budget/totals").respond(json={"spendItems": [{"id": "1", "amount": 5}]}, headers=DATE)
    (page,) = await read_all(adapter, Stream.CAMPAIGNS)
    assert [record.id for record in page.records] == ["a", "b"]
    assert [(one.record, one.reason) for one in page.unread] == [("a", "spendItems: item 1 has no amount or no time.")]


async def test_rates_are_read_page_by_page(crm: respx.MockRouter, adapter: HubSpot):
    """Every page of the history of rates comes, and reading again begins anew, because rates have no date of change."""
    rows = [
        {
            "id": str(number),
            "fromCurrencyCode": "EUR",
            "toCurrencyCode": "USD",
            "conversionRate": number + 0.5,
            "effectiveAt": f"2017-04-0{number}T12:00:00Z",
        }
        for number in (1, 2)
    ]

    def page(request: httpx.Request) -> httpx.Response:
        is_second = request.url.params.get("after") == "1"
        return httpx.Response(
            200, json={"results": rows[1:]} if is_second else {"results": rows[:1], "paging": {"next": {"after": "1"}}}, headers=DATE
        )

    crm.get(f"/settings/currencies/{V}/exchange-rates").mock(side_effect=page)
    pages = await read_all(adapter, Stream.FX_RATES)
    found = [record for one in pages for record in one.records if isinstance(record, FxRate)]
    assert [(one.id, one.day.day, one.rate) for one in found] == [("1", 1, "1.5"), ("2", 2, "2.5")]
    assert await records_of(adapter, Stream.FX_RATES, pages[-1].cursor) == found


@pytest.mark.parametrize(
    ("stream", "path", "edition"),
    [
        (Stream.CAMPAIGNS, f"/marketing/campaigns/{V}", "Marketing Hub Professional"),
        (Stream.FX_RATES, f"/settings/currencies/{V}/exchange-rates", "several currencies"),
        (Stream.LEADS, f"/crm/objects/{V}/leads", "Sales Hub Professional"),
        (Stream.SURVEYS, f"/crm/objects/{V}/feedback_submissions", "Service Hub Professional"),
    ],
)
@pytest.mark.parametrize("status", [400, 403, 404])
async def test_what_an_edition_lacks_is_not_available(
    crm: respx.MockRouter, adapter: HubSpot, stream: Stream, path: str, edition: str, status: int
):
    """Where a portal's edition has no such thing, the stream is not available, with what it takes; the run goes on."""
    crm.get(path).respond(status, json={"message": f"Unable to infer object type from: {stream}"}, headers=DATE)
    crm.route().respond(json={"results": []}, headers=DATE)
    with pytest.raises(AccessRefused) as refused:
        await read_all(adapter, stream)
    assert refused.value.needs or status == 403
    if status != 403:
        assert edition in str(refused.value)
