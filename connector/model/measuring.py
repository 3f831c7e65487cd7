"""What we measure, with its evidence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from connector.hours import Hours
from connector.model.writing import FieldSpec
from connector.period import Period

Interval = tuple[Decimal, Decimal]
_NONE: Mapping[str, str] = MappingProxyType({})


class Mark(StrEnum):
    """Why a value is not sure: few records, records too young to be judged, amounts or origins that are not known."""

    SMALL = "small sample"
    IMMATURE = "immature"
    INCOMPLETE = "incomplete"
    UNPLACED = "not all placed"

    @property
    def counts(self) -> bool:
        """Whether it says how many records make the value unsure."""
        return self in (Mark.IMMATURE, Mark.INCOMPLETE)


class KpiValue(NamedTuple):
    """One measured number with its evidence.

    `value` is None when there was nothing to measure. `by` maps dimension to member id, `names` the same to member name; both are empty
    for the whole account. `numerator` and `denominator` are what the value was divided from, `n` the number of records behind it.
    `interval` is where a share that was measured so may really lie (95 %), `marks` say why a value is not sure, `doubted` how many records
    make it so that are too young or whose amount is not known.

    It is a tuple because there are many, and a tuple is made five times as fast as an object that cannot be changed.
    """

    kpi: str
    period: Period
    as_of: datetime
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    n: int
    by: Mapping[str, str] = _NONE
    names: Mapping[str, str] = _NONE
    interval: Interval | None = None
    marks: tuple[Mark, ...] = ()
    version: int = 1
    doubted: int = 0

    @property
    def told_marks(self) -> tuple[str, ...]:
        """The marks in words, with how many records there are behind each that counts some."""
        return tuple(f"{mark} ({self.doubted:,})" if self.doubted and mark.counts else str(mark) for mark in self.marks)

    @property
    def low_confidence(self) -> bool:
        """Whether anything makes the value unsure."""
        return bool(self.marks)


class FieldValue(NamedTuple):
    """What one of our fields should hold on one record, as canonical text, with the figures that explain it.

    `as_of` is the moment it was measured as of, known once it is kept. It is a tuple for the same reason as `KpiValue`.
    """

    spec: FieldSpec
    record: str
    value: str | None
    evidence: Mapping[str, str | int | None] = _NONE
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What a KPI should reach. `subject` is the member's id for `owner` and `team`, empty for the whole account."""

    kpi: str
    subject_type: str
    subject: str
    period: Period
    target: Decimal


@dataclass(frozen=True, slots=True)
class Policies:
    """The choices of the catalogue that an admin can change, with the catalogue's defaults.

    `churn_policy` is `orders` (no order for `churn_days`) or `contracts` (none renewed within `grace_days`). `cost_precedence` lists
    providers of costs, first the one that counts where several tell of the same; an empty name is for rows without one. `credit` is
    `first`, `last` or `linear`. `crm_sources` are the CRM's own sources, `web_sources` those of the web site (all that are named, where it
    is empty). `crm_revenue` is `touched` or `all`. `home` is the account's own currency; `fx` is `crm` where the CRM's word on what an
    amount is worth in it comes first, or `close_date` where the exchange rate of the day of the close (of an open deal: of now) decides.
    `business_hours` are when people work; without them answers are timed by the clock.
    """

    cohort_days: int = 90
    min_sample: int = 5
    stalled_factor: Decimal = Decimal(2)
    stalled_days: int | None = None
    lead_response_hours: int = 24
    churn_policy: str = "orders"
    churn_days: int = 365
    grace_days: int = 30
    gross_margin: Decimal | None = None
    cost_precedence: tuple[str, ...] = ("",)
    credit: str = "last"
    crm_sources: tuple[str, ...] = ()
    web_sources: tuple[str, ...] = ()
    crm_revenue: str = "touched"
    crm_feature: str | None = None
    home: str | None = None
    fx: str = "crm"
    business_hours: Hours | None = None
    health_weights: Mapping[str, Decimal] = field(default_factory=dict)
    lead_weights: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Measured:
    """What is told of a measurement: how many values and fields it found, and why others could not be measured."""

    as_of: datetime
    values: int
    fields: int
    unavailable: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Measurement:
    """All that one measurement found. `unavailable` maps a KPI's or field's key to the reason why it could not be measured."""

    as_of: datetime
    values: tuple[KpiValue, ...]
    fields: tuple[FieldValue, ...]
    unavailable: Mapping[str, str] = field(default_factory=dict)

    @property
    def told(self) -> Measured:
        """What is told of it."""
        return Measured(self.as_of, len(self.values), len(self.fields), self.unavailable)


@dataclass(frozen=True, slots=True)
class Findings:
    """A measurement that is being made: first its values and then its fields are found one by one as they are asked for, each once.

    A large company has more of them than memory should hold.
    """

    as_of: datetime
    values: Iterable[KpiValue]
    fields: Iterable[FieldValue]
    unavailable: Mapping[str, str]
