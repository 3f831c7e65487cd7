"""Every KPI of the catalogue has hand-computed cases, and the edges that all of them meet."""

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from connector.engine.facts import lay_out
from connector.engine.terms import Terms
from connector.engine.values import values_of
from connector.kpis import KPIS
from connector.model import (
    Activity,
    ActivityKind,
    Company,
    Contact,
    Direction,
    Entity,
    KpiValue,
    Merge,
    Policies,
    Record,
    Ticket,
    Use,
    UseKind,
    User,
)
from connector.period import Calendar, Grain
from tests.engine.conftest import NEW_YORK, STAGES, Book, at, deal
from tests.engine.world import MIXED, POLICIES, START, world

D = Decimal
GENERAL = {"test_catalogue.py", "test_properties.py", "test_shared.py", "test_wholes.py", "test_pages.py"}
"""Tests that hold for any CRM, in which nothing was worked out by hand."""
ASKING = {"one", "value", "compute", "kpi", "members"}
"""How a test asks for a KPI."""
FIRST = at("2017-03-01")
DAY = timedelta(days=1)
MEANS = [key.removesuffix("_median") for key in KPIS if key.endswith("_median")]
SETTLING = ("2017-03-01 2017-03-02 2017-03-03", "2017-03-01 2017-03-02 2017-03-04", "2017-03-09 2017-03-10 2017-03-11")
"""On which days new users were there: the third is 2, 3 and 10 days after the first of March."""


def values(book: Book, period: str, *, as_of: datetime | None = None, policies: Policies = POLICIES) -> dict[str, KpiValue]:
    """Measure every KPI for the whole account in one period."""
    terms = Terms(calendar=book.calendar, as_of=as_of or at("2018-01-01 00:00"), policies=policies)
    with book.cache() as cache:
        ground = lay_out(cache, terms, [()], [book.calendar.parse(period)])
        return {kpi.key: next(values_of(ground, kpi, [()])) for kpi in KPIS.values()}


def figures(found: dict[str, KpiValue]) -> dict[str, tuple[object, ...]]:
    """Return what each value is and was made from."""
    return {key: (one.value, one.numerator, one.denominator, one.n) for key, one in found.items()}


def _named(text: str) -> Iterator[str]:
    """Yield the KPIs that a test file names in a row of a table of cases, or asks for."""
    tree = ast.parse(text)
    known: dict[str, object] = {}
    for made in (node for node in tree.body if isinstance(node, ast.Assign)):
        places, worth = made.targets[0], made.value
        several = isinstance(places, ast.Tuple) and isinstance(worth, ast.Tuple)
        pairs = zip(places.elts, worth.elts, strict=False) if several else [(places, worth)]  # type: ignore[attr-defined]  # told by `several`
        known |= {name.id: one.value for name, one in pairs if isinstance(name, ast.Name) and isinstance(one, ast.Constant)}
    for node in ast.walk(tree):
        parts: Sequence[ast.expr] = ()
        if isinstance(node, ast.Tuple) and len(node.elts) > len("kv"):
            parts = node.elts
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ASKING:
            parts = node.args[:1]
        for part in parts:
            found = part.value if isinstance(part, ast.Constant) else known.get(part.id) if isinstance(part, ast.Name) else None
            if isinstance(found, str) and found in KPIS:
                yield found


def test_every_kpi_has_a_case():
    """No KPI is without a case that somebody worked out by hand, in a table or in a test of its own; medians have theirs here."""
    files = [file for file in Path(__file__).parent.glob("test_*.py") if file.name not in GENERAL]
    told = {key for file in files for key in _named(file.read_text(encoding="utf-8"))} | {f"{key}_median" for key in MEANS}
    assert sorted(set(KPIS) - told) == []


def lasting(place: int, length: int) -> Iterator[Record]:
    """Yield one of everything that takes time: so many days, or so many hours where that is the unit; a deal is worth as many dollars."""
    days, hours, who = FIRST + length * DAY, FIRST + timedelta(hours=length), f"p{place}"
    yield Contact(id=who, owner="ann", created_at=FIRST, assigned_at=hours)
    yield Activity(id=f"call{place}", kind=ActivityKind.CALL, direction=Direction.OUT, contact=who, at=hours)
    stays = ("first", "2017-03-01"), ("won", f"{days.astimezone(NEW_YORK.zone):%Y-%m-%d %H:%M}")
    yield from deal(f"d{place}", *stays, company=None, contact=who, home_amount=D(length))
    yield Ticket(id=f"t{place}", created_at=FIRST, first_response_at=hours, resolved_at=hours)
    asked, mail = at("2017-03-05"), {"kind": ActivityKind.EMAIL, "contact": f"writer{place}"}
    yield Activity(id=f"in{place}", direction=Direction.IN, at=asked, **mail)  # type: ignore[arg-type]  # the record's own
    yield Activity(id=f"out{place}", direction=Direction.OUT, at=asked + timedelta(hours=length), **mail)  # type: ignore[arg-type]


