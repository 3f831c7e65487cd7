"""Deals about which nothing is done, and first contacts: hand-computed cases."""

from decimal import Decimal
from typing import Any

import pytest

from connector.engine import explain
from connector.model import Activity, ActivityKind, ActivityStatus, Contact, Deal, Direction, Entity, Policies, Record, Stream
from tests.engine.conftest import Book, at, deal

D = Decimal
QUIET = Policies(stalled_days=10)
USUAL = deal("0", ("first", "2016-12-01"), ("won", "2016-12-31"))


def act(when: str, key: str = "a", **fields: Any) -> Activity:  # noqa: ANN401 - the record's own
    """Return a call about deal 1."""
    own = {"kind": ActivityKind.CALL, "direction": Direction.OUT, "deal": "1", "at": at(when)}
    return Activity(id=key, **{**own, **fields})


STALLED: list[tuple[str, list[Record], str, int]] = [
    ("nothing since its making", [], "2017-01-12 09:31", 1),
    ("ten days are not more than ten", [], "2017-01-12 09:30", 0),
    ("a call begins anew", [act("2017-01-05")], "2017-01-15 09:30", 0),
    ("until that is long ago", [act("2017-01-05"), act("2017-01-03", "b")], "2017-01-15 09:31", 1),
    ("a note is activity", [act("2017-01-05", kind=ActivityKind.NOTE)], "2017-01-15", 0),
    ("a machine's mail is none", [act("2017-01-05", is_automated=True)], "2017-01-15", 1),
    ("a plan is none", [act("2017-01-05", status=ActivityStatus.PLANNED)], "2017-01-15", 1),
    ("another deal's is none", [act("2017-01-05", deal="2")], "2017-01-15", 1),
    ("what was deleted is none", [act("2017-01-05", deleted_at=at("2017-01-06"))], "2017-01-15", 1),
    ("what was done before the deal changes nothing", [act("2016-12-25")], "2017-01-12 09:30", 0),
    ("a call to its contact that names no deal begins anew", [act("2017-01-05", deal=None, contact="lee")], "2017-01-15", 0),
    ("one to its contact about another deal does not", [act("2017-01-05", deal="2", contact="lee")], "2017-01-15", 1),
    ("one to somebody else does not", [act("2017-01-05", deal=None, contact="sol")], "2017-01-15", 1),
    ("the wall clock counts days over a clock change", [act("2017-03-05")], "2017-03-15 09:30", 0),
]


@pytest.mark.parametrize(("records", "as_of", "value"), [case[1:] for case in STALLED], ids=[case[0] for case in STALLED])
def test_silence(book: Book, records: list[Record], as_of: str, value: int):
    """A deal opened on 2 January is stalled when a person has done nothing about it for more than ten days."""
    book.put(deal("1", ("first", "2017-01-02"), contact="lee"), *records)
    assert book.one("stalled_deals", as_of=as_of, policies=QUIET).value == value
    assert book.one("stalled_deals", as_of=as_of).value == 0


def test_silence_is_of_its_time(book: Book):
    """At the end of January nothing had been done for long, although something was later."""
    book.put(deal("1", ("first", "2017-01-02")), act("2017-02-25"))
    found = book.measure("2017-03-01 00:00", policies=QUIET)
    assert (found.value("stalled_deals", "2017-01"), found.value("stalled_deals", "2017-02")) == (1, 0)


