"""Hours of business: on which weekdays people work, and from when to when on the clock on the wall."""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from connector.errors import SettingsError

_DAYS = {name: place for place, name in enumerate(["mon", "tue", "wed", "thu", "fri", "sat", "sun"], start=1)}
_TIME = r"(?P<{0}>\d\d):(?P<{0}_minute>[0-5]\d)"
_SPAN = re.compile(rf"(?P<first>[a-z]{{3}})(-(?P<last>[a-z]{{3}}))? {_TIME.format('opens')}-{_TIME.format('closes')}", re.ASCII)
_MIDNIGHT = 24 * 60
_ALLOWED = "days and times such as `mon-thu 08:00-16:30, fri 08:00-15:00`, none over midnight and none twice"


class Shift(NamedTuple):
    """A span of a weekday (Monday is 1) in which people work, in minutes after midnight."""

    weekday: int
    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Hours:
    """When people work in a week, in order; a day may have several spans, with a break between them."""

    shifts: tuple[Shift, ...]

    @classmethod
    def parse(cls, text: str) -> "Hours":
        """Read `mon-fri 09:00-17:00`, several parted by commas.

        Raises:
            SettingsError: the text names no such hours; the message says what is allowed.
        """
        shifts = sorted(shift for part in text.split(",") for shift in _shifts(part.strip().lower()))
        if not shifts or any(one.weekday == after.weekday and after.opens < one.closes for one, after in pairwise(shifts)):
            raise SettingsError(f"{text!r} are no hours of business; allowed are {_ALLOWED}.")
        return cls(tuple(shifts))

    @classmethod
    def told(cls, text: str | None) -> "Hours | None":
        """Read the hours that a CRM or a file tells of somebody; none where it tells none, or writes them in another way."""
        try:
            return cls.parse(text) if text else None
        except SettingsError:
            return None

    @property
    def weekdays(self) -> frozenset[int]:
        """The days of the week on which anybody works, Monday being 1."""
        return frozenset(shift.weekday for shift in self.shifts)


def _shifts(part: str) -> list[Shift]:
    """Return the spans that a part names, or none where it names nothing that can be."""
    found = _SPAN.fullmatch(part)
    if not found or found["first"] not in _DAYS or (found["last"] or "mon") not in _DAYS:
        raise SettingsError(f"{part!r} are no hours of business; allowed are {_ALLOWED}.")
    first, last = _DAYS[found["first"]], _DAYS[found["last"] or found["first"]]
    opens, closes = (int(found[name]) * 60 + int(found[f"{name}_minute"]) for name in ("opens", "closes"))
    if not 0 <= opens < closes <= _MIDNIGHT:
        raise SettingsError(f"{part!r} are no hours of business; allowed are {_ALLOWED}.")
    # `sun-thu` and `sat-sun` may go over the end of the week.
    return [Shift((first - 1 + place) % 7 + 1, opens, closes) for place in range((last - first) % 7 + 1)]
