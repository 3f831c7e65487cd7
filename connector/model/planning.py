"""What we mean to write, decided before anything is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from connector.model.writing import FieldSpec, Goal


class Why(StrEnum):
    """Why a value is to be written."""

    NEW = "new"
    CHANGED = "changed"
    DEFINITION = "definition"
    DRIFT = "drift"
    RESTORE = "restore"
    STAMP = "stamp"
    PROGRESS = "progress"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of one record: `old` is what the CRM holds (kept for undo), `new` what we mean to send, both canonical text."""

    spec: FieldSpec
    record: str
    old: str | None
    new: str | None
    why: Why
    evidence: Mapping[str, str | int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GoalChange:
    """One period of one goal; `old` is the target that the CRM holds, None where the row does not exist yet.

    `archive` asks for the row to be archived, which only undo does, and only to rows that we made.
    """

    goal: Goal
    old: Decimal | None
    why: Why
    archive: bool = False


@dataclass(frozen=True, slots=True)
class WritePlan:
    """Everything that one push sends, and nothing else.

    `present` counts the values of ours that the CRM held before; `notes` say in a sentence each what was left out and why.
    `undoes` names the plan that this one takes back.
    """

    id: str
    account: str
    made_at: datetime
    as_of: datetime
    fields: tuple[FieldChange, ...]
    goals: tuple[GoalChange, ...]
    present: int = 0
    notes: tuple[str, ...] = ()
    undoes: str | None = None

    @property
    def size(self) -> int:
        """How many values would be written."""
        return len(self.fields) + len(self.goals)

    @property
    def change_share(self) -> float:
        """The share of the values that were there before which this plan would change; new fields and definitions are not counted."""
        whys = [change.why for change in self.fields] + [change.why for change in self.goals]
        counted = sum(why in (Why.CHANGED, Why.DRIFT) for why in whys)
        return counted / self.present if self.present else 0.0
