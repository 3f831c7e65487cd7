"""Working days: those of the hours of business, else Monday to Friday, without the holidays of everybody and of somebody's teams."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from connector.hours import Hours
from connector.model import Holiday, Membership
from connector.period import Calendar, Period

_WEEK = frozenset(range(1, 6))
"""Monday to Friday."""


@dataclass(frozen=True, slots=True)
class Stay:
    """The days `[start, end)` that a user is in a team."""

    team: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Workdays:
    """Who works when: days off for everybody and by team, who is in which team when, and the weekdays of everybody and of single users."""

    off: frozenset[date] = frozenset()
    by_team: Mapping[str, frozenset[date]] = field(default_factory=dict)
    stays: Mapping[str, tuple[Stay, ...]] = field(default_factory=dict)
    week: frozenset[int] = _WEEK
    weeks: Mapping[str, frozenset[int]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        holidays: Iterable[Holiday],
        memberships: Iterable[Membership],
        teams: Mapping[str, str],
        calendar: Calendar,
        *,
        hours: Hours | None = None,
        own: Mapping[str, Hours] | None = None,
    ) -> "Workdays":
        """Read the tables. A holiday names its team by id or, as a file may, by name; `teams` maps ids to names.

        `hours` are those of business, where they are set; only then the `own` ones of users count.
        """
        everybody: set[date] = set()
        by_team: dict[str, set[date]] = {team: set() for team in teams}
        for one in holidays:
            named = [days for team, days in by_team.items() if one.team in (team, teams[team])]
            for days in named if one.team else [everybody]:
                days.add(one.day)
        stays: dict[str, tuple[Stay, ...]] = {}
        for row in memberships:
            start = calendar.day_of(row.since) if row.since else date.min
            end = min((calendar.day_of(left) for left in (row.until, row.deleted_at) if left), default=date.max)
            stays[row.user] = (*stays.get(row.user, ()), Stay(row.team, start, end))
        off = {team: frozenset(days) for team, days in by_team.items()}
        weeks = {user: mine.weekdays for user, mine in (own or {}).items()} if hours else {}
        return cls(frozenset(everybody), off, stays, hours.weekdays if hours else _WEEK, weeks)

    def days(self, kind: str, subject: str, period: Period) -> list[date]:
        """Return the days of a period on which a team, an owner or (any other kind) everybody works."""
        off = self._off(kind, subject)
        week = self.weeks.get(subject, self.week) if kind == "owner" else self.week
        return [day for day in _weekdays(period.start, period.end, week) if day not in off]

    def users_of(self, team: str, period: Period) -> list[str]:
        """Return who is in a team on any day of a period."""
        return sorted(
            user
            for user, stays in self.stays.items()
            if any(stay.team == team and stay.start < period.end and period.start < stay.end for stay in stays)
        )

    def share_in(self, user: str, team: str, period: Period) -> tuple[int, int]:
        """Return on how many of a user's working days of a period the user is in a team, and how many there are."""
        stays = [stay for stay in self.stays.get(user, ()) if stay.team == team]
        days = self.days("owner", user, period)
        return sum(any(stay.start <= day < stay.end for stay in stays) for day in days), len(days)

    def _off(self, kind: str, subject: str) -> frozenset[date]:
        if kind == "team":
            return self.off | self.by_team.get(subject, frozenset())
        if kind != "owner":
            return self.off
        own = (day for stay in self.stays.get(subject, ()) for day in self.by_team.get(stay.team, ()) if stay.start <= day < stay.end)
        return self.off.union(own)


@lru_cache(maxsize=1_000)
def _weekdays(start: date, end: date, week: frozenset[int]) -> tuple[date, ...]:
    """Return the days `[start, end)` that are of the week; asked for again and again, because many goals share few periods."""
    every = (start + timedelta(days=number) for number in range((end - start).days))
    return tuple(day for day in every if day.isoweekday() in week)
