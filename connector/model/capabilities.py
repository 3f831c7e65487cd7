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


class Landing(StrEnum):
    """How a goal lands in a CRM: as its own kind of goal, whose progress is ours to write or the CRM's, as a record, or on the board."""

    NATIVE = "native with progress"
    NATIVE_TARGET = "native, target only"
    OBJECT = "custom object"
    BOARD = "board record"


@dataclass(frozen=True, slots=True)
class Ability:
    """One answer with its reason; `needs` lists scopes that would turn a no into a yes. Of goals, `lands` says how they land."""

    answer: Answer
    reason: str = ""
    needs: tuple[str, ...] = ()
    lands: Landing | None = None


@dataclass(frozen=True, slots=True)
class Tenant:
    """Whose account this is: the vendor's id for it, its name, IANA time zone and ISO home currency.

    `seal` tells it from another one that stands under the same id now; None where the login may not see it.
    """

    id: str
    name: str
    timezone: str
    currency: str
    seal: str | None = None


ANY_KPI = "any KPI"
"""Stands for every KPI in the kinds of goals that a CRM can hold."""


def goal_kind(kpi: str, subject_type: str) -> str:
    """Return the name under which capabilities say whether a goal of this kind can be made, such as `revenue_won of a team`."""
    return f"{kpi} of {'an' if subject_type[:1] in 'aeiou' else 'a'} {subject_type}"


@dataclass(frozen=True, slots=True)
class Allowance:
    """How often something may be written in the whole life of an account: what is used up comes back never.

    `new` and `change` are how many uses it takes to make one and to change one.
    """

    most: int
    new: int = 1
    change: int = 1


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What this account lets us do, as found by `check`.

    `goals` are keyed by `goal_kind`. `limits` are the vendor's figures, such as the largest write batch;
    `notes` are sentences about anything else that differs from what the settings wish for. Where no program `makes_fields`, making ours
    sends nothing, and is refused with what people have to make. `for_life` are allowances of `fields` (values of them) and `goals`.
    """

    tenant: Tenant
    streams: Mapping[Stream, Ability]
    fields: Mapping[Entity, Ability]
    goals: Mapping[str, Ability]
    limits: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    makes_fields: bool = True
    for_life: Mapping[str, Allowance] = field(default_factory=dict)
