"""The records behind a value are the ones that make it, and those left out say why."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest

from connector.engine import Explanation, explain
from connector.errors import SettingsError
from connector.kpis import KPIS, Dimension
from connector.model import (
    Activity,
    ActivityKind,
    Campaign,
    Contact,
    Contract,
    Cost,
    CostCategory,
    Direction,
    FxRate,
    Policies,
    Stream,
    Ticket,
    Touch,
    Traffic,
    Training,
    Use,
    UseKind,
)
from tests.engine.conftest import NEW_YORK, Book, at, day, deal, line

D = Decimal
DEALS = [
    deal("1", ("first", "2017-01-01"), ("second", "2017-01-05"), ("won", "2017-02-05"), home_amount=D(300)),
    deal("2", ("first", "2017-01-01"), ("won", "2017-02-15"), home_amount=D(100), owner="bob"),
    deal("3", ("first", "2017-01-01"), ("lost", "2017-02-15"), company="bolt"),
    deal("4", ("first", "2017-01-01"), ("won", "2017-02-20"), kind="renewal"),
    deal("5", ("first", "2017-01-01"), ("won", "2017-02-25"), home_amount=None, company=None),
    deal("6", ("first", "2017-01-01"), expected_close_on=day("2018-01-15")),
]
SUPPLIED = [
    *(Cost(id=one, day=day("2017-02-01"), category=one, amount=D(30), campaign="spring") for one in CostCategory),
    Campaign(id="k", name="spring"),
    Contract(id="c", company="acme", starts_on=day("2016-02-10"), ends_on=day("2017-02-10"), amount=D(120), billing_months=12),
    Touch(id="t", deal="1", at=at("2017-01-02"), workflow="nurture"),
    Ticket(id="k", company="acme", created_at=at("2017-02-03"), is_complaint=True),
    Traffic(id="v", day=day("2017-02-03"), source="web", sessions=10),
    Use(id="u", user="ann", at=at("2017-02-03"), kind=UseKind.LOGIN),
    Training(id="l", user="ann", course="basics", assigned_at=at("2017-02-03")),
]
"""Everything that a KPI may need besides what a CRM holds."""


def _explain(book: Book, kpi: str, period: str = "2017-02", members: dict[Dimension, str] | None = None, **options: Any) -> Explanation:  # noqa: ANN401 - options of explain
    with book.cache() as cache:
        return explain(
            cache,
            kpi,
            members=members or {},
            period=NEW_YORK.parse(period),
            calendar=NEW_YORK,
            as_of=at("2018-01-01 00:00"),
            **{"policies": Policies(gross_margin=D("0.5"), crm_feature="forecast"), **options},
        )


def test_the_win_rate(book: Book):
    """The records of a win rate are the decided deals, each with what it added; renewals are listed apart with the reason."""
    book.put(*DEALS)
    found = _explain(book, "win_rate")
    assert found.value.value == D("0.75")
    assert [(one["id"], one["name"], one["numerator"]) for one in found.records] == [
        ("1", "Deal 1", 1), ("2", "Deal 2", 1), ("3", "Deal 3", 0), ("5", "Deal 5", 1),
    ]  # fmt: skip
    assert [(one["id"], one["reason"]) for one in found.left_out] == [("4", "it is a renewal, which is shown apart")]


def test_one_owner_and_product(book: Book):
    """Asked for one member of several dimensions, only that member's records and shares are there."""
    book.put(*DEALS, line("1", "x", 2), line("1", "y", 1, 1), line("2", "x", 1))
    found = _explain(book, "revenue_won", members={Dimension.OWNER: "ann", Dimension.PRODUCT: "x"})
    assert (found.value.value, found.value.names) == (200, {"owner": "Ann", "product": "Product X"})
    assert [(one["id"], one["numerator"]) for one in found.records] == [("1", 200)]


def test_a_source_is_explained(book: Book):
    """The deals that came from somewhere stand behind its value."""
    book.put(*DEALS, deal("9", ("first", "2017-01-01"), ("won", "2017-01-05"), source="fair", campaign="Autumn"))
    for members in ({Dimension.SOURCE: "fair"}, {Dimension.CAMPAIGN: "Autumn"}, {Dimension.SOURCE: "fair", Dimension.OWNER: "ann"}):
        assert [one["id"] for one in _explain(book, "revenue_won", "2017-01", members).records] == ["9"]


def test_a_member_without_records(book: Book):
    """A member with nothing in the period has an empty explanation, not an error."""
    book.put(*DEALS)
    found = _explain(book, "win_rate", "2017-03", {Dimension.OWNER: "bob"})
    assert (found.value.value, found.value.names, found.records) == (None, {"owner": "Bob"}, ())


def test_customers_are_records_too(book: Book):
    """What is summed for each customer names the customers; a deal of nobody is left out."""
    book.put(*DEALS)
    found = _explain(book, "customer_lifetime_value")
    assert [(one["id"], one["name"], one["numerator"]) for one in found.records] == [("company:acme", "Acme", 500)]
    assert [one["id"] for one in found.left_out] == ["5"]


