"""The edges of the KPIs of service, leads, surveys, contracts, engagement and adoption: hand-computed cases."""

from collections.abc import Callable
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from connector.model import (
    Activity,
    ActivityKind,
    Contact,
    Contract,
    Direction,
    FxRate,
    Policies,
    Record,
    Survey,
    SurveyKind,
    Ticket,
    Training,
    Use,
    UseKind,
)
from connector.period import Calendar
from tests.engine.conftest import PEOPLE, STAGES, THINGS, Book, at, day, deal

D = Decimal
POLICIES = Policies(min_sample=1, churn_policy="contracts", home="USD")
GONE = at("2017-06-01")


def contract(key: str, amount: int | None, **fields: object) -> Contract:
    """Return a contract for a month at a time, from the beginning of 2017 on."""
    own = {"company": "acme", "starts_on": day("2017-01-01"), "amount": None if amount is None else D(amount), "billing_months": 1}
    return Contract(id=key, **{**own, **fields})  # type: ignore[arg-type]  # named as the record's own


def lead(created: str, **fields: str) -> Contact:
    """Return a contact that nobody imported."""
    return Contact(id="p", created_at=at(created), **{name: at(value) for name, value in fields.items()})  # type: ignore[arg-type]


def message(key: str, when: str, way: Direction = Direction.OUT, **fields: object) -> Activity:
    """Return an e-mail to or from the lead."""
    own = {"contact": "p", "at": at(when)}
    return Activity(id=key, kind=ActivityKind.EMAIL, direction=way, **{**own, **fields})  # type: ignore[arg-type]  # named as the record's own


def said(when: str, **fields: object) -> Survey:
    """Return a promoter's answer."""
    return Survey(id="s", kind=SurveyKind.NPS, contact="p", score=D(10), scale=10, answered_at=at(when), **fields)  # type: ignore[arg-type]


