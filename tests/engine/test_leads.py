"""Leads: hand-computed cases."""

from decimal import Decimal

import pytest

from connector.kpis import Dimension
from connector.model import Activity, ActivityKind, ActivityStatus, Contact, Direction, Lead, Policies, Record
from tests.engine.conftest import Book, at, deal

D = Decimal


def person(id: str, created: str = "2017-01-02 09:00", **fields: object) -> Contact:  # noqa: A002 - it reads as the record does
    """Return a contact without a company; moments are local times in New York."""
    moments = {name: at(value) for name, value in fields.items() if name.endswith("_at") and isinstance(value, str)}
    return Contact(id=id, created_at=at(created), **{"owner": "ann", **fields, **moments})  # type: ignore[arg-type]  # named as the record's own


def call(id: str, contact: str, when: str, **fields: object) -> Activity:  # noqa: A002 - it reads as the record does
    """Return an outbound call."""
    own: dict[str, object] = {"kind": ActivityKind.CALL, "direction": Direction.OUT, "contact": contact, "at": at(when)}
    return Activity(id=id, **{**own, **fields})  # type: ignore[arg-type]  # named as the record's own


QUALIFIED = person("1", qualified_at="2017-01-20", source="ADS")
OPPORTUNITY = person("2", opportunity_at="2017-06-20", source="ADS")
NOBODY = person("3", owner="bob")
IMPORTED = person("4", is_imported=True)
PEOPLE = [QUALIFIED, OPPORTUNITY, NOBODY, IMPORTED]
BOUGHT = [person("5"), *deal("d5", ("first", "2017-01-10 09:00"), ("won", "2017-01-12 09:00"), company=None, contact="5")]
KNOWN = [
    *deal("d6", ("first", "2017-01-01"), ("won", "2017-01-02"), company="acme"),
    person("6", "2017-01-03", company="acme"),
    person("7", "2017-01-01", company="acme"),
]
WORKED = [
    person("8", assigned_at="2017-01-02 10:00"),
    call("a1", "8", "2017-01-02 11:00"),
    call("a2", "8", "2017-01-05 11:00"),
    call("a3", "8", "2017-03-05 11:00"),
    call("a4", "8", "2017-01-02 09:30", is_automated=True),
    call("a5", "8", "2017-01-02 09:30", direction=Direction.IN),
    call("a6", "8", "2017-01-02 09:30", status=ActivityStatus.PLANNED),
    call("a7", "8", "2017-01-01 09:30"),
    person("9"),
]
OWN = [Lead(id="L1", contact="1", owner="ann", created_at=at("2017-02-02 09:00"), qualified_at=at("2017-02-03")), *PEOPLE]
AGAIN = [
    person("1", "2015-01-02", company="acme", qualified_at="2015-01-20", opportunity_at="2015-02-01", customer_at="2015-03-01"),
    *deal("old", ("first", "2015-02-01"), ("won", "2015-03-01"), contact="1"),
    Lead(id="L1", contact="1", owner="ann", created_at=at("2017-02-02 09:00")),
]
SAME = [
    Lead(id="7", deal="7", contact="1", created_at=at("2017-01-02 09:00"), opportunity_at=at("2017-06-20")),
    *deal("7", ("first", "2017-01-02 09:00"), contact="1"),
]
NAMED = [
    Lead(id="L1", deal="d", created_at=at("2017-02-02 09:00")),
    *deal("d", ("first", "2017-02-03 09:00"), ("won", "2017-02-12 09:00"), contact=None),
    call("a1", "somebody", "2017-02-02 12:00", deal="d"),
]
MET = [
    *(person(one) for one in ("met", "rang", "wrote", "noted", "left")),
    call("m", "met", "2017-01-03", kind=ActivityKind.MEETING, direction=None),
    call("r", "rang", "2017-01-03", direction=Direction.IN),
    call("w", "wrote", "2017-01-03", kind=ActivityKind.EMAIL, direction=Direction.IN),
    call("n", "noted", "2017-01-03", kind=ActivityKind.NOTE, direction=None),
    call("l", "left", "2017-01-03", kind=ActivityKind.TASK, direction=None, status=ActivityStatus.PLANNED),
]
CASES: list[tuple[str, list[Record], str, str, object, object, object, int]] = [
    ("contacts that were not imported", PEOPLE, "leads_created", "2017-01", 3, 3, None, 3),
    ("contacts of customers are no leads, earlier ones are", KNOWN, "leads_created", "2017-01", 1, 1, None, 1),
    ("the CRM's own leads take the place of contacts", OWN, "leads_created", "2017", 1, 1, None, 1),
    ("what somebody reached before came of no later lead", AGAIN, "lead_qualification_rate", "2017", 0, 0, 1, 1),
    ("nor did the deal of then", AGAIN, "lead_to_opportunity_rate", "2017", 0, 0, 1, 1),
    ("nor is it won again", AGAIN, "lead_conversion_rate_within", "2017", 0, 0, 1, 1),
    ("the deal that a lead names is its opportunity", NAMED, "lead_to_opportunity_rate", "2017", 1, 1, 1, 1),
    ("and converts it", NAMED, "average_conversion_time", "2017", 10, 10, 1, 1),
    ("who acts about it answers the lead", NAMED, "lead_response_time", "2017", 3, 3, 1, 1),
    ("a deal of the same record is as old as the lead, but came later", SAME, "lead_to_opportunity_rate_within", "2017", 0, 0, 1, 1),
    ("and is one", SAME, "lead_to_opportunity_rate", "2017", 1, 1, 1, 1),
    ("an opportunity is qualified, too", PEOPLE, "lead_qualification_rate", "2017-01", D("0.66666667"), 2, 3, 3),
    ("only within 90 days", PEOPLE, "lead_qualification_rate_within", "2017-01", D("0.33333333"), 1, 3, 3),
    ("a deal is an opportunity", BOUGHT, "lead_to_opportunity_rate", "2017-01", 1, 1, 1, 1),
    (
        "one of them within 90 days of its creation, another only later",
        [*PEOPLE, *BOUGHT],
        "lead_to_opportunity_rate_within",
        "2017-01",
        D("0.25"),
        1,
        4,
        4,
    ),
    ("no lead of the period is grown", BOUGHT, "lead_to_opportunity_rate_within", "2017-02", None, 0, 0, 0),
    ("no lead came", PEOPLE, "lead_to_opportunity_rate", "2017-02", None, 0, 0, 0),
    ("who bought", [*PEOPLE, *BOUGHT], "lead_conversion_rate", "2017-01", D("0.25"), 1, 4, 4),
    ("ten days to the first won deal", BOUGHT, "average_conversion_time", "2017-01", 10, 10, 1, 1),
    ("an hour until somebody owned it", WORKED, "lead_assignment_time", "2017-01", 1, 1, 1, 1),
    ("two hours until a person called", WORKED, "lead_response_time", "2017-01", 2, 2, 1, 1),
    ("one of two in time", WORKED, "lead_response_within_target", "2017-01", D("0.5"), 1, 2, 2),
    ("one of two unworked", WORKED, "unworked_leads", "2017-01", 1, 1, None, 1),
    ("who wrote to us and who is only planned for", MET, "unworked_leads", "2017-01", 2, 2, None, 2),
    ("nobody turned to any of them", MET, "lead_response_within_target", "2017-01", 0, 0, 5, 5),
    ("two calls in the first 30 days over two leads", WORKED, "followups_per_lead", "2017-01", 1, 2, 2, 2),
]


