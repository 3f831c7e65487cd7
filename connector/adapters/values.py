"""What values of all CRMs have in common: what cannot be read, and what is too large or too far away to be kept."""

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

PLACES = Decimal("0.0001")
LARGEST = Decimal(10) ** 14
"""Amounts beyond this do not fit into the store's ten-thousandths, and no deal is worth them."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
YEARS = range(2, 9999)
"""A moment of the calendar's first or last year may lie beyond it in another time zone."""


class Unreadable(ValueError):
    """A value that is none of the forms we know."""


def text(value: object) -> str | None:
    """Return a value as text, without what no database keeps; nothing for an empty one."""
    if value is None or value == "":
        return None
    return str(value).replace("\x00", "").encode(errors="replace").decode() or None


def decimal(value: object) -> Decimal | None:
    """Return a number with at most four places, from a number or the text of one.

    Raises:
        Unreadable: it is none, or larger than anything we can keep.
    """
    written = text(value)
    if written is None:
        return None
    try:
        found = Decimal(written.strip())
        if not found.is_finite() or abs(found) >= LARGEST:
            raise Unreadable(f"{written[:40]!r} is no amount that we can keep")
        return found.quantize(PLACES, ROUND_HALF_UP).normalize() + 0
    except InvalidOperation:
        raise Unreadable(f"{written[:40]!r} is not a number") from None
