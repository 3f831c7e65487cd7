"""Requests for service: hand-computed cases."""

from decimal import Decimal

import pytest

from connector.kpis import Dimension
from connector.model import Ticket
from tests.engine.conftest import Book, at

D = Decimal


def ticket(id: str, created: str, **fields: object) -> Ticket:  # noqa: A002 - it reads as the record does
    """Return a ticket; moments are local times in New York."""
    moments = {name: at(value) for name, value in fields.items() if name.endswith("_at") and isinstance(value, str)}
    own = {"owner": "ann", "company": "acme", "touches": 1}
    return Ticket(id=id, created_at=at(created), **{**own, **fields, **moments})  # type: ignore[arg-type]  # named as the record's own


QUICK = ticket("1", "2017-03-01 09:00", first_response_at="2017-03-01 10:00", resolved_at="2017-03-01 12:00", channel="EMAIL")
SLOW = ticket("2", "2017-03-01 09:00", first_response_at="2017-03-02 09:00", resolved_at="2017-03-11 09:00", touches=4, paused=86_400)
WAITING = ticket("3", "2017-03-05 09:00", is_complaint=True, owner="bob", touches=0)
BACK = ticket("4", "2017-03-06 09:00", resolved_at="2017-03-07 09:00", reopened_at="2017-03-06 20:00")
BACKWARDS = ticket("5", "2017-03-08 09:00", first_response_at="2017-03-07 09:00", resolved_at="2017-03-07 10:00", touches=None)
FRESH = ticket("6", "2017-12-27 09:00", first_response_at="2017-12-27 10:00", resolved_at="2017-12-28 09:00")
NIGHT = ticket("7", "2017-03-12 01:30", first_response_at="2017-03-12 03:30")
LONG_AFTER = ticket("9", "2017-03-01 09:00", resolved_at="2017-03-02 09:00", reopened_at="2017-03-09 09:00")
SOON_AFTER = ticket("9", "2017-03-01 09:00", resolved_at="2017-03-02 09:00", reopened_at="2017-03-09 08:59")
LATE = ticket("8", "2017-03-31 23:30", resolved_at="2017-04-01 00:30")
CALM = ticket("9", "2017-03-01 09:00", is_complaint=False)
ALL = [QUICK, SLOW, WAITING, BACK, BACKWARDS, FRESH]
CASES: list[tuple[str, list[Ticket], str, str, object, object, object, int]] = [
    ("tickets by the day they came", ALL, "tickets_created", "2017-03", 5, 5, None, 5),
    ("complaints among them", ALL, "complaints", "2017-03", 1, 1, None, 1),
    ("nobody complained", [CALM], "complaints", "2017-03", 0, 0, None, 0),
    ("nobody has answered yet", ALL, "tickets_waiting", "2017-03", 1, 1, None, 1),
    ("hours to the first answer, negative ones left out", ALL, "waiting_time", "2017-03", D("12.5"), 25, 2, 2),
    ("the median beside the mean", ALL, "waiting_time_median", "2017-03", D("12.5"), 25, 2, 2),
    ("nobody was answered", [WAITING], "waiting_time", "2017-03", None, 0, 0, 0),
    ("two hours on the wall in the night of the clock change", [NIGHT], "waiting_time", "2017-03", 2, 2, 1, 1),
    ("hours to the resolution, pauses left out", [QUICK, SLOW], "resolution_time", "2017-03", D("109.5"), 219, 2, 2),
    ("resolved after midnight of the month's end", [LATE], "resolution_time", "2017-04", 1, 1, 1, 1),
    ("and not in the month before", [LATE], "resolution_time", "2017-03", None, 0, 0, 0),
    ("one touch and never again", ALL, "first_contact_resolution_rate", "2017-03", D("0.33333333"), 1, 3, 3),
    ("opened again after seven days, which is another matter", [LONG_AFTER], "first_contact_resolution_rate", "2017-03", 1, 1, 1, 1),
    ("opened again within seven days", [SOON_AFTER], "first_contact_resolution_rate", "2017-03", 0, 0, 1, 1),
    ("resolved too short a time ago", [FRESH], "first_contact_resolution_rate", "2017-12", None, 0, 0, 0),
]


@pytest.mark.parametrize(
    ("records", "kpi", "period", "value", "numerator", "denominator", "n"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_known_answers(
    book: Book, records: list[Ticket], kpi: str, period: str, value: object, numerator: object, denominator: object, n: int
):
    """Each service KPI of a small CRM is what a person computes by hand."""
    book.put(*records)
    found = book.one(kpi, period)
    assert (found.value, found.numerator, found.denominator, found.n) == (value, numerator, denominator, n)


def test_complaints_need_a_rule(book: Book):
    """Where no ticket says whether it is a complaint, their number is unknown, not 0, and so is what companies show of it."""
    book.put(QUICK)
    found = book.measure().measurement
    assert "COMPLAINT_VALUES" in found.unavailable["complaints"]
    assert "COMPLAINT_VALUES" in found.unavailable["companies.kpi_open_complaints"]
    assert "tickets_created" not in found.unavailable
    assert "complaints" not in {value.kpi for value in found.values}


def test_a_past_day_knows_nothing_of_later_answers(book: Book):
    """As of the evening of 1 March, the slow ticket has not been answered and the quick one is resolved."""
    book.put(QUICK, SLOW)
    assert book.one("tickets_waiting", "2017-03", as_of="2017-03-01 20:00").value == 1
    assert book.one("resolution_time", "2017-03", as_of="2017-03-01 20:00").value == 3


def test_channels_and_owners(book: Book):
    """Tickets count for their owner and their channel; one without a channel is shown as such."""
    book.put(*ALL)
    channels = {one.by["channel"]: one.value for one in book.compute("tickets_created", "2017-03", by=[Dimension.CHANNEL])}
    owners = {one.by["owner"]: one.value for one in book.compute("complaints", "2017-03", by=[Dimension.OWNER])}
    assert channels == {"": 4, "EMAIL": 1}
    assert owners == {"bob": 1}
