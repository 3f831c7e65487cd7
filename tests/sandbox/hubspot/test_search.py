"""Search."""

from collections.abc import Callable

import httpx
import pandas as pd
import pytest

from connector.sandbox.hubspot import Portal

SEARCH = "/crm/objects/2026-09/deals/search"


def _filter(name: str, operator: str, value: object = None, **more: object) -> dict[str, object]:
    return {"propertyName": name, "operator": operator, **({} if value is None else {"value": value}), **more}


def _ask(*filters: dict[str, object], **more: object) -> dict[str, object]:
    return {"filterGroups": [{"filters": list(filters)}], **more}


def test_totals_are_those_of_the_file(full: httpx.Client, pipeline: pd.DataFrame):
    """Filters on choices, numbers and instants count what pandas counts."""
    won = pipeline[pipeline.deal_stage == "Won"]

    def total(*filters: dict[str, object]) -> int:
        return full.post(SEARCH, json=_ask(*filters, limit=1)).json()["total"]

    assert total(_filter("dealstage", "EQ", "closedwon")) == len(won)
    assert total(_filter("hs_is_closed_won", "EQ", "true"), _filter("amount", "GT", "5000")) == (won.close_value > 5000).sum()
    assert total(_filter("dealstage", "IN", values=["closedwon", "closedlost"])) == 6711
    assert total(_filter("dealstage", "NEQ", "closedwon")) == 8800 - 4238
    assert total(_filter("dealstage", "EQ", "Closedwon")) == 0
    # 1 March 2017 in New York is 05:00 to 05:00 in UTC.
    march = _filter("closedate", "BETWEEN", "1488344400000", highValue="1488430799999")
    assert total(march, _filter("hs_is_closed", "EQ", "true")) == (pipeline.close_date == "2017-03-01").sum()
    assert total(_filter("dealname", "CONTAINS_TOKEN", "gtk")) == (pipeline["product"] == "GTK 500").sum()
    assert total(_filter("opportunity_id", "EQ", "1c1i7a6r")) == 1
    assert total(_filter("opportunity_id", "IN", values=["1C1I7A6R"])) == 0


def test_groups_are_alternatives(full: httpx.Client):
    """Filters in a group must all hold, of the groups one."""
    groups = [{"filters": [_filter("dealstage", "EQ", stage)]} for stage in ("engaging", "prospecting")]
    assert full.post(SEARCH, json={"filterGroups": groups}).json()["total"] == 1589 + 500


def test_pages_go_by_offset(full: httpx.Client):
    """The default page is 10, the largest 200; `after` is a whole number and the text of one comes back."""
    assert len(full.post(SEARCH, json={}).json()["results"]) == 10
    page = full.post(SEARCH, json={"limit": 200, "after": 200}).json()
    assert (len(page["results"]), page["paging"]["next"]["after"]) == (200, "400")
    assert full.post(SEARCH, json={"limit": 201}).status_code == 400
    cursor = full.get("/crm/objects/2026-09/deals").json()["paging"]["next"]["after"]
    assert "Cannot deserialize value of type" in full.post(SEARCH, json={"after": cursor}).json()["message"]


def test_an_id_walk_reads_everything_once(full: httpx.Client):
    """Walking by id, ascending, from the last id seen, brings all deals though their ids change their length."""
    seen: list[int] = []
    while True:
        body = _ask(_filter("hs_object_id", "GT", str(seen[-1] if seen else 0)), limit=200, sorts=[{"propertyName": "hs_object_id"}])
        rows = full.post(SEARCH, json=body).json()["results"]
        if not rows:
            break
        seen += [int(row["id"]) for row in rows]
    assert len(seen) == len(set(seen)) == 8800


def test_nothing_is_reached_beyond_ten_thousand(full: httpx.Client):
    """A page that would end after row 10,000 is refused, even where there are no such rows."""
    assert full.post(SEARCH, json={"limit": 200, "after": 9800}).status_code == 200
    assert full.post(SEARCH, json={"limit": 200, "after": 9801}).status_code == 400


