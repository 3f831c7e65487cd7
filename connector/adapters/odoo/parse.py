"""Odoo's values in our types: an empty one is `false` whatever its type, links are pairs of id and name, and moments are UTC."""

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TypedDict

from connector.adapters.odoo.rpc import Row
from connector.adapters.values import LARGEST, PLACES


class Dates(TypedDict):
    """The dates that every record has."""

    created_at: datetime | None
    updated_at: datetime | None


def text(value: object) -> str | None:
    """Return a text, without what no database keeps."""
    return str(value).replace("\x00", "").strip() or None if value not in (None, False) else None


def link(value: object) -> str | None:
    """Return the id of a linked record."""
    found = value[0] if isinstance(value, (list, tuple)) and value else value
    return None if found in (None, False, 0) else str(found)


def name(value: object) -> str | None:
    """Return the name of a linked record."""
    return text(value[1]) if isinstance(value, (list, tuple)) and len(value) > 1 else None


def instant(value: object) -> datetime | None:
    """Return a moment."""
    return datetime.fromisoformat(str(value)).replace(tzinfo=UTC) if value else None


def day(value: object) -> date | None:
    """Return a day."""
    return date.fromisoformat(str(value)[:10]) if value else None


def decimal(value: object) -> Decimal | None:
    """Return a number with four places.

    Raises:
        ValueError: it is larger than anything we can keep.
    """
    if value is None or value is False:
        return None
    number = Decimal(str(value))
    if not number.is_finite() or abs(number) >= LARGEST:
        raise ValueError(f"{str(value)[:40]} is not a number that we can keep")
    return number.quantize(PLACES, ROUND_HALF_UP)


def dates_of(row: Row) -> Dates:
    """Read when a record was made and changed."""
    return Dates(created_at=instant(row.get("create_date")), updated_at=instant(row.get("write_date")))


def moment(when: datetime) -> str:
    """Return a moment as Odoo wants it in a search: with its time, because a bare date stands for the end of that day."""
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
