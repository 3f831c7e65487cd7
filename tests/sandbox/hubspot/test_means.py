"""What selling stands on and costs, over HTTP: campaigns, exchange rates, shares of deals."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import httpx
import pytest

from connector.sandbox.hubspot import Portal

NEW_YORK = ZoneInfo("America/New_York")
Open = Callable[..., tuple[httpx.Client, Portal]]
Walk = Callable[..., list[dict]]


def wall(milliseconds: int) -> datetime:
    """Return an instant on the account's wall clock."""
    return datetime.fromtimestamp(milliseconds / 1000, NEW_YORK)


@pytest.mark.parametrize("base", ["/marketing/v3/campaigns", "/marketing/campaigns/2026-03", "/marketing/campaigns/2026-09"])
def test_a_campaigns_items_add_up(whole: tuple[httpx.Client, Portal], walk: Walk, base: str):
    """What a campaign has cost is the sum of its items, entered in 2017 and within its days; one planned for later has none."""
    web = whole[0]
    names = "hs_name,hs_spend_items_sum_amount,hs_start_date,hs_end_date,nothing_of_that_name"
    rows = walk(web, base, limit="4", properties=names)
    assert len({row["id"] for row in rows}) == len(rows) == 9
    assert {frozenset(row["properties"]) for row in rows} == {frozenset(names.split(",")[:-1])}
    idle = 0
    for row in rows:
        totals, said = web.get(f"{base}/{row['id']}/budget/totals").json(), row["properties"]
        assert Decimal(said["hs_spend_items_sum_amount"]) == sum(Decimal(str(item["amount"])) for item in totals["spendItems"])
        assert totals["remainingBudget"] == pytest.approx(totals["budgetTotal"] - totals["spendTotal"])
        for item in totals["spendItems"]:
            assert said["hs_start_date"] <= wall(item["createdAt"]).date().isoformat() <= said["hs_end_date"]
        idle += not totals["spendItems"]
    assert idle == 1


def test_a_campaign_by_id(whole: tuple[httpx.Client, Portal]):
    """One campaign is read by its id; one that is not there is not found, and properties come only when asked for."""
    web = whole[0]
    first = web.get("/marketing/campaigns/2026-09", params={"limit": 1}).json()
    (row,) = first["results"]
    assert (first["total"], row["properties"], first["paging"]["next"]["after"]) == (9, {}, "1")
    assert web.get(f"/marketing/campaigns/2026-09/{row['id']}", params={"properties": "hs_name"}).json()["properties"] == {
        "hs_name": "Online ads Q1"
    }
    assert web.get("/marketing/campaigns/2026-09/none/budget/totals").status_code == 404
    assert web.get("/marketing/campaigns/2026-09", params={"limit": 101}).status_code == 400


@pytest.mark.parametrize("base", ["/settings/v3/currencies", "/settings/currencies/2026-03", "/settings/currencies/2026-09"])
def test_rates_month_by_month(whole: tuple[httpx.Client, Portal], walk: Walk, base: str):
    """Euro and pound have a rate from the first of each month of 2017; the present one is the last."""
    web = whole[0]
    rows = walk(web, f"{base}/exchange-rates", limit="10")
    days = {code: [row["effectiveAt"][:10] for row in rows if row["fromCurrencyCode"] == code] for code in ("EUR", "GBP")}
    assert days == {code: [f"2017-{month:02}-01" for month in range(1, 13)] for code in ("EUR", "GBP")}
    assert {row["toCurrencyCode"] for row in rows} == {web.get(f"{base}/company-currency").json()["currencyCode"]} == {"USD"}
    assert web.get(f"{base}/exchange-rates/current").json()["results"] == rows[-2:]
    assert len(walk(web, f"{base}/exchange-rates", fromCurrencyCode="EUR")) == 12
    assert web.get("/account-info/2026-09/details").json()["additionalCurrencies"] == ["EUR", "GBP"]


@pytest.mark.parametrize("base", ["/crm/v3/objects/deals/splits", "/crm/objects/v3/deals/splits", "/deal-splits/2026-09"])
def test_shares_of_a_deal_make_up_the_whole(open_portal: Open, base: str):
    """Deals that are split say so, name their owner first, and their shares make up 1; others have none, those not there are named."""
    web, portal = open_portal(splits=True)
    flag = {"propertyName": "hs_is_deal_split", "operator": "EQ", "value": "true"}
    asked = {"filterGroups": [{"filters": [flag]}], "properties": ["hubspot_owner_id", "hs_num_associated_deal_splits"], "limit": 200}
    deals = {row["id"]: row["properties"] for row in web.post("/crm/objects/2026-09/deals/search", json=asked).json()["results"]}
    assert len(deals) == len(portal.splits) > 0
    found = web.post(f"{base}/batch/read", json={"inputs": [{"id": deal} for deal in deals]})
    assert found.status_code == 200
    for row in found.json()["results"]:
        shares = [split["properties"] for split in row["splits"]]
        assert sum(Decimal(share["hs_deal_split_percentage"]) for share in shares) == 1
        assert shares[0]["hubspot_owner_id"] == deals[row["id"]]["hubspot_owner_id"]
        assert len({share["hubspot_owner_id"] for share in shares}) == len(shares) == int(deals[row["id"]]["hs_num_associated_deal_splits"])
    plain = next(str(deal.id) for deal in portal.tables["deals"] if deal.id not in portal.splits)
    mixed = web.post(f"{base}/batch/read", json={"inputs": [{"id": plain}, {"id": "1"}]})
    assert (mixed.status_code, mixed.json()["results"], mixed.json()["errors"][0]["context"]) == (
        207,
        [{"id": plain, "splits": []}],
        {"ids": ["1"]},
    )


def test_splits_change_nothing_else_of_a_deal(open_portal: Open):
    """A split deal has the mark and is otherwise what it was, its date of change included."""
    plain, split = (open_portal(splits=has_splits)[1].tables["deals"] for has_splits in (False, True))
    for before, after in zip(plain, split, strict=True):
        values = {name: value for name, value in after.values.items() if name != "hs_is_deal_split"}
        assert (before.id, before.created, before.modified, before.values) == (after.id, after.created, after.modified, values)


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/marketing/campaigns/2026-09", "marketing.campaigns.read"),
        ("GET", "/settings/currencies/2026-09/exchange-rates", "settings.currencies.read"),
        ("POST", "/deal-splits/2026-09/batch/read", "crm.dealsplits.read_write"),
    ],
)
def test_each_has_its_scope(web: httpx.Client, portal: Portal, method: str, path: str, scope: str):
    """Without its scope a call is refused, with it a portal that holds nothing answers with nothing."""
    body = {"inputs": []} if method == "POST" else None
    assert web.request(method, path, json=body).json()["results"] == []
    portal.revoked = {scope}
    refused = web.request(method, path, json=body)
    assert (refused.status_code, refused.json()["errors"][0]["context"]) == (403, {"requiredGranularScopes": [scope]})
