"""What the board record shows: a pure function from present values and targets to the values of its fields."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from connector.kpis import KPIS, Better, Kpi, Unit
from connector.kpis.board import GOALS, HEADLINE, LINE, OWNERS, PERIODS, PREFIX, TEAMS, board_name, is_flow, specs
from connector.kpis.fields import SHOWN, STEPS, Shown
from connector.model import Entity, FieldSpec, FieldValue, KpiValue, Target, text_of
from connector.period import ALL_TIME, Calendar, Grain, Period

LONGEST = 60_000
"""Characters of a text; CRMs take a little more."""
Key = tuple[str, str, str, str]
"""KPI, kind of subject (empty for the whole account), member and name of the period."""
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class View:
    """What a board is made from: present values and targets by key, names by kind and id, and the last day that counts.

    `missing` names KPIs and breakdowns that could not be measured; what shows them is left as it is.
    """

    values: Mapping[Key, KpiValue]
    targets: Sequence[Target]
    names: Mapping[str, Mapping[str, str]]
    calendar: Calendar
    last_day: date
    missing: Collection[str] = ()

    def can(self, kpis: Iterable[str], kind: str = "") -> bool:
        """Whether these KPIs were measured, by this kind of subject."""
        return not {*kpis, *([f"by {kind}"] if kind else [])} & set(self.missing)

    def actual(self, kpi: str, kind: str, member: str, period: Period) -> Decimal | None:
        """Return a present value; nothing where nothing was measured."""
        found = self.values.get((kpi, kind, member, period.name))
        return found.value if found else None

    def period(self, grain: Grain | None) -> Period:
        """Return the running period of a grain."""
        return ALL_TIME if grain in (None, Grain.ALL) else self.calendar.period_of(grain or Grain.ALL, self.last_day)

    def target(self, kpi: str, period: Period) -> Decimal | None:
        """Return what the whole account should reach in a period."""
        mine = (one for one in self.targets if (one.kpi, one.subject_type, one.period) == (kpi, "account", period))
        return next((one.target for one in mine), None)


def board_fields(record: tuple[Entity, str], view: View, goals: Sequence[Target], *, with_owners: bool) -> list[FieldValue]:
    """Return what each field of the board record should hold; `goals` are those that are to be shown as lines."""
    kind, key = record
    own = specs(kind)
    measured = [shown for shown in SHOWN if view.can([shown.kpi])]
    found: dict[str, Decimal | str | None] = {board_name(shown.spec.name): _shown(view, shown) for shown in measured}
    for grain in PERIODS if view.can([HEADLINE]) else ():
        found |= {f"{PREFIX}{name}_{grain}": value for name, value in _headline(view, grain).items()}
    for name, subject in ((TEAMS, "team"), (OWNERS, "owner")) if with_owners else ((TEAMS, "team"),):
        if view.can(dict(LINE), subject):
            found[name] = _text(_lines(view, subject))
    if all(view.can([goal.kpi], "" if goal.subject_type == "account" else goal.subject_type) for goal in goals):
        found[GOALS] = _text(_goals(view, goals))
    return [FieldValue(own[name], key, _canonical(own[name], value)) for name, value in found.items()]


def _canonical(spec: FieldSpec, value: Decimal | str | None) -> str | None:
    return text_of(value.quantize(STEPS[spec.kind], ROUND_HALF_UP)) if isinstance(value, Decimal) else value


def _shown(view: View, shown: Shown) -> Decimal | None:
    period = view.period(shown.grain)
    value = view.actual(shown.kpi, "", "", period)
    if not shown.is_gap:
        return value
    target = view.target(shown.kpi, period)
    return None if target is None else target - (value or 0)


def _headline(view: View, grain: Grain) -> dict[str, Decimal | None]:
    period = view.period(grain)
    target, actual = view.target(HEADLINE, period), view.actual(HEADLINE, "", "", period)
    if target is None:
        return dict.fromkeys(("target", "attainment", "pace"))
    reached = attainment(KPIS[HEADLINE], actual, target)
    return {"target": target, "attainment": reached, "pace": pace(KPIS[HEADLINE], reached, gone(period, view.last_day))}


def attainment(kpi: Kpi, actual: Decimal | None, target: Decimal) -> Decimal | None:
    """Return how much of a target is reached, 1 being all of it; where less is better, reaching none of it is all one can wish."""
    if actual is None:
        return None
    over, under = (actual, target) if kpi.better is Better.UP else (target, actual)
    return over / under if under else Decimal(1) if kpi.better is Better.DOWN else None


def pace(kpi: Kpi, reached: Decimal | None, share: Decimal) -> Decimal | None:
    """Return attainment against the share of the time that is gone, 1 being just in time; rates and levels have none."""
    return reached / share if reached is not None and share and is_flow(kpi) else None


def gone(period: Period, last_day: date) -> Decimal:
    """Return the share of a period's working days (Monday to Friday) that are over by the end of a day."""
    days = [period.start + timedelta(days=number) for number in range((period.end - period.start).days)]
    working = [day for day in days if day.weekday() < _SATURDAY]
    return Decimal(sum(day <= last_day for day in working)) / len(working) if working else Decimal(0)


def _lines(view: View, kind: str) -> Iterator[str]:
    for member, name in sorted(view.names.get(kind, {}).items(), key=lambda pair: (pair[1], pair[0])):
        told = [(KPIS[kpi], period, view.actual(kpi, kind, member, period)) for kpi, grain in LINE for period in (view.period(grain),)]
        parts = [f"{kpi.label.lower()} {_number(kpi, value)}{_when(period)}" for kpi, period, value in told if value is not None]
        if parts:
            yield f"{name}: {', '.join(parts)}"


def _when(period: Period) -> str:
    return "" if period.grain is Grain.ALL else f" ({period.name})"


def _goals(view: View, goals: Sequence[Target]) -> Iterator[str]:
    running = (goal for goal in goals if view.last_day in goal.period)
    for goal in sorted(running, key=lambda one: (one.kpi, one.subject_type, one.subject, one.period)):
        kpi = KPIS[goal.kpi]
        kind = "" if goal.subject_type == "account" else goal.subject_type
        actual = view.actual(goal.kpi, kind, goal.subject, goal.period)
        reached = attainment(kpi, actual, goal.target)
        pacing = pace(kpi, reached, gone(goal.period, view.last_day))
        who = view.names.get(kind, {}).get(goal.subject, "whole account")
        parts = [f"target {_number(kpi, goal.target)}", f"actual {'none' if actual is None else _number(kpi, actual)}"]
        parts += [f"{word} {share:.1%}" for word, share in (("attainment", reached), ("pace", pacing)) if share is not None]
        yield f"{kpi.label} {goal.period.name}, {who}: {', '.join(parts)}{_state(reached, pacing)}"


def _state(reached: Decimal | None, pacing: Decimal | None) -> str:
    if reached is not None and reached >= 1:
        return " - met"
    return "" if pacing is None else " - on track" if pacing >= 1 else " - behind"


def _number(kpi: Kpi, value: Decimal) -> str:
    if kpi.unit is Unit.RATE:
        return f"{value:.1%}"
    return f"{value:,.0f}" if kpi.unit in (Unit.MONEY, Unit.COUNT) else f"{value:,.1f}"


def _text(lines: Iterator[str]) -> str | None:
    """Return lines as one text; what would be too long is counted instead."""
    kept: list[str] = []
    left = 0
    length = 0
    for line in lines:
        length += len(line) + 1
        if length > LONGEST:
            left += 1
        else:
            kept.append(line)
    return "\n".join([*kept, *([f"and {left} more"] if left else [])]) or None
