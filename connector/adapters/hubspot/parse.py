"""HubSpot's property values in our types: every value is a string there, in several forms, and an empty one means nothing.

A value that is none of the forms we know counts as empty and is noted, see `noted`, so that its record is not lost for it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import TypeVar

from connector.adapters.values import EPOCH, LARGEST, PLACES, YEARS, Unreadable

Raw = Mapping[str, object]
T = TypeVar("T")

_DOUBLE = Decimal("0.000001")
_TINY = Decimal("0.000000000001")
_REMEMBERED = 4096
"""One record repeats its few moments and amounts again and again, so the last ones are remembered."""
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:(?P<mark>[,' \u00a0\u2019\u202f])\d{3})(?:(?P=mark)\d{3})*(?:\.\d+)?")
"""A number that somebody wrote with its thousands apart; a comma anywhere else may mean anything."""
_POINTED = re.compile(r"(?<=\d)\.0*$")
_TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_NOTES: ContextVar[dict[str, str] | None] = ContextVar("notes", default=None)


@contextmanager
def noted() -> Iterator[Mapping[str, str]]:
    """Collect what cannot be read within: why, by the name of the property."""
    notes: dict[str, str] = {}
    token = _NOTES.set(notes)
    try:
        yield notes
    finally:
        _NOTES.reset(token)


def note(name: str, why: Unreadable | str) -> None:
    """Take note that a property holds something that cannot be read, where anybody collects that."""
    notes = _NOTES.get()
    if notes is not None:
        notes.setdefault(name, f"{name}: {why}.")


def text(value: object) -> str | None:
    """Return a value as text, without what no database keeps; nothing for an empty one."""
    if value is None or value == "":
        return None
    written = str(value)
    if written.isascii() and "\x00" not in written:
        return written
    return written.replace("\x00", "").encode(errors="replace").decode() or None


def identifier(value: object) -> str | None:
    """Return the id of a record; HubSpot keeps some of them as numbers, and a number may come with a needless point."""
    written = text(value)
    return written and _POINTED.sub("", written)


def decimal(value: object) -> Decimal | None:
    """Return a number with four places, half up; HubSpot prints doubles exactly, with up to fifty digits."""
    return _number(value, PLACES)


def exact(value: object) -> Decimal | None:
    """Return a number with the six places that a double of any amount still holds, for comparing with what we wrote."""
    return _number(value, _DOUBLE)


def rate(value: object) -> Decimal | None:
    """Return an exchange rate, which may be tiny."""
    return _number(value, _TINY)


def _number(value: object, places: Decimal) -> Decimal | None:
    written = text(value)
    return None if written is None else _number_in(written, places)


@lru_cache(_REMEMBERED)
def _number_in(written: str, places: Decimal) -> Decimal:
    grouped = _GROUPED.fullmatch(written.strip())
    try:
        number = Decimal(written.replace(grouped["mark"], "") if grouped else written)
    except InvalidOperation:
        raise Unreadable(f"{written[:40]!r} is not a number") from None
    if not number.is_finite() or abs(number) >= LARGEST:
        raise Unreadable(f"{written[:40]!r} is not a number that we can keep")
    return number.quantize(places, ROUND_HALF_UP)


def integer(value: object) -> int | None:
    """Return a whole number; `5000.0` is one too."""
    number = decimal(value)
    return None if number is None else int(number)


def boolean(value: object) -> bool | None:
    """Return true or false."""
    written = text(value)
    if written is None:
        return None
    truth = _TRUTHS.get(written.strip().lower())
    if truth is None:
        raise Unreadable(f"{written[:40]!r} is neither true nor false")
    return truth


def instant(value: object) -> datetime | None:
    """Return a moment (UTC) from ISO 8601 text or from milliseconds since 1970; one without an offset is UTC."""
    written = text(value)
    return None if written is None else _instant_in(written.strip())


@lru_cache(_REMEMBERED)
def _instant_in(written: str) -> datetime:
    try:
        found = _moment_in(written)
    except (ValueError, ArithmeticError):
        raise Unreadable(f"{written[:40]!r} is not a date and time") from None
    if found.year not in YEARS:
        raise Unreadable(f"{written[:40]!r} is not a date and time that we can keep")
    return found


def _moment_in(written: str) -> datetime:
    if written.lstrip("-").replace(".", "", 1).isdecimal():
        return EPOCH + timedelta(milliseconds=int(Decimal(written)))
    found = datetime.fromisoformat(written)
    return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)


def day(value: object) -> date | None:
    """Return a day from `YYYY-MM-DD` or from milliseconds at midnight UTC."""
    found = instant(value)
    return None if found is None else found.date()


def or_none(value: object, name: str, parse: Callable[[object], T | None]) -> T | None:
    """Read a value of a property; nothing, and a note, for one that cannot be read."""
    try:
        return parse(value)
    except Unreadable as error:
        note(name, error)
        return None


def value_of(raw: Raw, name: str, parse: Callable[[object], T | None]) -> T | None:
    """Read one property of a record; nothing, and a note, where it cannot be read."""
    return or_none(raw.get(name), name, parse)


def needed(places: Iterable[tuple[Raw, str]], parse: Callable[[object], T | None]) -> T | None:
    """Read what a record is nothing without from the first of these places that tells it.

    Raises:
        Unreadable: some tell it, but none so that it can be read.
    """
    failed: Unreadable | None = None
    for raw, name in places:
        try:
            found = parse(raw.get(name))
        except Unreadable as error:
            note(name, error)
            failed = failed or Unreadable(f"{name}: {error}")
        else:
            if found is not None:
                return found
    if failed:
        raise failed
    return None
