"""One line of a plan: a value or a goal to be written, what became of it, and how both are kept as a row."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, select, update

from connector.model import Entity, FieldChange, FieldKind, FieldSpec, Goal, GoalChange, Why, WritePlan
from connector.period import Grain, Period
from connector.store.database import Found, pour
from connector.store.rows import Cells, encode
from connector.store.schema import PLAN_FIELDS, PLAN_ITEMS


class ItemState(StrEnum):
    """How far a value is. SENDING and UNKNOWN must be re-read before anything is sent again."""

    PLANNED = "planned"
    SENDING = "sending"
    OK = "ok"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a plan: its place, what is to be written, and what became of it; `remote` is the CRM's id of what was made."""

    seq: int
    change: FieldChange | GoalChange
    state: ItemState
    message: str
    remote: str | None


def insert_items(connection: Connection, plan: WritePlan) -> None:
    """Write every line of a plan, and the definitions that its values were made by."""
    place: Cells = {"account": plan.account, "plan": plan.id}
    specs = {(change.spec.entity, change.spec.name): change.spec for change in plan.fields}
    made_by = [(plan.account, plan.id, entity.value, name, _spec_text(spec)) for (entity, name), spec in specs.items()]
    lines: tuple[FieldChange | GoalChange, ...] = (*plan.fields, *plan.goals)
    items = [{**place, "seq": seq, **_row_of(change)} for seq, change in enumerate(lines)]
    pour(connection, PLAN_FIELDS, ("account", "plan", "entity", "name", "spec"), made_by)
    columns = tuple(column.name for column in PLAN_ITEMS.columns)
    pour(connection, PLAN_ITEMS, columns, [tuple(item[name] for name in columns) for item in items])


def read_items(connection: Connection, account: str, plan_id: str, *only: ColumnElement[bool]) -> Sequence[Item]:
    """Return the lines of a plan, in their order, for which all conditions hold."""
    made_by = select(PLAN_FIELDS).where(PLAN_FIELDS.c.account == account, PLAN_FIELDS.c.plan == plan_id)
    specs = {(row.entity, row.name): _spec_of(row.spec) for row in connection.execute(made_by)}
    lines = select(PLAN_ITEMS).where(PLAN_ITEMS.c.account == account, PLAN_ITEMS.c.plan == plan_id, *only)
    return [_item_of(row, specs) for row in connection.execute(lines.order_by(PLAN_ITEMS.c.seq))]


def update_items(connection: Connection, account: str, plan_id: str, rows: Sequence[Cells]) -> None:
    """Change lines of a plan; `seq` in a row says which, the other columns what they hold from now on."""
    if rows:
        line = (PLAN_ITEMS.c.account == account) & (PLAN_ITEMS.c.plan == plan_id) & (PLAN_ITEMS.c.seq == bindparam("line"))
        columns: dict[str, object] = {name: bindparam(name) for name in rows[0] if name != "seq"}
        connection.execute(update(PLAN_ITEMS).where(line).values(columns), [{"line": row["seq"], **_without(row, "seq")} for row in rows])


def delete_items(connection: Connection, account: str, plan_id: str) -> None:
    """Remove every line of a plan."""
    for table in (PLAN_ITEMS, PLAN_FIELDS):
        connection.execute(delete(table).where(table.c.account == account, table.c.plan == plan_id))


def _without(row: Cells, column: str) -> Cells:
    return {name: value for name, value in row.items() if name != column}


def _row_of(change: FieldChange | GoalChange) -> Cells:
    own: Cells = {"why": change.why.value, "state": ItemState.PLANNED.value, "message": "", "remote": None}
    return {**own, **(_field_cells(change) if isinstance(change, FieldChange) else _goal_cells(change))}


def _item_of(row: Found, specs: Mapping[tuple[str, str], FieldSpec]) -> Item:
    if row.goal is not None:
        return Item(row.seq, _goal_change(json.loads(row.goal), Why(row.why)), ItemState(row.state), row.message, row.remote)
    spec = specs[row.entity, row.field]
    change = FieldChange(spec, row.record, row.old, row.new, Why(row.why), json.loads(row.evidence))
    return Item(row.seq, change, ItemState(row.state), row.message, row.remote)


def _spec_text(spec: FieldSpec) -> str:
    kept = {name: value for name, value in asdict(spec).items() if name not in ("wording", "is_owned")}
    return json.dumps({**kept, "min_change": str(spec.min_change)})


def _spec_of(text: str) -> FieldSpec:
    kept = json.loads(text)
    exact = {"entity": Entity(kept["entity"]), "kind": FieldKind(kept["kind"]), "min_change": Decimal(kept["min_change"])}
    return FieldSpec(**{**kept, **exact})


def _field_cells(change: FieldChange) -> Cells:
    return {
        "entity": change.spec.entity.value,
        "record": change.record,
        "field": change.spec.name,
        "old": change.old,
        "new": change.new,
        "goal": None,
        "version": change.spec.version,
        "evidence": encode(change.evidence),
    }


def _goal_cells(change: GoalChange) -> Cells:
    kept = {**asdict(change.goal), "old": change.old, "archive": change.archive}
    nothing: Cells = dict.fromkeys(("entity", "record", "field", "old", "new"))
    return {**nothing, "goal": json.dumps(kept, default=str), "version": 1, "evidence": "{}"}


def _goal_change(kept: dict[str, Any], why: Why) -> GoalChange:
    old, archive, period, target = kept.pop("old"), kept.pop("archive"), kept.pop("period"), kept.pop("target")
    actual = kept.pop("actual", None)
    start, end = date.fromisoformat(period["start"]), date.fromisoformat(period["end"])
    whole = Period(start, end, Grain(period["grain"]), period["name"])
    goal = Goal(**kept, period=whole, target=Decimal(target), actual=None if actual is None else Decimal(actual))
    return GoalChange(goal, None if old is None else Decimal(old), why, archive=archive)
