"""Writes out in SQL how far an account's clock is from UTC, by when that changed."""

from collections.abc import Iterator, Sequence
from datetime import MAXYEAR, UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_STEP = timedelta(days=3)
"""No zone has changed twice within so many days since 1970; Brazil and Palestine did within seven."""
_YEARS = 10
"""How many years back it is written out: each change makes every definition longer."""
_SECOND = timedelta(seconds=1)
_ASKED = "epoch_us(timezone(getvariable('zone'), make_timestamptz(us))) - us"
"""What DuckDB itself says: slower, and of a year whose rules it may know less well than Python does."""


def microseconds(instant: datetime) -> int:
    """Return microseconds since 1970, UTC."""
    found = instant - _BEGINNING
    return (found.days * 86_400 + found.seconds) * 1_000_000 + found.microseconds


@lru_cache(maxsize=64)
def ahead_of_utc(zone: ZoneInfo, year: int) -> str:
    """Return an SQL expression for what to add to `us`, microseconds UTC, to read it in a zone.

    It is written out from ten years before this year to the end of the next. The newest change comes first, because most of what is read is
    new.
    """
    near = min(max(year, _BEGINNING.year + _YEARS), MAXYEAR - _YEARS)
    start, end = datetime(near - _YEARS, 1, 1, tzinfo=UTC), datetime(near + 2, 1, 1, tzinfo=UTC)
    changes = list(_changes(zone, start, end))
    known = " ".join(f"when us >= {microseconds(at)} then {_ahead(zone, at) // timedelta(microseconds=1)}" for at in reversed(changes))
    return f"case when us is null then null when us >= {microseconds(end)} then {_ASKED} {known} else {_ASKED} end"


def passed(instants: Sequence[int], before: int = 0) -> str:
    """Return an SQL expression for how many of these instants, microseconds in order, `us` is at or after."""
    if not instants:
        return str(before)
    middle = len(instants) // 2
    earlier, later = passed(instants[:middle], before), passed(instants[middle + 1 :], before + middle + 1)
    return f"case when us < {instants[middle]} then {earlier} else {later} end"


def _changes(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield the start, and every instant after it from which on the zone is another time ahead of UTC."""
    yield start
    at = start
    while at < end:
        if _ahead(zone, at) != _ahead(zone, at + _STEP):
            yield _between(zone, at, at + _STEP)
        at += _STEP


def _between(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    while after - before > _SECOND:
        middle = before + (after - before) // 2 // _SECOND * _SECOND
        before, after = (middle, after) if _ahead(zone, middle) == _ahead(zone, before) else (before, middle)
    return after


def _ahead(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()
