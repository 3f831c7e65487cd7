"""Requests for service in our words: of Odoo's own Helpdesk or of the community's, whose tickets have one name and different fields."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from connector.adapters.odoo.deals import Partners, whose
from connector.adapters.odoo.parse import dates_of, instant, link, name, text
from connector.adapters.odoo.passes import Kind
from connector.adapters.odoo.past import Change
from connector.adapters.odoo.rpc import Row
from connector.model import Entity, Outcome, Pipeline, Record, Stage, Stream, Ticket

MODEL = "helpdesk.ticket"
TRACKED = ("stage_id",)
PIPELINE = "helpdesk"
"""Our id of the one pipeline of tickets: teams share their stages."""
PREFIX = "ticket:"
"""Begins our ids of the stages of tickets; those of deals count from 1, too."""
_DATES = ("create_date", "write_date")
NAMES: Mapping[str, tuple[str, ...]] = {
    "stage": ("stage_id",),
    "partner": ("partner_id",),
    "owner": ("user_id",),
    "closing date": ("close_date", "closed_date"),
    "date of the last move": ("date_last_stage_update", "last_stage_update"),
    "channel": ("channel_id",),
    "priority": ("priority",),
    "type": ("ticket_type_id", "type_id"),
    "category": ("category_id",),
    "tags": ("tag_ids",),
}
"""What we ask of a ticket, and what it is called: Odoo's own Helpdesk first, then the community's."""
ENDS = ("closed", "is_close", "fold")
"""What marks a stage that ends a ticket: the community's, Odoo's own to 15, and from 16 on, where folded means closed."""
MESSAGES = "message_ids"
KINDS: Mapping[Stream, tuple[Kind, ...]] = {
    Stream.TICKETS: (Kind(MODEL, (*dict.fromkeys(one for names in NAMES.values() for one in names), *_DATES)),)
}
"""What is read of tickets, where it is there."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The tickets of one database: what their fields are called, the models that these lead to, and the stages by id.

    `end` is the field of a stage that says it ends a ticket, None where nothing does.
    """

    columns: Mapping[str, str]
    models: Mapping[str, str] = field(default_factory=dict)
    end: str | None = None
    has_messages: bool = False
    has_archive: bool = False
    stages: Mapping[str, Row] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """What is read; somebody's answer is a change, too, though Odoo does not note it as one.

        What was put away before it was closed, such as spam or what was merged into another ticket, is none any more.
        """
        closed = ("|", [f"{self.columns['stage']}.{self.end}", "=", True]) if self.end else ()
        domain = (*closed, ["active", "=", True]) if self.has_archive else ()
        return Kind(MODEL, (*self.columns.values(), *_DATES), domain, touched=f"{MESSAGES}.create_date" if self.has_messages else "")

    @property
    def lacks(self) -> tuple[str, ...]:
        """What cannot be told here."""
        lost = [what for what in ("partner", "owner", "closing date", "channel", "type", "category") if what not in self.columns]
        lost += [] if self.end else ["which stages end a ticket"]
        return (*lost, *(() if self.has_messages else ("first answers",)))

    def of(self, row: Row, what: str) -> object:
        """Return what a ticket has in a field, where there is such a field."""
        return row.get(self.columns.get(what, ""))

    def is_end(self, stage: str | None) -> bool:
        """Whether a stage ends a ticket."""
        return bool(self.end) and bool(self.stages.get(stage or "", {}).get(self.end or ""))


@dataclass(frozen=True, slots=True)
class Complaint:
    """Which tickets are complaints: those of types, categories or tags of these names; without names nobody can tell."""

    names: frozenset[str] = frozenset()
    tags: frozenset[int] = frozenset()

    def of(self, row: Row, desk: Desk) -> bool | None:
        """Whether a ticket is one."""
        if not self.names:
            return None
        told = {name(desk.of(row, what)) for what in ("type", "category")}
        found = desk.of(row, "tags")
        return not self.names.isdisjoint(one for one in told if one) or not self.tags.isdisjoint(found if isinstance(found, list) else ())


@dataclass(frozen=True, slots=True)
class Around:
    """What tickets hang on: partners, when each was answered by one of us (None where we may not see it), and how its stages changed."""

    desk: Desk
    partners: Partners
    answers: Mapping[str, Sequence[datetime]] | None
    past: Mapping[int, Sequence[Change]] | None
    complaint: Complaint


@dataclass(frozen=True, slots=True)
class Turns:
    """When a ticket was last closed, and when it was last opened again after that, as far as that was noted."""

    closed_at: datetime | None = None
    reopened_at: datetime | None = None

    @classmethod
    def of(cls, row: Row, desk: Desk, changes: Sequence[Change]) -> "Turns":
        """Follow the stages of a ticket; of one that was never moved nothing was noted."""
        was = bool(changes) and desk.is_end(str(changes[0].old))
        closed_at, reopened_at = instant(row["create_date"]) if was else None, None
        for change in changes:
            now = desk.is_end(str(change.new))
            if now and not was:
                closed_at = change.at
            elif was and not now:
                reopened_at = change.at
            was = now
        return cls(closed_at, reopened_at)


def ticket_of(row: Row, near: Around) -> Ticket:
    """Read a ticket.

    Raises:
        ValueError: it is closed, and nothing tells when.
    """
    desk, key = near.desk, str(row["id"])
    stage = link(desk.of(row, "stage"))
    company, contact = whose({"partner_id": desk.of(row, "partner")}, near.partners)
    turns = Turns() if near.past is None else Turns.of(row, desk, near.past.get(row["id"], ()))
    answers = None if near.answers is None else near.answers.get(key, ())
    return Ticket(
        id=key,
        pipeline=PIPELINE,
        stage=stage and f"{PREFIX}{stage}",
        outcome=Outcome.WON if desk.is_end(stage) else Outcome.OPEN,
        channel=name(desk.of(row, "channel")),
        priority=text(desk.of(row, "priority")),
        is_complaint=near.complaint.of(row, desk),
        reason=name(desk.of(row, "type")) or name(desk.of(row, "category")),
        company=company,
        contact=contact,
        owner=link(desk.of(row, "owner")),
        first_response_at=min(answers) if answers else None,
        resolved_at=_resolved_at(row, desk, turns) if desk.is_end(stage) else turns.closed_at,
        reopened_at=turns.reopened_at,
        touches=None if answers is None else len(answers),
        **dates_of(row),
    )


def _resolved_at(row: Row, desk: Desk, turns: Turns) -> datetime:
    """Return when a closed ticket was closed: as it says itself, else as was noted, else when it moved last."""
    found = instant(desk.of(row, "closing date")) or turns.closed_at or instant(desk.of(row, "date of the last move"))
    if found is None:
        raise ValueError("the ticket is closed, and nothing tells when")
    return found


def pipeline_of(rows: Sequence[Row]) -> list[Record]:
    """Read the stages of tickets as one pipeline of their own."""
    found: list[Record] = [Pipeline(id=PIPELINE, name="Helpdesk", position=1, of=Entity.TICKETS)]
    for row in sorted(rows, key=lambda row: (row["sequence"], row["id"])):
        end = next((row[one] for one in ENDS if one in row), False)
        outcome = Outcome.WON if end else Outcome.OPEN
        key, place = f"{PREFIX}{row['id']}", int(row["sequence"])
        found.append(Stage(id=key, pipeline=PIPELINE, name=text(row["name"]) or key, position=place, outcome=outcome, **dates_of(row)))
    return found
