"""Who can have a target, with all else that the settings' goals are worked out from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from connector.aims import Key, Workdays
from connector.kpis import KPIS, Catalogue
from connector.model import GoalRecord, Target
from connector.period import Calendar, Grain

GRAINS = (Grain.YEAR, Grain.QUARTER, Grain.MONTH)
"""The periods that a target can be for."""


@dataclass(frozen=True, slots=True)
class Members:
    """Who can have a target: id to name, per kind of subject.

    `workdays` tell who works when, and in which team. `past` holds what was measured in the periods that goals start from, `theirs` the
    targets that people set in the CRM itself, `kpis` all that can be a goal's.
    """

    owner: Mapping[str, str]
    team: Mapping[str, str]
    workdays: Workdays = field(default_factory=Workdays)
    past: Mapping[Key, Decimal | None] = field(default_factory=dict)
    theirs: Sequence[Target] = ()
    kpis: Catalogue = KPIS

    def matches(self, subject: str) -> list[tuple[str, str]]:
        """Return whom a subject of the settings can mean, as kind and id."""
        kind, _, name = subject.partition(":")
        if kind == "account":
            return [("account", "")]
        return [(kind, one) for one, label in getattr(self, kind).items() if name in (one, label)]


def targets_in(rows: Iterable[GoalRecord], calendar: Calendar) -> tuple[Target, ...]:
    """Return the targets that people set in the CRM itself, as far as they measure a KPI of ours over a whole period."""
    return tuple(target for row in rows if row.deleted_at is None and row.marker is None for target in _target_in(row, calendar))


def _target_in(row: GoalRecord, calendar: Calendar) -> Iterator[Target]:
    if row.kpi is None or row.subject is None or row.subject_type is None or row.target is None or row.starts_on is None:
        return
    for grain in GRAINS:
        period = calendar.period_of(grain, row.starts_on)
        if (period.start, period.end) == (row.starts_on, row.ends_on):
            yield Target(row.kpi, row.subject_type, row.subject, period, row.target)
