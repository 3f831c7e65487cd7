"""HubSpot's property values in our types: every value is a string there, in several forms, and an empty one means nothing."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import TypeVar

Raw = Mapping[str, object]
T = TypeVar("T")

PLACES = Decimal("0.0001")
_DOUBLE = Decimal("0.000001")
_TINY = Decimal("0.000000000001")
_LARGEST = Decimal(10) ** 14
"""Amounts beyond this do not fit into the store's ten-thousandths, and no deal is worth them."""
_REMEMBERED = 4096
"""One record repeats its few moments and amounts again and again, so the last ones are remembered."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Unreadable(ValueError):
    """A value that is none of the forms we know."""


def text(value: object) -> str | None:
    """Return a value as text; nothing for an empty one."""
    return None if value is None or value == "" else str(value)


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
    try:
        number = Decimal(written)
    except InvalidOperation:
        raise Unreadable(f"{written[:40]!r} is not a number") from None
    if not number.is_finite() or abs(number) >= _LARGEST:
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
    if written.lower() not in ("true", "false"):
        raise Unreadable(f"{written[:40]!r} is neither true nor false")
    return written.lower() == "true"


def instant(value: object) -> datetime | None:
    """Return a moment (UTC) from ISO 8601 text or from milliseconds since 1970; one without an offset is UTC."""
    written = text(value)
    return None if written is None else _instant_in(written)


@lru_cache(_REMEMBERED)
def _instant_in(written: str) -> datetime:
    try:
        if written.lstrip("-").isdecimal():
            return _EPOCH + timedelta(milliseconds=int(written))
        found = datetime.fromisoformat(written)
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unreadable(f"{written[:40]!r} is not a date and time") from None


def day(value: object) -> date | None:
    """Return a day from `YYYY-MM-DD` or from milliseconds at midnight UTC."""
    found = instant(value)
    return None if found is None else found.date()


def value_of(raw: Raw, name: str, parse: Callable[[object], T]) -> T:
    """Read one property of a record.

    Raises:
        Unreadable: naming the property.
    """
    try:
        return parse(raw.get(name))
    except Unreadable as error:
        raise Unreadable(f"{name}: {error}") from None
