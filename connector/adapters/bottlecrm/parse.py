"""BottleCRM's values in our types: ISO 8601, amounts as text, others' records as an object or an id; what is none of them is noted."""

from datetime import UTC, date, datetime
from decimal import Decimal

from connector.adapters.rows import Answered
from connector.adapters.values import YEARS, Unreadable, decimal, text


def instant(value: object) -> datetime | None:
    """Return a moment (UTC); one without an offset is UTC."""
    written = text(value)
    if written is None:
        return None
    try:
        found = datetime.fromisoformat(written)
        found = found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unreadable(f"{written[:40]!r} is not a date and time") from None
    if found.year not in YEARS:
        raise Unreadable(f"{written[:40]!r} is not a date and time that we can keep")
    return found


def day(value: object) -> date | None:
    """Return a day."""
    written = text(value)
    try:
        found = date.fromisoformat(written) if written else None
    except ValueError:
        raise Unreadable(f"{written!r:.40} is not a day") from None
    if found is not None and found.year not in YEARS:
        raise Unreadable(f"{written!r:.40} is not a day that we can keep")
    return found


def link(value: object) -> str | None:
    """Return the id of another record; of several that of the one made first, because they come in an order that changes."""
    if isinstance(value, list):
        return link(min(value, key=_age)) if value else None
    return text(value.get("id") if isinstance(value, dict) else value)


def _age(one: object) -> tuple[str, str]:
    made = one.get("created_at") if isinstance(one, dict) else None
    return text(made) or "", link(one) or ""


class Row(Answered):
    """One record of BottleCRM."""

    def decimal(self, name: str) -> Decimal | None:
        """Return a number or an amount."""
        return self.read(name, decimal)

    def instant(self, name: str) -> datetime | None:
        """Return a moment."""
        return self.read(name, instant)

    def day(self, name: str) -> date | None:
        """Return a day."""
        return self.read(name, day)

    def link(self, name: str) -> str | None:
        """Return the id of the record that stands here; of several that of the one made first."""
        return link(self.raw.get(name))

    def rows(self, name: str) -> list["Row"]:
        """Return the records that stand here."""
        found = self.raw.get(name)
        return [Row(one) for one in found if isinstance(one, dict)] if isinstance(found, list) else []
