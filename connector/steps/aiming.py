"""Who has which goals, and how far each of them is, from what the store holds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from connector.aims import Aim, Key, Progress, Seen, Workdays, judge
from connector.hours import Hours
from connector.model import Entity, Goal, Holiday, KpiValue, Membership, Record, Stream, User
from connector.own import catalogue_of
from connector.period import Period
from connector.settings import AccountConfig
from connector.steps.work import calendar_of
from connector.store import Account, Store
from connector.targets import Members, aims_in, pasts, resolve, targets_in

_PLACES = Decimal("0.0001")
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Judged:
    """Goals with their progress as of a measurement, the names of their subjects by kind and id, and a sentence for each left out."""

    goals: tuple[Progress, ...] = ()
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    as_of: datetime | None = None
    notes: tuple[str, ...] = ()


def members_of(store: Store, config: AccountConfig, account: Account) -> Members:
    """Return everybody who can have a target, with all else that goals are worked out from."""
    calendar, name = calendar_of(config, account), config.name
    owners, teams = (store.records.members(name, entity) for entity in (Entity.USERS, Entity.TEAMS))
    holidays = [row for row in store.records.get(name, Entity.HOLIDAYS) if isinstance(row, Holiday)]
    return Members(
        owners,
        teams,
        Workdays.of(
            holidays,
            _stays(store.records.get(name, Entity.MEMBERSHIPS, deleted=True)),
            teams,
            calendar,
            hours=Hours.told(config.house.business_hours),
            own=_own_hours(store.records.get(name, Entity.USERS)),
        ),
        {key: value.value for key, value in _values(store, name, pasts(config.house.goals, calendar)).items()},
        targets_in(store.records.goals(name), calendar) if _are_whole(store, name) else (),
        catalogue_of(config.house.kpis),
    )


def judged(store: Store, config: AccountConfig, account: Account, *, every: bool = False) -> Judged:
    """Return how far the running goals are, or `every` goal, by what was measured last."""
    measured = store.values.latest(config.name)
    if measured is None:
        return Judged()
    calendar, people = calendar_of(config, account), members_of(store, config, account)
    last_day = calendar.day_of(measured.as_of - _INSTANT)
    found = resolve(config.house.goals, people, calendar)
    aims = [aim for aim in aims_in(found, people) if every or last_day in aim.period]
    wanted = {(aim.kpi.key, _kind(aim), period) for aim in _flat(aims) if aim.kpi for period in _periods(aim)}
    values = _values(store, config.name, wanted)
    seen = Seen(values, people.workdays, calendar.day_of(measured.as_of), frozenset(store.values.unavailable(config.name)))
    return Judged(
        tuple(judge(aim, seen) for aim in aims),
        {"owner": people.owner, "team": people.team},
        measured.as_of,
        found.notes,
    )


def measured_goals(store: Store, account: str, goals: Sequence[Goal]) -> list[Goal]:
    """Return goals with how far each is, by what was measured last, and with the id that the CRM gave it, where we made it before."""
    values = _values(store, account, {(goal.kpi, goal.subject_type, goal.period) for goal in goals})
    known = store.plans.goal_map(account)
    return [
        replace(
            goal,
            actual=_kept(values.get((goal.kpi, goal.subject_type, goal.subject, goal.period.name))),
            remote=known[key].remote if (key := (goal.family, goal.period.name)) in known else None,
        )
        for goal in goals
    ]


def _kept(found: KpiValue | None) -> Decimal | None:
    """Return a value as records keep it."""
    return None if found is None or found.value is None else found.value.quantize(_PLACES, ROUND_HALF_UP)


def _stays(rows: Sequence[Record]) -> list[Membership]:
    return [row for row in rows if isinstance(row, Membership)]


def _own_hours(rows: Sequence[Record]) -> dict[str, Hours]:
    """Return the hours of the users of whom the CRM tells them."""
    told = {row.id: Hours.told(row.working_hours) for row in rows if isinstance(row, User)}
    return {user: hours for user, hours in told.items() if hours}


def _are_whole(store: Store, name: str) -> bool:
    """Whether the CRM's own goals are all there; those that were imported always are."""
    state = store.records.state(name, Stream.GOALS)
    return not state.refused and (state.loaded or not state.pass_no)


def _flat(aims: Iterable[Aim]) -> list[Aim]:
    return [one for aim in aims for one in (aim, *_flat(result.aim for result in aim.results))]


def _kind(aim: Aim) -> str:
    return "" if aim.subject_type == "account" else aim.subject_type


def _periods(aim: Aim) -> set[Period]:
    return {aim.period, *(period for one in aim.milestones for period in (one.by, *one.so_far))}


def _values(store: Store, account: str, wanted: Iterable[tuple[str, str, Period]]) -> dict[Key, KpiValue]:
    """Return the present values of these KPIs by these kinds of subject in these periods."""
    groups: dict[tuple[str, Period], set[str]] = {}
    for kpi, kind, period in wanted:
        groups.setdefault((kind, period), set()).add(kpi)
    rows = [(kind, row) for (kind, period), kpis in groups.items() for row in store.values.find(account, kpis, kind, period=period)]
    return {(row.kpi, kind, row.by.get(kind, ""), row.period.name): row for kind, row in rows}
