"""What the board record shows: a pure function from present values and targets to the values of its fields."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from connector.aims import Key, Progress
from connector.kpis import KPIS, Kpi, Unit
from connector.kpis.board import GOALS, HEADLINE, LINE, OWNERS, PERIODS, PREFIX, TEAMS, board_name, specs
from connector.kpis.fields import SHOWN, STEPS, Shown
from connector.model import Entity, FieldSpec, FieldValue, KpiValue, text_of
from connector.period import ALL_TIME, Calendar, Grain, Period

LONGEST = 60_000
"""Characters of a text; CRMs take a little more."""


@dataclass(frozen=True, slots=True)
class View:
    """What a board is made from: present values by key, the running goals, names by kind and id, and the last day that counts.

    `missing` names KPIs and breakdowns that could not be measured; what shows them is left as it is.
    """

    values: Mapping[Key, KpiValue]
    goals: Sequence[Progress]
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

    def goal(self, kpi: str, period: Period) -> Progress | None:
        """Return how far the whole account's goal for a period is."""
        mine = (one for one in self.goals if one.aim.kpi is KPIS[kpi] and one.aim.subject_type == "account" and one.aim.period == period)
        return next(mine, None)


def board_fields(record: tuple[Entity, str], view: View, goals: Sequence[Progress], *, with_owners: bool) -> list[FieldValue]:
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
    if all(_can(view, goal) for goal in goals):
        found[GOALS] = _text(_goals(view, goals))
    return [FieldValue(own[name], key, _canonical(own[name], value)) for name, value in found.items()]


def _canonical(spec: FieldSpec, value: Decimal | str | None) -> str | None:
    return text_of(value.quantize(STEPS[spec.kind], ROUND_HALF_UP)) if isinstance(value, Decimal) else value


def _shown(view: View, shown: Shown) -> Decimal | None:
    period = view.period(shown.grain)
    value = view.actual(shown.kpi, "", "", period)
    if not shown.is_gap:
        return value
    goal = view.goal(shown.kpi, period)
    return None if goal is None or goal.aim.target is None else goal.aim.target - (value or 0)


def _headline(view: View, grain: Grain) -> dict[str, Decimal | None]:
    goal = view.goal(HEADLINE, view.period(grain))
    if goal is None:
        return dict.fromkeys(("target", "attainment", "pace"))
    return {"target": goal.aim.target, "attainment": goal.attainment, "pace": goal.pace}


def _can(view: View, goal: Progress) -> bool:
    kind = "" if goal.aim.subject_type == "account" else goal.aim.subject_type
    return all(_can(view, one) for one in goal.results) and (goal.aim.kpi is None or view.can([goal.aim.kpi.key], kind))


def _lines(view: View, kind: str) -> Iterator[str]:
    for member, name in sorted(view.names.get(kind, {}).items(), key=lambda pair: (pair[1], pair[0])):
        told = [(KPIS[kpi], period, view.actual(kpi, kind, member, period)) for kpi, grain in LINE for period in (view.period(grain),)]
        parts = [f"{kpi.label.lower()} {_number(kpi, value)}{_when(period)}" for kpi, period, value in told if value is not None]
        if parts:
            yield f"{name}: {', '.join(parts)}"


def _when(period: Period) -> str:
    return "" if period.grain is Grain.ALL else f" ({period.name})"


def _goals(view: View, goals: Sequence[Progress]) -> Iterator[str]:
    for goal in sorted(goals, key=_place):
        aim = goal.aim
        who = view.names.get(aim.subject_type, {}).get(aim.subject, "whole account")
        title = aim.kpi.label if aim.kpi else aim.title
        yield f"{title} {aim.period.name}, {who}: {', '.join(_told(goal))}{f' - {goal.status}' if goal.status else ''}"


def _place(goal: Progress) -> tuple[str, ...]:
    """Return where a goal stands: by KPI and subject, those that hold others first."""
    aim = goal.aim
    return (aim.kpi.key if aim.kpi else "", aim.title if aim.results else "", aim.subject_type, aim.subject, aim.period.name)


def _told(goal: Progress) -> Iterator[str]:
    aim = goal.aim
    if aim.kpi and aim.target is not None:
        yield f"target {_number(aim.kpi, aim.target)}"
        yield f"actual {'none' if goal.actual is None else _number(aim.kpi, goal.actual)}"
    if goal.results:
        yield f"{sum(one.attainment is not None for one in goal.results)} of {len(goal.results)} key results measured"
    for word, share in (("attainment", goal.attainment), ("pace", goal.pace)):
        if share is not None:
            yield f"{word} {share:.1%}"
    if goal.is_unsure:
        yield f"uncertain, n {goal.n}"


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
