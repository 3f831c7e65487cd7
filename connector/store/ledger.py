"""What of the CRM is ours: the values we wrote last, the goals we made and the fields we own."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, bindparam, delete, false, or_, select

from connector.model import Entity, FieldChange, GoalChange, Held, Result, Status
from connector.store.database import upsert
from connector.store.items import Item
from connector.store.landing import hold_values
from connector.store.rows import Cells
from connector.store.schema import GOAL_MAP, OWNED_FIELDS, WRITTEN

Key = tuple[Entity, str, str]
"""Entity, record and field."""
GoalKey = tuple[str, str]
"""Family of a goal and name of the period."""


@dataclass(frozen=True, slots=True)
class Written:
    """What we wrote last into a field: the canonical text, the version of its definition, and the plan."""

    value: str | None
    version: int
    plan: str


@dataclass(frozen=True, slots=True)
class MappedGoal:
    """A goal row that we made: the CRM's id of it, the target we wrote last, and the plan."""

    remote: str
    target: Decimal
    plan: str


@dataclass(frozen=True, slots=True)
class Book:
    """Where entries go: the transaction, the account, the plan, and whether that plan takes another one back."""

    connection: Connection
    account: str
    plan: str
    is_undo: bool


def enter(book: Book, items: Iterable[Item], outcomes: Mapping[int, Result]) -> None:
    """Enter what arrived in the CRM; values that an undo emptied are ours no longer."""
    arrived = [item for item in items if outcomes[item.seq].status is Status.OK]
    fields = [item.change for item in arrived if isinstance(item.change, FieldChange)]
    gone = [change for change in fields if book.is_undo and change.new is None]
    kept = [change for change in fields if not book.is_undo or change.new is not None]
    upsert(book.connection, WRITTEN, [_written_row(book, change) for change in kept])
    forget(book.connection, book.account, [(change.spec.entity, change.record, change.spec.name) for change in gone])
    hold_values(book.connection, book.account, (Held(one.spec.entity, one.record, one.spec.name, one.new) for one in fields))
    for item in arrived:
        if isinstance(item.change, GoalChange):
            _enter_goal(book, item.change, outcomes[item.seq].remote or item.change.goal.remote)


def _written_row(book: Book, change: FieldChange) -> Cells:
    place: Cells = {"account": book.account, "entity": change.spec.entity.value, "record": change.record, "field": change.spec.name}
    return {**place, "value": change.new, "version": change.spec.version, "plan": book.plan}


def _enter_goal(book: Book, change: GoalChange, remote: str | None) -> None:
    goal = change.goal
    here = (GOAL_MAP.c.account == book.account) & (GOAL_MAP.c.family == goal.family) & (GOAL_MAP.c.period == goal.period.name)
    if change.archive:
        book.connection.execute(delete(GOAL_MAP).where(here))
    elif remote is not None:
        row: Cells = {"account": book.account, "family": goal.family, "period": goal.period.name}
        upsert(book.connection, GOAL_MAP, [{**row, "remote": remote, "target": f"{goal.target:f}", "plan": book.plan}])


def forget(connection: Connection, account: str, keys: Sequence[Key]) -> None:
    """Forget that we wrote these values."""
    if keys:
        here = [WRITTEN.c.account == account, *(WRITTEN.c[name] == bindparam(f"the_{name}") for name in ("entity", "record", "field"))]
        rows = [{"the_entity": str(entity), "the_record": record, "the_field": field} for entity, record, field in keys]
        connection.execute(delete(WRITTEN).where(*here), rows)


def written(connection: Connection, account: str, records: Mapping[Entity, Collection[str]] | None = None) -> Mapping[Key, Written]:
    """Return what we wrote last, and where; only on these records, if given."""
    only = () if records is None else [(WRITTEN.c.entity == entity.value) & WRITTEN.c.record.in_(ids) for entity, ids in records.items()]
    rows = connection.execute(select(WRITTEN).where(WRITTEN.c.account == account, *([or_(false(), *only)] if records is not None else ())))
    return {(Entity(row.entity), row.record, row.field): Written(row.value, row.version, row.plan) for row in rows}


def goal_map(connection: Connection, account: str) -> Mapping[GoalKey, MappedGoal]:
    """Return the goals that we made."""
    rows = connection.execute(select(GOAL_MAP).where(GOAL_MAP.c.account == account))
    return {(row.family, row.period): MappedGoal(row.remote, Decimal(row.target), row.plan) for row in rows}


def fields_owned(connection: Connection, account: str) -> Mapping[tuple[Entity, str], int]:
    """Return the fields that we made, with the version of the definition that they were made by."""
    rows = connection.execute(select(OWNED_FIELDS).where(OWNED_FIELDS.c.account == account))
    return {(Entity(row.entity), row.name): row.version for row in rows}


def languages(connection: Connection, account: str) -> Mapping[tuple[Entity, str], str]:
    """Return the fields that we made, with the language in which each is labelled."""
    rows = connection.execute(select(OWNED_FIELDS).where(OWNED_FIELDS.c.account == account))
    return {(Entity(row.entity), row.name): row.language for row in rows}
