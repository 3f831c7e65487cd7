"""Which columns a file of each table has: their order, what they hold, and what names a row that has no id of its own."""

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from connector.model import RECORDS, Entity

KEYS: Mapping[Entity, tuple[str, ...]] = {
    Entity.MEMBERSHIPS: ("team", "user"),
    Entity.STAGE_CHANGES: ("deal", "entered_at", "stage"),
    Entity.FIELD_HISTORY: ("of", "record", "field", "at"),
    Entity.DEAL_SPLITS: ("deal", "owner"),
    Entity.MERGES: ("of", "old"),
    Entity.TOUCHES: ("contact", "deal", "at", "source", "campaign", "workflow"),
    Entity.COSTS: ("day", "category", "source", "campaign", "provider", "owner"),
    Entity.TRAFFIC: ("day", "source", "medium", "campaign"),
    Entity.USAGE: ("user", "at", "kind", "feature"),
    Entity.TRAININGS: ("user", "course", "assigned_at"),
    Entity.PRODUCT_USAGE: ("company", "contact", "at", "feature"),
    Entity.FX_RATES: ("currency", "home", "day"),
    Entity.HOLIDAYS: ("day", "team"),
}
"""The columns that together name a row, for tables whose files need no id."""

_OURS = {(entity, name) for entity in RECORDS for name in ("updated_at", "deleted_at")} | {
    (Entity.GOALS, "marker"),
    (Entity.GOALS, "family"),
    (Entity.USERS, "record"),
}
"""What only a CRM can tell; no file has it."""
_WANTED = {(Entity.TICKETS, "created_at"), (Entity.LEADS, "created_at")} | {
    (Entity.GOALS, name) for name in ("kpi", "starts_on", "ends_on", "target")
}
"""Without these a row would count nowhere."""
_WORDS: Mapping[tuple[Entity, str], tuple[str, ...]] = {
    (Entity.DEALS, "kind"): ("new", "renewal", "upsell", "cross_sell"),
    (Entity.FIELD_HISTORY, "field"): ("amount", "home_amount", "owner", "closed_at", "expected_close_on", "status", "probability"),
    (Entity.GOALS, "subject_type"): ("account", "owner", "team"),
}
_CHANCE = (0, 1)
_BOUNDS: Mapping[tuple[Entity, str], tuple[int, int | None]] = {
    (Entity.STAGES, "probability"): _CHANCE,
    (Entity.DEALS, "probability"): _CHANCE,
    (Entity.DEAL_SPLITS, "share"): _CHANCE,
    (Entity.COMPANIES, "size"): (0, None),
    (Entity.ACTIVITIES, "duration"): (0, None),
    (Entity.TICKETS, "touches"): (0, None),
    (Entity.TICKETS, "paused"): (0, None),
    (Entity.SURVEYS, "scale"): (1, None),
    (Entity.CONTRACTS, "billing_months"): (1, None),
    (Entity.TRAFFIC, "sessions"): (0, None),
    (Entity.TRAFFIC, "key_events"): (0, None),
}
"""The least and the most that a number means something with; amounts may be below zero, such as credit notes."""
_CURRENCIES = {"currency", "home"}
RATES = (Entity.FX_RATES, "rate")
HOME = (Entity.FX_RATES, "home")
"""Empty, it is the account's own currency."""


class Kind(StrEnum):
    """What a cell holds; the value says so in the docs."""

    TEXT = "text"
    WORD = "one of the words"
    YES = "yes or no"
    WHOLE = "whole number"
    NUMBER = "number"
    RATE = "number, any decimal places"
    CURRENCY = "currency"
    DAY = "day"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file.

    `words` are what a cell of kind `WORD` may hold, `bounds` the least and the most that a number may be. An empty cell means `default`,
    unless the column `is_needed`.
    """

    name: str
    kind: Kind
    is_needed: bool
    words: Mapping[str, object]
    default: object = None
    bounds: tuple[int | None, int | None] = (None, None)


def columns_of(entity: Entity) -> tuple[Column, ...]:
    """Return the columns of a table's file, in the order of its header."""
    hints = typing.get_type_hints(RECORDS[entity])
    found = [_column(entity, item, hints[item.name]) for item in fields(RECORDS[entity]) if (entity, item.name) not in _OURS]
    # What every record has comes first in the classes, but people look for the id first and the date of making last.
    return tuple(sorted(found, key=lambda column: (column.name != "id", column.name == "created_at")))


def _column(entity: Entity, item: "Field[object]", hint: object) -> Column:
    kind, words = _kind(entity, item.name, hint)
    lacks_default = item.default is MISSING and (entity, item.name) != HOME
    is_needed = (lacks_default and not (item.name == "id" and entity in KEYS)) or (entity, item.name) in _WANTED
    bounds = _BOUNDS.get((entity, item.name), (None, None))
    return Column(item.name, kind, is_needed, words, None if item.default is MISSING else item.default, bounds)


def _kind(entity: Entity, name: str, hint: object) -> tuple[Kind, Mapping[str, object]]:
    if (entity, name) == RATES:
        return Kind.RATE, {}
    if name in _CURRENCIES:
        return Kind.CURRENCY, {}
    if (entity, name) in _WORDS:
        return Kind.WORD, {word: word for word in _WORDS[entity, name]}
    bare = next(part for part in typing.get_args(hint) if part is not type(None)) if isinstance(hint, types.UnionType) else hint
    if isinstance(bare, type) and issubclass(bare, StrEnum):
        return Kind.WORD, {str(word): word for word in bare}
    return _KINDS[bare], {}  # type: ignore[index]  # a record's field of a type without a kind is a programming error


_KINDS: Mapping[type, Kind] = {
    str: Kind.TEXT,
    bool: Kind.YES,
    int: Kind.WHOLE,
    Decimal: Kind.NUMBER,
    date: Kind.DAY,
    datetime: Kind.MOMENT,
}


def header_of(entity: Entity) -> str:
    """Return the first line of a table's file."""
    return ",".join(column.name for column in columns_of(entity))
