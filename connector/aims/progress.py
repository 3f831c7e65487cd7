"""The words in which a goal's progress is told, and what has to be known to tell it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from connector.aims.aim import Aim, Milestone, is_flow
from connector.aims.workdays import Workdays
from connector.model import Interval, KpiValue
from connector.period import Period

Key = tuple[str, str, str, str]
"""KPI, kind of subject (empty for the whole account), member and name of the period."""


class Status(StrEnum):
    """How a goal is doing."""

    AHEAD = "ahead"
    ON_TRACK = "on track"
    BEHIND = "behind"
    MISSED = "missed"
    MET = "met"


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known when goals are judged: present values by key, working days, and the first day that is not over yet.

    `missing` names KPIs and breakdowns (`by owner`) that could not be measured.
    """

    values: Mapping[Key, KpiValue]
    workdays: Workdays
    today: date
    missing: Collection[str] = ()

    def value(self, aim: Aim, period: Period | None = None) -> KpiValue | None:
        """Return what was measured of a goal's KPI for its subject, in the goal's own period unless another one is given."""
        kpi = aim.kpi.key if aim.kpi else ""
        return self.values.get((kpi, "" if aim.subject_type == "account" else aim.subject_type, aim.subject, (period or aim.period).name))

    def actual(self, aim: Aim, period: Period | None = None) -> Decimal | None:
        """Return the same as a number; of a flow that could be counted zero where nothing was found, and None before the period begins."""
        found, when = self.value(aim, period), period or aim.period
        if aim.kpi is None or self.today < when.start:
            return None
        if found is not None:
            return found.value
        return Decimal(0) if is_flow(aim.kpi) and not {aim.kpi.key, f"by {aim.subject_type}"} & set(self.missing) else None

    def gone(self, aim: Aim, period: Period) -> Decimal:
        """Return the share of the working days of a period that are over; one without any is over when it ends."""
        days = self.workdays.days(aim.subject_type, aim.subject, period)
        return Decimal(sum(day < self.today for day in days)) / len(days) if days else Decimal(period.end <= self.today)

    def days_left(self, aim: Aim) -> int:
        """Return how many working days of a goal's period are not over."""
        return sum(day >= self.today for day in self.workdays.days(aim.subject_type, aim.subject, aim.period))


@dataclass(frozen=True, slots=True)
class Standing:
    """A milestone with what was reached until then and its state: met, missed, or None while it is open."""

    milestone: Milestone
    actual: Decimal | None
    status: Status | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one goal is. None stands for what nobody can say.

    `attainment` is how much of the target is reached, 1 being all of it. `due` is what should be there by now, `pace` what is there against
    it. `gap` is what is missing to the target, below zero when it is passed. `days_left` counts working days, today included; `per_day` is
    what each of them must bring or, where less is better, may bring at most. `n` counts the records behind the value; `is_unsure` marks it
    where they are few.
    """

    aim: Aim
    actual: Decimal | None = None
    n: int | None = None
    is_unsure: bool = False
    interval: Interval | None = None
    attainment: Decimal | None = None
    due: Decimal | None = None
    pace: Decimal | None = None
    gap: Decimal | None = None
    days_left: int = 0
    per_day: Decimal | None = None
    status: Status | None = None
    has_begun: bool = True
    milestones: tuple[Standing, ...] = ()
    results: tuple["Progress", ...] = ()
