"""Finds out by reading what became of writes that nobody answered, and what a person changed meanwhile."""

from collections.abc import Mapping, Sequence
from datetime import date

from connector.model import FieldChange, Goal, GoalChange, GoalRecord, Result, Status, Stream
from connector.plan import is_as_far
from connector.steps.lines import batches, lines
from connector.steps.work import Work
from connector.store import Item, Lease

_GONE = "The CRM has no record of this id any more: it was deleted, or merged into another one."


async def settle(work: Work, lease: Lease, plan_id: str) -> None:
    """Find out by reading what became of values whose outcome nobody told us; those that did not arrive are open again."""
    unclear = await lines(work, plan_id, "sending", "unknown")
    fields = [item for item in unclear if isinstance(item.change, FieldChange)]
    for batch in batches(fields, 100):
        await _settle_batch(work, lease, plan_id, batch)
    goals = {item.seq: item.change for item in unclear if isinstance(item.change, GoalChange)}
    if goals:
        await _settle_goals(work, lease, plan_id, goals)


async def _settle_batch(work: Work, lease: Lease, plan_id: str, batch: Sequence[Item]) -> None:
    changes = {item.seq: item.change for item in batch if isinstance(item.change, FieldChange)}
    now = await _read(work, list(changes.values()))
    arrived = {
        seq: Result(change.record, Status.OK, "found in the CRM")
        for seq, change in changes.items()
        if (change.record, change.spec.name) in now and now[change.record, change.spec.name] == change.new
    }
    there = {record for record, _ in now}
    gone = {seq: Result(change.record, Status.REFUSED, _GONE) for seq, change in changes.items() if change.record not in there}
    await work.ask(work.store.plans.record, lease, plan_id, arrived | gone)
    again = [seq for seq in changes if seq not in arrived and seq not in gone]
    await work.ask(work.store.plans.mark, lease, plan_id, again, "planned")


async def _settle_goals(work: Work, lease: Lease, plan_id: str, changes: Mapping[int, GoalChange]) -> None:
    rows: dict[tuple[str | None, date | None], GoalRecord] = {}
    async for page in work.adapter.pages(Stream.GOALS, None, ()):
        rows |= {(row.family, row.starts_on): row for row in page.records if isinstance(row, GoalRecord) and row.marker is not None}
    there = {seq: rows.get((change.goal.family, change.goal.period.start)) for seq, change in changes.items()}
    arrived = {
        seq: Result(changes[seq].goal.period.name, Status.OK, "found in the CRM", row.id if row else None)
        for seq, row in there.items()
        if (row is None if changes[seq].archive else _has_arrived(changes[seq].goal, row))
    }
    await work.ask(work.store.plans.record, lease, plan_id, arrived)
    await work.ask(work.store.plans.mark, lease, plan_id, [seq for seq in changes if seq not in arrived], "planned")


def _has_arrived(goal: Goal, row: GoalRecord | None) -> bool:
    return row is not None and row.target == goal.target and is_as_far(goal, row)


async def spare(work: Work, lease: Lease, plan_id: str) -> None:
    """Leave alone what a person changed since the plan was made: of its open values those that no longer are what the plan found."""
    items = [item for item in await lines(work, plan_id, "planned") if isinstance(item.change, FieldChange)]
    for batch in batches(items, 100):
        changes = {item.seq: item.change for item in batch if isinstance(item.change, FieldChange)}
        now = await _read(work, list(changes.values()))
        edited = [seq for seq, change in changes.items() if now.get((change.record, change.spec.name)) != change.old]
        await work.ask(work.store.plans.mark, lease, plan_id, edited, "skipped")


async def _read(work: Work, changes: Sequence[FieldChange]) -> dict[tuple[str, str], str | None]:
    """Read what the CRM holds now where these changes of one entity go."""
    specs = {change.spec.name: change.spec for change in changes}
    records = list(dict.fromkeys(change.record for change in changes))
    found = await work.adapter.held(changes[0].spec.entity, records, list(specs.values()))
    return {(held.record, held.field): held.value for held in found}
