"""Nutshell's values in our types: three forms of times, two of amounts, relations as ids; what is none of them is empty and noted."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from connector.adapters import values
from connector.adapters.rows import Answered
from connector.adapters.values import EPOCH, YEARS, Unreadable, text
from connector.http import Body


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


class Row(Answered):
    """One record of Nutshell."""

    def __init__(self, raw: Body) -> None:
        super().__init__(raw)
        found = raw.get("links")
        self._links: Body = found if isinstance(found, dict) else {}

    def decimal(self, name: str) -> Decimal | None:
        """Return a number or an amount."""
        return self.read(name, decimal)

    def instant(self, name: str) -> datetime | None:
        """Return a moment."""
        return self.read(name, instant)

    def day(self, name: str, zone: ZoneInfo) -> date | None:
        """Return a local day; a date without a time is one already."""
        written = self.raw.get(name)
        if isinstance(written, str) and len(written) == len("2026-01-31"):
            return self.read(name, lambda value: date.fromisoformat(str(value)))
        found = self.instant(name)
        return found.astimezone(zone).date() if found else None

    def links(self, name: str) -> list[str]:
        """Return the ids that a relation holds."""
        found = self._links.get(name)
        return [str(one) for one in found if one] if isinstance(found, list) else [str(found)] if found else []

    def link(self, name: str) -> str | None:
        """Return the first id of a relation."""
        return next(iter(self.links(name)), None)
