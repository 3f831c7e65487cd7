"""Campaigns and what they cost, shares of deals, exchange rates, and people."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connector.adapters.hubspot.means import campaign_of, costs_of, has_spent, rate_of, splits_of
from connector.adapters.hubspot.people import user_of
from connector.adapters.values import Unreadable
from connector.model import CostCategory

NEW_YORK = ZoneInfo("America/New_York")


def test_a_campaign():
    """A campaign runs to the end of its last day; without days it has none, without a name its id."""
    row = {"id": "c-1", "properties": {"hs_name": "Spring", "hs_start_date": "2017-03-01", "hs_end_date": "2017-03-31"}}
    found = campaign_of(row | {"createdAt": "2017-02-01T00:00:00Z"})
    assert (found.id, found.name, found.starts_on, found.ends_on) == ("c-1", "Spring", date(2017, 3, 1), date(2017, 4, 1))
    assert found.created_at == datetime(2017, 2, 1, tzinfo=UTC)
    assert (campaign_of({"id": "c-2", "properties": {}}).name, campaign_of({"id": "c-2"}).ends_on) == ("Campaign c-2", None)


@pytest.mark.parametrize(("total", "has"), [("120.5", True), ("0", False), ("", False), (None, False), ("much", True)])
def test_spending_is_asked_for_where_there_is_some(total: str | None, has: bool):  # noqa: FBT001 - a case of the table
    """Only a campaign with a sum of spending is worth a call of its own."""
    assert has_spent({"id": "1", "properties": {"hs_spend_items_sum_amount": total}}) is has


def test_spending_is_a_cost_on_its_local_day():
    """Each item is a marketing cost of its campaign, in the campaign's currency, on the account's own day."""
    late = 1491015600000  # 1 April 2017 03:00 UTC, still 31 March in New York
    totals = {"currencyCode": "EUR", "spendItems": [{"id": 5, "name": "Ads", "amount": Decimal("120.50"), "createdAt": late}]}
    (found,) = costs_of("c-1", totals, "USD", NEW_YORK)
    assert (found.id, found.day, found.category) == ("c-1:5", date(2017, 3, 31), CostCategory.MARKETING)
    assert (found.amount, found.currency, found.campaign, found.provider) == (Decimal("120.5"), "EUR", "c-1", "hubspot")
    (found,) = costs_of("c-1", totals | {"currencyCode": None}, "USD", NEW_YORK)
    assert found.currency == "USD"
    assert list(costs_of("c-1", {}, "USD", NEW_YORK)) == []
    assert list(costs_of("c-1", {"spendItems": [{"id": 6, "amount": 1}]}, "USD", NEW_YORK)) == []


def split(share: Any, owner: str | None = "5", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - anything JSON holds
    """Build one share of a deal."""
    return {"id": "9", "properties": {"hs_deal_split_percentage": share, "hubspot_owner_id": owner}, **more}


def test_shares_of_a_deal():
    """Each owner's share is a fraction; archived shares and those of nobody are left out, and no share is above one."""
    row = {"id": "31", "splits": [split("0.25"), split("0.75", "6") | {"id": "10"}, split("0.5", archived=True), split("0.1", None)]}
    assert [(one.id, one.deal, one.owner, one.share) for one in splits_of(row)] == [
        ("9", "31", "5", Decimal("0.25")),
        ("10", "31", "6", Decimal("0.75")),
    ]
    for wrong in ("25", "", "-0.1"):
        with pytest.raises(Unreadable, match="is no share from 0 to 1"):
            list(splits_of({"id": "31", "splits": [split(wrong)]}))


def rate(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - anything JSON holds
    """Build an exchange rate."""
    usual = {"id": 3, "fromCurrencyCode": "EUR", "toCurrencyCode": "USD", "conversionRate": Decimal("1.0712345678")}
    return usual | {"effectiveAt": "2017-04-01T03:00:00Z"} | more


def test_rates_keep_every_digit():
    """A rate holds from its local day on, with all of its digits; without a day, a currency or a sound number it is set aside."""
    found = rate_of(rate(), NEW_YORK)
    assert (found.id, found.currency, found.home, found.day, found.rate) == ("3", "EUR", "USD", date(2017, 3, 31), "1.0712345678")
    assert rate_of(rate(conversionRate="1E-7"), NEW_YORK).rate == "0.0000001"
    for wrong in (
        {"effectiveAt": None},
        {"fromCurrencyCode": ""},
        {"conversionRate": "none"},
        {"conversionRate": 0},
        {"conversionRate": "NaN"},
    ):
        with pytest.raises(Unreadable):
            rate_of(rate(**wrong), NEW_YORK)


def owner(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - anything JSON holds
    """Build an owner."""
    return {"id": "5", "userId": 11, "firstName": "Ann", "createdAt": "2017-01-01T00:00:00Z", "updatedAt": "2017-06-01T00:00:00Z"} | more


def user_record(**properties: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - anything JSON holds
    """Build the record of that owner's user."""
    return {"11": {"id": "301", "properties": properties}}


def test_when_somebody_used_the_crm():
    """A user is there from the owner's creation; who was archived, until the owner last changed. Nobody knows who has a licence."""
    here, gone = user_of(owner(), {}), user_of(owner(archived=True), {})
    assert (here.active_from, here.active_to, here.licensed) == (datetime(2017, 1, 1, tzinfo=UTC), None, None)
    assert (gone.active_to, gone.is_active) == (datetime(2017, 6, 1, tzinfo=UTC), False)


@pytest.mark.parametrize(
    ("hours", "wanted"),
    [
        ('[{"days":"MONDAY_TO_FRIDAY","startMinute":540,"endMinute":1020}]', "mon-fri 09:00-17:00"),
        (
            '[{"days":"MONDAY","startMinute":0,"endMinute":1440},{"days":"SATURDAY_SUNDAY","startMinute":600,"endMinute":725}]',
            "mon 00:00-24:00, sat-sun 10:00-12:05",
        ),
        ("[]", None),
        ("", None),
        ("nine to five", None),
        ('[{"days":"SOMETIMES","startMinute":540,"endMinute":1020}]', None),
        ('[{"days":"MONDAY","startMinute":600,"endMinute":540}]', None),
        ('{"days":"MONDAY"}', None),
    ],
)
def test_working_hours(hours: str, wanted: str | None):
    """HubSpot's working hours become ours; what is not in its form is nothing, because no record hangs on it."""
    assert user_of(owner(), user_record(hs_working_hours=hours)).working_hours == wanted


@pytest.mark.parametrize(("zone", "wanted"), [("America/Detroit", "America/Detroit"), ("Nowhere/Land", None), ("../etc", None), ("", None)])
def test_time_zones(zone: str, wanted: str | None):
    """Only a time zone that exists is kept."""
    assert user_of(owner(), user_record(hs_standard_time_zone=zone)).timezone == wanted
