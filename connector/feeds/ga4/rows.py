"""Rows of a report as records: Google's texts to our values, and rows that mean the same added up."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from connector.model import Arrival, Cost, CostCategory, Fault, Record, Traffic

PROVIDER = "google_analytics"
_DAY = re.compile(r"\d{8}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,15}([.]\d{1,30})?(E-?\d{1,2})?", re.ASCII)
_MOST = 10**14
_PLACES = Decimal("0.0001")
_NOTHING = ("", "(not set)")
"""Words for what Google does not know. What it does know is kept as it says it: `(direct)`, `(none)`, `(organic)`."""
_OTHER = "(other)"

Key = tuple[str | None, ...]


class Row(NamedTuple):
    """One row of a report: day, source, medium and campaign, then its figures, all as text."""

    dimensions: tuple[str, ...]
    metrics: tuple[str, ...]


class _Wrong(Exception):
    """A row that cannot be a record."""

    def __init__(self, column: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.value, self.reason = column, value, reason


@dataclass(slots=True)
class Found:
    """Records of one table, rows that are none, and how many rows belong to no day."""

    rows: list[Arrival | Fault]
    dayless: int


@dataclass(slots=True)
class _Sums:
    figures: dict[tuple[date, Key], tuple[Decimal, ...]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    dayless: int = 0

    def add(self, row: Row, named: Sequence[int], columns: Sequence[str]) -> None:
        """Add one row to what has the same day and the same names at these places."""
        if row.dimensions[0] == _OTHER:
            self.dayless += 1
            return
        key = _day(row.dimensions[0]), tuple(_text(row.dimensions[place]) for place in named)
        values = [_number(column, text) for column, text in zip(columns, row.metrics, strict=True)]
        before = self.figures.get(key, (Decimal(),) * len(values))
        self.figures[key] = tuple(one + more for one, more in zip(before, values, strict=True))


def traffic(rows: Iterable[Row]) -> Found:
    """Return sessions and key events by day, source, medium and campaign."""
    sums = _added(rows, (1, 2, 3), ("sessions", "key_events"))
    return _found(sums, [_traffic(day, key, figures) for (day, key), figures in sums.figures.items()])


def costs(rows: Iterable[Row], currency: str | None) -> Found:
    """Return what advertising cost by day, source and campaign, without what cost nothing."""
    sums = _added(rows, (1, 3), ("amount",))
    paid = {key: amount for key, (amount,) in sums.figures.items() if _rounded(amount)}
    return _found(sums, [_cost(day, key, _rounded(amount), currency) for (day, key), amount in paid.items()])


def _added(rows: Iterable[Row], named: Sequence[int], columns: Sequence[str]) -> _Sums:
    sums = _Sums()
    for number, row in enumerate(rows, 1):
        try:
            sums.add(row, named, columns)
        except _Wrong as wrong:
            sums.faults.append(Fault(number, wrong.column, wrong.value, wrong.reason))
    return sums


def _found(sums: _Sums, records: Iterable[Record]) -> Found:
    return Found([*(Arrival(number, record) for number, record in enumerate(records, 1)), *sums.faults], sums.dayless)


def _traffic(day: date, key: Key, figures: tuple[Decimal, ...]) -> Traffic:
    source, medium, campaign = key
    sessions, key_events = figures
    return Traffic(id="", day=day, source=source, medium=medium, campaign=campaign, sessions=int(sessions), key_events=_rounded(key_events))


def _cost(day: date, key: Key, amount: Decimal, currency: str | None) -> Cost:
    source, campaign = key
    advert = CostCategory.ADVERTISING
    return Cost(id="", day=day, category=advert, amount=amount, currency=currency, provider=PROVIDER, source=source, campaign=campaign)


def _day(text: str) -> date:
    try:
        if _DAY.fullmatch(text):
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        pass
    raise _Wrong("day", text, "it is not a day as Google writes them, such as 20261231")


def _text(text: str) -> str | None:
    return None if text in _NOTHING else text


def _number(column: str, text: str) -> Decimal:
    value = Decimal(text) if _NUMBER.fullmatch(text) else Decimal(_MOST)
    if abs(value) >= _MOST:
        raise _Wrong(column, text, "it is not a number, or too large to keep")
    if column == "sessions" and value != value.to_integral_value():
        raise _Wrong(column, text, "it is not a whole number")
    return value


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_PLACES, ROUND_HALF_UP)
