"""What selling stands on and costs: campaigns with their spending, shares of deals, exchange rates."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from connector.adapters.hubspot.parse import day, decimal, identifier, instant, note, text, value_of
from connector.adapters.hubspot.records import properties_of
from connector.adapters.values import Unreadable
from connector.http import Body
from connector.model import Campaign, Cost, CostCategory, DealSplit, FxRate

_PROVIDER = "hubspot"


def _local_day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def campaign_of(row: Body) -> Campaign:
    """Read a campaign; the end that people set is its last day, ours the day after."""
    raw = properties_of(row)
    last = value_of(raw, "hs_end_date", day)
    return Campaign(
        id=str(row["id"]),
        name=text(raw.get("hs_name")) or f"Campaign {row['id']}",
        starts_on=value_of(raw, "hs_start_date", day),
        ends_on=last + timedelta(days=1) if last else None,
        created_at=value_of(row, "createdAt", instant),
        updated_at=value_of(row, "updatedAt", instant),
    )


def has_spent(row: Body) -> bool:
    """Whether a campaign's spending is worth asking for: HubSpot keeps the sum of its items on the campaign."""
    try:
        return bool(decimal(properties_of(row).get("hs_spend_items_sum_amount")))
    except Unreadable:
        return True


def costs_of(campaign: str, totals: Body, home: str, zone: ZoneInfo) -> Iterator[Cost]:
    """Read what a campaign has cost, item by item on the day it was entered; HubSpot does not say what was bought, so all is marketing.

    An item without an amount or a day is left out and noted.
    """
    for item in totals.get("spendItems") or ():
        at, amount = value_of(item, "createdAt", instant), value_of(item, "amount", decimal)
        if at is None or amount is None:
            note("spendItems", f"item {item.get('id')} has no amount or no time")
            continue
        yield Cost(
            id=f"{campaign}:{item['id']}",
            day=_local_day(at, zone),
            category=CostCategory.MARKETING,
            amount=amount,
            currency=text(totals.get("currencyCode")) or home,
            provider=_PROVIDER,
            campaign=campaign,
            created_at=at,
            updated_at=value_of(item, "updatedAt", instant),
        )


def splits_of(row: Body) -> Iterator[DealSplit]:
    """Read the shares of a deal; a split without an owner credits nobody and is left out.

    Raises:
        Unreadable: a share is missing, or no number from 0 to 1.
    """
    for split in row.get("splits") or ():
        raw = properties_of(split)
        owner, share = identifier(raw.get("hubspot_owner_id")), value_of(raw, "hs_deal_split_percentage", decimal)
        if share is None or not 0 <= share <= 1:
            raise Unreadable(f"hs_deal_split_percentage: {share} is no share from 0 to 1")
        if owner and not split.get("archived"):
            yield DealSplit(
                id=str(split["id"]),
                deal=str(row["id"]),
                owner=owner,
                share=share,
                created_at=value_of(split, "createdAt", instant),
                updated_at=value_of(split, "updatedAt", instant),
            )


def rate_of(row: Body, zone: ZoneInfo) -> FxRate:
    """Read an exchange rate, which holds from its day on.

    Raises:
        Unreadable: the day, a currency or the rate is missing, or none of the forms we know.
    """
    at = value_of(row, "effectiveAt", instant) or value_of(row, "createdAt", instant)
    currency, home, written = text(row.get("fromCurrencyCode")), text(row.get("toCurrencyCode")), row.get("conversionRate")
    if at is None or currency is None or home is None:
        raise Unreadable("the rate names no day or no currency")
    return FxRate(
        id=str(row["id"]),
        currency=currency,
        home=home,
        day=_local_day(at, zone),
        rate=_rate_text(written),
        created_at=value_of(row, "createdAt", instant),
        updated_at=value_of(row, "updatedAt", instant),
    )


def _rate_text(written: object) -> str:
    try:
        found = Decimal(str(written))
    except ArithmeticError:
        raise Unreadable(f"conversionRate: {written!r} is not a number") from None
    if not found.is_finite() or found <= 0:
        raise Unreadable(f"conversionRate: {written!r} is no rate")
    return format(found.normalize(), "f")
