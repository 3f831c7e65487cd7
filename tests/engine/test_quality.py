"""What is wrong with the records, rule by rule, and how complete they are: hand-made cases."""

from datetime import date
from decimal import Decimal

import pytest

from connector.engine import FaultyRecord, faults, unjudged
from connector.kpis.quality import FAULTS
from connector.model import Company, Contact, Deal, Entity, FxRate, LineItem, Outcome, Policies, Record, Stream, Ticket, Unread
from tests.engine.conftest import NEW_YORK, Book, at, deal

D = Decimal
WON = (("first", "2017-02-01"), ("won", "2017-03-01"))
LOST = (("first", "2017-02-01"), ("lost", "2017-03-01"))
OPEN = (("first", "2017-02-01"),)
RATE = FxRate(id="EUR", currency="EUR", home="USD", day=date(2017, 2, 15), rate="1.1")
UNREADABLE = ((Entity.DEALS, "1", "amount"), (Entity.DEALS, "1", "closedate"), (Entity.ACTIVITIES, "note:7", "hs_call_duration"))
TODAY, YESTERDAY = date(2017, 12, 31), date(2017, 12, 30)


def company(id: str, name: str | None, country: str | None = None, **fields: object) -> Company:  # noqa: A002 - it reads as the record does
    """Return a company."""
    return Company(id=id, name=name, country=country, created_at=at("2017-01-01"), **fields)  # type: ignore[arg-type]  # named as the record's own


def bare(**fields: object) -> Deal:
    """Return a deal without stages that says its status by itself."""
    return Deal(id="1", company="acme", created_at=at("2017-02-01"), home_amount=D(1), **fields)  # type: ignore[arg-type]  # the same


def ticket(**moments: str) -> Ticket:
    """Return a request for service that came on the first of March."""
    return Ticket(id="1", created_at=at("2017-03-01"), **{name: at(text) for name, text in moments.items()})  # type: ignore[arg-type]  # the same


CASES: list[tuple[str, list[Record | Unread], list[tuple[str, str]]]] = [
    ("nothing is wrong with a plain deal", [*deal("1", *WON), *deal("2", *OPEN)], []),
    ("won, and nobody knows when", [bare(status=Outcome.WON)], [("closed_without_date", "deals:1")]),
    ("cancelled, and nobody knows when", [bare(status=Outcome.CANCELLED)], [("closed_without_date", "deals:1")]),
    ("closed before it was made", [bare(status=Outcome.LOST, closed_at=at("2017-01-31"))], [("closed_before_created", "deals:1")]),
    ("closed in the moment it was made", [bare(status=Outcome.LOST, closed_at=at("2017-02-01"))], []),
    ("won without an amount", deal("1", *WON, home_amount=None), [("won_without_amount", "deals:1")]),
    ("won for nothing, knowingly", deal("1", *WON, amount=D(0), home_amount=D(0)), []),
    ("lost without an amount", deal("1", *LOST, home_amount=None), []),
    ("no rate", deal("1", *WON, amount=D(9), currency="SEK", home_amount=None), [("missing_rate", "deals:1")]),
    ("a rate in time", [RATE, *deal("1", *WON, amount=D(9), currency="EUR", home_amount=None)], []),
    ("a rate too late", [RATE, *deal("1", ("first", "2017-02-01"), ("won", "2017-02-03"), amount=D(9), currency="EUR", home_amount=None)],
     [("missing_rate", "deals:1")]),
    ("in a stage of no pipeline", deal("1", ("nowhere", "2017-02-01")), [("unknown_stage", "deals:1")]),
    ("expected yesterday", deal("1", *OPEN, expected_close_on=YESTERDAY), [("overdue_close_date", "deals:1")]),
    ("expected on the day itself, which has just ended", deal("1", *OPEN, expected_close_on=TODAY), [("overdue_close_date", "deals:1")]),
    ("expected tomorrow", deal("1", *OPEN, expected_close_on=date(2018, 1, 1)), []),
    ("won in spite of an old expectation", deal("1", *WON, expected_close_on=YESTERDAY), []),
    ("of a company that is not there", deal("1", *OPEN, company="ghost"), [("company_gone", "deals:1")]),
    ("of a company that was deleted", [company("old", "Old", deleted_at=at("2017-06-01")), *deal("1", *OPEN, company="old")],
     [("company_gone", "deals:1")]),
    ("a contact of a company that is not there", [Contact(id="7", company="ghost", created_at=at("2017-02-01"))],
     [("company_gone", "contacts:7")]),
    ("of no company at all", deal("1", *OPEN, company=None), []),
    ("of a user who is not there", deal("1", *OPEN, owner="zoe"), [("owner_gone", "deals:1")]),
    ("a line of no deal", [LineItem(id="9", product="x"), LineItem(id="8", deal="ghost")],
     [("deal_gone", "line_items:8"), ("deal_gone", "line_items:9")]),
    ("the same name but for case, accents and signs",
     [company("2", "Café Ñandú, S.A."), company("3", "CAFE NANDU SA"), company("4", "Cafe")],
     [("probable_duplicate", "companies:2"), ("probable_duplicate", "companies:3")]),
    ("the same name in two countries", [company("2", "Same", "FI"), company("3", "same", "SE")], []),
    ("no names, or names of signs only", [company("2", None), company("3", None), company("4", "-"), company("5", "!")], []),
    ("answered before it came", [ticket(first_response_at="2017-02-28")], [("answered_before_created", "tickets:1")]),
    ("resolved before it came", [ticket(resolved_at="2017-02-28")], [("answered_before_created", "tickets:1")]),
    ("answered at once", [ticket(first_response_at="2017-03-01")], []),
    ("two fields of one deal and one of a note that cannot be read",
     [*deal("1", *OPEN), *(Unread(kind, key, name, "?") for kind, key, name in UNREADABLE)],
     [("unreadable_value", "activities:note:7"), ("unreadable_value", "deals:1")]),
    ("a deleted deal has no faults", deal("1", *OPEN, owner="zoe", deleted_at=at("2017-05-01")), []),
    ("a deal may have two faults", deal("1", *OPEN, owner="zoe", company="ghost"),
     [("company_gone", "deals:1"), ("owner_gone", "deals:1")]),
]  # fmt: skip


