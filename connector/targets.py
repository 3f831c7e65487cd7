"""Turns the targets that an admin sets into one target a period, and into the goals that are to stand in the CRM."""

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from connector.errors import SettingsError
from connector.model import Goal, GoalRecord, Target
from connector.period import Calendar, Grain, Period
from connector.settings import GoalSetting

CENT = Decimal("0.01")
_SUBJECT = re.compile(r"account|(owner|team):.+")
_FAMILIES = uuid.UUID("7f0c4f0e-2f2b-5d5c-9a0b-6a7c0a4b1d11")


@dataclass(frozen=True, slots=True)
class Members:
    """Who can have a target: id to name, per kind of subject."""

    owner: Mapping[str, str]
    team: Mapping[str, str]


def check_goals(settings: Sequence[GoalSetting], kpis: Iterable[str], calendar: Calendar) -> None:
    """Make sure that every goal can be understood without knowing the CRM.

    Raises:
        SettingsError: a goal names no KPI, kind of subject or period, has the wrong number of weights, or says the same as another.
    """
    known, seen = sorted(kpis), set()
    for number, goal in enumerate(settings, 1):
        where = f"goal {number} (CRM_KPI_GOALS)"
        if goal.kpi not in known:
            raise SettingsError(f"{where} names the KPI {goal.kpi!r}; allowed are {', '.join(known)}.")
        if not _SUBJECT.fullmatch(goal.subject):
            raise SettingsError(f"{where} is for {goal.subject!r}; allowed are account, owner:NAME and team:NAME.")
        list(_parts(where, goal, calendar.parse(goal.period), calendar))
        if (key := (goal.kpi, goal.subject, goal.period)) in seen:
            raise SettingsError(f"{where} sets a target for {goal.kpi} of {goal.subject} in {goal.period} that another goal sets already.")
        seen.add(key)


def targets_of(settings: Sequence[GoalSetting], members: Members, calendar: Calendar) -> tuple[Target, ...]:
    """Return every target that follows from the settings: each goal's own period, and its parts where it is split.

    A goal whose subject the CRM does not hold, or holds twice, gives none; `unresolved` names those.
    """
    return tuple(target for one in _all(settings, members, calendar) for target in one.targets())


def unresolved(settings: Sequence[GoalSetting], members: Members) -> tuple[str, ...]:
    """Return a sentence for every goal whose subject cannot be found."""
    found = ((number, goal, _matches(goal.subject, members)) for number, goal in enumerate(settings, 1))
    return tuple(
        f"Goal {number} (CRM_KPI_GOALS) is for {goal.subject}, of which the CRM shows {len(matches)}; it is left out."
        for number, goal, matches in found
        if len(matches) != 1
    )


def targets_in(rows: Iterable[GoalRecord], calendar: Calendar) -> tuple[Target, ...]:
    """Return the targets that people set in the CRM itself, as far as they measure a KPI of ours over a whole period."""
    return tuple(target for row in rows if row.deleted_at is None and row.marker is None for target in _target_in(row, calendar))


def goals_for(settings: Sequence[GoalSetting], tenant: str, members: Members, calendar: Calendar) -> tuple[Goal, ...]:
    """Return the goals to write: of each goal in the settings its parts, or the whole where it is not split.

    Account-wide goals are left out, because a CRM's goals belong to people and teams; they still count as targets.
    """
    found = _all(settings, members, calendar)
    return tuple(goal for one in found if one.kind != "account" for goal in one.goals(tenant, members))


@dataclass(frozen=True, slots=True)
class _Resolved:
    """A goal of the settings with its subject found and its parts worked out."""

    kpi: str
    kind: str
    subject: str
    whole: Period
    target: Decimal
    parts: tuple[tuple[Period, Decimal], ...]

    def targets(self) -> Iterator[Target]:
        for period, target in ((self.whole, self.target), *self.parts):
            yield Target(self.kpi, self.kind, self.subject, period, target)

    def goals(self, tenant: str, members: Members) -> Iterator[Goal]:
        names = members.owner if self.kind == "owner" else members.team
        title = f"{self.kpi.replace('_', ' ').capitalize()} {self.whole.name}, {names[self.subject]}"
        rows = self.parts or ((self.whole, self.target),)
        what = f"{tenant}/{self.kpi}/{self.kind}:{self.subject}/{self.whole.name}/{rows[0][0].grain}"
        family = str(uuid.uuid5(_FAMILIES, what))
        for period, target in rows:
            yield Goal(self.kpi, self.kind, self.subject, period, target, family, title)


def _all(settings: Sequence[GoalSetting], members: Members, calendar: Calendar) -> Iterator[_Resolved]:
    for number, goal in enumerate(settings, 1):
        matches = _matches(goal.subject, members)
        if len(matches) == 1:
            kind, subject = matches[0]
            period = calendar.parse(goal.period)
            parts = tuple(_parts(f"goal {number} (CRM_KPI_GOALS)", goal, period, calendar))
            yield _Resolved(goal.kpi, kind, subject, period, goal.target, parts)


def _matches(text: str, members: Members) -> list[tuple[str, str]]:
    """Return whom a subject can mean, as kind and id."""
    kind, _, name = text.partition(":")
    if kind == "account":
        return [("account", "")]
    return [(kind, one) for one, label in getattr(members, kind).items() if name in (one, label)]


def _parts(where: str, goal: GoalSetting, period: Period, calendar: Calendar) -> Iterator[tuple[Period, Decimal]]:
    if goal.split is None:
        return
    parts = [part for part in calendar.span(Grain(goal.split), period.start, period.end) if part.end <= period.end]
    weights = goal.weights or (Decimal(1),) * len(parts)
    if len(weights) != len(parts) or sum(weights) <= 0:
        raise SettingsError(f"{where} has {len(goal.weights)} weights for {len(parts)} parts; give one for each, or none.")
    yield from zip(parts, split(goal.target, weights), strict=True)


def split(whole: Decimal, weights: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """Divide a target by weights into cents; what rounding leaves goes to the last part, so that the parts add up to the whole."""
    total = sum(weights)
    parts = [(whole * weight / total).quantize(CENT) for weight in weights[:-1]]
    return (*parts, whole - sum(parts))


def _target_in(row: GoalRecord, calendar: Calendar) -> Iterator[Target]:
    if row.kpi is None or row.subject is None or row.subject_type is None or row.target is None or row.starts_on is None:
        return
    for grain in (Grain.YEAR, Grain.QUARTER, Grain.MONTH):
        period = calendar.period_of(grain, row.starts_on)
        if (period.start, period.end) == (row.starts_on, row.ends_on):
            yield Target(row.kpi, row.subject_type, row.subject, period, row.target)
