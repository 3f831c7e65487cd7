"""Tickets from the incidents of a real service desk.

Real: the course of each incident (when opened, which states when, when resolved, whether opened again), its channel, priority, category
number, whether it was in time, and which of them share a caller or an agent.

Made to fit: each incident is moved by whole weeks into 2017, all its events alike, so that weekdays, times of day and durations stay;
what then lies beyond the data's last day has not happened yet. Caller and agent numbers stand for contacts, companies and agents of the
sales data; category numbers are dealt out to HubSpot's four categories. Subjects and the times agreed for closing are generated. The
first reply is the first change after the incident was new; who phones has none, as HubSpot records none.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from connector.sandbox.hubspot.clock import iso, local
from connector.sandbox.hubspot.extras.ground import Ground
from connector.sandbox.hubspot.kinds import CONTACTS, DEALS, TICKETS
from connector.sandbox.hubspot.records import Record
from connector.sandbox.hubspot.structure import Owner
from connector.sandbox.incidents import Event, Incident, load
from connector.sandbox.maven import LAST_DAY

FIRST_WEEK, WEEKS = date(2017, 1, 2), 52
_NEW, _WAITING, _WORKING, _CLOSED = "1", "2", "3", "4"
_STAGES: Mapping[str, str] = {"New": _NEW, "Active": _WORKING, "Resolved": _CLOSED, "Closed": _CLOSED}
"""Stages of the states; every other state waits for somebody."""
_CHANNELS: Mapping[str, str] = {"Phone": "PHONE", "IVR": "PHONE", "Email": "EMAIL", "Self service": "FORM"}
_PRIORITIES: Mapping[int, str] = {1: "URGENT", 2: "HIGH", 3: "MEDIUM", 4: "LOW"}
_DAYS_AGREED: Mapping[int, int] = {1: 1, 2: 2, 3: 5, 4: 10}
_CATEGORIES = ("PRODUCT_ISSUE", "GENERAL_INQUIRY", "BILLING_ISSUE", "FEATURE_REQUEST")
_WITH_DEAL = 4
"""Every how many tickets one is about a deal, where its company has won any."""


@dataclass(frozen=True, slots=True)
class _Course:
    """An incident in the portal's time: the stages it took one after another, in milliseconds since 1970."""

    incident: Incident
    opened: int
    stages: tuple[tuple[int, str], ...]

    @property
    def closings(self) -> list[int]:
        return [at for at, stage in self.stages if stage == _CLOSED]

    @property
    def reopenings(self) -> list[int]:
        return [at for (_, before), (at, _) in zip(self.stages, self.stages[1:], strict=False) if before == _CLOSED]


def add_tickets(ground: Ground) -> list[Record]:
    """Add the tickets and return them in order of id."""
    incidents = load()
    courses = [_course(incident, place * WEEKS // len(incidents)) for place, incident in enumerate(incidents)]
    return [_add(ground, course, place) for place, course in enumerate(sorted(courses[:: ground.step], key=lambda course: course.opened))]


def _course(incident: Incident, week: int) -> _Course:
    monday = incident.opened.date() - timedelta(days=incident.opened.weekday())
    shift = FIRST_WEEK + timedelta(weeks=week) - monday
    events = [Event(event.at + shift, event.state) for event in incident.events]
    kept = [event for event in events if event.at.date() <= LAST_DAY]
    stages = [(_instant(event.at), _STAGES.get(event.state, _WAITING)) for event in kept]
    opened = _instant(incident.opened + shift)
    return _Course(incident, opened, tuple(_changes([(opened, _NEW), *stages])))


def _instant(moment: datetime) -> int:
    return local(moment.date(), moment.time())


def _changes(stages: Iterable[tuple[int, str]]) -> Iterable[tuple[int, str]]:
    return (next(same) for _, same in groupby(stages, key=lambda pair: pair[1]))


def _add(ground: Ground, course: _Course, place: int) -> Record:
    incident = course.incident
    owner = None if incident.agent is None else ground.owners[incident.agent % len(ground.owners)]
    company, contact = _customer(ground, incident.caller)
    ticket = ground.portal.table(TICKETS).create(_first(course, owner), course.opened, ground.by(None))
    for at, stage in course.stages[1:]:
        closing = {"closed_date": iso(at), "hs_last_closed_date": iso(at)} if stage == _CLOSED else {}
        ticket.put({"hs_pipeline_stage": stage, **closing}, at, ground.by(owner))
    ticket.put(_told(course), ticket.modified, ground.by(None))
    deals = ground.linked(company, DEALS) if company and place % _WITH_DEAL == 0 else []
    won = [deal for deal in deals if deal.values["dealstage"] == "closedwon" and deal.modified <= course.opened]
    ground.tie(ticket, company, contact, won[-1] if won else None)
    return ticket


def _customer(ground: Ground, caller: int | None) -> tuple[Record | None, Record | None]:
    if caller is None:
        return None, None
    company = ground.companies[caller % len(ground.companies)]
    people = ground.linked(company, CONTACTS)
    return company, people[caller // len(ground.companies) % len(people)] if people else None


def _first(course: _Course, owner: Owner | None) -> dict[str, str]:
    incident = course.incident
    mine = {"hubspot_owner_id": str(owner.id), "hubspot_owner_assigneddate": iso(course.opened)} if owner else {}
    return {
        "subject": f"Incident {incident.number}",
        "hs_pipeline": "0",
        "hs_pipeline_stage": _NEW,
        "hs_ticket_priority": _PRIORITIES[incident.priority],
        "hs_ticket_category": _CATEGORIES[int(incident.category) % len(_CATEGORIES) if incident.category.isdigit() else 1],
        "source_type": _CHANNELS.get(incident.channel, "CHAT"),
        "incident_number": incident.number,
        "incident_category": incident.category,
        **mine,
    }


def _told(course: _Course) -> dict[str, str]:
    """Return what the vendor itself notes down of a ticket's course."""
    touches = len(course.stages)
    told = {"hs_number_of_touches": str(touches), "hs_is_one_touch_ticket": "true" if touches <= 2 else "false"}  # noqa: PLR2004  # new and closed
    if course.reopenings:
        told["hs_ticket_reopened_at"] = iso(course.reopenings[-1])
    if _CHANNELS.get(course.incident.channel) != "PHONE" and touches > 1:
        told |= {"first_agent_reply_date": iso(course.stages[1][0]), "hs_first_agent_message_sent_at": iso(course.stages[1][0])}
    return told | _agreed(course)


def _agreed(course: _Course) -> dict[str, str]:
    due = course.opened + _DAYS_AGREED[course.incident.priority] * 86_400_000
    closed = course.closings[-1] if course.closings else None
    if closed is None:
        return {"hs_time_to_close_sla_at": iso(due), "hs_time_to_close_sla_status": "ACTIVE_SLA"}
    # The log knows whether an incident was in time, not when its time was up: the hour agreed is moved to where it agrees with that.
    due = max(due, closed) if course.incident.in_time else min(due, closed - 60_000)
    status = "COMPLETED_ON_TIME" if course.incident.in_time else "COMPLETED_LATE"
    return {"hs_time_to_close_sla_at": iso(due), "hs_time_to_close_sla_status": status}