def settling(place: int) -> Iterator[Record]:
    """Yield a new user and the days on which the user was there."""
    yield User(id=f"u{place}", name=f"User {place}", active_from=FIRST)
    for day in SETTLING[place].split():
        yield Use(id=f"u{place}:{day}", user=f"u{place}", at=at(day), kind=UseKind.LOGIN)


LENGTHS = (1, 2, 9)
MIDDLES = [(0, None, None), (1, 1, 1), (2, D("1.5"), D("1.5")), (3, 4, 2)]
"""How many there are, the mean and the median of them."""
SETTLED = {0: (None, None), 1: (2, 2), 2: (D("2.5"), D("2.5")), 3: (5, 3)}


@pytest.mark.parametrize(("count", "mean", "median"), MIDDLES)
def test_means_and_medians(book: Book, count: int, mean: object, median: object):
    """Of none there is neither; of one both are it; of two both lie between; of 1, 2 and 9 the mean is 4 and the median 2."""
    for place in range(count):
        book.put(*lasting(place, LENGTHS[place]), *settling(place))
    found = values(book, "2017-03")
    told = {key: (found[key].value, found[f"{key}_median"].value) for key in MEANS}
    assert told.pop("onboarding_time") == SETTLED[count]
    assert told == dict.fromkeys(told, (mean, median))


def test_what_ends_before_it_begins_is_left_out(book: Book):
    """Negative spans of time are faults: no mean and no median counts one, alone or beside another."""
    book.put(*lasting(0, -3), User(id="u0", name="User", active_from=at("2017-03-20")), *list(settling(0))[1:])
    durations = [key for key in MEANS if key != "average_deal_size"]
    found = values(book, "all")
    assert {key: (found[key].value, found[f"{key}_median"].value) for key in durations} == dict.fromkeys(durations, (None, None))
    book.put(*lasting(1, 2), *settling(1))
    found = values(book, "all")
    beside = {key: (found[key].value, found[f"{key}_median"].value, found[key].n) for key in durations}
    assert beside.pop("onboarding_time") == (3, 3, 1)
    assert beside == dict.fromkeys(beside, (2, 2, 1))


def _nothing() -> dict[str, object]:
    """Return what each KPI is of nothing: zero of what is counted or added up, else nothing."""
    return {key: 0 if kpi.formula.denominator is None else None for key, kpi in KPIS.items()}


def test_nothing(new_book: Callable[..., Book]):
    """With no record at all, counts and sums are 0; a share, a mean and a ratio are nothing, never 0."""
    assert {key: one.value for key, one in values(new_book(), "2017-03").items()} == _nothing()


@pytest.mark.parametrize("period", ["2017-03", "2017", "all"])
def test_what_is_deleted_counts_nowhere(new_book: Callable[..., Book], period: str):
    """With every record deleted since, each KPI is what it is of nothing, also of the time in which they were there."""
    book = new_book()
    book.put(*STAGES, *(replace(record, deleted_at=at("2017-12-01")) for record in world(MIXED)))
    assert {key: one.value for key, one in values(book, period).items()} == _nothing()


def test_a_fiscal_year(new_book: Callable[..., Book]):
    """Where the fiscal year begins in April, its first quarter is what the calendar's second is, for every KPI."""
    told = []
    for first, quarter in ((1, "2017-Q2"), (4, "2018-Q1")):
        book = new_book(calendar=Calendar(NEW_YORK.zone, fiscal_start=first))
        book.put(*STAGES, *world(MIXED))
        told.append(figures(values(book, quarter, as_of=at("2017-07-20 00:00"))))
    assert told[0] == told[1]


def _on_the_wall(record: Record) -> Record:
    """Return a record whose instants, read in UTC, show what a clock in New York showed."""
    moments = {each.name: getattr(record, each.name) for each in fields(record)}
    shown = {name: one.astimezone(NEW_YORK.zone).replace(tzinfo=UTC) for name, one in moments.items() if isinstance(one, datetime)}
    return replace(record, **shown)


def _by_day(book: Book, as_of: datetime) -> dict[str, dict[str, tuple[object, ...]]]:
    """Measure every KPI for the whole account on every day from the first record on, in every longer period and over all time."""
    calendar, terms = book.calendar, Terms(calendar=book.calendar, as_of=as_of, policies=POLICIES)
    first, last = START.astimezone(NEW_YORK.zone).date(), terms.last_day
    periods = [period for grain in Grain for period in calendar.span(grain, first, last)]
    with book.cache() as cache:
        ground = lay_out(cache, terms, [()], periods)
        found = {key: values_of(ground, kpi, [()]) for key, kpi in KPIS.items()}
        return {key: {one.period.name: (one.value, one.n, one.marks) for one in several} for key, several in found.items()}


def test_clocks_on_the_wall(new_book: Callable[..., Book]):
    """Whatever happens on an evening, at a month's end or over a change of the clock is where and as long as the wall clock says.

    Half past eight in the evening of New York is the next day in UTC, and 12 March had 23 hours there.
    """
    here, there = new_book(), new_book(calendar=Calendar(ZoneInfo("UTC")))
    here.put(*STAGES, *world(MIXED))
    there.put(*map(_on_the_wall, [*STAGES, *world(MIXED)]))
    assert _by_day(here, at("2017-05-17 15:45")) == _by_day(there, datetime(2017, 5, 17, 15, 45, tzinfo=UTC))


