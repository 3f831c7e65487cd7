"""Nutshell's values in our types: three forms of times, two of amounts, relations as ids; what is none of them is empty and noted."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TypeVar
from zoneinfo import ZoneInfo

from connector.adapters import values
from connector.adapters.values import EPOCH, YEARS, Unreadable, text
from connector.http import Body

T = TypeVar("T")


def decimal(value: object) -> Decimal | None:
    """Return a number with at most four places, from a number or the text of one, or from the `amount` of money."""
    return values.decimal(value.get("amount") if isinstance(value, dict) else value)


def instant(value: object) -> datetime | None:
    """Return a moment (UTC) from an object with unix seconds, from unix seconds, or from ISO 8601 text, which is UTC without an offset."""
    written = text(value.get("timestamp") if isinstance(value, dict) else value)
    if written is None:
        return None
    try:
        found = _moment(written.strip())
    except (ValueError, ArithmeticError):
        raise Unreadable(f"{written[:40]!r} is not a date and time") from None
    if found.year not in YEARS:
        raise Unreadable(f"{written[:40]!r} is not a date and time that we can keep")
    return found


def _moment(written: str) -> datetime:
    if written.lstrip("-").isdecimal():
        return EPOCH + timedelta(seconds=int(written))
    found = datetime.fromisoformat(written)
    return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)


def number_of(key: str) -> int:
    """Return the number in an id such as `1003-leads`; nought where there is none."""
    digits = key.partition("-")[0]
    return int(digits) if digits.isdecimal() else 0


class Row:
    """One record as it was answered; `notes` say what of it could not be read, by name."""

    def __init__(self, raw: Body) -> None:
        self.raw = raw
        self.notes: dict[str, str] = {}
        found = raw.get("links")
        self._links: Body = found if isinstance(found, dict) else {}

    @property
    def id(self) -> str:
        """The record's id."""
        return str(self.raw.get("id") or "unknown")

    def text(self, name: str) -> str | None:
        """Return a text."""
        found = self.raw.get(name)
        return None if isinstance(found, dict | list) else text(found)

    def decimal(self, name: str) -> Decimal | None:
        """Return a number or an amount."""
        return self._read(name, decimal)

    def instant(self, name: str) -> datetime | None:
        """Return a moment."""
        return self._read(name, instant)

    def day(self, name: str, zone: ZoneInfo) -> date | None:
        """Return a local day; a date without a time is one already."""
        written = self.raw.get(name)
        if isinstance(written, str) and len(written) == len("2026-01-31"):
            return self._read(name, lambda value: date.fromisoformat(str(value)))
        found = self.instant(name)
        return found.astimezone(zone).date() if found else None

    def links(self, name: str) -> list[str]:
        """Return the ids that a relation holds."""
        found = self._links.get(name)
        return [str(one) for one in found if one] if isinstance(found, list) else [str(found)] if found else []

    def link(self, name: str) -> str | None:
        """Return the first id of a relation."""
        return next(iter(self.links(name)), None)

    def _read(self, name: str, parse: Callable[[object], T | None]) -> T | None:
        try:
            return parse(self.raw.get(name))
        except ValueError as error:
            self.notes[name] = f"{name}: {error}."
            return None
