"""What a CRM account lets us do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from connector.model.record import Entity, Stream


class Answer(StrEnum):
    """Whether a CRM can do something; UNVERIFIED means that nobody has seen it."""

    YES = "yes"
    NO = "no"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Ability:
    """One answer with its reason; `needs` lists scopes that would turn a no into a yes."""

    answer: Answer
    reason: str = ""
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tenant:
    """Whose account this is: the vendor's id for it, its name, IANA time zone and ISO home currency."""

    id: str
    name: str
    timezone: str
    currency: str


def goal_kind(kpi: str, subject_type: str) -> str:
    """Return the name under which capabilities say whether a goal of this kind can be made, such as `revenue_won of a team`."""
    return f"{kpi} of {'an' if subject_type[:1] in 'aeiou' else 'a'} {subject_type}"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What this account lets us do, as found by `check`.

    `goals` are keyed by `goal_kind`. `limits` are the vendor's figures, such as the largest write batch;
    `notes` are sentences about anything else that differs from what the settings wish for.
    """

    tenant: Tenant
    streams: Mapping[Stream, Ability]
    fields: Mapping[Entity, Ability]
    goals: Mapping[str, Ability]
    limits: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