def test_customers_are_told_by_their_records(book: Book):
    """Behind each customer stand the deals it was summed from, customer by customer; they add up to what the customer added."""
    book.put(*DEALS, deal("7", ("first", "2017-01-01"), ("won", "2017-02-03"), company="bolt", home_amount=D(80)))
    found = _explain(book, "customer_lifetime_value")
    assert [(one["customer"], one["id"], one["name"], one["revenue"]) for one in found.details] == [
        ("company:acme", "1", "Deal 1", 300),
        ("company:acme", "2", "Deal 2", 100),
        ("company:acme", "4", "Deal 4", 100),
        ("company:bolt", "7", "Deal 7", 80),
    ]
    for customer in found.records:
        mine = [D(str(one["revenue"])) for one in found.details if one["customer"] == customer["id"]]
        assert sum(mine) == customer["numerator"]
    assert _explain(book, "customer_lifetime_value", members={Dimension.OWNER: "bob"}).details[0]["id"] == "2"


def test_orders_users_and_people_are_told_by_their_records(book: Book):
    """Orders stand behind customers, acts behind contacts, days behind users; what is of single records already has none behind it."""
    pia = Contact(id="pia", created_at=at("2017-01-01"))
    mail = Activity(id="m", kind=ActivityKind.EMAIL, direction=Direction.IN, contact="pia", at=at("2017-02-02"))
    book.put(*DEALS, *SUPPLIED, pia, mail)
    told = {
        kpi: [(one[whose], one["id"]) for one in _explain(book, kpi).details]
        for kpi, whose in (("repeat_purchase_rate", "customer"), ("engagement_rate", "contact"), ("active_user_rate", "user"))
    }
    assert told == {
        "repeat_purchase_rate": [("company:acme", "1"), ("company:acme", "2")],
        "engagement_rate": [("pia", "m")],
        "active_user_rate": [("ann", "ann:2017-02-03")],
    }
    assert _explain(book, "revenue_won").details == ()


def test_a_deal_without_amount_is_named(book: Book):
    """An average deal size says which won deal had no amount."""
    book.put(*DEALS)
    assert [(one["id"], one["reason"]) for one in _explain(book, "average_deal_size").left_out] == [("5", "it has no amount")]


@pytest.mark.parametrize("kpi", KPIS)
def test_records_add_up_to_the_numerator(book: Book, kpi: str):
    """Whatever is divided is what the listed records add, for every KPI that is made of one sum over another."""
    book.put(*DEALS, line("1", "x", 2), line("1", "y", 1, 1), *SUPPLIED)
    found = _explain(book, kpi)
    if all("numerator" in one for one in found.records):
        total = sum((D(one["numerator"] or 0) for one in found.records), D(0))  # type: ignore[arg-type]  # figures are numbers
        assert round(total, 8) == (found.value.numerator or 0)
    assert found.formula == KPIS[kpi].formula_words


@pytest.mark.parametrize(
    ("kpi", "members", "ready", "words"),
    [
        ("win_ratio", {}, {}, "'win_ratio' is not a KPI"),
        ("win_rate", {Dimension.STAGE: "first"}, {}, "cannot be broken down by stage; allowed are owner, team"),
        ("win_rate", {}, {Stream.DEALS: "The deals were cut off."}, "win_rate is not available: The deals were cut off."),
        ("win_rate", {Dimension.TEAM: "red"}, {Stream.TEAMS: "Needs a scope."}, "win_rate is not available: Needs a scope."),
    ],
)
def test_wrong_questions(book: Book, kpi: str, members: dict[Dimension, str], ready: dict[Stream, str], words: str):
    """A question that cannot be answered says why."""
    with pytest.raises(SettingsError, match=words):
        _explain(book, kpi, members=members, ready=ready)


def _sum(records: Sequence[Mapping[str, object]], name: str) -> Decimal:
    return sum((D(str(one[name] or 0)) for one in records if name in one), D(0))


def _days(one: Mapping[str, Any]) -> Decimal:
    return D(str((one["closed_time"] - one["created_time"]).total_seconds())) / 86_400


BY_HAND: dict[str, Callable[[Sequence[Mapping[str, Any]]], Decimal]] = {
    "win_rate": lambda deals: D(sum(one["status"] == "won" for one in deals)) / len(deals),
    "revenue_won": lambda deals: _sum(deals, "home_amount"),
    "average_deal_size": lambda deals: _sum(deals, "home_amount") / len(deals),
    "time_to_close": lambda deals: sum((_days(one) for one in deals), D(0)) / len(deals),
    "time_to_close_median": lambda deals: sum((_days(one) for one in deals), D(0)) / len(deals),
    "forecast_revenue": lambda deals: sum((one["home_amount"] * one.get("probability", 1) for one in deals if one["home_amount"]), D(0)),
    "weighted_pipeline_value": lambda deals: sum((one["home_amount"] * one["probability"] for one in deals), D(0)),
    "sales_velocity": lambda deals: (
        _sum(deals, "open") * (_sum(deals, "won") / _sum(deals, "decided")) * (_sum(deals, "revenue") / _sum(deals, "sized"))
        / (_sum(deals, "close_days") / _sum(deals, "n"))
    ),
}  # fmt: skip


