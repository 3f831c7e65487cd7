"""Hours of business: hand-computed cases, and a count minute by minute."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from connector.engine.facts import lay_out
from connector.engine.terms import Terms
from connector.hours import Hours
from connector.kpis import Dimension
from connector.model import (
    Activity,
    ActivityKind,
    Company,
    Contact,
    Direction,
    Holiday,
    Membership,
    Policies,
    Record,
    Ticket,
    User,
)
from connector.period import ALL_TIME, Calendar
from tests.engine.conftest import Book, at

D = Decimal
OFFICE = Policies(min_sample=1, business_hours=Hours.parse("mon-fri 09:00-17:00"))
FRIDAY, SATURDAY, SUNDAY, MONDAY = "2017-01-06", "2017-01-07", "2017-01-08", "2017-01-09"
# 2017-03-12 is the Sunday on which New York's clocks skip from 02:00 to 03:00; on 2017-11-05 they show 01:00 to 02:00 twice.
NIGHTS = Policies(min_sample=1, business_hours=Hours.parse("sun 00:00-24:00"))


def ticket(created: str, answered: str | None, owner: str = "ann") -> Ticket:
    """Return a request for service."""
    return Ticket(id="t", owner=owner, created_at=at(created), first_response_at=at(answered) if answered else None)


def lead(created: str, answered: str | None = None, owner: str = "ann") -> list[Record]:
    """Return a lead, and the call by which somebody turned to it."""
    person = Contact(id="l", owner=owner, created_at=at(created))
    call = Activity(id="c", kind=ActivityKind.CALL, direction=Direction.OUT, contact="l", at=at(answered)) if answered else None
    return [person, *([call] if call else [])]


def talk(received: str, answered: str | None = None) -> list[Record]:
    """Return a message of Lee's, and what Ann wrote back."""
    moments = [(Direction.IN, received), *([(Direction.OUT, answered)] if answered else [])]
    mails = [Activity(id=way, kind=ActivityKind.EMAIL, direction=way, contact="l", owner="ann", at=at(moment)) for way, moment in moments]
    return [Contact(id="l", owner="ann", created_at=at("2017-01-02"), is_imported=True), *mails]


OFF = [Holiday(id="1", day=date(2017, 1, 9), name="Founders' day")]
REDS_OFF = [Holiday(id="1", day=date(2017, 1, 9), team="Red")]
CASES: list[tuple[str, list[Record], str, Policies, object]] = [
    ("a morning", [ticket(f"{FRIDAY} 10:00", f"{FRIDAY} 12:30")], "waiting_time", OFFICE, D("2.5")),
    ("a weekend in between", [ticket(f"{FRIDAY} 16:00", f"{MONDAY} 10:00")], "waiting_time", OFFICE, 2),
    ("came and answered on a weekend", [ticket(f"{SATURDAY} 10:00", f"{SUNDAY} 12:00")], "waiting_time", OFFICE, 0),
    ("came before opening, answered after closing", [ticket(f"{FRIDAY} 06:00", f"{FRIDAY} 22:00")], "waiting_time", OFFICE, 8),
    ("at once", [ticket(f"{FRIDAY} 10:00", f"{FRIDAY} 10:00")], "waiting_time", OFFICE, 0),
    ("answered before it came is a fault", [ticket(f"{MONDAY} 10:00", f"{FRIDAY} 10:00")], "waiting_time", OFFICE, None),
    ("never answered", [ticket(f"{MONDAY} 10:00", None)], "waiting_time", OFFICE, None),
    ("nothing came", [], "waiting_time", OFFICE, None),
    ("a holiday", [*OFF, ticket(f"{FRIDAY} 16:00", "2017-01-10 10:00")], "waiting_time", OFFICE, 2),
    ("a holiday of Ann's team", [*REDS_OFF, ticket(f"{FRIDAY} 16:00", "2017-01-10 10:00")], "waiting_time", OFFICE, 2),
    ("a holiday of another's team", [*REDS_OFF, ticket(f"{FRIDAY} 16:00", "2017-01-10 10:00", "bob")], "waiting_time", OFFICE, 10),
    ("over the month's end", [ticket("2017-01-31 16:30", "2017-02-01 09:15")], "waiting_time", OFFICE, D("0.75")),
    ("a night of 23 hours", [ticket("2017-03-11 12:00", "2017-03-13 12:00")], "waiting_time", NIGHTS, 23),
    ("a night of 25 hours", [ticket("2017-11-04 12:00", "2017-11-06 12:00")], "waiting_time", NIGHTS, 25),
    ("without the setting", [ticket(f"{FRIDAY} 16:00", f"{MONDAY} 10:00")], "waiting_time", Policies(), 66),
    ("resolution runs by the clock", [Ticket(id="t", created_at=at(f"{FRIDAY} 16:00"), resolved_at=at(f"{MONDAY} 10:00"))],
     "resolution_time", OFFICE, 66),
    ("a lead over the weekend", lead(f"{FRIDAY} 16:00", f"{MONDAY} 10:00"), "lead_response_time", OFFICE, 2),
    ("a message over the weekend", talk(f"{FRIDAY} 16:00", f"{MONDAY} 10:00"), "response_time", OFFICE, 2),
    ("a break at noon", [ticket(f"{FRIDAY} 11:00", f"{FRIDAY} 14:00")], "waiting_time",
     Policies(business_hours=Hours.parse("fri 13:00-17:00, fri 09:00-12:00")), 2),
]  # fmt: skip


