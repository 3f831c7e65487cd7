"""Calls, e-mails, meetings, notes, tasks and messages, all of them generated, on about one deal in sixteen.

They lie between the day a deal was made and the day it was closed (or the data's last day), belong to the deal's owner and hang on the
deal, its company and its contact. Each deal has up to eight; some e-mails bounce or are answered, some meetings do not take place. An open
deal also has a task that is still to do, and some a meeting to come.
"""

from collections.abc import Callable, Mapping
from datetime import time

from connector.sandbox.hubspot.clock import instant, iso, local
from connector.sandbox.hubspot.extras.ground import Ground
from connector.sandbox.hubspot.kinds import CALLS, COMPANIES, CONTACTS, EMAILS, MEETINGS, MESSAGES, NOTES, TASKS, Kind
from connector.sandbox.hubspot.records import Record
from connector.sandbox.maven import LAST_DAY

_EVERY = 16
_MOST = 8
_DAY, _HOUR, _MINUTE = 86_400_000, 3_600_000, 60_000
_CONNECTED, _NO_ANSWER = "f240bbac-87c9-4f6e-bf70-924b57d47db7", "73a0d17f-1163-4015-bdd5-ec830791da20"
_KINDS = (CALLS, CALLS, CALLS, EMAILS, EMAILS, EMAILS, MEETINGS, NOTES, TASKS, MESSAGES)
_OUTCOMES = ("COMPLETED", "COMPLETED", "COMPLETED", "COMPLETED", "NO_SHOW", "CANCELED", "RESCHEDULED")
_CHANNELS = ("SMS", "WHATS_APP", "LINKEDIN_MESSAGE")
_Plan = tuple[int, int, Kind, dict[str, str], Record]


def add_activities(ground: Ground) -> None:
    """Add the activities in the order in which they happened."""
    plans: list[_Plan] = []
    for deal in ground.deals:
        if deal.id % _EVERY == 0:
            plans += _of_deal(ground, deal)
    for at, _, kind, values, deal in sorted(plans, key=lambda plan: plan[:2]):
        owner = ground.portal.owner(deal.values["hubspot_owner_id"])
        record = ground.portal.table(kind).create(values | {"hubspot_owner_id": deal.values["hubspot_owner_id"]}, at, ground.by(owner))
        ground.tie(record, deal, *ground.linked(deal, COMPANIES)[:1], *ground.linked(deal, CONTACTS)[:1])


def _of_deal(ground: Ground, deal: Record) -> list[_Plan]:
    is_open = not deal.values["dealstage"].startswith("closed")
    last = local(LAST_DAY, time(12))
    end = last if is_open else min(last, instant(deal.values["closedate"]) or last)
    start = min(deal.created, end - _HOUR)
    count = ground.random.randint(1, _MOST)
    whens = sorted(_full_minute(ground.random.randint(start, end), start, end) for _ in range(count))
    plans = [_plan(ground, deal, at) for at in whens]
    if is_open:
        plans.append((end, deal.id, TASKS, _task(ground, end + 3 * _DAY, is_done=False), deal))
        plans += [(end, deal.id, MEETINGS, _meeting(ground, end + 5 * _DAY, "SCHEDULED"), deal)] if count > _MOST // 2 else []
    return plans


def _full_minute(at: int, start: int, end: int) -> int:
    """Move an instant back to a full minute, within the deal's days."""
    return min(max(at - at % _MINUTE, start), end)


def _plan(ground: Ground, deal: Record, at: int) -> _Plan:
    kind = ground.random.choice(_KINDS)
    return at, deal.id, kind, _WRITERS[kind.name](ground, at), deal


def _call(ground: Ground, at: int) -> dict[str, str]:
    connected = ground.random.random() < 0.6  # noqa: PLR2004  # three calls of five reach somebody
    return {
        "hs_timestamp": iso(at),
        "hs_call_title": "Call",
        "hs_call_direction": "INBOUND" if ground.random.random() < 0.2 else "OUTBOUND",  # noqa: PLR2004  # one of five
        "hs_call_status": "COMPLETED" if connected else "NO_ANSWER",
        "hs_call_duration": str(ground.random.randint(30, 1800) * 1000 if connected else 0),
        "hs_call_disposition": _CONNECTED if connected else _NO_ANSWER,
    }


def _email(ground: Ground, at: int) -> dict[str, str]:
    is_answer, chance = ground.random.random() < 0.35, ground.random.random()  # noqa: PLR2004  # about one of three comes from the customer
    sent = "BOUNCED" if chance < 0.05 and not is_answer else "SENT"  # noqa: PLR2004  # one of twenty
    values = {
        "hs_timestamp": iso(at),
        "hs_email_subject": "Your enquiry",
        "hs_email_text": "What people write to each other is nobody's measure.",
        "hs_email_direction": "INCOMING_EMAIL" if is_answer else "EMAIL",
        "hs_email_status": sent,
        "hs_email_thread_id": f"thread-{ground.random.randint(1, 10**6)}",
    }
    if is_answer or sent == "BOUNCED":
        return values
    opens = ground.random.randint(0, 3)
    return values | {"hs_email_open_count": str(opens), "hs_email_click_count": str(ground.random.randint(0, opens))}


def _meeting(ground: Ground, at: int, outcome: str = "") -> dict[str, str]:
    return {
        "hs_timestamp": iso(at),
        "hs_meeting_title": "Meeting",
        "hs_meeting_start_time": iso(at),
        "hs_meeting_end_time": iso(at + ground.random.choice((30, 45, 60)) * _MINUTE),
        "hs_meeting_outcome": outcome or ground.random.choice(_OUTCOMES),
        "hs_meeting_source": ground.random.choice(("CRM_UI", "CRM_UI", "MEETINGS_PUBLIC")),
    }


def _note(_: Ground, at: int) -> dict[str, str]:
    return {"hs_timestamp": iso(at), "hs_note_body": "What people note down is nobody's measure."}


def _task(ground: Ground, at: int, *, is_done: bool = True) -> dict[str, str]:
    values = {
        "hs_timestamp": iso(at),
        "hs_task_subject": "Follow up",
        "hs_task_status": "COMPLETED" if is_done else "NOT_STARTED",
        "hs_task_priority": ground.random.choice(("NONE", "MEDIUM", "HIGH")),
        "hs_task_type": ground.random.choice(("EMAIL", "CALL")),
    }
    return values | ({"hs_task_completion_date": iso(at + ground.random.randint(0, 12) * _HOUR)} if is_done else {})


def _message(ground: Ground, at: int) -> dict[str, str]:
    return {
        "hs_timestamp": iso(at),
        "hs_communication_channel_type": ground.random.choice(_CHANNELS),
        "hs_communication_logged_from": "CRM",
        "hs_communication_body": "What people write to each other is nobody's measure.",
    }


_WRITERS: Mapping[str, Callable[[Ground, int], dict[str, str]]] = {
    CALLS.name: _call,
    EMAILS.name: _email,
    MEETINGS.name: _meeting,
    NOTES.name: _note,
    TASKS.name: _task,
    MESSAGES.name: _message,
}
