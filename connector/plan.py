"""Decides what to write: a pure function from what we measured, what the CRM holds and what we wrote before to a write plan."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Protocol

from connector.model import (
    Entity,
    FieldChange,
    FieldKind,
    FieldSpec,
    FieldValue,
    Goal,
    GoalChange,
    GoalRecord,
    Why,
    WritePlan,
    text_of,
)

Key = tuple[Entity, str, str]
"""Entity, record id and field name: where one value lives in a CRM."""
_NUMERIC = (FieldKind.NUMBER, FieldKind.MONEY, FieldKind.PERCENT)


class Written(Protocol):
    """What we last wrote somewhere, and under which definition."""

    @property
    def value(self) -> str | None:
        """The canonical text that was sent."""
        ...

    @property
    def version(self) -> int:
        """The definition version of the field at that time."""
        ...


@dataclass(frozen=True, slots=True)
class Present:
    """What is there before a push: what the CRM holds in our fields and goals, and what we last wrote into them."""

    held: Mapping[Key, str | None] = field(default_factory=dict)
    written: Mapping[Key, Written] = field(default_factory=dict)
    goals: Sequence[GoalRecord] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """What a plan is called, whose it is and which moment its numbers speak of."""

    id: str
    account: str
    made_at: datetime
    as_of: datetime


def make_plan(
    head: Head, fields: Iterable[FieldValue], goals: Sequence[Goal], present: Present, *, stamps: Mapping[Entity, FieldSpec]
) -> WritePlan:
    """Return the writes that turn what the CRM holds into what we measured, and no others.

    A value is left alone when the CRM holds the same already, or a number nearer to it than its field's `min_change`. `stamps` names per
    entity the field that says when a record's numbers last changed; it is written only beside another change of that record.
    """
    wanted = sorted(fields, key=lambda value: (value.spec.entity, value.record, value.spec.name))
    changes = [moved for moved in (_field_change(value, present) for value in wanted) if moved]
    known = sum(present.held.get((value.spec.entity, value.record, value.spec.name)) is not None for value in wanted)
    goal_changes = tuple(row for row in (_goal_change(goal, present.goals) for goal in goals) if row)
    known += sum(bool(_rows_of(goal, present.goals)) for goal in goals)
    stamped = tuple(_with_stamps(changes, head.made_at, present, stamps))
    return WritePlan(head.id, head.account, head.made_at, head.as_of, stamped, goal_changes, known)


def undo_plan(head: Head, done: WritePlan, now: Mapping[Key, str | None], goals: Sequence[GoalRecord]) -> WritePlan:
    """Return the plan that takes `done` back: it restores what still holds what `done` wrote and notes the rest.

    `done` holds only the changes that arrived; `now` and `goals` are what the CRM holds at this moment.
    """
    notes: list[str] = []
    fields = [restored for change in done.fields if (restored := _restored(change, now, notes))]
    rows = [row for change in done.goals if (row := _restored_goal(change, goals, notes))]
    return WritePlan(
        head.id,
        head.account,
        head.made_at,
        head.as_of,
        tuple(fields),
        tuple(rows),
        len(done.fields) + len(done.goals),
        tuple(notes),
        done.id,
    )


def _field_change(value: FieldValue, present: Present) -> FieldChange | None:
    key = (value.spec.entity, value.record, value.spec.name)
    held, ours = present.held.get(key), present.written.get(key)
    if is_same(value.spec, held, value.value):
        return None
    return FieldChange(value.spec, value.record, held, value.value, _why(value.spec, held, ours), value.evidence)


def _why(spec: FieldSpec, held: str | None, ours: Written | None) -> Why:
    if held is None and (ours is None or ours.value is None):
        return Why.NEW
    if ours is not None and ours.version != spec.version:
        return Why.DEFINITION
    if ours is not None and not is_same(spec, held, ours.value):
        return Why.DRIFT
    return Why.CHANGED


def is_same(spec: FieldSpec, one: str | None, other: str | None) -> bool:
    """Whether two canonical texts are the same value of this field, or too near to each other to be worth a write."""
    if one is None or other is None or one == other:
        return one == other
    if spec.kind not in _NUMERIC:
        return False
    try:
        return abs(Decimal(one) - Decimal(other)) < max(spec.min_change, Decimal("1e-9"))
    except InvalidOperation:
        return False


def _with_stamps(
    changes: Sequence[FieldChange], at: datetime, present: Present, stamps: Mapping[Entity, FieldSpec]
) -> Iterator[FieldChange]:
    for (entity, record), group in groupby(changes, key=lambda change: (change.spec.entity, change.record)):
        yield from group
        if stamp := stamps.get(entity):
            held = present.held.get((entity, record, stamp.name))
            yield FieldChange(stamp, record, held, text_of(at.replace(microsecond=0)), Why.STAMP)


def _rows_of(goal: Goal, rows: Iterable[GoalRecord]) -> list[GoalRecord]:
    """Find what we made for this goal's period earlier: the row of the id that we know, else all that look like it.

    Those are several where people have copied one; goals of others never match.
    """
    there = [row for row in rows if row.deleted_at is None]
    known = [row for row in there if row.id == goal.remote]
    same = (row for row in there if row.marker is not None and row.family == goal.family)
    return known or [row for row in same if row.starts_on == goal.period.start]


def _goal_change(goal: Goal, rows: Sequence[GoalRecord]) -> GoalChange | None:
    found = _rows_of(goal, rows)
    if not found:
        return GoalChange(goal, None, Why.NEW)
    row = found[0]
    if row.marker is None:
        # Somebody took out what tells that it is ours, and the CRM is to have it back.
        return GoalChange(goal, row.target, Why.CHANGED)
    known = goal if len(found) > 1 else replace(goal, remote=row.id)
    if row.target == goal.target:
        return None if is_as_far(goal, row) else GoalChange(known, row.target, Why.PROGRESS)
    return GoalChange(known, row.target, Why.CHANGED)


def is_as_far(goal: Goal, row: GoalRecord) -> bool:
    """Whether a goal's progress is what the CRM holds; so it is where nothing was measured, or the CRM works it out by itself."""
    return goal.actual is None or row.actual is None or goal.actual == row.actual


