"""Tickets in our words: how far they have come, when they were answered, closed and opened again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from connector.adapters.hubspot.history import ALWAYS, Change, changes_of
from connector.adapters.hubspot.objects import Row
from connector.adapters.hubspot.parse import boolean, identifier, instant, integer, text, value_of
from connector.adapters.hubspot.pipelines import id_in
from connector.adapters.hubspot.records import dates_of, first_link, properties_of
from connector.http import Body
from connector.model import Entity, Outcome, Stage, Ticket

_PHONE = "PHONE"
"""Who calls is answered at once; the first written reply to a call says nothing of waiting."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """Which tickets are complaints: those whose property holds one of the values; without values nobody can tell."""

    name: str = "hs_ticket_category"
    values: frozenset[str] = frozenset()

    def is_in(self, raw: Body) -> bool:
        """Whether a ticket's properties make it a complaint; a property of several choices holds them parted by semicolons."""
        return not self.values.isdisjoint(part.strip() for part in (text(raw.get(self.name)) or "").split(";"))


@dataclass(frozen=True, slots=True)
class Turns:
    """When a ticket was last closed, and last opened again, by the history of its stage; `is_born_closed` if it was made closed."""

    closed_at: datetime | None = None
    reopened_at: datetime | None = None
    is_born_closed: bool = False

    @classmethod
    def of(cls, changes: Iterable[Change], closed: Iterable[str]) -> "Turns":
        """Follow the stages of a ticket; `closed` are our ids of those that close one."""
        ends = set(closed)
        closed_at = reopened_at = None
        was_closed = is_born_closed = False
        for place, change in enumerate(changes):
            is_closed = id_in(Entity.TICKETS, change.value) in ends
            if is_closed and not was_closed:
                closed_at, is_born_closed = (None if change.at == ALWAYS else change.at), place == 0
            elif was_closed and not is_closed:
                reopened_at = change.at
            was_closed = is_closed
        return cls(closed_at, reopened_at, is_born_closed)


def ticket_of(row: Row, stages: Mapping[str, Stage], complaint: Complaint) -> Ticket:
    """Read a ticket with the stages of the ticket pipelines by our ids.

    Raises:
        Unreadable: nothing tells when it was created.
    """
    raw, dates = properties_of(row), dates_of(row)
    stage = id_in(Entity.TICKETS, raw.get("hs_pipeline_stage"))
    ends = [one.id for one in stages.values() if one.outcome is not Outcome.OPEN]
    turns = Turns.of(changes_of(row, "hs_pipeline_stage", dates["updated_at"]), ends)
    return Ticket(
        id=str(row["id"]),
        pipeline=id_in(Entity.TICKETS, raw.get("hs_pipeline")),
        stage=stage,
        outcome=_outcome(stages.get(stage or "")),
        channel=text(raw.get("source_type")),
        priority=text(raw.get("hs_ticket_priority")),
        is_complaint=complaint.is_in(raw) if complaint.values else None,
        reason=text(raw.get("hs_ticket_category")),
        company=first_link(row, "companies"),
        contact=first_link(row, "contacts"),
        deal=first_link(row, "deals"),
        owner=identifier(raw.get("hubspot_owner_id")),
        first_response_at=_first_response(raw),
        resolved_at=_resolved_at(raw, turns),
        reopened_at=turns.reopened_at or value_of(raw, "hs_ticket_reopened_at", instant),
        touches=_touches(raw),
        **dates,
    )


def _outcome(stage: Stage | None) -> Outcome:
    return stage.outcome if stage else Outcome.OPEN


def _first_response(raw: Body) -> datetime | None:
    if raw.get("source_type") == _PHONE:
        return None
    replies = (value_of(raw, name, instant) for name in ("first_agent_reply_date", "hs_first_agent_message_sent_at"))
    return min((at for at in replies if at), default=None)


def _resolved_at(raw: Body, turns: Turns) -> datetime | None:
    """Return the last closing: by the history, but of a ticket that was made closed (an import, say) as its date says."""
    told = value_of(raw, "closed_date", instant) or value_of(raw, "hs_last_closed_date", instant)
    return (told or turns.closed_at) if turns.is_born_closed else (turns.closed_at or told)


def _touches(raw: Body) -> int | None:
    counted = value_of(raw, "hs_number_of_touches", integer)
    return 1 if counted is None and value_of(raw, "hs_is_one_touch_ticket", boolean) else counted
