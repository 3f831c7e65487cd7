"""Which columns the store keeps for each kind of record, and what they become in the cache; derived from the records themselves."""

import json
import types
import typing
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal

from connector.model import RECORDS, Entity, Record


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `example` types it in a query to the store, `kind` is its type in the cache, `reading` turns the one into the other."""

    name: str
    example: str
    kind: str
    reading: str

    def read(self, rare: Collection[str]) -> str:
        """Return the expression that reads the store's column for the cache, from among the rarely filled ones where it is one."""
        return self.reading.format(f'{"rarely." if self.name in rare else ""}"{self.name}"')


_TEXT = "cast('' as text)"
_NUMBER = "cast(0 as bigint)"
_MONEY = "cast(cast({} as decimal(19, 0)) * cast(0.0001 as decimal(5, 4)) as decimal(22, 4))"
_FORMS: Mapping[type, tuple[str, str, str]] = {
    str: (_TEXT, "varchar", "{}"),
    int: (_NUMBER, "bigint", "{}"),
    bool: (_NUMBER, "boolean", "{} <> 0"),
    Decimal: (_NUMBER, "decimal(22, 4)", _MONEY),
    datetime: (_NUMBER, "bigint", "{}"),
    date: (_TEXT, "date", "cast({} as date)"),
}


def _bare(hint: object) -> type:
    parts = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    found = next(part for part in parts if part is not type(None))
    return next((kind for kind in (bool, datetime) if kind is found), _parent(found))


def _parent(kind: type) -> type:
    return next(known for known in _FORMS if issubclass(kind, known))


_LEFT_OUT: Mapping[Entity, frozenset[str]] = {
    Entity.COMPANIES: frozenset({"industry"}),
    Entity.CONTACTS: frozenset({"lifecycle"}),
    Entity.DEALS: frozenset({"forecast_category", "next_step_at"}),
    Entity.STAGE_CHANGES: frozenset({"created_at"}),
    Entity.FIELD_HISTORY: frozenset({"created_at"}),
    Entity.LINE_ITEMS: frozenset({"quantity", "list_amount", "cost", "recurrence"}),
    Entity.TOUCHES: frozenset({"created_at"}),
    Entity.ACTIVITIES: frozenset({"ticket", "duration"}),
    Entity.TICKETS: frozenset({"stage", "outcome", "priority"}),
    Entity.PRODUCT_USAGE: frozenset({"created_at", "feature"}),
    Entity.USAGE: frozenset({"created_at"}),
}
"""What no definition asks of the tables that grow large: every cell takes its part of the time that filling takes. The last change
(`updated_at`) is asked of none."""


def _columns(entity: Entity, kind: type[Record]) -> tuple[Column, ...]:
    hints = typing.get_type_hints(kind)
    left_out = {"updated_at", *_LEFT_OUT.get(entity, ())}
    found = [Column(item.name, *_FORMS[_bare(hints[item.name])]) for item in fields(kind) if item.name not in left_out]
    return (*found, Column("row_version", _NUMBER, "bigint", "{}"))


COLUMNS: Mapping[Entity, tuple[Column, ...]] = {entity: _columns(entity, kind) for entity, kind in RECORDS.items()}
"""The columns of each table. Instants stay microseconds UTC, because only a measurement knows the time zone to read them in."""


_PACKING: Mapping[str, str] = dict.fromkeys(
    ("id", "name", "deal", "company", "contact", "ticket", "record", "thread"), " using compression uncompressed"
)
"""How a column lies in the file, where that is not left to DuckDB: it would look long and in vain for what such names have in common."""


def layout(entity: Entity) -> str:
    """Return the statement that makes the cache's table."""
    columns = ", ".join(f'"{column.name}" {column.kind}{_PACKING.get(column.name, "")}' for column in COLUMNS[entity])
    return f"create table crm.{entity} ({columns})"


def question(entity: Entity, account: str, after: int, *, piece: tuple[str, str] | None = None, rare: Sequence[str] = ()) -> str:
    """Return the query to the store for the account's rows with a later version than `after`.

    `piece` is how a piece of the table is named, see `Snapshot.pieces`. Columns that are `rare`ly filled come in one cell, as JSON:
    every cell takes its time, an empty one the most. A first row of examples gives every column its type, because the driver takes it from
    the first rows it sees, which may be empty.
    """
    named = {f'"{column.name}"': (column.example, f'"{column.name}"') for column in COLUMNS[entity] if column.name not in rare}
    if rare:
        cells, pairs = (", ".join(form.format(name) for name in rare) for form in ('"{}"', "'{0}', \"{0}\""))
        named["rarely"] = ("cast('{}' as text)", f"case when coalesce({cells}) is not null then json_object({pairs}) end")
    examples, columns = (", ".join(f"{made[place]} as {name}" for name, made in named.items()) for place in (0, 1))
    table, part = piece or (str(entity), "true")
    rows = f"select {columns} from {table} where account = {quoted(account)} and row_version > {after} and {part}"  # noqa: S608 - no outside text
    return f"select {examples} union all {rows}"


def reading(entity: Entity, source: str, rare: Sequence[str] = ()) -> str:
    """Return the query that turns what `question` brought into rows of the cache."""
    kinds = {column.name: "BIGINT" if column.example == _NUMBER else "VARCHAR" for column in COLUMNS[entity] if column.name in rare}
    columns = ", ".join(f'{column.read(rare)} as "{column.name}"' for column in COLUMNS[entity])
    opened = f"(select * replace (json_transform_strict(rarely, '{json.dumps(kinds)}') as rarely) from {source})" if rare else source  # noqa: S608 - ours
    return f"select {columns} from {opened} where row_version > 0"  # noqa: S608 - no outside text


UNREAD = (
    "select cast('' as text) as entity, cast('' as text) as record, cast('' as text) as reason "
    "union all select entity, record, reason from unread where account = {}"
)
"""The query to the store for an account's values that could not be read, with a first row of examples as in `question`."""


def quoted(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
