"""Calls, e-mails, meetings, notes, tasks and messages as activities; what was said in them is never read."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from connector.adapters.hubspot.objects import Row
from connector.adapters.hubspot.parse import boolean, decimal, identifier, instant, text, value_of
from connector.adapters.hubspot.records import dates_of, first_link, properties_of
from connector.adapters.values import Unreadable
from connector.http import Body
from connector.model import Activity, ActivityKind, ActivityStatus, Direction, Stream

_MACHINES = frozenset({"AUTOMATION", "AUTOMATION_PLATFORM", "BOT", "CHATFLOW", "MARKETING_EMAIL", "SEQUENCES", "WORKFLOWS"})
"""Sources (`hs_object_source`) that act without a person."""
_PLANNED = frozenset(
    {
        "CALLING_CRM_USER",
        "CONNECTING",
        "DEFERRED",
        "IN_PROGRESS",
        "NOT_STARTED",
        "QUEUED",
        "RESCHEDULED",
        "RINGING",
        "SCHEDULED",
        "SENDING",
        "WAITING",
    }
)
_CANCELLED = frozenset({"CANCELED", "CANCELLED", "DELETED", "FAILED", "NO_SHOW"})
_CALLS: Mapping[str | None, Direction] = {"INBOUND": Direction.IN, "OUTBOUND": Direction.OUT}
_EMAILS: Mapping[str | None, Direction] = {
    "EMAIL": Direction.OUT,
    "FORWARDED_EMAIL": Direction.OUT,
    "INCOMING_EMAIL": Direction.IN,
}
_BOOKED_BY_CUSTOMER = "MEETINGS_PUBLIC"
_CHANNELS: Mapping[str | None, ActivityKind] = {
    "FB_MESSENGER": ActivityKind.SOCIAL,
    "INSTAGRAM": ActivityKind.SOCIAL,
    "LINKEDIN_MESSAGE": ActivityKind.SOCIAL,
}
"""Every other channel (SMS, WhatsApp, live chat) is a chat."""
_LONGEST = timedelta(days=7)
"""A call or meeting that took longer was never ended in the CRM, so nobody knows how long it took."""


def _status(value: object) -> ActivityStatus:
    written = str(value or "").upper()
    if written in _PLANNED:
        return ActivityStatus.PLANNED
    return ActivityStatus.CANCELLED if written in _CANCELLED else ActivityStatus.DONE


def _seconds(taken: timedelta | None) -> int | None:
    return None if taken is None or not timedelta() <= taken <= _LONGEST else int(taken.total_seconds())


def _call(usual: Activity, raw: Body) -> Activity:
    milliseconds = value_of(raw, "hs_call_duration", decimal)
    return replace(
        usual,
        direction=_CALLS.get(text(raw.get("hs_call_direction"))),
        status=_status(raw.get("hs_call_status")),
        duration=None if milliseconds is None else _seconds(timedelta(milliseconds=float(milliseconds))),
    )


def _email(usual: Activity, raw: Body) -> Activity:
    status, is_bounced = _status(raw.get("hs_email_status")), raw.get("hs_email_status") == "BOUNCED"
    direction = _EMAILS.get(text(raw.get("hs_email_direction")))
    # HubSpot counts openings and clicks without a time; the moment of sending stands for it.
    sent_at = usual.at if direction is Direction.OUT and status is ActivityStatus.DONE else None
    is_machine = bool(text(raw.get("hs_sequence_id")) or value_of(raw, "hs_incoming_email_is_out_of_office", boolean))
    return replace(
        usual,
        direction=direction,
        status=status,
        is_automated=usual.is_automated or is_machine,
        thread=text(raw.get("hs_email_thread_id")),
        delivered_at=None if is_bounced else sent_at,
        opened_at=sent_at if value_of(raw, "hs_email_open_count", decimal) else None,
        clicked_at=sent_at if value_of(raw, "hs_email_click_count", decimal) else None,
        is_bounced=is_bounced,
    )


def _meeting(usual: Activity, raw: Body) -> Activity:
    start, end = (value_of(raw, f"hs_meeting_{edge}_time", instant) for edge in ("start", "end"))
    return replace(
        usual,
        direction=Direction.IN if raw.get("hs_meeting_source") == _BOOKED_BY_CUSTOMER else Direction.OUT,
        status=_status(raw.get("hs_meeting_outcome")),
        at=start or usual.at,
        duration=_seconds(end - start) if start and end else None,
    )


def _note(usual: Activity, _raw: Body) -> Activity:
    return usual


def _task(usual: Activity, raw: Body) -> Activity:
    # While a task is open, its date of completion may hold the day it is due.
    done_at = value_of(raw, "hs_task_completion_date", instant) if raw.get("hs_task_status") == "COMPLETED" else None
    return replace(usual, status=_status(raw.get("hs_task_status")), due_at=usual.at, at=done_at or usual.at)


def _message(usual: Activity, raw: Body) -> Activity:
    return replace(usual, kind=_CHANNELS.get(text(raw.get("hs_communication_channel_type")), usual.kind))


_READERS: Mapping[Stream, tuple[ActivityKind, Callable[[Activity, Body], Activity]]] = {
    Stream.CALLS: (ActivityKind.CALL, _call),
    Stream.EMAILS: (ActivityKind.EMAIL, _email),
    Stream.MEETINGS: (ActivityKind.MEETING, _meeting),
    Stream.NOTES: (ActivityKind.NOTE, _note),
    Stream.TASKS: (ActivityKind.TASK, _task),
    Stream.MESSAGES: (ActivityKind.CHAT, _message),
}
ACTIVITIES = tuple(_READERS)
"""The streams that bring activities."""


def activity_of(row: Row, stream: Stream) -> Activity:
    """Read an activity of a stream; the row's id is ours already, with the prefix of its kind.

    Raises:
        Unreadable: nothing tells when it was, or when it was entered.
    """
    raw = properties_of(row)
    kind, read = _READERS[stream]
    usual = Activity(
        id=str(row["id"]),
        kind=kind,
        is_automated=raw.get("hs_object_source") in _MACHINES,
        owner=identifier(raw.get("hubspot_owner_id")),
        contact=first_link(row, "contacts"),
        company=first_link(row, "companies"),
        deal=first_link(row, "deals"),
        ticket=first_link(row, "tickets"),
        at=value_of(raw, "hs_timestamp", instant),
        **dates_of(row),
    )
    found = read(usual, raw)
    if found.at is None and text(raw.get("hs_timestamp")):
        raise Unreadable(f"hs_timestamp: {raw['hs_timestamp']!r} is not a date and time")
    return found
