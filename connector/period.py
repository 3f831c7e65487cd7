"""Half-open periods on the account's own calendar: its time zone and the month its fiscal year starts in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from connector.errors import SettingsError

BEGINNING = date(1970, 1, 1)
"""Start of the period `all`; CRMs hold no deals older than this."""
FAR = date(9999, 1, 1)
"""End of the period `all`."""


class Grain(StrEnum):
    """How long a period is."""

    ALL = "all"
    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"
    WEEK = "week"
    DAY = "day"


MEASURED = (Grain.ALL, Grain.YEAR, Grain.QUARTER, Grain.MONTH)
"""The grains that every KPI is computed at in advance."""
_MONTHS = {Grain.YEAR: 12, Grain.QUARTER: 3, Grain.MONTH: 1}
_NAME = re.compile(r"(?P<year>\d{4})(-(Q(?P<quarter>[1-4])|W(?P<week>\d{2})|(?P<month>\d{2})(-(?P<day>\d{2}))?))?", re.ASCII)
_ALLOWED = "all, a year (2017), a quarter (2017-Q4), a month (2017-11), a week (2017-W05) or a day (2017-11-03)"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The local days from `start` up to, not including, `end`."""

    start: date
    end: date
    grain: Grain
    name: str

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end


ALL_TIME = Period(BEGINNING, FAR, Grain.ALL, "all")


def _shift(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Turns instants into local days and days into periods.

    `fiscal_start` is the month (1-12) in which the fiscal year starts; a fiscal year is named after the calendar year in which it ends.
    """

    zone: ZoneInfo
    fiscal_start: int = 1

    def day_of(self, instant: datetime) -> date:
        """Return the local day that `instant` falls on."""
        return instant.astimezone(self.zone).date()

    def start_of(self, day: date) -> datetime:
        """Return the instant (UTC) at which the local `day` begins."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def end_of(self, day: date) -> datetime:
        """Return the instant (UTC) at which the local `day` ends, which is where the next one begins."""
        return self.start_of(day + timedelta(days=1))

    def period_of(self, grain: Grain, day: date) -> Period:
        """Return the period of this grain that holds `day`."""
        if grain is Grain.ALL:
            return ALL_TIME
        if grain is Grain.DAY:
            return Period(day, day + timedelta(days=1), grain, day.isoformat())
        if grain is Grain.WEEK:
            return self._week(day - timedelta(days=day.weekday()))
        size = _MONTHS[grain]
        offset = (day.month - self.fiscal_start) % 12 % size
        return self._months(grain, _shift(day, -offset))

    def next(self, period: Period) -> Period:
        """Return the period after this one; `all` has none and returns itself."""
        return period if period.grain is Grain.ALL else self.period_of(period.grain, period.end)

    def previous(self, period: Period) -> Period:
        """Return the period before this one; `all` has none and returns itself."""
        return period if period.grain is Grain.ALL else self.period_of(period.grain, period.start - timedelta(days=1))

    def span(self, grain: Grain, first: date, last: date) -> Iterator[Period]:
        """Yield the periods of this grain from the one that holds `first` to the one that holds `last`."""
        period = self.period_of(grain, first)
        while period.start <= last:
            yield period
            if grain is Grain.ALL:
                return
            period = self.next(period)

    def parse(self, text: str) -> Period:
        """Read a period's name.

        Raises:
            SettingsError: the text names no period; the message says what is allowed.
        """
        if text == Grain.ALL:
            return ALL_TIME
        found = _NAME.fullmatch(text)
        if not found:
            raise SettingsError(f"{text!r} is not a period; allowed are {_ALLOWED}.")
        try:
            return self._named({key: int(value) for key, value in found.groupdict().items() if value})
        except (ValueError, OverflowError) as error:
            raise SettingsError(f"{text!r} is not a period: {error}; allowed are {_ALLOWED}.") from None

    def _named(self, part: dict[str, int]) -> Period:
        year = part["year"]
        if "day" in part:
            return self.period_of(Grain.DAY, date(year, part["month"], part["day"]))
        if "week" in part:
            return self._week(date.fromisocalendar(year, part["week"], 1))
        if "month" in part:
            return self._months(Grain.MONTH, date(year, part["month"], 1))
        first = date(year - (self.fiscal_start > 1), self.fiscal_start, 1)
        if "quarter" in part:
            return self._months(Grain.QUARTER, _shift(first, 3 * (part["quarter"] - 1)))
        return self._months(Grain.YEAR, first)

    def _week(self, monday: date) -> Period:
        year, week, _ = monday.isocalendar()
        return Period(monday, monday + timedelta(days=7), Grain.WEEK, f"{year}-W{week:02}")

    def _months(self, grain: Grain, start: date) -> Period:
        end = _shift(start, _MONTHS[grain])
        return Period(start, end, grain, self._name(grain, start))

    def _name(self, grain: Grain, start: date) -> str:
        if grain is Grain.MONTH:
            return f"{start.year}-{start.month:02}"
        year = start.year + (self.fiscal_start > 1 and start.month >= self.fiscal_start)
        if grain is Grain.YEAR:
            return str(year)
        return f"{year}-Q{(start.month - self.fiscal_start) % 12 // 3 + 1}"
