"""What goes into a CRM: our fields and goals, and what became of them."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from connector.model.record import Entity
from connector.period import Period


class FieldKind(StrEnum):
    """What a field holds, from which each adapter chooses its vendor's type."""

    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    DATE = "date"
    DATETIME = "datetime"
    BOOL = "bool"
    TEXT = "text"
    LONG_TEXT = "long_text"


@dataclass(frozen=True, slots=True)
class Wording:
    """The words around a field in one language: what its group is called, yes and no.

    `labels` and `groups` are all that we ever call the field and its group, in any language: whatever else stands there in the CRM was
    chosen by a person, and stays.
    """

    group: str = "KPI"
    yes: str = "Yes"
    no: str = "No"
    labels: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A custom field that is ours. `min_change` is the smallest difference worth a write; a new `version` means a new definition.

    `label` and `means` are English where they are declared; `wording` matters only where a field is made or renamed, and is not kept.
    `is_owned` tells a CRM that cannot mark fields that we have made it before; nor is this kept.
    """

    entity: Entity
    name: str
    label: str
    kind: FieldKind
    means: str
    min_change: Decimal = Decimal(0)
    version: int = 1
    wording: Wording = Wording()
    is_owned: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class FieldWrite:
    """One value for one of our fields on one record, as canonical text; None clears it. `record` is the id to write to."""

    entity: Entity
    record: str
    spec: FieldSpec
    value: str | None


@dataclass(frozen=True, slots=True)
class Goal:
    """A target for one KPI, subject and period. `family` is shared by the rows of one goal; `remote` is the CRM's id once it exists.

    `actual` is how far it is, where that was measured, for CRMs whose progress is ours to write.
    """

    kpi: str
    subject_type: str
    subject: str
    period: Period
    target: Decimal
    family: str
    title: str
    remote: str | None = None
    actual: Decimal | None = None


class Status(StrEnum):
    """How one write ended. UNKNOWN must be re-read before anything is sent again; SKIPPED has nothing any more to be written to."""

    OK = "ok"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Result:
    """How one write ended: `key` names it (field writes: the record's id, fields: the name, goals: period name); `remote` the CRM's id.

    `changed` is when the CRM says that the record was changed by it, where it says so.
    """

    key: str
    status: Status
    message: str = ""
    remote: str | None = None
    changed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a batch: one result for every thing that was sent."""

    results: tuple[Result, ...]
