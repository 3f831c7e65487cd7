"""When an account's road runs: reads a schedule's text and tells which moments it names, on the account's own clock."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from connector.errors import SettingsError

ALLOWED = (
    "hourly, daily (at 03:15), every N minutes (N from 1 to 1440), "
    "or five cron fields: minute hour day-of-month month day-of-week (15 6 * * mon-fri)"
)
_WORDS = {"daily": "15 3 * * *"}
_EVERY = re.compile(r"^every (?P<n>\d{1,4}) minutes?$")
_LONGEST = 1440
_MONTHS = {
    name: place for place, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1)
}
_DAYS = {name: place for place, name in enumerate(["sun", "mon", "tue", "wed", "thu", "fri", "sat"])}
_SUNDAY = 7
_ONE_DAY = timedelta(days=1)
# From a leap year on, every date that ever comes round does so within these years: 29 February can be eight years apart.
_ROUND = (date(2096, 1, 1), date(2104, 12, 31))
_FARTHEST_DAYS = 8 * 366 + 2


@dataclass(frozen=True, slots=True)
class _Field:
    """One of the five cron fields: its name, range, and the words that may stand for numbers."""

    name: str
    low: int
    high: int
    words: dict[str, int]

    def parse(self, text: str) -> frozenset[int]:
        """Return the numbers that a list of ranges with steps names; ValueError says what is wrong with it."""
        return frozenset(number for part in text.split(",") for number in self._part(part))

    def _part(self, text: str) -> range:
        span, slash, step = text.partition("/")
        first, dash, last = span.partition("-")
        low = self.low if span == "*" else self._number(first)
        high = self.high if span == "*" or (slash and not dash) else self._number(last if dash else first)
        if high < low or (slash and not (step.isdigit() and int(step))):
            raise ValueError(f"{text!r} is no range of its {self.name}")
        return range(low, high + 1, int(step) if slash else 1)

    def _number(self, text: str) -> int:
        number = self.words.get(text, int(text) if text.isdecimal() else -1)
        if not self.low <= number <= self.high:
            raise ValueError(f"{text!r} is no {self.name} ({self.low}-{self.high})")
        return number


_FIELDS = (
    _Field("minute", 0, 59, {}),
    _Field("hour", 0, 23, {}),
    _Field("day of month", 1, 31, {}),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of week", 0, _SUNDAY, _DAYS),
)


@dataclass(frozen=True, slots=True)
class _Interval:
    """Every so many minutes of real time, whatever local clocks do."""

    minutes: int

    def latest(self, now: datetime) -> datetime:
        seconds = self.minutes * 60
        return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)

    def next(self, now: datetime) -> datetime:
        return self.latest(now) + timedelta(minutes=self.minutes)

    def key(self, slot: datetime) -> str:
        return f"{slot.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


@dataclass(frozen=True)
class _WallClock:
    """Moments on a local wall clock, as cron names them."""

    zone: ZoneInfo
    fields: tuple[frozenset[int], ...]
    either_day: bool

    @cached_property
    def _times(self) -> tuple[time, ...]:
        minutes, hours = self.fields[:2]
        return tuple(time(hour, minute) for hour in sorted(hours) for minute in sorted(minutes))

    def has(self, day: date) -> bool:
        _, _, days, months, weekdays = self.fields
        by_day, by_weekday = day.day in days, day.isoweekday() % _SUNDAY in {number % _SUNDAY for number in weekdays}
        return day.month in months and (by_day or by_weekday if self.either_day else by_day and by_weekday)

    def _slots(self, day: date) -> list[datetime]:
        # A wall time that a clock change skips becomes the same distance past the change; one that comes twice counts the first time.
        return [datetime.combine(day, at, self.zone).astimezone(UTC) for at in self._times] if self.has(day) else []

    def _days(self, now: datetime, step: timedelta) -> Iterator[date]:
        first = now.astimezone(self.zone).date() - step
        return (first + step * count for count in range(_FARTHEST_DAYS))

    def latest(self, now: datetime) -> datetime:
        return next(max(past) for day in self._days(now, -_ONE_DAY) if (past := [slot for slot in self._slots(day) if slot <= now]))

    def next(self, now: datetime) -> datetime:
        return next(min(ahead) for day in self._days(now, _ONE_DAY) if (ahead := [slot for slot in self._slots(day) if slot > now]))

    def key(self, slot: datetime) -> str:
        return f"{slot.astimezone(self.zone):%Y-%m-%dT%H:%M}"


@dataclass(frozen=True, slots=True)
class Schedule:
    """The moments (slots) at which an account's road is due.

    `daily` and cron fields follow the local wall clock of `zone`: a time that comes twice on an autumn night is one slot, a time that a
    spring night skips comes as much later as the clock jumped. `hourly` and `every N minutes` count real minutes since the epoch.
    """

    text: str
    zone: ZoneInfo
    _rule: _Interval | _WallClock

    @classmethod
    def parse(cls, text: str, zone: ZoneInfo) -> "Schedule":
        """Read a schedule.

        Raises:
            SettingsError: the text is no schedule, or names no moment that ever comes; the message says what is allowed.
        """
        words = " ".join(text.lower().split())
        try:
            return cls(words, zone, _interval(words) or _wall_clock(_WORDS.get(words, words), zone))
        except ValueError as error:
            raise SettingsError(f"{text!r} is not a schedule: {error}; allowed are {ALLOWED}.") from None

    def latest_slot(self, now: datetime) -> datetime:
        """Return the last slot (UTC) at or before the instant `now`."""
        return self._rule.latest(now)

    def next_slot(self, now: datetime) -> datetime:
        """Return the first slot (UTC) after the instant `now`."""
        return self._rule.next(now)

    def key(self, slot: datetime) -> str:
        """Return the name under which a slot is claimed: the wall time to the minute, for counted minutes the UTC time with a Z."""
        return self._rule.key(slot)


def _interval(words: str) -> _Interval | None:
    if words == "hourly":
        return _Interval(60)
    found = _EVERY.match(words)
    if not found:
        return None
    minutes = int(found["n"])
    if not 1 <= minutes <= _LONGEST:
        raise ValueError(f"{minutes} minutes is not from 1 to {_LONGEST}")
    return _Interval(minutes)


def _wall_clock(words: str, zone: ZoneInfo) -> _WallClock:
    parts = words.split(" ")
    if len(parts) != len(_FIELDS):
        raise ValueError("it is no known word and has not five fields")
    fields = tuple(field.parse(part) for field, part in zip(_FIELDS, parts, strict=True))
    # Cron's oldest rule: where both days are restricted, either will do.
    rule = _WallClock(zone, fields, either_day=not (parts[2].startswith("*") or parts[4].startswith("*")))
    first, last = _ROUND
    if not any(rule.has(first + timedelta(days=count)) for count in range((last - first).days)):
        raise ValueError("no such day ever comes")
    return rule