@pytest.mark.parametrize(("records", "kpi", "policies", "value"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_known_answers(book: Book, records: list[Record], kpi: str, policies: Policies, value: object):
    """What an answer took in hours of business is what a person counts by hand."""
    book.put(Company(id="some", name="Some"), *records)
    assert book.one(kpi, policies=policies).value == value


def test_hours_of_their_own(book: Book):
    """Whoever has hours in the CRM, or another time zone, is timed by those: Eve's Monday in Helsinki ends at 10 in New York."""
    book.put(
        User(id="eve", name="Eve", timezone="Europe/Helsinki", working_hours="mon 09:00-17:00"),
        ticket(f"{MONDAY} 08:00", f"{MONDAY} 12:00", "eve"),
    )
    book.put(
        User(id="odd", name="Odd", timezone="Nowhere/Land", working_hours="whenever"),
        User(id="vague", name="Vague", timezone="Europe"),
        lead(f"{MONDAY} 08:00", f"{MONDAY} 12:00", "odd"),
    )
    assert book.one("waiting_time", policies=OFFICE).value == 2
    assert book.one("lead_response_time", policies=OFFICE).value == 3


def test_a_holiday_of_a_team_ends_with_the_membership(book: Book):
    """Somebody who left the team before its holiday worked on it, whether the row is gone or tells it."""
    for left in ({"deleted_at": at(FRIDAY)}, {"until": at(FRIDAY)}):
        book.put(REDS_OFF, Membership(id="red:ann", team="red", user="ann", **left), ticket(f"{FRIDAY} 16:00", "2017-01-10 10:00"))
        assert book.one("waiting_time", policies=OFFICE).value == 10


def test_the_target_counts_the_same_hours(book: Book):
    """Eight hours from Friday noon have passed on Monday noon, so Monday at 12:30 is too late and Monday at 11:30 is not yet judged."""
    policies = Policies(min_sample=1, lead_response_hours=8, business_hours=OFFICE.business_hours)
    book.put(lead(f"{FRIDAY} 12:00"))
    assert book.one("unworked_leads", as_of=f"{MONDAY} 11:30", policies=policies).value == 0
    assert book.one("lead_response_within_target", as_of=f"{MONDAY} 11:30", policies=policies).value is None
    assert book.one("unworked_leads", as_of=f"{MONDAY} 12:30", policies=policies).value == 1
    book.put(lead(f"{FRIDAY} 12:00", f"{MONDAY} 12:00"))
    assert book.one("lead_response_within_target", policies=policies).value == 1
    book.put(lead(f"{FRIDAY} 12:00", f"{MONDAY} 12:01"))
    assert book.one("lead_response_within_target", policies=policies).value == 0


def test_when_a_reply_is_due(book: Book):
    """Four hours after Friday at three are on Monday at eleven; by the clock they are on Friday at seven in the evening."""
    book.put(talk(f"{FRIDAY} 15:00"))
    hours = Policies(lead_response_hours=4, business_hours=OFFICE.business_hours)
    assert book.measure(policies=hours).field("l", "kpi_reply_due_at") == "2017-01-09T16:00:00Z"
    assert book.measure(policies=Policies(lead_response_hours=4)).field("l", "kpi_reply_due_at") == "2017-01-07T00:00:00Z"


def test_answers_of_several_people(book: Book):
    """Each answer is timed by the hours of whoever gave it."""
    book.put(User(id="bob", name="Bob", working_hours="sat 09:00-17:00"), ticket(f"{FRIDAY} 16:00", f"{MONDAY} 10:00", "bob"))
    found = {one.by["owner"]: one.value for one in book.compute("waiting_time", by=[Dimension.OWNER], policies=OFFICE)}
    assert found == {"bob": 8}


def test_hours_of_somebody_who_left(book: Book):
    """What was answered before a user was deleted stays as it was timed."""
    gone = User(id="bob", name="Bob", working_hours="sat 09:00-17:00", deleted_at=at("2017-02-01"))
    book.put(gone, ticket(f"{FRIDAY} 16:00", f"{MONDAY} 10:00", "bob"))
    assert book.one("waiting_time", policies=OFFICE).value == 8


ZONES = ("America/New_York", "Europe/Helsinki", "Asia/Kathmandu", "Australia/Lord_Howe")
_CLOCK = some.integers(0, 24 * 4)
_SPAN = some.tuples(some.integers(1, 7), _CLOCK, _CLOCK).filter(lambda one: one[1] < one[2])
_SPANS = some.lists(_SPAN, min_size=1, max_size=6, unique_by=lambda one: one[0])
# A few days before a night on which a clock of these zones is changed, in 2017.
_CHANGES = ((3, 9), (3, 23), (3, 30), (10, 1), (10, 26), (11, 2))
_STARTS = some.sampled_from([datetime(2017, month, day, tzinfo=UTC) for month, day in _CHANGES])
_OFF = some.sets(some.integers(0, 9), max_size=3)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_SPANS, some.sampled_from(ZONES), _STARTS, some.integers(0, 3000), some.integers(0, 6000), _OFF)
def test_minute_by_minute(
    new_book: Callable[..., Book], spans: list[tuple[int, int, int]], zone: str, start: datetime, first: int, length: int, off: set[int]
):
    """Whatever the hours, the zone, the holidays and the clock changes, the time is that of the minutes in which somebody worked."""
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    text = ", ".join(f"{names[day - 1]} {a // 4:02}:{a % 4 * 15:02}-{b // 4:02}:{b % 4 * 15:02}" for day, a, b in spans)
    created = start + timedelta(minutes=first)
    answered = created + timedelta(minutes=length)
    holidays = {(start + timedelta(days=day)).date() for day in off}
    book = new_book(calendar=Calendar(ZoneInfo(zone)))
    book.put(
        Ticket(id="t", created_at=created, first_response_at=answered),
        [Holiday(id=str(day), day=day) for day in holidays],
    )
    found = book.one("waiting_time", policies=Policies(business_hours=Hours.parse(text)))
    place, worked = ZoneInfo(zone), {day: range(a * 15, b * 15) for day, a, b in spans}
    clocks = [(created + timedelta(minutes=minute)).astimezone(place) for minute in range(length)]
    minutes = sum(clock.date() not in holidays and clock.hour * 60 + clock.minute in worked.get(clock.isoweekday(), ()) for clock in clocks)
    assert found.value == (D(minutes) / 60).quantize(D("1e-8")).normalize() + 0


def _spans(book: Book, hours: int) -> dict[str, tuple[int, date]]:
    """Return of each calendar how many spans of working time the engine lists, and the last day of them."""
    office = Policies(business_hours=OFFICE.business_hours, lead_response_hours=hours)
    with book.cache() as cache:
        lay_out(cache, Terms(calendar=book.calendar, as_of=at("2017-01-20"), policies=office), [()], [ALL_TIME], facts=["replies"])
        found = cache.connection.execute("select calendar, count(*), local_day(max(opens_us)) from working group by all").fetchall()
    return {calendar: (spans, last) for calendar, spans, last in found}


def test_few_hours_and_a_long_target_list_few_days(book: Book):
    """Ann works a minute a week, which is 43,200 weeks for 720 hours: three years of them are listed, of everybody else what they need."""
    book.put(User(id="ann", name="Ann", working_hours="mon 09:00-09:01"), *talk(f"{FRIDAY} 10:00"))
    spans, last = _spans(book, 720)[""]
    # From 2 January on; 720 hours are 18 weeks of 40, so that 60 days and 36 weeks from 20 January on are listed: 47 weeks and two days.
    assert (spans, last) == (237, date(2017, 11, 28))
    # 1,098 days from 20 January on, which has 160 Mondays.
    assert _spans(book, 720)["ann"] == (160, date(2020, 1, 20))
    long = Policies(business_hours=OFFICE.business_hours, lead_response_hours=720)
    assert book.measure("2017-01-20", policies=long).field("l", "kpi_reply_due_at") is None


def test_days_before_all_records_are_not_listed(book: Book):
    """One record of the year 1 does not bring two thousand years of working time."""
    book.put(*talk(f"{FRIDAY} 10:00"), Ticket(id="old", created_at=datetime(1, 3, 1, tzinfo=UTC)))
    assert _spans(book, 24)[""][0] < 261 * 48
    assert _spans(book, 24)[""][1] == date(2017, 4, 4)


def test_without_any_record_no_day_is_listed(book: Book):
    """Nothing has happened that could be timed."""
    assert _spans(book, 24) == {}
