"""The one text form of a value, so that equal values compare equal wherever they come from."""

from datetime import UTC, date, datetime
from decimal import Decimal

Scalar = str | bool | int | Decimal | date | datetime | None
"""Anything one of our fields can hold."""


def text_of(value: Scalar) -> str | None:
    """Return the canonical text of a value: `true`, `12.5` (no needless zeros), `2017-12-31`, `2017-12-31T05:00:00Z`; None when empty."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (int, Decimal)):
        # Adding zero takes the sign off a minus zero, which a rounded small loss leaves behind.
        return f"{Decimal(value).normalize() + 0:f}"
    return value


_DECIMALS = {"count": 0, "money": 0, "days": 1, "hours": 1, "money/day": 0, "ratio": 2, "per customer": 2, "per lead": 2, "score": 1}


def shown(value: Decimal | None, unit: str, currency: str = "") -> str:
    """Return a value in its unit, as a person would write it; a dash where there was nothing to measure."""
    if value is None:
        return "–"
    if unit == "rate":
        return f"{value:.1%}"
    text = f"{value:,.{_DECIMALS.get(unit, 2)}f}"
    return f"{text} {currency}{unit.removeprefix('money')}".strip() if unit.startswith("money") else f"{text} {_tail(unit)}".strip()


def between(interval: tuple[Decimal, Decimal] | None, unit: str) -> str:
    """Return where a value may really lie, as a person would write it; nothing where nobody can say."""
    return "" if interval is None else " to ".join(shown(end, unit) for end in interval)


def _tail(unit: str) -> str:
    return "" if unit in ("count", "ratio", "score") else unit
