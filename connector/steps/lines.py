"""The lines of a plan in the portions in which they are sent and read."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from connector.model import FieldChange
from connector.steps.work import Work
from connector.store import Item


async def lines(work: Work, plan_id: str, *states: str) -> Sequence[Item]:
    """Return the lines of a plan that are in one of these states."""
    return await work.ask(work.store.plans.items, work.account, plan_id, states)


def batches(items: Sequence[Item], size: int) -> Iterator[list[Item]]:
    """Yield the items of one entity at a time, whole records together, at most `size` records in a batch."""
    ordered = sorted((item for item in items if isinstance(item.change, FieldChange)), key=_place)
    for _, of_entity in groupby(ordered, key=lambda item: _place(item)[0]):
        records = [list(group) for _, group in groupby(of_entity, key=lambda item: _place(item)[1])]
        for start in range(0, len(records), size):
            yield [item for record in records[start : start + size] for item in record]


def _place(item: Item) -> tuple[str, str]:
    change = item.change
    return (change.spec.entity, change.record) if isinstance(change, FieldChange) else ("", "")