@pytest.mark.parametrize(
    ("records", "kpi", "period", "value", "numerator", "denominator", "n"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_known_answers(
    book: Book, records: list[Record], kpi: str, period: str, value: object, numerator: object, denominator: object, n: int
):
    """Each KPI of the leads of a small CRM is what a person computes by hand."""
    book.put(*records)
    found = book.one(kpi, period)
    assert (found.value, found.numerator, found.denominator, found.n) == (value, numerator, denominator, n)


def test_a_lead_that_still_has_time_is_not_judged(book: Book):
    """Neither missed nor unworked before its hours have passed; the hours are the settings'."""
    book.put(NOBODY)
    early = {"as_of": "2017-01-02 21:00", "policies": Policies(lead_response_hours=24)}
    assert book.one("lead_response_within_target", "2017-01", **early).value is None
    assert book.one("unworked_leads", "2017-01", **early).value == 0
    assert book.one("unworked_leads", "2017-01", as_of="2017-01-02 21:00", policies=Policies(lead_response_hours=12)).value == 1


def test_a_young_cohort_is_marked(book: Book):
    """A rate of leads that are younger than the cohort age is marked unsure, and is no part of the grown one."""
    book.put(*PEOPLE)
    found = book.one("lead_conversion_rate", "2017-01", as_of="2017-02-01", policies=Policies(min_sample=1))
    assert found.low_confidence
    assert book.one("lead_conversion_rate_within", "2017-01", as_of="2017-02-01").n == 0


def test_sources(book: Book):
    """Leads count for where they came from."""
    book.put(*PEOPLE)
    found = {one.by["source"]: one.value for one in book.compute("leads_created", "2017-01", by=[Dimension.SOURCE])}
    assert found == {"ADS": 2, "": 1}
