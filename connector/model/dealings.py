"""What passes between a company and its customers, in our words: leads, activities, tickets, surveys, and what led to a sale."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from connector.model.record import Entity, Record
from connector.model.records import Outcome


class ActivityKind(StrEnum):
    """What kind of contact an activity was."""

    EMAIL = "email"
    CALL = "call"
    MEETING = "meeting"
    CHAT = "chat"
    SOCIAL = "social"
    WEB = "web"
    FORM = "form"
    NOTE = "note"
    TASK = "task"


class Direction(StrEnum):
    """Who turned to whom: `in` is from the customer to us."""

    IN = "in"
    OUT = "out"


class ActivityStatus(StrEnum):
    """Whether an activity has happened."""

    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"


class SurveyKind(StrEnum):
    """What a survey asks: how likely one is to recommend us, how much effort something was, how satisfied one is."""

    NPS = "nps"
    CES = "ces"
    CSAT = "csat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead(Record):
    """A chance that a contact becomes a customer, in CRMs that keep leads apart from contacts.

    `outcome` is won when the lead was qualified, lost when it was disqualified. `qualified_at`, `opportunity_at` and `assigned_at` are the
    first time that each happened. `deal` is the one that came of it, or will if the CRM makes the deal of the same record.
    """

    entity: ClassVar[Entity] = Entity.LEADS

    contact: str | None = None
    company: str | None = None
    deal: str | None = None
    owner: str | None = None
    source: str | None = None
    campaign: str | None = None
    pipeline: str | None = None
    stage: str | None = None
    outcome: Outcome = Outcome.OPEN
    qualified_at: datetime | None = None
    opportunity_at: datetime | None = None
    assigned_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch(Record):
    """Something that led towards a sale: a source, campaign or workflow that met the contact (or the deal) at a moment."""

    entity: ClassVar[Entity] = Entity.TOUCHES

    contact: str | None = None
    deal: str | None = None
    at: datetime
    source: str | None = None
    campaign: str | None = None
    workflow: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity(Record):
    """One e-mail, call, meeting, message, note or task; its text is never kept.

    `at` is when it happened or is planned to, `due_at` when a task is due. `is_automated` marks what no person did. `thread` groups the
    messages of one conversation. `duration` is in seconds. `delivered_at`, `opened_at`, `clicked_at` and `is_bounced` are for e-mails.
    `is_machine_open` marks an opening that no person did.
    """

    entity: ClassVar[Entity] = Entity.ACTIVITIES

    kind: ActivityKind
    direction: Direction | None = None
    status: ActivityStatus = ActivityStatus.DONE
    is_automated: bool = False
    owner: str | None = None
    contact: str | None = None
    company: str | None = None
    deal: str | None = None
    ticket: str | None = None
    thread: str | None = None
    at: datetime | None = None
    due_at: datetime | None = None
    duration: int | None = None
    delivered_at: datetime | None = None
    opened_at: datetime | None = None
    clicked_at: datetime | None = None
    is_bounced: bool = False
    is_machine_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket(Record):
    """A request for service. `paused` is how many seconds the clock stood still, `touches` how many times we answered.

    `is_complaint` follows the rule in the settings, None where there is none. `resolved_at` is the last time it was closed, `reopened_at`
    the last time it was opened again.
    """

    entity: ClassVar[Entity] = Entity.TICKETS

    pipeline: str | None = None
    stage: str | None = None
    outcome: Outcome = Outcome.OPEN
    channel: str | None = None
    priority: str | None = None
    is_complaint: bool | None = None
    reason: str | None = None
    company: str | None = None
    contact: str | None = None
    deal: str | None = None
    owner: str | None = None
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None
    reopened_at: datetime | None = None
    touches: int | None = None
    paused: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey(Record):
    """One survey that was sent (`answered_at` None) or answered.

    `raw_score` is what was answered; `score` the same on the standard scale of its kind: NPS 0 to 10, effort 1 (none) to 7, satisfaction
    1 to 5 or 1 to 10 as `scale` (the highest score) says. A scale that nobody knows leaves `score` None; where a file has no `score`, the
    raw one counts for NPS (of no other `scale` than 10) and for satisfaction (of a `scale` of 5 or 10), and for effort none.
    """

    entity: ClassVar[Entity] = Entity.SURVEYS

    kind: SurveyKind
    raw_score: Decimal | None = None
    score: Decimal | None = None
    scale: int | None = None
    contact: str | None = None
    company: str | None = None
    ticket: str | None = None
    owner: str | None = None
    touchpoint: str | None = None
    sent_at: datetime | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductUse(Record):
    """A customer used (a `feature` of) what they bought."""

    entity: ClassVar[Entity] = Entity.PRODUCT_USAGE

    company: str | None = None
    contact: str | None = None
    at: datetime
    feature: str | None = None
