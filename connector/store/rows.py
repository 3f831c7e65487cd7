"""How a record becomes a row and a row a record again, derived from the record's own fields."""

import hashlib
import json
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any

from connector.model import RECORDS, Entity, Record

Cell = str | int | None
"""What a column of the store holds."""
Cells = dict[str, Cell]
"""A row, by column name."""

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LARGEST = 2**63 - 1
_PARTS = 10_000
"""Money and other decimals of records are kept in ten-thousandths."""


@dataclass(frozen=True, slots=True)
class Form:
    """How values of one Python type are kept: as text or as a 64-bit integer, and the way there and back."""

    is_text: bool
    encode: Callable[[Any], str | int]
    decode: Callable[[Any], object]


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True)


def encode(figures: Mapping[str, str | int | None]) -> str:
    """Return a value's evidence as JSON."""
    return _encoded(*figures, *figures.values())


@lru_cache(8_192, typed=True)
def _encoded(*parts: str | int | None) -> str:
    # Most records of a kind have the same to tell. Typed, because 1 is not true.
    half = len(parts) // 2
    return _ENCODER.encode(dict(zip(parts[:half], parts[half:], strict=True)))


def us_of(instant: datetime) -> int:
    """Return microseconds since 1970, UTC.

    Raises:
        ValueError: the instant names no time zone.
    """
    if instant.tzinfo is None:
        raise ValueError(f"the instant {instant.isoformat()} has no time zone")
    return (instant - _BEGINNING) // _MICROSECOND


def instant_of(microseconds: int) -> datetime:
    """Return the instant (UTC) that many microseconds after 1970 began."""
    return _BEGINNING + microseconds * _MICROSECOND


def maybe_us(instant: datetime | None) -> int | None:
    """Return microseconds since 1970 of an instant that may be missing."""
    return None if instant is None else us_of(instant)


def maybe_instant(microseconds: int | None) -> datetime | None:
    """Return the instant of microseconds that may be missing."""
    return None if microseconds is None else instant_of(microseconds)


def _parts_of(value: Decimal) -> int:
    parts = value * _PARTS if value.is_finite() else None
    if parts is None or parts != parts.to_integral_value():
        raise ValueError(f"the number {value} has more than four decimal places")
    return _integer(int(parts))


def _decimal_of(parts: int) -> Decimal:
    return Decimal(parts).scaleb(-4)


def _integer(value: int) -> int:
    if not -_LARGEST <= value <= _LARGEST:
        raise ValueError(f"the number {value} is too large to keep")
    return int(value)


def _text(value: str) -> str:
    if "\x00" in value:
        raise ValueError("a text holds a zero byte")
    value.encode()  # half a surrogate pair cannot be stored, and says so here
    return str(value)


_FORMS: Mapping[type, Form] = {
    str: Form(is_text=True, encode=_text, decode=str),
    bool: Form(is_text=False, encode=int, decode=bool),
    int: Form(is_text=False, encode=_integer, decode=int),
    Decimal: Form(is_text=False, encode=_parts_of, decode=_decimal_of),
    datetime: Form(is_text=False, encode=us_of, decode=instant_of),
    date: Form(is_text=True, encode=date.isoformat, decode=date.fromisoformat),
}


def _form_of(hint: object) -> Form:
    bare = next(part for part in typing.get_args(hint) if part is not type(None)) if isinstance(hint, types.UnionType) else hint
    if isinstance(bare, type) and issubclass(bare, StrEnum):
        return Form(is_text=True, encode=str, decode=bare)
    return _FORMS[bare]  # type: ignore[index]  # a record's field of a type without a form is a programming error


def _shape_of(kind: type[Record]) -> Mapping[str, Form]:
    hints = typing.get_type_hints(kind)
    return {item.name: _form_of(hints[item.name]) for item in fields(kind)}


SHAPES: Mapping[Entity, Mapping[str, Form]] = {entity: _shape_of(kind) for entity, kind in RECORDS.items()}
"""The columns of each record table, besides those that the store adds itself."""


def cells_of(record: Record) -> Cells:
    """Return what the columns of a record hold, and under `hash` a digest of all of it.

    Raises:
        ValueError: a value breaks its promise (see `Record`) or does not fit; the message names the field.
    """
    cells: Cells = {name: _cell(record, name, form) for name, form in SHAPES[record.entity].items()}
    content = _ENCODER.encode(list(cells.values()))
    return {**cells, "hash": hashlib.blake2b(content.encode(), digest_size=16).hexdigest()}


def _cell(record: Record, name: str, form: Form) -> Cell:
    value = getattr(record, name)
    try:
        return None if value is None else form.encode(value)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error


def record_of(entity: Entity, row: Mapping[str, Cell]) -> Record:
    """Return the record that a row was made from; columns of the store's own are left aside."""
    values: dict[str, Any] = {name: None if row[name] is None else form.decode(row[name]) for name, form in SHAPES[entity].items()}
    return RECORDS[entity](**values)
