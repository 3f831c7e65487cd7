"""Deals that lack what most have: a day of making, an amount in the home currency."""

from datetime import date
from decimal import Decimal

import pytest

from connector.engine import explain
from connector.kpis import Dimension
from connector.model import Contract, Cost, CostCategory, Deal, FxRate, Mark, Outcome, Policies, Target, Touch
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


SHORT = Policies(min_sample=1, home="USD", crm_revenue="all", gross_margin=D("0.5"))
MARCH = [
    *foreign("1", *WON, currency="SEK", source="ADS", campaign="spring"),
    *deal("2", ("first", "2017-02-01"), ("won", "2017-03-11"), source="ADS", campaign="spring"),
    *deal("3", ("first", "2017-02-01"), ("won", "2017-03-12"), home_amount=None),
    *foreign("4", *OPEN, currency="SEK", expected_close_on=date(2017, 3, 5)),
    *(
        Cost(id=f"{key}{place}", day=date(2017, 3, 1), category=key, amount=D(50), currency=currency, campaign="spring")
        for key in CostCategory
        for place, currency in enumerate(("USD", "SEK"))
    ),
]
"""Of March: 1,000 crowns won, 100 dollars won, a deal without an amount won; 1,000 crowns open; of all costs 50 dollars and 50 crowns."""
MARKED: list[tuple[str, str, object, int]] = [
    ("revenue_won", "2017-03", 100, 1),
    ("revenue_growth", "2017-04", -1, 1),
    ("revenue_growth_yoy", "2018-03", -1, 1),
    ("net_new_revenue", "2017-03", 0, 1),
    ("average_deal_size", "2017-03", 100, 1),
    ("average_deal_size_median", "2017-03", 100, 1),
    ("average_purchase_value", "2017-03", D("33.33333333"), 1),
    ("win_rate_by_value", "2017-03", 1, 1),
    ("sales_velocity", "2017-03", D("2.63157895"), 1),
    ("customer_lifetime_value", "2017-03", 100, 1),
    ("pipeline_value", "2017-03", 0, 1),
    ("weighted_pipeline_value", "2017-03", 0, 1),
    ("forecast_revenue", "2017-03", 100, 1),
    ("forecast_overdue_value", "2017-03", 0, 1),
    ("pipeline_coverage", "2017-03", 0, 2),
    ("revenue_by_source", "2017-03", 100, 1),
    ("revenue_by_campaign", "2017-03", 100, 1),
    ("sales_roi", "2017-03", 0, 3),
    ("campaign_roi", "2017-03", D("-0.66666667"), 7),
    ("crm_roi", "2017-03", 1, 2),
    ("cost_to_serve_ratio", "2017-03", 1, 3),
    ("retention_cost_ratio", "2017-03", 1, 3),
    ("customer_acquisition_cost", "2017-03", 150, 3),
    ("deals_won", "2017-03", 3, 0),
    ("win_rate", "2017-03", 1, 0),
    ("revenue_won", "2017-02", 0, 0),
]


@pytest.mark.parametrize(("kpi", "period", "value", "doubted"), MARKED, ids=[f"{case[0]} {case[1]}" for case in MARKED])
def test_amounts_without_a_rate_are_told(book: Book, kpi: str, period: str, value: object, doubted: int):
    """What adds up amounts is marked incomplete, with how many could not be added because nobody knows what a crown is worth."""
    book.put(*MARCH)
    target = Target("revenue_won", "account", "", book.calendar.parse("2017-03"), D(300))
    found = book.one(kpi, period, policies=SHORT, as_of="2018-04-01 00:00", targets=[target])
    assert found.value is not None
    assert round(found.value, 8) == round(D(str(value)), 8)
    assert (found.doubted, found.marks) == (doubted, (Mark.INCOMPLETE,) if doubted else ())


def test_a_mark_says_how_many(book: Book):
    """The word of the mark has the number with it, for each member its own; a small sample has none."""
    book.put(*MARCH, *foreign("5", *WON, currency="SEK", owner="bob"), *foreign("6", *WON, currency="SEK", owner="bob"))
    found = {one.by["owner"]: one.told_marks for one in book.compute("revenue_won", "2017-03", by=[Dimension.OWNER])}
    assert found == {"ann": ("incomplete (1)",), "bob": ("incomplete (2)",)}
    assert book.one("average_deal_size", "2017-03").told_marks == ("small sample", "incomplete (3)")