def _twice(records: Sequence[Record]) -> Iterator[Record]:
    """Yield a world in which a person and a company were entered twice, every other record names the second, and both were merged."""
    second = {"contact": {"base": "base2"}, "company": {"acme": "acme2"}}
    for place, record in enumerate(records):
        told = {name: others.get(getattr(record, name, None) or "") for name, others in second.items()}
        yield replace(record, **{name: other for name, other in told.items() if other and place % 2})  # type: ignore[arg-type]  # an id
        if record.id in ("base", "acme") and isinstance(record, Contact | Company):
            yield replace(record, id=f"{record.id}2")
    yield Merge(id="contacts", of=Entity.CONTACTS, old="base2", survivor="base")
    yield Merge(id="companies", of=Entity.COMPANIES, old="acme2", survivor="acme")


@pytest.mark.parametrize("period", ["2017-03", "all"])
def test_what_was_merged_counts_once(new_book: Callable[..., Book], period: str):
    """Merged, two people and two companies are one each, for every KPI, whoever still names the second of them."""
    once, twice = new_book(), new_book()
    once.put(*STAGES, *world(MIXED))
    twice.put(*STAGES, *_twice(world(MIXED)))
    moment = at("2017-05-17 15:45")
    assert figures(values(twice, period, as_of=moment)) == figures(values(once, period, as_of=moment))


REOPENED = {
    "deals_created": 1, "deals_won": 0, "deals_lost": 0, "revenue_won": 0, "win_rate": None, "win_rate_by_value": None, "close_rate": 0,
    "close_rate_within": 0, "average_deal_size": None, "average_purchase_value": None, "net_new_revenue": 0, "expansion_revenue": 0,
    "time_to_close": None, "pipeline_velocity": None, "sales_cycle_length": None, "repeat_purchases": 0, "purchase_frequency": None,
    "repeat_purchase_rate": None, "customer_lifetime_value": None, "customers": 0, "new_customers": 0, "customer_health_score": None,
    "lead_conversion_rate": 0, "revenue_by_source": 0, "revenue_by_campaign": 0, "cost_per_won_deal": None, "pipeline_value": 100,
    "weighted_pipeline_value": 50, "activity_win_lift": None,
}  # fmt: skip
WON_AGAIN = REOPENED | {
    "deals_won": 1, "revenue_won": 100, "win_rate": 1, "win_rate_by_value": 1, "close_rate": 1, "close_rate_within": 1,
    "average_deal_size": 100, "average_purchase_value": 100, "net_new_revenue": 100, "time_to_close": 28, "pipeline_velocity": 28,
    "sales_cycle_length": 28, "purchase_frequency": 1, "repeat_purchase_rate": 0, "customer_lifetime_value": 100, "customers": 1,
    "new_customers": 1, "lead_conversion_rate": 1, "revenue_by_source": 100, "revenue_by_campaign": 100, "pipeline_value": 0,
    "weighted_pipeline_value": 0,
}  # fmt: skip


@pytest.mark.parametrize(("again", "expected"), [([], REOPENED), ([("won", "2017-03-29")], WON_AGAIN)], ids=["open again", "won again"])
def test_a_deal_that_was_opened_again(book: Book, again: list[tuple[str, str]], expected: dict[str, object]):
    """Won on 3 March and opened again on the 10th nothing was won; won once more on the 29th it counts once, at that close."""
    stays = [("first", "2017-03-01"), ("won", "2017-03-03"), ("second", "2017-03-10"), *again]
    lead = Contact(id="p", created_at=at("2017-03-01"), owner="ann")
    book.put(lead, *deal("1", *stays, company=None, contact="p", source="ADS", campaign="spring"))
    found = values(book, "2017-03")
    assert {key: found[key].value for key in expected} == expected


WITHOUT_AMOUNT = {
    "deals_won": 1, "revenue_won": 0, "average_deal_size": None, "average_purchase_value": 0, "win_rate": 1, "win_rate_by_value": None,
    "net_new_revenue": 0, "customer_lifetime_value": 0, "purchase_frequency": 1, "customers": 1, "new_customers": 1, "time_to_close": 2,
    "revenue_by_source": 0, "pipeline_value": 0, "weighted_pipeline_value": 0, "forecast_revenue": 0, "sales_velocity": None,
    "forecast_undated_value": 0, "stalled_deals": 1,
}  # fmt: skip


def test_deals_without_an_amount(book: Book):
    """A won and an open deal of which nobody knows what they are worth: they are counted, bring nothing, and have no size."""
    book.put(
        *deal("1", ("first", "2017-03-01"), ("won", "2017-03-03"), home_amount=None, source="ADS"),
        *deal("2", ("first", "2017-03-01"), home_amount=None, company="bolt"),
    )
    found = values(book, "2017-03")
    assert {key: found[key].value for key in WITHOUT_AMOUNT} == WITHOUT_AMOUNT
    assert not any(one.marks for key, one in found.items() if key in ("revenue_won", "pipeline_value"))