def test_one_sort_orders_by_value(full: httpx.Client):
    """Rows are ordered by a property's value, those without it last; two sorts are refused."""
    body = {"sorts": [{"propertyName": "amount", "direction": "DESCENDING"}], "properties": ["amount"], "limit": 50}
    amounts = [int(row["properties"]["amount"]) for row in full.post(SEARCH, json=body).json()["results"]]
    assert amounts == sorted(amounts, reverse=True)
    assert full.post(SEARCH, json={"sorts": [{"propertyName": "amount"}, {"propertyName": "createdate"}]}).status_code == 400


def test_linked_records_can_be_asked_for(full: httpx.Client, pipeline: pd.DataFrame):
    """The pseudo-property `associations.companies` finds a company's deals."""
    found = full.post("/crm/v3/objects/companies/search", json=_ask(_filter("name", "EQ", "cancity"))).json()["results"][0]["id"]
    body = full.post(SEARCH, json=_ask(_filter("associations.companies", "EQ", found))).json()
    assert body["total"] == (pipeline.account == "Cancity").sum()
    assert all("associations" not in row for row in body["results"])


def test_a_text_is_looked_for_in_names(full: httpx.Client, pipeline: pd.DataFrame):
    """`query` looks into the names."""
    assert full.post(SEARCH, json={"query": "Cancity"}).json()["total"] == (pipeline.account == "Cancity").sum()


def test_archived_records_never_appear(web: httpx.Client, deal: str):
    """An archived deal is gone from search."""
    web.delete(f"/crm/v3/objects/deals/{deal}")
    assert web.post(SEARCH, json=_ask(_filter("hs_object_id", "EQ", deal))).json()["total"] == 0


def test_the_index_lags(open_portal: Callable[..., tuple[httpx.Client, Portal]]):
    """Within the lag, search knows neither a new record nor a new value; a direct read does."""
    web, portal = open_portal(search_lag=60)
    deal = str(portal.find_deal("1C1I7A6R").id)
    web.patch(f"/crm/v3/objects/deals/{deal}", json={"properties": {"amount": "777"}})
    web.post("/crm/v3/objects/deals", json={"properties": {"dealname": "Brand-new"}})

    def total(name: str, value: str) -> int:
        return web.post(SEARCH, json=_ask(_filter(name, "EQ", value))).json()["total"]

    assert web.get(f"/crm/v3/objects/deals/{deal}").json()["properties"]["amount"] == "777"
    assert (total("amount", "777"), total("dealname", "brand-new")) == (0, 0)
    stale = web.post(SEARCH, json=_ask(_filter("hs_object_id", "EQ", deal))).json()["results"][0]["properties"]
    assert (stale["amount"], stale["hs_lastmodifieddate"]) == ("1054", "2017-03-01T14:30:00Z")
    web.post("/sandbox/clock", json={"advance": 61})
    assert (total("amount", "777"), total("dealname", "brand-new")) == (1, 1)


@pytest.mark.parametrize(
    "body",
    [
        _ask(_filter("no_such_property", "EQ", "1")),
        _ask(_filter("amount", "LIKE", "1")),
        _ask(_filter("amount", "GT", "much")),
        _ask(_filter("amount", "GT")),
        _ask(_filter("amount", "GT", "1", unit="USD")),
        {"filterGroups": [{"filters": [_filter("amount", "GT", "1")]}] * 6},
        _ask(*[_filter("amount", "GT", "1")] * 7),
        {"filterGroups": [{"filters": [_filter("amount", "GT", "1")] * 5}] * 4},
        {"query": "x" * 3001},
        {"propertiesWithHistory": ["amount"]},
        {"sorts": [{"propertyName": "no_such_property"}]},
        {"sorts": [{"propertyName": "amount", "direction": "UP"}]},
    ],
)
def test_bad_queries_are_refused(full: httpx.Client, body: dict[str, object]):
    """Unknown properties, operators and fields, wrong types and too many filters are validation errors."""
    refusal = full.post(SEARCH, json=body)
    assert (refusal.status_code, refusal.json()["category"]) == (400, "VALIDATION_ERROR")
