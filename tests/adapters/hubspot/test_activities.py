"""Calls, e-mails, meetings, notes, tasks and messages become activities; what was said in them is never asked for."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from connector.adapters.hubspot.activities import ACTIVITIES, activity_of
from connector.adapters.hubspot.kinds import CALLS, EMAILS, MEETINGS, MESSAGES, NOTES, SURVEYS, TASKS, TICKETS
from connector.adapters.values import Unreadable
from connector.model import Activity, ActivityKind, ActivityStatus, Direction, Stream
from tests.adapters.hubspot.rows import row_of

AT = datetime(2017, 3, 2, 15, 30, tzinfo=UTC)
LINKS = {"contacts": ["11", "12"], "companies": ["21"], "deals": ["31"], "tickets": ["41"]}


def read(stream: Stream, **properties: Any) -> Activity:  # noqa: ANN401 - anything JSON holds
    """Read one activity at the usual moment."""
    return activity_of(row_of({"hs_timestamp": "2017-03-02T15:30:00Z", "hubspot_owner_id": "5"} | properties, LINKS), stream)


@pytest.mark.parametrize(
    ("stream", "kind"),
    [
        (Stream.CALLS, ActivityKind.CALL),
        (Stream.EMAILS, ActivityKind.EMAIL),
        (Stream.MEETINGS, ActivityKind.MEETING),
        (Stream.NOTES, ActivityKind.NOTE),
        (Stream.TASKS, ActivityKind.TASK),
        (Stream.MESSAGES, ActivityKind.CHAT),
    ],
)
def test_every_activity_has_its_kind_moment_owner_and_links(stream: Stream, kind: ActivityKind):
    """Kind, moment, owner and the first record of each type come from every stream alike."""
    found = read(stream)
    assert (found.id, found.kind, found.at, found.owner) == ("7", kind, AT, "5")
    assert (found.contact, found.company, found.deal, found.ticket) == ("11", "21", "31", "41")
    assert (found.created_at, found.is_automated) == (datetime(2017, 3, 1, 14, tzinfo=UTC), False)


@pytest.mark.parametrize(
    ("given", "direction", "status", "seconds"),
    [
        (("OUTBOUND", "COMPLETED", "90500"), Direction.OUT, ActivityStatus.DONE, 90),
        (("INBOUND", "NO_ANSWER", "0"), Direction.IN, ActivityStatus.DONE, 0),
        (("OUTBOUND", "QUEUED", ""), Direction.OUT, ActivityStatus.PLANNED, None),
        ((None, "CANCELED", None), None, ActivityStatus.CANCELLED, None),
        (("INBOUND", "", "700000000"), Direction.IN, ActivityStatus.DONE, None),
        (("INBOUND", "", "-5"), Direction.IN, ActivityStatus.DONE, None),
    ],
)
def test_calls(given: tuple[str | None, ...], direction: Direction | None, status: ActivityStatus, seconds: int | None):
    """A call's milliseconds are whole seconds, and no length that cannot be; its status says whether it took place."""
    found = read(Stream.CALLS, hs_call_direction=given[0], hs_call_status=given[1], hs_call_duration=given[2])
    assert (found.direction, found.status, found.duration) == (direction, status, seconds)


def test_an_unreadable_length_is_no_length():
    """A call whose length is no number took place all the same; one whose time cannot be read is set aside."""
    found = read(Stream.CALLS, hs_call_status="COMPLETED", hs_call_duration="long")
    assert (found.status, found.duration, found.at) == (ActivityStatus.DONE, None, AT)
    with pytest.raises(Unreadable, match="hs_timestamp: 'soon' is not a date and time"):
        read(Stream.CALLS, hs_timestamp="soon")


def test_a_meeting_is_dated_by_its_start():
    """Where only the time of entry cannot be read, the meeting's own start dates it."""
    assert read(Stream.MEETINGS, hs_timestamp="soon", hs_meeting_start_time="2017-03-02T09:00:00Z").at


@pytest.mark.parametrize(
    ("direction", "status", "wanted"),
    [
        ("EMAIL", "SENT", (Direction.OUT, ActivityStatus.DONE, AT, False)),
        ("FORWARDED_EMAIL", None, (Direction.OUT, ActivityStatus.DONE, AT, False)),
        ("EMAIL", "BOUNCED", (Direction.OUT, ActivityStatus.DONE, None, True)),
        ("EMAIL", "SCHEDULED", (Direction.OUT, ActivityStatus.PLANNED, None, False)),
        ("EMAIL", "FAILED", (Direction.OUT, ActivityStatus.CANCELLED, None, False)),
        ("INCOMING_EMAIL", "SENT", (Direction.IN, ActivityStatus.DONE, None, False)),
    ],
)
def test_emails(direction: str, status: str | None, wanted: tuple[Any, ...]):
    """What we sent was delivered unless it bounced; what came in, failed or waits was not delivered by us."""
    found = read(Stream.EMAILS, hs_email_direction=direction, hs_email_status=status, hs_email_thread_id="t1")
    assert (found.direction, found.status, found.delivered_at, found.is_bounced) == wanted
    assert found.thread == "t1"


