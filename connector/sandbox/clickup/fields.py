"""Custom fields: their definitions, what may be written into each type, and how it is read (clickup.md 4, 6)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from connector.sandbox.clickup.calls import Raw
from connector.sandbox.clickup.errors import Refusal, bad

TEXTS = ("url", "email", "phone", "short_text", "text")
TYPES = (*TEXTS, "drop_down", "labels", "date", "checkbox", "number", "currency", "tasks", "users", "emoji", "manual_progress", "formula")
"""The types that people may choose; a formula can only be read."""
_Value = Any


@dataclass(frozen=True, slots=True)
class Field:
    """One definition; `place` is the id of the List, Folder, Space or Workspace where it was made."""

    id: str
    name: str
    type: str
    config: Raw
    created: int
    place: str

    @property
    def shown(self) -> Raw:
        """Return the definition as it is answered."""
        return {
            "id": self.id,
            "name": self.name,
            "type": self.type,
            "type_config": self.config,
            "date_created": str(self.created),
            "hide_from_guests": False,
            "required": False,
        }

    @property
    def options(self) -> Sequence[Raw]:
        """The options to choose from."""
        found: Sequence[Raw] = self.config.get("options", ())
        return found

    def option(self, name: str) -> str:
        """Return the id of the option with this name or label."""
        return next(str(one["id"]) for one in self.options if name in (one.get("name"), one.get("label")))


def accepted(field: Field, value: object, before: object) -> object:
    """Return what is kept after a value was written (clickup.md 6 [O]).

    Raises:
        Refusal: the field does not take such a value; the words are [recall].
    """
    check = _WRITE.get(field.type)
    if check is None:
        raise bad("This field cannot be set", "FIELD_014")
    return check(field, value, before)


def _wrong(field: Field) -> Refusal:
    return bad(f"Value is not valid for a field of type {field.type}", "FIELD_011")


def _text(field: Field, value: _Value, _: object) -> object:
    if not isinstance(value, str):
        raise _wrong(field)
    return value


def _number(field: Field, value: _Value, _: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _wrong(field)
    try:
        Decimal(str(value))
    except InvalidOperation:
        raise _wrong(field) from None
    # A currency comes back as it was written, a number as text: the notes ask readers to take both.
    return str(value) if field.type == "number" else value


def _date(field: Field, value: _Value, _: object) -> object:
    if isinstance(value, bool) or not str(value).lstrip("-").isdigit():
        raise _wrong(field)
    return str(value)


def _choice(field: Field, value: _Value, _: object) -> object:
    if value not in [one["id"] for one in field.options]:
        raise _wrong(field)
    return value


def _labels(field: Field, value: _Value, _: object) -> object:
    if not isinstance(value, list) or any(one not in [option["id"] for option in field.options] for one in value):
        raise _wrong(field)
    return list(value)


def _checkbox(field: Field, value: _Value, _: object) -> object:
    if str(value).lower() not in ("true", "false"):
        raise _wrong(field)
    return str(value).lower()


def _added(field: Field, value: _Value, before: object) -> object:
    if not isinstance(value, Mapping):
        raise _wrong(field)
    held = list(before) if isinstance(before, list) else []
    return [*(one for one in held if one not in value.get("rem", ())), *(one for one in value.get("add", ()) if one not in held)]


def _whole(field: Field, value: _Value, _: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong(field)
    return value


def _progress(field: Field, value: _Value, _: object) -> object:
    if not isinstance(value, Mapping) or "current" not in value:
        raise _wrong(field)
    return {"current": str(value["current"])}


_WRITE: Mapping[str, Callable[[Field, Any, object], object]] = {
    **dict.fromkeys(TEXTS, _text),
    "drop_down": _choice,
    "labels": _labels,
    "date": _date,
    "checkbox": _checkbox,
    "number": _number,
    "currency": _number,
    "tasks": _added,
    "users": _added,
    "emoji": _whole,
    "manual_progress": _progress,
}
