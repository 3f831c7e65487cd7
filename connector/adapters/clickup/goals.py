"""Goals as ClickUp holds them: ours are told by a line in the description, what we wrote of target and progress by the target's last note.

ClickUp's answers tell neither the ends nor the progress of a target, so both stand in the note that goes with every change of it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from connector.adapters.clickup.account import NO_CURRENCY
from connector.adapters.clickup.objects import rows_of
from connector.adapters.clickup.parse import Row, decimal, millis
from connector.adapters.clickup.words import MARK
from connector.adapters.values import Unreadable
from connector.http import Body
from connector.kpis import KPIS
from connector.kpis.metric import Unit
from connector.model import Goal, GoalRecord, text_of

_LINE = re.compile(
    rf"{re.escape(MARK)} kpi=(?P<kpi>\w+) (?P<kind>owner|team)=(?P<subject>\S+) "
    r"from=(?P<start>[\d-]{10}) to=(?P<end>[\d-]{10}) family=(?P<family>[^\]\s]+)\]"
)
_NOTE = re.compile(rf"{re.escape(MARK)} target=(?P<target>[-\d.]+) actual=(?P<actual>[-\d.]*)\]")
_MEANS = "Made for a target that is set elsewhere; the next line is how it is known again.\n"
AIMS = tuple(KPIS)
"""The KPIs that a goal of ClickUp can mean: a number is a number."""
LARGEST = 2**31 - 1
"""Steps are whole numbers of 32 bits."""
_PERCENT = Decimal(100)
_DAY = timedelta(days=1)
_NOON = time(12)


@dataclass(frozen=True, slots=True)
class Sum:
    """What a target of ours asks for and how far it is, as its last note tells."""

    target: Decimal
    actual: Decimal | None


@dataclass(frozen=True, slots=True)
class Line:
    """What the line in the description of a goal of ours tells."""

    kpi: str
    kind: str
    subject: str
    start: date
    end: date
    family: str


class Ambiguous(ValueError):
    """Several of what is there could be ours, and only people can tell which."""


def line_of(goal: Goal) -> str:
    """Return the description of a goal of ours."""
    return f"{_MEANS}{_line(goal)}"


def with_line(description: object, goal: Goal) -> str:
    """Return what people have written about a goal of ours, with its line at the end, or where one of ours stands."""
    written = str(description or "")
    if not written.strip():
        return line_of(goal)
    return _LINE.sub(_line(goal), written, count=1) if _LINE.search(written) else f"{written}\n\n{line_of(goal)}"


def _line(goal: Goal) -> str:
    whose = f"{goal.subject_type}={goal.subject}"
    days = f"from={goal.period.start.isoformat()} to={goal.period.end.isoformat()}"
    return f"{MARK} kpi={goal.kpi} {whose} {days} family={goal.family}]"


def line_in(row: Body) -> Line | None:
    """Return the line of a goal of ours; one with days that there are not is none."""
    found = _LINE.search(str(row.get("description") or ""))
    if found is None:
        return None
    try:
        start, end = (date.fromisoformat(found[name]) for name in ("start", "end"))
    except ValueError:
        return None
    return Line(found["kpi"], found["kind"], found["subject"], start, end, found["family"])


def is_ours(row: Body) -> bool:
    """Whether we made a goal: its line says so, or a note of ours on a target, where somebody took the line out."""
    return line_in(row) is not None or any(sum_in(result) for result in rows_of(row, "key_results"))


def note_of(told: Sum, title: str) -> str:
    """Return the note of a target: what people read, and what we read."""
    asked, reached = text_of(told.target) or "0", text_of(told.actual) or ""
    return f"{title}: {reached or 'nothing'} of {asked}. {MARK} target={asked} actual={reached}]"


def sum_in(result: Body | None) -> Sum | None:
    """Return what a target's last note tells; nothing where somebody else changed it last."""
    found = _NOTE.search(str(((result or {}).get("last_action") or {}).get("note") or ""))
    try:
        target, actual = (decimal(found[name]) for name in ("target", "actual")) if found else (None, None)
    except Unreadable:
        return None
    return None if target is None else Sum(target, actual)


def result_of(row: Body, name: str) -> Body | None:
    """Return the target of a goal that is ours: one with a note of ours, else the one of this name, else the only one; None without any.

    Raises:
        Ambiguous: there are several, and none of them tells that it is ours.
    """
    results = rows_of(row, "key_results")
    found = _noted(results) or next((one for one in results if one.get("name") == name), None)
    if found is None and len(results) > 1:
        raise Ambiguous(f"None of the {len(results)} targets of the goal {row.get('name')} is called {name}; rename the one that is ours.")
    return found or next(iter(results), None)


def _noted(results: Sequence[Body]) -> Body | None:
    return next((one for one in results if sum_in(one)), None)


def goal_of(row: Row, zone: ZoneInfo) -> GoalRecord:
    """Read a goal; of one that others made only its name and days are known, of one without its line what it asks for, too."""
    line, told = line_in(row.raw), sum_in(_noted(rows_of(row.raw, "key_results")))
    return GoalRecord(
        id=row.id,
        name=row.text("name"),
        kpi=line.kpi if line else None,
        subject_type=line.kind if line else None,
        subject=line.subject if line else None,
        starts_on=line.start if line else row.day("start_date", zone),
        ends_on=line.end if line else _after(row.day("due_date", zone)),
        target=told.target if told else None,
        family=line.family if line else None,
        marker=MARK if line else None,
        actual=(told.actual or Decimal(0)) if told else None,
        created_at=row.instant("date_created"),
    )


def _after(day: date | None) -> date | None:
    """Return the day after: ours end before a day, those of people on one."""
    return day + _DAY if day else None


def noon(day: date, zone: ZoneInfo) -> int:
    """Return a day as ClickUp counts moments."""
    return millis(datetime.combine(day, _NOON, zone).astimezone(UTC))


@dataclass(frozen=True, slots=True)
class Scale:
    """How values of one target become whole steps: times a hundred for shares, times ten to the power of `exponent`."""

    kind: str
    unit: str
    is_share: bool
    exponent: int

    @classmethod
    def of(cls, goal: Goal, currency: str, decimals: int) -> "Scale":
        """Return the scale with as many decimals as fit into the steps; figures too large for whole ones are told in thousands and more."""
        unit = KPIS[goal.kpi].unit if goal.kpi in KPIS else Unit.COUNT
        if unit is Unit.MONEY and currency == NO_CURRENCY:
            unit = Unit.COUNT
        kinds: Mapping[Unit, tuple[str, str]] = {Unit.RATE: ("percentage", "%"), Unit.MONEY: ("currency", currency)}
        kind, word = kinds.get(unit, ("number", "" if unit is Unit.COUNT else str(unit)))
        exponent = decimals
        while abs(goal.target * (_PERCENT if unit is Unit.RATE else 1)).scaleb(exponent) > LARGEST:
            exponent -= 1
        return cls(kind, f"{word}{_size(exponent)}", unit is Unit.RATE, exponent)

    def steps(self, value: Decimal) -> int:
        """Return a value in steps; one beyond the largest counts as that."""
        shown = (value * _PERCENT if self.is_share else value).scaleb(self.exponent)
        return max(-LARGEST, min(LARGEST, int(shown.to_integral_value(ROUND_HALF_UP))))


def _size(exponent: int) -> str:
    """Return what a unit says of steps that are parts or multiples of it."""
    return "" if exponent == 0 else f" / {10**exponent}" if exponent > 0 else f" × {10**-exponent}"
