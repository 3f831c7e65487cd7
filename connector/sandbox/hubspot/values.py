"""Checks a property value and turns it into the text the vendor keeps; every value is text in the end (hubspot.md 3 [S])."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

from connector.sandbox.hubspot.clock import instant, iso, moment
from connector.sandbox.hubspot.definitions import Definition
from connector.sandbox.hubspot.errors import BadValue

LONGEST = 65_536
"""Characters a text may have (hubspot.md 9 [D])."""


def canonical(definition: Definition, text: str) -> str:
    """Return the kept form of a value; "" clears.

    Raises:
        BadValue: the value does not fit the property.
    """
    return _FORMS[definition.type](definition, text) if text else ""


def _number(definition: Definition, text: str) -> str:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise BadValue(definition.name, "INVALID_INTEGER", f"{text} was not a valid number.")
    return plain(value)


def plain(value: Decimal) -> str:
    """Write a number without exponent and needless zeros."""
    written = format(value, "f")
    return (written.rstrip("0").rstrip(".") if "." in written else written) or "0"


def _bool(definition: Definition, text: str) -> str:
    if text not in {"true", "false"}:
        raise BadValue(definition.name, "INVALID_OPTION", f"{text} was not one of the allowed options: [true, false]")
    return text


def _enumeration(definition: Definition, text: str) -> str:
    allowed = [option.value for option in definition.options]
    chosen = [word for word in text.split(";") if word] if definition.field_type == "checkbox" else [text]
    for word in chosen:
        if word not in allowed:
            raise BadValue(definition.name, "INVALID_OPTION", f"{word} was not one of the allowed options: [{', '.join(allowed)}]")
    return ";".join(chosen)


def _datetime(definition: Definition, text: str) -> str:
    at = instant(text)
    if at is None:
        raise BadValue(definition.name, "INVALID_DATE", f"{text} was not a valid long or ISO-8601 date.")
    return iso(at)


def _date(definition: Definition, text: str) -> str:
    at = instant(text)
    if at is None:
        raise BadValue(definition.name, "INVALID_DATE", f"{text} was not a valid date: use YYYY-MM-DD or milliseconds at midnight UTC.")
    when = moment(at)
    # hubspot.md 9 [D]: a day is midnight UTC.
    if when != when.replace(hour=0, minute=0, second=0, microsecond=0):
        raise BadValue(definition.name, "INVALID_DATE", f"{text} is at {when:%H:%M:%S.%f} UTC, not midnight!")
    return when.date().isoformat()


def _string(definition: Definition, text: str) -> str:
    if len(text) > LONGEST:
        raise BadValue(definition.name, "INVALID_STRING", f"{definition.name} is longer than {LONGEST} characters.")
    return text


_FORMS: Mapping[str, Callable[[Definition, str], str]] = {
    "number": _number,
    "bool": _bool,
    "enumeration": _enumeration,
    "datetime": _datetime,
    "date": _date,
    "string": _string,
    "phone_number": _string,
}


def comparable(definition: Definition, text: str) -> Decimal | int | str | None:
    """Return a value in a form that search can compare; None when the text does not fit the property's type."""
    if definition.type in {"datetime", "date"}:
        return instant(text)
    if definition.type == "number":
        try:
            return Decimal(text)
        except InvalidOperation:
            return None
    return text