def test_openings_and_clicks_are_counted_at_the_sending():
    """A count above 0 marks an opening or a click at the moment of sending; 0 and nothing mark none, and nobody opens what came in."""
    found = read(Stream.EMAILS, hs_email_direction="EMAIL", hs_email_open_count="3", hs_email_click_count="0")
    assert (found.opened_at, found.clicked_at) == (AT, None)
    found = read(Stream.EMAILS, hs_email_direction="INCOMING_EMAIL", hs_email_open_count="3", hs_email_click_count="1")
    assert (found.opened_at, found.clicked_at) == (None, None)


@pytest.mark.parametrize(
    ("properties", "is_automated"),
    [
        ({"hs_object_source": "CRM_UI"}, False),
        ({"hs_object_source": "AUTOMATION_PLATFORM"}, True),
        ({"hs_sequence_id": "77"}, True),
        ({"hs_incoming_email_is_out_of_office": "true"}, True),
        ({"hs_incoming_email_is_out_of_office": "false"}, False),
    ],
)
def test_what_no_person_did_is_marked(properties: dict[str, str], is_automated: bool):  # noqa: FBT001 - a case of the table
    """Workflows, sequences and absence notes act by themselves."""
    assert read(Stream.EMAILS, **properties).is_automated is is_automated


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        ("COMPLETED", ActivityStatus.DONE),
        ("", ActivityStatus.DONE),
        ("SCHEDULED", ActivityStatus.PLANNED),
        ("RESCHEDULED", ActivityStatus.PLANNED),
        ("NO_SHOW", ActivityStatus.CANCELLED),
        ("CANCELED", ActivityStatus.CANCELLED),
    ],
)
def test_meetings(outcome: str, status: ActivityStatus):
    """A meeting is at its start and lasts to its end; who booked it through a public link turned to us."""
    times = {"hs_meeting_start_time": "2017-03-03T09:00:00Z", "hs_meeting_end_time": "1488533400000"}
    found = read(Stream.MEETINGS, hs_meeting_outcome=outcome, hs_meeting_source="MEETINGS_PUBLIC", **times)
    assert (found.at, found.duration) == (datetime(2017, 3, 3, 9, tzinfo=UTC), 1800)
    assert (found.status, found.direction) == (status, Direction.IN)
    assert read(Stream.MEETINGS, hs_meeting_source="CRM_UI").direction is Direction.OUT


def test_tasks():
    """A task is due at its time; it happened when it was completed, and an open one's date of completion means nothing."""
    dates = {"hs_task_completion_date": "2017-03-05T08:00:00Z"}
    done = read(Stream.TASKS, hs_task_status="COMPLETED", **dates)
    assert (done.status, done.at, done.due_at) == (ActivityStatus.DONE, datetime(2017, 3, 5, 8, tzinfo=UTC), AT)
    open_one = read(Stream.TASKS, hs_task_status="NOT_STARTED", **dates)
    assert (open_one.status, open_one.at, open_one.due_at) == (ActivityStatus.PLANNED, AT, AT)


@pytest.mark.parametrize(
    ("channel", "kind"),
    [("SMS", ActivityKind.CHAT), ("WHATS_APP", ActivityKind.CHAT), ("LINKEDIN_MESSAGE", ActivityKind.SOCIAL), (None, ActivityKind.CHAT)],
)
def test_messages(channel: str | None, kind: ActivityKind):
    """A message is social or a chat by its channel; HubSpot does not say who turned to whom."""
    found = read(Stream.MESSAGES, hs_communication_channel_type=channel)
    assert (found.kind, found.direction) == (kind, None)


def test_what_was_said_is_never_asked_for():
    """No property with the text of a message, note, call or answer, and no subject, is among those that are read."""
    asked = {name for kind in (CALLS, EMAILS, MEETINGS, NOTES, TASKS, MESSAGES, TICKETS, SURVEYS) for name in kind.properties}
    said = re.compile("body|text|html|subject|content|title|_name$|comment|recording")
    assert [name for name in asked if said.search(name)] == ["hs_survey_name"]
    assert len({kind.prefix for kind in (CALLS, EMAILS, MEETINGS, NOTES, TASKS, MESSAGES)}) == len(ACTIVITIES)