EUROS = FxRate(id="1", currency="EUR", home="USD", day=day("2016-12-01"), rate="2")
OURS = contract("ours", 300, company="bolt")
CANCELLED = {"cancelled_at": at("2017-08-15")}
LOGIN = {"id": "u", "user": "ann", "kind": UseKind.LOGIN}
CASES: list[tuple[str, list[Record], str, str, object, object, object, int]] = [
    ("a ticket of the evening before April in New York is March's", [Ticket(id="t", created_at=at("2017-03-31 20:30"))]
     , "tickets_created", "2017-03", 1, 1, None, 1),
    ("a deleted ticket counts nowhere", [Ticket(id="t", created_at=at("2017-03-02"), deleted_at=GONE)]
     , "tickets_created", "2017-03", 0, 0, None, 0),
    ("an answer of that evening is March's, too", [said("2017-03-31 20:30")], "net_promoter_score", "2017-03", 100, 100, 1, 1),
    ("a deleted answer counts nowhere", [said("2017-03-02", deleted_at=GONE)], "net_promoter_score", "2017-03", None, 0, 0, 0),
    ("somebody who owned it before it came was not slow", [lead("2017-03-02", assigned_at="2017-03-01")]
     , "lead_assignment_time", "2017-03", None, 0, 0, 0),
    ("a day on the wall, though an hour was skipped", [lead("2017-03-11 20:00"), message("a", "2017-03-12 20:00")]
     , "lead_response_time", "2017-03", 24, 24, 1, 1),
    ("answered in the next month", [lead("2017-03-31 23:00"), message("a", "2017-04-01 01:00")]
     , "lead_response_time", "2017-04", 2, 2, 1, 1),
    ("a deleted answer was none", [lead("2017-03-02"), message("a", "2017-03-03", deleted_at=GONE)]
     , "lead_response_within_target", "2017-03", 0, 0, 1, 1),
    ("a day on the wall, though an hour came twice", [message("a", "2017-11-04 12:00", Direction.IN), message("b", "2017-11-05 12:00")]
     , "response_time", "2017-11", 24, 24, 1, 1),
    ("delivered on the evening before April", [message("a", "2017-03-31 20:30", delivered_at=at("2017-03-31 20:30"))]
     , "email_open_rate", "2017-03", 0, 0, 1, 1),
    ("a deleted e-mail was never sent", [message("a", "2017-03-02", delivered_at=at("2017-03-02"), deleted_at=GONE)]
     , "email_open_rate", "2017-03", None, 0, 0, 0),
    ("a contract without an amount keeps a customer", [contract("1", None)], "customers", "2017-03", 1, 1, None, 1),
    ("and brings nothing that could be lost", [contract("1", None, **CANCELLED)], "revenue_churn_rate", "2017-08", None, 0, 0, 0),
    ("euros by the rate of the contract's first day, dollars as they are", [contract("1", 50, currency="EUR", **CANCELLED), OURS, EUROS]
     , "revenue_churn_rate", "2017-08", D("0.25"), 100, 400, 2),
    ("crowns have no rate, so they are left out", [contract("1", 50, currency="SEK", **CANCELLED), OURS, EUROS]
     , "revenue_churn_rate", "2017-08", 0, 0, 300, 1),
    ("a deleted contract binds nobody", [contract("1", 50, deleted_at=GONE), OURS], "customers", "2017-03", 1, 1, None, 1),
    ("a contract that begins with the month was not there when it began", [contract("1", 50, starts_on=day("2017-03-01"), **CANCELLED)]
     , "revenue_churn_rate", "2017-03", None, 0, 0, 0),
    ("a login of the evening before April", [Use(at=at("2017-03-31 20:30"), **LOGIN)], "crm_logins", "2017-03", 1, 1, None, 1),  # type: ignore[arg-type]
    ("a deleted course is nobody's", [
        Training(id="1", user="ann", course="x", assigned_at=at("2017-03-01"), deleted_at=GONE),
        Training(id="2", user="bob", course="x", assigned_at=at("2017-03-01"), completed_at=at("2017-03-02")),
     ], "training_completion_rate", "2017-03", 1, 1, 1, 1),
]  # fmt: skip


@pytest.mark.parametrize(
    ("records", "kpi", "period", "value", "numerator", "denominator", "n"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_known_answers(
    book: Book, records: list[Record], kpi: str, period: str, value: object, numerator: object, denominator: object, n: int
):
    """At its edges each KPI is what a person computes by hand."""
    book.put(*records)
    found = book.one(kpi, period, policies=POLICIES)
    assert (found.value, found.numerator, found.denominator, found.n) == (value, numerator, denominator, n)


def test_a_deal_that_was_opened_again_makes_no_customer(book: Book):
    """While it was won its company was a new customer; since it is open again, nobody bought anything."""
    book.put(deal("1", ("first", "2017-05-01"), ("won", "2017-05-02"), ("second", "2017-06-01")))
    found = [book.one("new_customers", "2017-05", as_of=moment).value for moment in ("2017-05-15 00:00", "2017-07-01 00:00")]
    assert found == [1, 0]


@pytest.mark.parametrize(
    ("kpi", "value"), [("new_customers", 1), ("renewal_rate", 0), ("tickets_created", 1), ("net_promoter_score", 100), ("leads_created", 1)]
)
def test_fiscal_years(new_book: Callable[..., Book], kpi: str, value: int):
    """With a fiscal year from April, what happened in May 2017 is in the first quarter of 2018."""
    book = new_book(calendar=Calendar(ZoneInfo("America/New_York"), fiscal_start=4))
    book.put(*STAGES, *PEOPLE, *THINGS)
    book.put(contract("1", 5, starts_on=day("2017-05-02"), ends_on=day("2017-05-20")), lead("2017-05-03"), said("2017-05-04"))
    book.put(Ticket(id="t", created_at=at("2017-05-05")))
    assert [book.one(kpi, period, policies=POLICIES).value for period in ("2018-Q1", "2018")] == [value, value]
