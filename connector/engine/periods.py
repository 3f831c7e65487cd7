"""The periods that a measurement speaks of, and the days that each of them is compared with."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from connector.engine.terms import INSTANT, Terms
from connector.kpis.metric import Role
from connector.period import BEGINNING, MEASURED, Calendar, Grain, Period

YEAR = 365
"""How many days a rolling year has."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days `[start, until)` that count for a period in a role; `until` is a local wall-clock time, which may cut a day in two."""

    period: Period
    role: Role
    start: date
    until: datetime


def measured_periods(terms: Terms, first: date) -> tuple[Period, ...]:
    """Return every period from the one that holds `first` to the running one, and the next year, quarter and month.

    None is older than the period `all`, or a year mistyped as 206 would make twenty thousand months in which nothing counts.
    """
    last = terms.last_day
    start = min(max(first, BEGINNING), last)
    periods = [period for grain in MEASURED for period in terms.calendar.span(grain, start, last)]
    ahead = [terms.calendar.next(terms.calendar.period_of(grain, last)) for grain in MEASURED if grain is not Grain.ALL]
    return (*periods, *ahead)


def is_ahead(terms: Terms, period: Period) -> bool:
    """Whether the period has not begun yet."""
    return period.start > terms.last_day


def moment_of(terms: Terms, period: Period) -> datetime | None:
    """Return the instant at which the period's levels are read: its end, or `as_of` while it runs; None when it has not begun."""
    if is_ahead(terms, period):
        return None
    return terms.as_of if _runs(terms, period) else terms.calendar.start_of(period.end)


def spans(terms: Terms, periods: Sequence[Period]) -> Iterator[Span]:
    """Yield the days of each period in each role."""
    for period in periods:
        end = midnight(period.end)
        yield Span(period, Role.NOW, period.start, end)
        yield Span(period, Role.THROUGH, date.min, end)
        if not is_ahead(terms, period):
            last = min(period.end - timedelta(days=1), terms.last_day)
            yield Span(period, Role.LAST_YEAR, last - timedelta(days=YEAR - 1), min(end, wall(terms.calendar, terms.as_of)))
        if period.grain is not Grain.ALL:
            yield _same_part(terms, period, terms.calendar.previous(period), Role.BEFORE)
            yield _same_part(terms, period, year_before(terms.calendar, period), Role.YEAR_BEFORE)


def year_before(calendar: Calendar, period: Period) -> Period:
    """Return the period of the same grain a year earlier; for weeks the one 52 weeks before, for a leap day the day before."""
    if period.grain is Grain.WEEK:
        return calendar.period_of(period.grain, period.start - timedelta(weeks=52))
    is_leap_day = (period.start.month, period.start.day) == (2, 29)
    day = period.start - timedelta(days=1) if is_leap_day else period.start
    return calendar.period_of(period.grain, day.replace(year=day.year - 1))


def _same_part(terms: Terms, period: Period, other: Period, role: Role) -> Span:
    whole = midnight(other.end)
    if not _runs(terms, period):
        return Span(period, role, other.start, whole)
    elapsed = wall(terms.calendar, terms.as_of) - midnight(period.start)
    return Span(period, role, other.start, min(midnight(other.start) + elapsed, whole))


def _runs(terms: Terms, period: Period) -> bool:
    return period.grain is Grain.ALL or terms.calendar.start_of(period.end) > terms.as_of


def wall(calendar: Calendar, instant: datetime) -> datetime:
    """Return what a clock on the wall shows at an instant, without a zone."""
    return instant.astimezone(calendar.zone).replace(tzinfo=None)


def last_day_before(calendar: Calendar, moment: datetime) -> date:
    """Return the local day of the last instant before `moment`."""
    return calendar.day_of(moment - INSTANT)


def midnight(day: date) -> datetime:
    """Return the beginning of a local day on the wall clock."""
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a local wall-clock time has no zone
