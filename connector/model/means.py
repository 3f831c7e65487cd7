"""What selling stands on and costs, in our words: contracts, campaigns, costs, traffic, rates, holidays, and how the CRM is used."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from connector.model.record import Entity, Record


class CostCategory(StrEnum):
    """What money was spent on."""

    ADVERTISING = "advertising"
    MARKETING = "marketing"
    SALES = "sales"
    RETENTION = "retention"
    SERVICE = "service"
    CRM = "crm"


class UseKind(StrEnum):
    """How a user used the CRM."""

    LOGIN = "login"
    ACTION = "action"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract(Record):
    """An agreement `[starts_on, ends_on)` with a customer; `ends_on` None runs until it is cancelled.

    `amount` is for the whole contract, or with `billing_months` for each that many months. `renews_contract` is the contract that this one
    continues.
    """

    entity: ClassVar[Entity] = Entity.CONTRACTS

    company: str | None = None
    contact: str | None = None
    owner: str | None = None
    deal: str | None = None
    product: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    amount: Decimal | None = None
    currency: str | None = None
    home_amount: Decimal | None = None
    billing_months: int | None = None
    renews_contract: str | None = None
    renewed_at: datetime | None = None
    cancelled_at: datetime | None = None
    churn_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign(Record):
    """A marketing campaign."""

    entity: ClassVar[Entity] = Entity.CAMPAIGNS

    name: str
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost(Record):
    """Money spent on a day, or spread evenly over `[spread_from, spread_to)`. `provider` says where the figure comes from."""

    entity: ClassVar[Entity] = Entity.COSTS

    day: date
    category: CostCategory
    amount: Decimal
    currency: str | None = None
    provider: str | None = None
    source: str | None = None
    campaign: str | None = None
    owner: str | None = None
    spread_from: date | None = None
    spread_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic(Record):
    """Web sessions of one day, source, medium and campaign."""

    entity: ClassVar[Entity] = Entity.TRAFFIC

    day: date
    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    sessions: int
    key_events: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Use(Record):
    """A user logged in to the CRM, or did something in it."""

    entity: ClassVar[Entity] = Entity.USAGE

    user: str
    at: datetime
    kind: UseKind
    feature: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Training(Record):
    """A course that a user was assigned."""

    entity: ClassVar[Entity] = Entity.TRAININGS

    user: str
    course: str
    assigned_at: datetime
    due_at: datetime | None = None
    completed_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FxRate(Record):
    """From a day on, one unit of `currency` is worth `rate` in `home`; `rate` is text, because it may have more than four places."""

    entity: ClassVar[Entity] = Entity.FX_RATES

    currency: str
    home: str
    day: date
    rate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday(Record):
    """A day on which nobody works; `team` None means everybody."""

    entity: ClassVar[Entity] = Entity.HOLIDAYS

    day: date
    name: str | None = None
    team: str | None = None
