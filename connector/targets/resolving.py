"""Works out what each goal of the settings asks of whom: subjects found, numbers known, parts divided."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from connector.aims import Aim, Milestone, Result, is_flow
from connector.kpis import Catalogue
from connector.kpis.metric import Better
from connector.model import Target
from connector.period import Calendar, Grain
from connector.settings import GoalSetting
from connector.targets.asking import Ask, asks
from connector.targets.members import Members
from connector.targets.numbers import Number, number_of
from connector.targets.splitting import split, tiles, weighted
from connector.targets.summing import Sums

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Resolved:
    """One goal of the settings with its subject found: the whole, and its parts where it is split."""

    ask: Ask
    whole: Aim
    parts: tuple[Aim, ...] = ()

    @property
    def aims(self) -> tuple[Aim, ...]:
        """The whole and its parts."""
        return (self.whole, *self.parts)


@dataclass(frozen=True, slots=True)
class Resolution:
    """Everything that the settings ask for: ordinary goals and key results, large goals, and a sentence for each that lacks something."""

    goals: tuple[Resolved, ...]
    large: tuple[Aim, ...]
    notes: tuple[str, ...]

    @property
    def targets(self) -> tuple[Target, ...]:
        """The plain targets."""
        return tuple(target for one in self.goals for aim in one.aims if (target := aim.as_target))


def resolve(settings: Sequence[GoalSetting], members: Members, calendar: Calendar) -> Resolution:
    """Work out everything that the settings ask for; sums of members' goals last, because they are made from the others."""
    made: dict[str, Resolved] = {}
    notes: dict[str, str] = {}
    every = list(asks(settings, calendar))
    for is_sum in (False, True):
        sums = Sums(_of_owners(made.values(), members), members, calendar)
        for ask in (one for one in every if one.is_sum is is_sum):
            found, note = _resolved(ask, sums)
            made |= {ask.where: found} if found else {}
            notes |= {ask.where: note[:1].upper() + note[1:]} if note else {}
    large = tuple(_large(settings, members, calendar, made))
    return Resolution(_in_order(every, made), large, _in_order(every, notes))


def aims_of(settings: Sequence[GoalSetting], members: Members, calendar: Calendar) -> tuple[Aim, ...]:
    """Return every goal to be judged: large ones with what they hold, ordinary ones with their parts, and those set in the CRM itself.

    A goal whose subject the CRM does not hold, or holds twice, is left out; `unresolved` names those.
    """
    return aims_in(resolve(settings, members, calendar), members)


def aims_in(found: Resolution, members: Members) -> tuple[Aim, ...]:
    """Return the same from what was worked out already."""
    taken = {_key(target) for target in found.targets}
    theirs = (_theirs(target, members.kpis) for target in members.theirs if _key(target) not in taken and target.kpi in members.kpis)
    return (*found.large, *(aim for one in found.goals if one.ask.goal for aim in one.aims), *theirs)


def targets_of(settings: Sequence[GoalSetting], members: Members, calendar: Calendar) -> tuple[Target, ...]:
    """Return every target that follows from the settings: each goal's own period, and its parts where it is split."""
    return resolve(settings, members, calendar).targets


def unresolved(settings: Sequence[GoalSetting], members: Members, calendar: Calendar) -> tuple[str, ...]:
    """Return a sentence for every goal that is left out, or that lacks something."""
    return resolve(settings, members, calendar).notes


def _in_order(every: Sequence[Ask], found: Mapping[str, T]) -> tuple[T, ...]:
    return tuple(found[ask.where] for ask in every if ask.where in found)


def _resolved(ask: Ask, sums: Sums) -> tuple[Resolved | None, str]:
    matches = sums.members.matches(ask.subject)
    if len(matches) != 1:
        return None, f"{ask.where} is for {ask.subject}, of which the CRM shows {len(matches)}; it is left out."
    number = number_of(ask, matches[0], sums)
    if number.target is None:
        return None, number.note
    whole = _aim(ask, matches[0], number, sums.members.kpis)
    parts = tuple(_parts(ask, whole, sums))
    due = tuple((part.period, part.target or Decimal(0)) for part in parts) if whole.kpi and is_flow(whole.kpi) else ()
    return Resolved(ask, replace(whole, parts=number.parts or due, milestones=_milestones(ask, sums.calendar)), parts), number.note


def _aim(ask: Ask, whom: tuple[str, str], number: Number, kpis: Catalogue) -> Aim:
    kpi = kpis[ask.kpi]
    return Aim(
        title=(ask.goal.name if ask.goal else "") or kpi.label,
        kpi=kpi,
        subject_type=whom[0],
        subject=whom[1],
        period=ask.period,
        target=number.target,
        direction=Better(ask.asked.better) if ask.asked.better else None,
        baseline=number.baseline,
        parts=number.parts,
    )


def _parts(ask: Ask, whole: Aim, sums: Sums) -> Iterator[Aim]:
    """Yield the parts of a goal that is split; what is no flow is the same in each of them."""
    if ask.goal is None or ask.goal.split is None or whole.kpi is None:
        return
    cut = weighted(ask.where, ask.goal, ask.period, sums.calendar)
    for number, (period, _) in enumerate(cut):
        if ask.is_sum:
            part = number_of(replace(ask, period=period), (whole.subject_type, whole.subject), sums)
            if part.target is not None:
                yield replace(whole, period=period, target=part.target, parts=part.parts)
        elif is_flow(whole.kpi):
            target, baseline = (one and split(one, [weight for _, weight in cut])[number] for one in (whole.target, whole.baseline))
            yield replace(whole, period=period, target=target, baseline=baseline)
        else:
            yield replace(whole, period=period)


def _milestones(ask: Ask, calendar: Calendar) -> tuple[Milestone, ...]:
    goal = ask.goal
    found = [(calendar.parse(one.by), one) for one in goal.milestones] if goal else []
    months = tiles(Grain.MONTH, ask.period, calendar)
    return tuple(Milestone(by, one.target, tuple(month for month in months if month.end <= by.end), one.name) for by, one in found)


def _large(settings: Sequence[GoalSetting], members: Members, calendar: Calendar, made: Mapping[str, Resolved]) -> Iterator[Aim]:
    """Yield the goals that hold others, as far as any of those is known."""
    for number, goal in enumerate(settings, 1):
        asked = [Ask.of_result(number, goal, place, calendar) for place in range(1, len(goal.key_results) + 1)]
        results = [
            Result(made[ask.where].whole, result.weight) for ask, result in zip(asked, goal.key_results, strict=True) if ask.where in made
        ]
        whom = members.matches(goal.subject)
        if results and len(whom) == 1:
            kind, subject = whom[0]
            yield Aim(title=goal.name, subject_type=kind, subject=subject, period=calendar.parse(goal.period), results=tuple(results))


def _of_owners(made: Iterable[Resolved], members: Members) -> dict[tuple[str, str, str], Decimal]:
    """Return the targets of owners by KPI, owner and period; a setting wins over the CRM."""
    ours = [target for one in made for aim in one.aims if (target := aim.as_target)]
    return {(one.kpi, one.subject, one.period.name): one.target for one in (*members.theirs, *ours) if one.subject_type == "owner"}


def _key(target: Target) -> tuple[str, str, str, str]:
    return (target.kpi, target.subject_type, target.subject, target.period.name)


def _theirs(target: Target, kpis: Catalogue) -> Aim:
    kpi = kpis[target.kpi]
    return Aim(
        title=kpi.label,
        kpi=kpi,
        subject_type=target.subject_type,
        subject=target.subject,
        period=target.period,
        target=target.target,
        origin="crm",
    )
