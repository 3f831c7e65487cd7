"""What a goal asks for: a KPI, a subject, a period, a direction and a target, with all that the settings say of how to judge it."""

from dataclasses import dataclass
from decimal import Decimal

from connector.kpis.metric import Better, Kpi, Role
from connector.model import Target
from connector.period import Period


@dataclass(frozen=True, slots=True)
class Milestone:
    """What is to be reached on the way, by the end of the month or quarter `by`; `so_far` are the months from the goal's start on."""

    by: Period
    target: Decimal
    so_far: tuple[Period, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A goal that a large goal holds, and how much it weighs there."""

    aim: "Aim"
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """One goal. `subject` is the member's id, empty for the whole account (`subject_type` account).

    `parts` are the shares of the target that fall on the parts of the period; without them all of its working days weigh the same.
    `baseline` is where the KPI stood before, for goals that count what was gained since. A large goal has `results`, and no `kpi` or
    `target` of its own. `origin` says who set it: `settings` or `crm`.
    """

    title: str
    kpi: Kpi | None = None
    subject_type: str
    subject: str
    period: Period
    target: Decimal | None = None
    direction: Better | None = None
    baseline: Decimal | None = None
    parts: tuple[tuple[Period, Decimal], ...] = ()
    milestones: tuple[Milestone, ...] = ()
    results: tuple[Result, ...] = ()
    origin: str = "settings"

    @property
    def better(self) -> Better:
        """Which way the KPI should move: as the goal says, else as the KPI does."""
        return self.direction or (self.kpi.better if self.kpi else Better.UP)

    @property
    def as_target(self) -> Target | None:
        """The plain target, for whoever only needs the number; None for a large goal."""
        if self.kpi is None or self.target is None:
            return None
        return Target(self.kpi.key, self.subject_type, self.subject, self.period, self.target)


def is_flow(kpi: Kpi) -> bool:
    """Whether a KPI grows through its period, so that a part of it is due by a part of the time.

    Rates, means, levels at a moment and forecasts of the whole period do not.
    """
    dated = all(part.rows.at is not None and part.rows.role is Role.NOW for part in kpi.formula.parts)
    return dated and kpi.formula.denominator is None and not kpi.looks_ahead