def test_which_of_both_is_told(book: Book):
    """The field's reason and the explanation say whether it is the stage, silence, or both; asking for one deal says the same."""
    book.put(
        USUAL, deal("1", ("first", "2017-01-02")), act("2017-06-01"), deal("2", ("second", "2017-05-01")), deal("3", ("won", "2017-01-05"))
    )
    found = book.measure("2017-06-05 00:00", policies=QUIET)
    assert found.field("1", "kpi_stalled_reason") == "In First since 2017-01-02, more than 2 times as long as usual."
    assert found.field("2", "kpi_stalled_reason") == "No activity since 2017-05-01."
    assert (found.field("3", "kpi_is_stalled"), found.field("3", "kpi_stalled_reason")) == (None, None)
    later = book.measure("2017-06-15 00:00", policies=QUIET)
    assert later.field("1", "kpi_stalled_reason") == (
        "In First since 2017-01-02, more than 2 times as long as usual. No activity since 2017-06-01."
    )
    few = book.measure("2017-06-15 00:00", policies=QUIET, records={(Entity.DEALS, "1")})
    assert few.field("1", "kpi_stalled_reason") == later.field("1", "kpi_stalled_reason")
    with book.cache() as cache:
        told = explain(
            cache,
            "stalled_deals",
            members={},
            period=book.calendar.parse("all"),
            calendar=book.calendar,
            as_of=at("2017-06-05 00:00"),
            policies=QUIET,
        )
    assert [(row["id"], row["too_long"], row["silent"]) for row in told.records] == [("1", 1, 0), ("2", 0, 1)]
    first = told.records[0]
    assert (first["stage"], str(first["since_time"]), float(str(first["stay_days"]))) == ("First", "2017-01-02 09:30:00", 153 + 14.5 / 24)
    assert first["stay_days"] > first["allowed_days"] == 2 * first["usual_days"]  # type: ignore[operator]  # they are numbers


def test_silence_is_judged_where_activities_are_whole(book: Book):
    """Where e-mails could not be read nobody knows what is silent; without the setting that does not matter."""
    book.put(deal("1", ("first", "2017-01-02")))
    lost = {Stream.EMAILS: "was refused"}
    found = book.measure(policies=QUIET, ready=lost).measurement
    hang = {"stalled_deals", "deals.kpi_is_stalled", "deals.kpi_stalled_reason"}
    assert {key for key in hang if found.unavailable.get(key) == "was refused"} == hang
    assert not {value.spec.name for value in found.fields} & {"kpi_is_stalled", "kpi_stalled_reason"}
    assert not hang & set(book.measure(ready=lost).measurement.unavailable)


WON = deal("1", ("first", "2017-02-01"), ("won", "2017-03-03"), contact="lee")
PIA = Contact(id="pia", company="acme", created_at=at("2017-02-20"))
CYCLES: list[tuple[str, list[Record], object]] = [
    ("the deal was first", [PIA], 30),
    ("a call about the deal was first", [PIA, act("2017-01-22")], 40),
    ("a call to one of the company was first", [PIA, act("2017-01-12", deal=None, contact="pia")], 50),
    ("a visit of the company was first", [act("2017-01-02", deal=None, company="acme", kind=ActivityKind.MEETING)], 60),
    ("a call to the deal's contact, who is not known as the company's", [act("2017-01-22", deal=None, contact="lee")], 40),
    ("a later one changes nothing", [act("2017-02-02")], 30),
    ("a note is no contact", [act("2017-01-22", kind=ActivityKind.NOTE)], 30),
    ("a machine's mail is no contact", [act("2017-01-22", is_automated=True)], 30),
    ("a planned one is none", [act("2017-01-22", status=ActivityStatus.PLANNED)], 30),
    ("another company's is none", [act("2017-01-22", deal=None, company="bolt")], 30),
]


@pytest.mark.parametrize(("records", "value"), [case[1:] for case in CYCLES], ids=[case[0] for case in CYCLES])
def test_a_cycle_begins_with_the_first_contact(book: Book, records: list[Record], value: object):
    """The cycle of a customer's first won deal begins with the contact, the deal or an activity, whichever was first."""
    book.put(WON, *records)
    assert book.one("sales_cycle_length", "2017-03").value == value


def test_a_person_without_a_company_is_met_too(book: Book):
    """A deal with a person alone begins with the first call to that person; where calls are not whole, with the deal."""
    alone = [replaced for replaced in WON if not isinstance(replaced, Deal)]
    book.put(
        Deal(id="1", pipeline="p", stage="won", contact="sol", home_amount=D(1), created_at=at("2017-02-01"), closed_at=at("2017-03-03")),
        alone,
    )
    book.put(act("2017-01-22", deal=None, contact="sol"))
    assert book.one("sales_cycle_length", "2017-03").value == 40
    assert book.one("sales_cycle_length", "2017-03", ready={Stream.CALLS: "was refused"}).value == 30
