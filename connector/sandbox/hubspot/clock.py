"""The portal's own time: starts at a chosen instant and ticks with real time. Instants are milliseconds since 1970."""

import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from functools import lru_cache
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/New_York")
"""The time zone in which the seed's people work, and the account's unless it is told otherwise."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_PER_SECOND = 1000


class Clock:
    """Ticks from `start`, unless it is told to stand still."""

    def __init__(self, start: datetime) -> None:
        self._start = milliseconds(start)
        self._began = time.monotonic()
        self._stopped = False

    def now(self) -> int:
        """Return the present instant."""
        return self._start if self._stopped else self._start + int((time.monotonic() - self._began) * _PER_SECOND)

    def stop(self, at: int) -> None:
        """Stand still at an instant, so that what is done meanwhile has exactly that date."""
        self._start, self._stopped = at, True

    def tick(self) -> None:
        """Go on from where the clock stands."""
        self._start, self._began, self._stopped = self.now(), time.monotonic(), False

    def advance(self, seconds: float) -> None:
        """Jump forward (or back, when negative)."""
        self._start += int(seconds * _PER_SECOND)


def milliseconds(moment: datetime) -> int:
    """Return an aware datetime as milliseconds since 1970."""
    return (moment - _EPOCH) // _MILLISECOND


def moment(at: int) -> datetime:
    """Return the aware UTC datetime of an instant."""
    return _EPOCH + timedelta(milliseconds=at)


@lru_cache(maxsize=65_536)
def iso(at: int) -> str:
    """Write an instant as the vendor does: UTC, a fraction only where there is one."""
    when = moment(at).replace(tzinfo=None)
    return f"{when.isoformat(timespec='milliseconds' if at % _PER_SECOND else 'seconds')}Z"


def local_day(at: int, zone: ZoneInfo = ZONE) -> date:
    """Return the day in a time zone."""
    return moment(at).astimezone(zone).date()


def local(day: date, clock: time_of_day) -> int:
    """Return the instant of a wall-clock time on a local day."""
    return milliseconds(datetime.combine(day, clock, ZONE))


def instant(text: str) -> int | None:
    """Read milliseconds since 1970 or ISO-8601 (without offset: UTC); None when it is neither (hubspot.md 9 [D])."""
    if text.lstrip("-").isdigit():
        return int(text)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return milliseconds(found if found.tzinfo else found.replace(tzinfo=UTC))
