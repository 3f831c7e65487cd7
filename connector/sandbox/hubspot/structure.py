"""What an account is made of besides records: pipelines with stages, people and teams."""

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a pipeline; `probability` is the vendor's text, "1.0" for won and "0.0" for lost, "" where stages have none."""

    id: str
    label: str
    order: int
    probability: str
    is_closed: bool

    @property
    def is_won(self) -> bool:
        """Whether deals here are won (hubspot.md 8.1)."""
        return self.is_closed and Decimal(self.probability or 0) == 1


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A pipeline of one object type."""

    id: str
    label: str
    created: int
    stages: tuple[Stage, ...]
    kind: str = "deals"


@dataclass(slots=True)
class Owner:
    """A person of the account under three ids: `id` as owner, `user_id`, and `record_id` in the users object."""

    id: int
    user_id: int
    record_id: int
    first_name: str
    last_name: str
    email: str
    created: int
    archived: bool = False


@dataclass(slots=True)
class Team:
    """A team; members are user ids."""

    id: int
    name: str
    primary: list[int] = field(default_factory=list)
    secondary: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Spending:
    """One item of what a campaign has cost, in cents of the home currency; `at` is when somebody entered it."""

    id: int
    name: str
    cents: int
    at: int


@dataclass(slots=True)
class Campaign:
    """A marketing campaign; `id` is a uuid, days are written as the vendor writes them."""

    id: str
    name: str
    starts_on: str
    ends_on: str
    created: int
    budget: int
    spent: list[Spending] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rate:
    """What one unit of a currency is worth in the home currency from an instant on."""

    id: int
    currency: str
    rate: str
    at: int


@dataclass(frozen=True, slots=True)
class Share:
    """One person's part of a deal, as the vendor's text of a fraction."""

    id: int
    owner: int
    part: str
    at: int