def found_in(book: Book, as_of: str = "2018-01-01 00:00", **ready: str) -> list[FaultyRecord]:
    """Return the faults of a book; `ready` names streams that are not whole."""
    lacking = {Stream(name): reason for name, reason in ready.items()}
    with book.cache() as cache:
        return list(faults(cache, calendar=NEW_YORK, as_of=at(as_of), policies=Policies(), ready=lacking))


@pytest.mark.parametrize(("records", "wanted"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_each_rule_finds_its_faults_and_no_others(book: Book, records: list[Record | Unread], wanted: list[tuple[str, str]]):
    """Of a small CRM exactly these records are faulty, by these rules."""
    book.put(*records)
    assert sorted((one.rule, f"{one.entity}:{one.id}") for one in found_in(book)) == sorted(wanted)


def test_every_rule_is_tried():
    """No rule is declared that the engine does not know, and none is without a case."""
    assert {rule for _, _, wanted in CASES for rule, _ in wanted} == set(FAULTS)


def test_a_fault_names_its_record_and_who_is_responsible(book: Book):
    """The present owner repairs it, whoever closed the deal."""
    book.put(*deal("1", *WON, home_amount=None))
    assert found_in(book) == [FaultyRecord("won_without_amount", Entity.DEALS, "1", "Deal 1", "Ann")]


def test_what_cannot_be_read_is_told(book: Book):
    """Whoever is to repair it sees what each field holds, under the record's name and owner."""
    book.put(*deal("1", *OPEN), *(Unread(Entity.DEALS, "1", name, f"{name}: 'lots'.") for name in ("b", "a")))
    assert found_in(book) == [FaultyRecord("unreadable_value", Entity.DEALS, "1", "Deal 1", "Ann", "a: 'lots'. b: 'lots'.")]


def test_a_fault_says_what_the_record_holds(book: Book):
    """Which currency lacks a rate, and for when an open deal was expected, is told beside the deal."""
    book.put(*deal("1", *WON, amount=D("9.50"), currency="SEK", home_amount=None), *deal("2", *OPEN, expected_close_on=YESTERDAY))
    assert [(one.rule, one.detail) for one in found_in(book)] == [("missing_rate", "9.5 SEK"), ("overdue_close_date", str(YESTERDAY))]


def test_a_past_day_has_the_faults_of_that_day(book: Book):
    """A deal that is won later is overdue until then."""
    book.put(*deal("1", *WON, expected_close_on=date(2017, 2, 10), home_amount=None))
    assert [one.rule for one in found_in(book, "2017-02-20")] == ["overdue_close_date"]
    assert [one.rule for one in found_in(book)] == ["won_without_amount"]


def test_a_rule_is_silent_where_its_records_are_not_whole(book: Book):
    """Without the companies every deal would look like an orphan; the rule says why it is not judged."""
    book.put(*deal("1", *OPEN, company="ghost", owner="zoe"))
    assert [one.rule for one in found_in(book, companies="no scope")] == ["owner_gone"]
    reasons = unjudged({Stream.COMPANIES: "no scope", Stream.USERS: None})
    assert reasons == {"company_gone": "no scope", "probable_duplicate": "no scope"}


def test_faults_are_counted_by_owner_and_rule(book: Book):
    """The KPI counts every fault once, in the month its record was created, and the parts add up."""
    book.put(*deal("1", *OPEN, company="ghost", owner="bob"), *deal("2", *WON, home_amount=None), *deal("3", *OPEN))
    book.put(company("2", "Twin"), company("3", "twin", owner="bob"))
    found = book.measure()
    assert found.value("data_faults") == 4
    assert found.value("data_faults", "2017-02") == 2
    assert found.value("data_faults", "2017-03") == 0
    assert found.members("data_faults", "owner") == {"bob": 2, "ann": 1, "": 1}
    assert found.members("data_faults", "rule") == {"company_gone": 1, "won_without_amount": 1, "probable_duplicate": 2}
    assert found.members("data_faults", "team") == {"blue": 3, "red": 1, "": 1}


def test_completeness_counts_what_every_deal_needs(book: Book):
    """Owner, amount, day, customer and source: nine of ten are there; no deal, no rate."""
    book.put(*deal("1", *WON, source="WEB"), *deal("2", *OPEN, expected_close_on=TODAY))
    whole = book.one("data_completeness")
    assert (whole.value, whole.numerator, whole.denominator, whole.n) == (D("0.9"), 9, 10, 2)
    assert book.one("data_completeness", "2017-03").value is None


def test_a_bare_deal_lacks_everything(book: Book):
    """Zero of five is a true zero; a contact is as good as a company."""
    book.put(Deal(id="1", status=Outcome.OPEN, created_at=at("2017-02-01")))
    assert book.one("data_completeness").value == 0
    book.put(Deal(id="1", status=Outcome.OPEN, created_at=at("2017-02-01"), contact="p", amount=D(5)))
    assert book.one("data_completeness").value == D("0.4")