@pytest.mark.parametrize("kpi", BY_HAND)
def test_a_sceptic_recomputes_it_by_hand(book: Book, kpi: str):
    """What is printed of the records - amounts, chances, states and times - is enough to work a value out again."""
    book.put(*DEALS)
    found = _explain(book, kpi, "all" if "velocity" in kpi or "pipeline" in kpi else "2017-02")
    assert found.value.value
    assert abs(BY_HAND[kpi](found.records) - found.value.value) < D("1e-7")


def test_a_median_shows_where_its_middle_is(book: Book):
    """All records come from the smallest to the largest, and only the one in the middle is counted."""
    book.put(
        *(deal(str(no), ("first", "2017-01-01"), ("won", "2017-02-05"), home_amount=D(worth)) for no, worth in enumerate((300, 100, 900)))
    )
    found = _explain(book, "average_deal_size_median")
    assert [(one["place"], one["value"], one["numerator"]) for one in found.records] == [(1, 100, None), (2, 300, 300), (3, 900, None)]
    assert found.value.value == 300


def test_a_foreign_amount_comes_with_its_rate(book: Book):
    """Of a deal in another currency the amount as agreed, the rate and the day of the rate are told; without a rate the currency is."""
    book.put(
        FxRate(id="1", currency="EUR", home="USD", day=day("2017-01-01"), rate="1.5"),
        FxRate(id="2", currency="EUR", home="USD", day=day("2017-02-01"), rate="1.25"),
        deal("1", ("first", "2017-01-01"), ("won", "2017-02-05"), amount=D(200), currency="EUR", home_amount=None),
        deal("2", ("first", "2017-01-01"), ("won", "2017-02-05"), amount=D(200), currency="SEK", home_amount=None),
        deal("3", ("first", "2017-01-01"), ("won", "2017-02-05"), amount=D(10), currency="EUR", home_amount=D(11)),
    )
    told = [
        tuple(one[name] for name in ("amount", "currency", "rate", "rate_of", "home_amount"))
        for one in _explain(book, "revenue_won").records
    ]
    assert told == [(200, "EUR", D("1.25"), day("2017-02-01"), 250), (200, "SEK", None, None, None), (10, "EUR", None, None, 11)]


def test_rates_decide_where_the_settings_say_so(book: Book):
    """100 euros that the CRM calls 200 dollars are 125 by the rate of the close, which is told; what has no rate is left out."""
    book.put(
        FxRate(id="1", currency="EUR", home="USD", day=day("2017-02-01"), rate="1.25"),
        FxRate(id="2", currency="EUR", home="USD", day=day("2017-06-01"), rate="1.5"),
        deal("1", ("first", "2017-01-01"), ("won", "2017-02-05"), amount=D(100), currency="EUR", home_amount=D(200)),
        deal("2", ("first", "2017-01-01"), ("won", "2017-02-06"), amount=D(30), currency="USD", home_amount=D(30)),
        deal("3", ("first", "2017-01-01"), ("won", "2017-02-07"), amount=D(40), currency="SEK", home_amount=D(4)),
        deal("4", ("first", "2017-01-01"), amount=D(100), currency="EUR", home_amount=D(200)),
    )
    policies = Policies(home="USD", fx="close_date")
    found = _explain(book, "revenue_won", policies=policies)
    assert [(one["rate"], one["home_amount"]) for one in found.records] == [(D("1.25"), 125), (None, 30), (None, None)]
    assert (found.value.value, found.value.doubted) == (155, 1)
    assert [book.one("pipeline_value", policies=one).value for one in (policies, Policies(home="USD"))] == [150, 200]


def test_home_amounts_need_no_rate(book: Book):
    """Where every deal is in the account's own currency, nothing is told of currencies."""
    book.put(*DEALS)
    assert all("currency" not in one and "rate" not in one for one in _explain(book, "revenue_won").records)


def test_an_engagement_score_is_told_by_what_passed(book: Book):
    """Each act of the last 90 days is named with what it is worth by now; its half-life of 30 days can be checked."""
    book.put(
        Contact(id="lee"),
        Activity(id="1", kind=ActivityKind.MEETING, status="done", contact="lee", at=at("2017-12-02 00:00"), owner="ann"),
    )
    found = _explain(book, "engagement_score", "all")
    assert [(one["id"], one["channel"], one["worth"]) for one in found.details] == [("lee", "meeting", 10)]


def test_what_is_added_up_is_named(book: Book):
    """The columns that a person adds up are told apart from the others."""
    book.put(*DEALS)
    assert _explain(book, "sales_velocity").sums == ("open", "won", "decided", "revenue", "sized", "unpriced", "close_days", "n")
