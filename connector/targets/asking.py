"""Every number that the settings ask for, one by one: ordinary goals and the key results of large ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from connector.period import Calendar, Period
from connector.settings import Asked, GoalSetting, KeyResult, Than


@dataclass(frozen=True, slots=True)
class Ask:
    """One number that is asked for. `where` names it for people; ordinary goals, which alone have parts and milestones, have a `goal`."""

    where: str
    kpi: str
    subject: str
    period: Period
    asked: Asked
    goal: GoalSetting | None = None

    @classmethod
    def of_goal(cls, number: int, goal: GoalSetting, calendar: Calendar) -> Self:
        """Return what an ordinary goal asks for."""
        return cls(place_of(number), goal.kpi or "", goal.subject, calendar.parse(goal.period), goal, goal)

    @classmethod
    def of_result(cls, number: int, goal: GoalSetting, place: int, calendar: Calendar) -> Self:
        """Return what the key result at a place of a large goal asks for."""
        result: KeyResult = goal.key_results[place - 1]
        where = f"key result {place} of {place_of(number)}"
        return cls(where, result.kpi, result.subject or goal.subject, calendar.parse(goal.period), result)

    @property
    def than(self) -> Than | None:
        """What the target is compared with, where it is no number."""
        return self.asked.more_than or self.asked.less_than

    @property
    def is_sum(self) -> bool:
        """Whether a team's target is the sum of its members'."""
        return self.goal is not None and self.goal.of_team == "members"


def place_of(number: int) -> str:
    """Return how messages call a goal."""
    return f"goal {number} (CRM_KPI_GOALS)"


def asks(settings: Sequence[GoalSetting], calendar: Calendar) -> Iterator[Ask]:
    """Yield every number that the goals ask for."""
    for number, goal in enumerate(settings, 1):
        if goal.key_results:
            yield from (Ask.of_result(number, goal, place, calendar) for place in range(1, len(goal.key_results) + 1))
        else:
            yield Ask.of_goal(number, goal, calendar)


def start_of(ask: Ask, calendar: Calendar) -> Period:
    """Return the period that a goal starts from."""
    named = ask.than.period if ask.than else None
    return calendar.parse(named) if named else calendar.previous(ask.period)


def pasts(settings: Sequence[GoalSetting], calendar: Calendar) -> set[tuple[str, str, Period]]:
    """Return the KPI, kind of subject (empty for the whole account) and period of every value that a goal starts from."""
    found = ((ask, ask.subject.partition(":")[0]) for ask in asks(settings, calendar) if ask.than)
    return {(ask.kpi, "" if kind == "account" else kind, start_of(ask, calendar)) for ask, kind in found}
