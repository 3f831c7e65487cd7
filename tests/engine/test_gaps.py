"""Deals that lack what most have: a day of making, an amount in the home currency."""

from datetime import date
from decimal import Decimal

import pytest

from connector.model import Deal, FxRate, Outcome
from tests.engine.conftest import Book, at, changed, deal

D = Decimal


def rate(day: str, value: str, currency: str = "EUR") -> FxRate:
    """Return what a unit was worth from a day on."""
    return FxRate(id=f"{currency}|{day}", currency=currency, home="USD", day=date.fromisoformat(day), rate=value)


RATES = [rate("2017-01-01", "1.05"), rate("2017-03-01", "1.0653333333"), rate("2017-03-20", "1.1"), rate("2017-03-01", "0.0088", "JPY")]


def foreign(id: str, *stays: tuple[str, str], **fields: object) -> list[object]:  # noqa: A002 - it reads as the record does
    """Return a deal over 1,000 euros whose worth in dollars the CRM does not tell."""
    return deal(id, *stays, **{"amount": D(1000), "currency": "EUR", "home_amount": None, **fields})  # type: ignore[arg-type, return-value]


WON = (("first", "2017-02-01"), ("won", "2017-03-10"))
OPEN = (("first", "2017-02-01"),)
CASES = [
    ("the last rate before the close", foreign("1", *WON), "revenue_won", "2017-03", D("1065.3333")),
    ("not a later one", foreign("1", ("first", "2017-01-02"), ("won", "2017-02-03")), "revenue_won", "2017-02", D(1050)),
    (
        "none so early: left out, not taken as it is",
        foreign("1", ("first", "2016-12-01"), ("won", "2016-12-30")),
        "revenue_won",
        "2016-12",
        0,
    ),
    ("no rate of that currency", foreign("1", *WON, currency="SEK"), "revenue_won", "2017-03", 0),
    ("what the CRM tells comes first", foreign("1", *WON, home_amount=D(7)), "revenue_won", "2017-03", D(7)),
    ("each currency by its own", foreign("1", *WON, currency="JPY"), "revenue_won", "2017-03", D("8.8")),
    ("open deals at the end of the period", foreign("1", *OPEN), "pipeline_value", "2017-02", D(1050)),
    ("and of a later one", foreign("1", *OPEN), "pipeline_value", "2017-03", D(1100)),
    (
        "the amount as it was then",
        [*foreign("1", *OPEN), *changed("1", "amount", ("2017-03-05", "400", "1000"))],
        "pipeline_value",
        "2017-02",
        D(420),
    ),
]


@pytest.mark.parametrize(("records", "kpi", "period", "value"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_amounts_in_other_currencies(book: Book, records: list[Deal], kpi: str, period: str, value: object):
    """A deal without a home amount counts at the rate of its day, the last earlier one where that day has none, or not at all."""
    book.put(*RATES, *records)
    assert book.one(kpi, period).value == value


def test_a_deal_of_unknown_age_counts_where_its_age_does_not_matter(book: Book):
    """Won deals that nobody knows the making of are revenue and orders; they have no duration and belong to no cohort."""
    bare = {"company": "acme", "home_amount": D(50), "status": Outcome.WON, "closed_at": at("2017-03-10")}
    book.put(Deal(id="1", **bare), Deal(id="2", status=Outcome.OPEN, home_amount=D(8)))  # type: ignore[arg-type]  # named as the record's own
    found = book.measure()
    assert found.value("revenue_won", "2017-03") == 50
    assert found.value("pipeline_value") == 8
    assert found.value("deals_created") == 0
    assert found.kpi("time_to_close").n == 0
    assert found.kpi("sales_cycle_length").n == 0
    assert found.value("close_rate") is None
