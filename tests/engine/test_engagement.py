"""How much customers have to do with us and how soon they are answered: hand-computed cases."""

from decimal import Decimal
from typing import Any

import pytest

from connector.engine import explain
from connector.kpis import Dimension
from connector.model import Activity, ActivityKind, ActivityStatus, Contact, Direction, Policies, ProductUse, Record
from tests.engine.conftest import Book, at, deal

D = Decimal
HOURS = Policies(min_sample=1)


def act(key: str, when: str | None, kind: str = "email", way: str | None = "in", **fields: Any) -> Activity:  # noqa: ANN401 - the record's own
    """Return an activity of Pia's at a local time."""
    own = {"contact": "pia", "owner": "ann", "at": at(when) if when else None}
    return Activity(id=key, kind=ActivityKind(kind), direction=Direction(way) if way else None, **{**own, **fields})


PEOPLE: list[Record] = [
    Contact(id="pia", created_at=at("2017-01-01"), company="acme", owner="ann"),
    Contact(id="per", created_at=at("2017-05-20"), company="bolt", owner="bob"),
    Contact(id="new", created_at=at("2017-06-02"), company="bolt", owner="bob"),
]
MAILS: list[Record] = [
    act("1", "2017-05-01", way="out", delivered_at=at("2017-05-01"), opened_at=at("2017-05-03")),
    act("2", "2017-05-02", way="out", delivered_at=at("2017-05-02"), opened_at=at("2017-05-02"), is_machine_open=True),
    act("3", "2017-05-03", way="out", delivered_at=at("2017-05-03"), opened_at=at("2017-06-03"), clicked_at=at("2017-06-03")),
    act("4", "2017-05-04", way="out", delivered_at=at("2017-05-04")),
    act("5", "2017-05-05", way="out", delivered_at=at("2017-05-05"), is_bounced=True),
]


def task(key: str, due: str | None, done: str | None = None, **fields: Any) -> Activity:  # noqa: ANN401 - the record's own
    """Return a task that is due at a local time, planned unless it was done."""
    status = ActivityStatus.DONE if done else ActivityStatus.PLANNED
    own = {"status": status, "due_at": at(due) if due else None, "created_at": at("2017-01-01")}
    return act(key, done, "task", None, **{**own, **fields})