def test_explain_lists_amounts_without_a_rate(book: Book):
    """A deal without an amount and one without a rate are left out for reasons of their own, of won and of open deals."""
    book.put(*MARCH)
    told = []
    for kpi in ("revenue_won", "pipeline_value"):
        with book.cache() as cache:
            found = explain(
                cache,
                kpi,
                members={},
                period=book.calendar.parse("2017-03"),
                calendar=book.calendar,
                as_of=at("2018-01-01"),
                policies=SHORT,
            )
        told.append([(row["id"], row["reason"]) for row in found.left_out])
    assert told == [
        [("3", "it has no amount"), ("1", "there is no exchange rate for its amount")],
        [("4", "there is no exchange rate for its amount")],
    ]


LISTED = (
    *("revenue_growth", "net_new_revenue", "average_deal_size_median", "average_purchase_value", "win_rate_by_value", "sales_velocity"),
    *(
        "customer_lifetime_value",
        "forecast_revenue",
        "forecast_overdue_value",
        "pipeline_coverage",
        "revenue_by_source",
        "crm_roi",
        "campaign_roi",
    ),
)


def test_what_a_mark_counts_is_listed(book: Book):
    """Wherever amounts without a rate are counted, `explain` names just so many records that are left out for it."""
    book.put(*MARCH)
    target = Target("revenue_won", "account", "", book.calendar.parse("2017-03"), D(300))
    terms = {"calendar": book.calendar, "as_of": at("2018-04-01"), "policies": SHORT, "targets": [target]}
    with book.cache() as cache:
        for kpi in LISTED:
            period = book.calendar.parse("2017-04" if kpi == "revenue_growth" else "2017-03")
            found = explain(cache, kpi, members={}, period=period, **terms)  # type: ignore[arg-type]  # named as the options are
            told = [row["id"] for row in found.left_out if str(row["reason"]).startswith("there is no exchange rate")]
            assert len(told) == len(set(told)) == found.value.doubted > 0, kpi


def test_a_deal_is_one_amount_however_many_touches_share_it(book: Book):
    """Of 1,000 crowns four touches would share, two of them of one source: one amount is missing, in all and of each source."""
    places = ("web", "fair", "web", "form")
    touches = [Touch(id=str(place), deal="1", at=at(f"2017-02-0{place + 2}"), source=source) for place, source in enumerate(places)]
    book.put(*foreign("1", *WON, currency="SEK"), *touches)
    shared = Policies(min_sample=1, home="USD", credit="linear")
    by = book.compute("revenue_by_source", "2017-03", by=[Dimension.SOURCE], policies=shared)
    assert {one.by["source"]: one.told_marks for one in by} == dict.fromkeys(places, ("incomplete (1)",))
    assert book.one("revenue_by_source", "2017-03", policies=shared).told_marks == ("incomplete (1)",)


PAID = [
    Contract(id="a", company="acme", starts_on=date(2016, 1, 1), amount=D(120), billing_months=12, currency="USD"),
    Contract(
        id="b",
        company="bolt",
        starts_on=date(2016, 1, 1),
        amount=D(900),
        billing_months=12,
        currency="SEK",
        cancelled_at=at("2017-03-10"),
        ends_on=date(2017, 3, 12),
    ),
]


@pytest.mark.parametrize(("kpi", "value"), [("revenue_churn_rate", 0), ("net_revenue_retention", 1)])
def test_contracts_without_a_rate_are_told(book: Book, kpi: str, value: int):
    """Acme pays on; that Bolt's crowns are lost nobody can weigh, so it is left out, and marked until the rate is there: 75 of 85 lost."""
    book.put(*PAID)
    found = book.one(kpi, "2017-03", policies=SHORT)
    assert (found.value, found.n, found.told_marks) == (value, 1, ("incomplete (1)",))
    assert book.one(kpi, "2017-04", policies=SHORT).told_marks == ()
    with book.cache() as cache:
        terms = {"calendar": book.calendar, "as_of": at("2018-01-01"), "policies": SHORT}
        told = explain(cache, kpi, members={}, period=book.calendar.parse("2017-03"), **terms)  # type: ignore[arg-type]  # named as the options are
    assert [row["id"] for row in told.records] == ["company:acme"]
    assert [(row["id"], row["reason"]) for row in told.left_out] == [("company:bolt", "there is no exchange rate for its amount")]
    book.put(rate("2016-01-01", "1", "SEK"))
    found = book.one(kpi, "2017-03", policies=SHORT)
    assert (found.numerator, found.denominator, found.marks) == (75 if kpi == "revenue_churn_rate" else 10, 85, ())


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