def _restored(change: FieldChange, now: Mapping[Key, str | None], notes: list[str]) -> FieldChange | None:
    spec = change.spec
    key = (spec.entity, change.record, spec.name)
    if key not in now:
        notes.append(f"{spec.entity} {change.record}: {spec.name} is left alone, because the record is gone.")
        return None
    if not _exactly(spec, now[key], change.new):
        notes.append(f"{spec.entity} {change.record}: {spec.name} is left alone, because it was changed since to {now[key] or 'empty'}.")
        return None
    return FieldChange(spec, change.record, now[key], change.old, Why.RESTORE)


def _exactly(spec: FieldSpec, one: str | None, other: str | None) -> bool:
    strict = FieldSpec(spec.entity, spec.name, spec.label, spec.kind, spec.means)
    return is_same(strict, one, other)


def _restored_goal(change: GoalChange, rows: Sequence[GoalRecord], notes: list[str]) -> GoalChange | None:
    goal = change.goal
    row = next(iter(_rows_of(goal, rows)), None)
    if row is None or row.target != goal.target:
        state = "is gone" if row is None else f"was changed since to {row.target}"
        notes.append(f"goal {goal.title} {goal.period.name} is left alone, because it {state}.")
        return None
    if change.why is Why.PROGRESS:
        notes.append(f"goal {goal.title} {goal.period.name} keeps its progress, which follows what is measured.")
        return None
    before = goal.target if change.old is None else change.old
    restored = replace(goal, target=before, remote=row.id, actual=None)
    return GoalChange(restored, row.target, Why.RESTORE, archive=change.old is None)