TASKS: list[Record] = [
    task("open", "2017-05-02"),
    task("done", "2017-05-03", "2017-05-09"),
    task("dropped", "2017-05-04", status=ActivityStatus.CANCELLED),
    task("undated", None),
    task("gone", "2017-05-05", deleted_at=at("2017-05-06")),
    task("later", "2018-02-01"),
]
CASES: list[tuple[str, list[Record], str, str, object, object, object, int]] = [
    ("one of May is not done", TASKS, "overdue_followups", "2017-05", 1, 1, None, 1),
    ("the only one", [task("t", "2017-05-02")], "overdue_followups", "all", 1, 1, None, 1),
    ("nothing was to be done", [], "overdue_followups", "2017-05", 0, 0, None, 0),
    ("due on the evening before June in New York, which is May's", [task("t", "2017-05-31 23:30")]
     , "overdue_followups", "2017-05", 1, 1, None, 1),
    ("a call that was to be made by a time", [act("c", None, "call", "out", due_at=at("2017-05-02"), status=ActivityStatus.PLANNED)]
     , "overdue_followups", "2017-05", 1, 1, None, 1),
    ("an e-mail is due at no time", MAILS, "overdue_followups", "all", 0, 0, None, 0),
    ("opened by people, late ones too", MAILS, "email_open_rate", "2017-05", D("0.5"), 2, 4, 4),
    ("clicked", MAILS, "email_click_rate", "2017-05", D("0.25"), 1, 4, 4),
    ("nothing was delivered", MAILS, "email_open_rate", "2017-06", None, 0, 0, 0),
    ("one of two opened of her own", [*PEOPLE, *MAILS], "engagement_rate", "2017-05", D("0.5"), 1, 2, 2),
    ("what we send is no act of theirs", [*PEOPLE, MAILS[3]], "engagement_rate", "2017-05", 0, 0, 2, 2),
    ("a machine's opening is none", [*PEOPLE, MAILS[1]], "engagement_rate", "2017-05", 0, 0, 2, 2),
    ("two acts of one person are one person", [*PEOPLE, act("a", "2017-05-02"), act("b", "2017-05-03")]
     , "engagement_rate", "2017-05", D("0.5"), 1, 2, 2),
    ("a use of the product is an act", [*PEOPLE, ProductUse(id="u", contact="per", at=at("2017-06-03"))]
     , "engagement_rate", "2017-06", D("0.33333333"), 1, 3, 3),
    ("nobody is there", [], "engagement_rate", "2017-05", None, 0, 0, 0),
    ("two hours, then none", [act("a", "2017-05-02 10:00"), act("b", "2017-05-02 12:00", way="out")]
     , "response_time", "2017-05", 2, 2, 1, 1),
    ("the first of several counts, one answer answers all"
     , [act("a", "2017-05-02 10:00"), act("b", "2017-05-02 11:00"), act("c", "2017-05-02 12:00", way="out")]
     , "response_time", "2017-05", 2, 2, 1, 1),
    ("a machine's answer is none"
     , [act("a", "2017-05-02 10:00"), act("b", "2017-05-02 10:01", way="out", is_automated=True), act("c", "2017-05-02 15:00", way="out")]
     , "response_time", "2017-05", 5, 5, 1, 1),
    ("another thread answers nothing", [act("a", "2017-05-02 10:00", thread="t"), act("b", "2017-05-02 12:00", way="out", thread="u")]
     , "response_time", "2017-05", None, 0, 0, 0),
    ("the answer's day counts", [act("a", "2017-05-31 23:00"), act("b", "2017-06-01 01:00", way="out")]
     , "response_time", "2017-06", 2, 2, 1, 1),
    ("what we began needs no answer", [act("a", "2017-05-02 10:00", way="out"), act("b", "2017-05-02 12:00", way="out")]
     , "response_time", "2017-05", None, 0, 0, 0),
    ("a planned call is no answer", [act("a", "2017-05-02 10:00"), act("b", "2017-05-02 12:00", way="out", status=ActivityStatus.PLANNED)]
     , "response_time", "2017-05", None, 0, 0, 0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("records", "kpi", "period", "value", "numerator", "denominator", "n"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_known_answers(
    book: Book, records: list[Record], kpi: str, period: str, value: object, numerator: object, denominator: object, n: int
):
    """Each KPI of engagement in a small CRM is what a person computes by hand."""
    if records:
        book.put(*records)
    found = book.one(kpi, period, policies=HOURS)
    assert (found.value, found.numerator, found.denominator, found.n) == (value, numerator, denominator, n)


def test_who_is_engaged_is_somebody_who_is_there(book: Book):
    """A message of somebody deleted, unknown or not there yet makes nobody engaged: the share is of those who are, and never above 1."""
    gone = Contact(id="gone", created_at=at("2017-01-01"), deleted_at=at("2017-09-01"))
    book.put(*PEOPLE, gone, [act(one, "2017-05-10", contact=one) for one in ("pia", "gone", "nobody", "new")])
    found = book.one("engagement_rate", "2017-05", policies=HOURS)
    assert (found.value, found.numerator, found.denominator) == (D("0.5"), 1, 2)


def test_engagement_by_owner_is_that_of_the_owners_own(book: Book):
    """Bob's contact wrote to Ann: one of Bob's two is engaged. Ann's calls with Bob's customer are interactions of his."""
    bought = deal("1", ("first", "2017-05-21"), ("won", "2017-05-22"), company="bolt", owner="bob")
    calls = [act(key, "2017-06-03", "call", "out", contact="per", owner="ann") for key in ("a", "b")]
    book.put(*PEOPLE, *bought, act("1", "2017-06-02", contact="per"), ProductUse(id="u", contact="per", at=at("2017-06-03")), calls)
    found = {
        key: {one.by["owner"]: one.value for one in book.compute(key, "2017-06", by=[Dimension.OWNER], policies=HOURS)}
        for key in ("engagement_rate", "interactions_per_customer")
    }
    # The company belongs to nobody, so its customer is the owner's of the deal.
    assert found == {"engagement_rate": {"ann": 0, "bob": D("0.5")}, "interactions_per_customer": {"bob": 4}}


def test_a_person_who_bought_is_met_as_a_customer(book: Book):
    """Where deals name no company, whoever bought is the customer, though the person has a company: a call with them is an interaction."""
    bought = deal("1", ("first", "2017-05-21"), ("won", "2017-05-22"), company=None, contact="per", owner="ann")
    book.put(*PEOPLE, *bought, act("a", "2017-06-03", "call", "out", contact="per"), act("b", "2017-06-03", "call", contact="new"))
    found = book.one("interactions_per_customer", "2017-06", policies=HOURS)
    by_owner = {
        one.by["owner"]: one.value for one in book.compute("interactions_per_customer", "2017-06", by=[Dimension.OWNER], policies=HOURS)
    }
    assert (found.value, found.numerator, by_owner) == (1, 1, {"bob": 1})
    assert [book.measure().field(who, "kpi_lead_score") is None for who in ("per", "new")] == [True, False]


def test_every_channel_is_judged_by_everybody(book: Book):
    """By channel, those who did something through it are a share of all contacts, also of those who did nothing at all."""
    book.put(*PEOPLE, act("a", "2017-05-02"), act("b", "2017-05-03", "call"), act("c", "2017-05-25", "call", contact="per"))
    found = {one.by["channel"]: one.value for one in book.compute("engagement_rate", "2017-05", by=[Dimension.CHANNEL], policies=HOURS)}
    assert {channel: value for channel, value in found.items() if value} == {"email": D("0.5"), "call": 1}


def test_interactions_are_those_with_customers(book: Book):
    """Pia's company has bought, so what passes with her counts; before that, and with others, it does not."""
    bought = deal("1", ("first", "2017-05-01"), ("won", "2017-05-10"), company="acme")
    book.put(
        *PEOPLE,
        *bought,
        act("a", "2017-05-09"),
        act("b", "2017-05-11"),
        act("c", "2017-05-12", way="out"),
        act("d", "2017-05-12", contact="per"),
    )
    found = book.one("interactions_per_customer", "2017-05", policies=HOURS)
    assert (found.value, found.numerator, found.denominator) == (2, 2, 1)


def test_what_goes_with_winning(book: Book):
    """Of deals that lived for 14 days those with an early call were won twice as often as those without; a later call is not early."""
    lived = [("won", "call"), ("won", None), ("lost", None), ("lost", "late")]
    records: list[Record] = []
    for place, (outcome, what) in enumerate(lived):
        key = str(place)
        records += deal(key, ("first", "2017-05-01"), (outcome, "2017-06-01"))
        records += [act(key, "2017-05-03" if what == "call" else "2017-05-20", "call", "out", deal=key)] if what else []
    records += deal("short", ("first", "2017-05-01"), ("won", "2017-05-05"))
    book.put(*records)
    found = book.one("activity_win_lift", "2017", policies=HOURS)
    channels = {one.by["channel"]: one.value for one in book.compute("activity_win_lift", "2017", by=[Dimension.CHANNEL], policies=HOURS)}
    assert (found.value, found.n) == (3, 4)
    assert channels["call"] == 3
    assert channels["meeting"] is None


def test_answers_belong_to_those_who_gave_them(book: Book):
    """A message to Ann that Bob answers is Bob's answer."""
    book.put(act("a", "2017-05-02 10:00"), act("b", "2017-05-02 12:00", way="out", owner="bob"))
    assert {one.by["owner"]: one.value for one in book.compute("response_time", "2017", by=[Dimension.OWNER], policies=HOURS)} == {"bob": 2}


def test_a_follow_up_is_overdue_from_its_time_until_it_is_done(book: Book):
    """Due on 3 May at half past nine and done on the 9th: neither overdue just before, nor from then on; made later, it was not there."""
    book.put(task("t", "2017-05-03 09:30", "2017-05-09 12:00"), task("new", "2017-05-04", created_at=at("2017-05-20")))
    moments = ("2017-05-03 09:30", "2017-05-03 09:31", "2017-05-09 12:00", "2017-05-09 12:01", "2017-05-20 10:00")
    assert [book.one("overdue_followups", as_of=moment).value for moment in moments] == [0, 1, 1, 0, 1]


def test_follow_ups_that_do_not_count_say_why(book: Book):
    """Of May's one is done and one was cancelled; what is deleted is not there, and what nobody dated is of no month."""
    book.put(*TASKS)
    with book.cache() as cache:
        terms = {"calendar": book.calendar, "as_of": at("2018-01-01"), "policies": HOURS}
        told = explain(cache, "overdue_followups", members={}, period=book.calendar.parse("2017-05"), **terms)  # type: ignore[arg-type]  # named as the options are
    assert [row["id"] for row in told.records] == ["open"]
    assert [(row["id"], row["reason"]) for row in told.left_out] == [("done", "it is done"), ("dropped", "it was cancelled")]


def test_a_follow_up_is_its_owners(book: Book):
    """Two of Ann's and one of Bob's, by owner, by team and by the segment of the contact's company."""
    book.put(*PEOPLE, task("1", "2017-05-02"), task("2", "2017-05-03", contact="per"), task("3", "2017-05-04", owner="bob"))
    by = {
        dimension: {one.by[dimension]: one.value for one in book.compute("overdue_followups", "2017-05", by=[dimension])}
        for dimension in (Dimension.OWNER, Dimension.TEAM, Dimension.SEGMENT)
    }
    assert by[Dimension.OWNER] == {"ann": 2, "bob": 1}
    assert by[Dimension.TEAM] == {"red": 2, "blue": 3}
    assert by[Dimension.SEGMENT] == {"retail": 2, "medical": 1}
