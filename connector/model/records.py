"""What a CRM holds about those who sell, to whom, and what, in our words."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from connector.model.record import Entity, Record


class Outcome(StrEnum):
    """What being in a stage means for a deal."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class User(Record):
    """A person who owns records. `record` is the id to write this user's fields to, where the vendor has another one for that.

    `active_from` and `active_to` bound the time in which the person used the CRM. `licensed` is None where nobody knows. `working_hours`
    are written as `mon-fri 09:00-17:00` in the person's own IANA `timezone`.
    """

    entity: ClassVar[Entity] = Entity.USERS

    name: str
    record: str | None = None
    is_active: bool = True
    active_from: datetime | None = None
    active_to: datetime | None = None
    licensed: bool | None = None
    timezone: str | None = None
    working_hours: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Team(Record):
    """A group of users."""

    entity: ClassVar[Entity] = Entity.TEAMS

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership(Record):
    """One user in one team `[since, until)`. `since` None means from before we first looked.

    `until` None means that the user is still in it, or left it when the row was deleted, which is how a CRM without dates tells it.
    """

    entity: ClassVar[Entity] = Entity.MEMBERSHIPS

    team: str
    user: str
    is_primary: bool = True
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline(Record):
    """An ordered set of stages that records of one kind (`of`) move through: deals, tickets or leads."""

    entity: ClassVar[Entity] = Entity.PIPELINES

    name: str
    position: int = 0
    of: Entity = Entity.DEALS


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage(Record):
    """One step of a pipeline. `probability` is the chance (0 to 1) that a deal in it is won.

    The outcome of a ticket's stage is open or won (closed); that of a lead's is open, won (qualified) or lost (disqualified).
    """

    entity: ClassVar[Entity] = Entity.STAGES

    pipeline: str
    name: str
    position: int
    outcome: Outcome
    probability: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Company(Record):
    """A business that buys, or may. `segment` is the field that settings map to the breakdown `segment` (industry by default)."""

    entity: ClassVar[Entity] = Entity.COMPANIES

    name: str | None = None
    owner: str | None = None
    parent: str | None = None
    industry: str | None = None
    country: str | None = None
    size: int | None = None
    segment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact(Record):
    """A person at a company; names and addresses are not kept, because no KPI needs them.

    `qualified_at`, `opportunity_at` and `customer_at` are when the person first reached that step of the lifecycle, `assigned_at` when the
    first owner was set. `segment` is the field that settings map to the breakdown `segment` for people without a company.
    """

    entity: ClassVar[Entity] = Entity.CONTACTS

    company: str | None = None
    owner: str | None = None
    source: str | None = None
    campaign: str | None = None
    lifecycle: str | None = None
    qualified_at: datetime | None = None
    opportunity_at: datetime | None = None
    customer_at: datetime | None = None
    assigned_at: datetime | None = None
    is_imported: bool = False
    segment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Product(Record):
    """Something that is sold. `list_price` is in the home currency."""

    entity: ClassVar[Entity] = Entity.PRODUCTS

    name: str
    list_price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal(Record):
    """A chance to sell.

    `amount` is in `currency`, `home_amount` in the account's own. `closed_at` is set for closed deals, `expected_close_on` for open ones.
    `kind` is `new`, `renewal`, `upsell` or `cross_sell`. `status` is only for CRMs where winning is not a stage, or which do not tell the
    stages before the present one, so that only it and its history tell when a deal was open; None means that the stage's outcome decides.
    `probability` None means the stage's.
    """

    entity: ClassVar[Entity] = Entity.DEALS

    name: str | None = None
    pipeline: str | None = None
    stage: str | None = None
    owner: str | None = None
    company: str | None = None
    contact: str | None = None
    kind: str = "new"
    source: str | None = None
    campaign: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    home_amount: Decimal | None = None
    probability: Decimal | None = None
    status: Outcome | None = None
    closed_at: datetime | None = None
    expected_close_on: date | None = None
    lost_reason: str | None = None
    forecast_category: str | None = None
    next_step_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageChange(Record):
    """A deal's stay in a stage, `[entered_at, left_at)`; `left_at` None means that it is still there.

    `id` is the deal's id and the stay's place in order (`123:0`, `123:1`, …). A deal has at least one stay, the first from its creation.
    A `stage` that no pipeline has stands for those that the CRM does not tell; no KPI of stages counts it.
    """

    entity: ClassVar[Entity] = Entity.STAGE_CHANGES

    deal: str
    pipeline: str | None = None
    stage: str
    entered_at: datetime
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldHistory(Record):
    """A dated change of one field of a record after its creation; values are canonical text (see `text_of`), None for empty.

    `field` is one of our own column names (`amount`, `home_amount`, `owner`, `closed_at`, `expected_close_on`, `status`).
    `id` is `record:field:place in order`.
    """

    entity: ClassVar[Entity] = Entity.FIELD_HISTORY

    of: Entity
    record: str
    field: str
    old: str | None = None
    new: str | None = None
    at: datetime
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineItem(Record):
    """A product on a deal. `amount` is what the line adds to the deal; `list_amount` what it would at list price.

    `cost` is what the line costs us. `recurrence` is how often it is billed (`monthly`, `annually`, …), None for once.
    """

    entity: ClassVar[Entity] = Entity.LINE_ITEMS

    deal: str | None = None
    product: str | None = None
    quantity: Decimal | None = None
    amount: Decimal | None = None
    list_amount: Decimal | None = None
    cost: Decimal | None = None
    recurrence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DealSplit(Record):
    """The `share` (0 to 1) of a deal that is credited to an owner; the shares of a deal add up to one."""

    entity: ClassVar[Entity] = Entity.DEAL_SPLITS

    deal: str
    owner: str
    share: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalRecord(Record):
    """A goal as the CRM holds it, one row a period `[starts_on, ends_on)`.

    `kpi` is None for a goal that measures something we do not. `subject` is the id of an owner or a team, empty for the whole account.
    `family` groups the rows of one goal; `marker` is set on goals that we made. `actual` is the progress that we wrote, in CRMs that leave
    that to us.
    """

    entity: ClassVar[Entity] = Entity.GOALS

    name: str | None = None
    kpi: str | None = None
    subject_type: str | None = None
    subject: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    target: Decimal | None = None
    family: str | None = None
    marker: str | None = None
    actual: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge(Record):
    """A record that was merged into another one: `old` lives on as `survivor`. `id` is `of:old`."""

    entity: ClassVar[Entity] = Entity.MERGES

    of: Entity
    old: str
    survivor: str
