"""Lists of tasks, a hundred to a page, and single ones (clickup.md 4 [O])."""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from connector.sandbox.clickup.calls import Call, Raw
from connector.sandbox.clickup.errors import bad
from connector.sandbox.clickup.places import CLOSED
from connector.sandbox.clickup.tasks import Task
from connector.sandbox.clickup.workspace import Workspace

PAGE = 100
_Test = Callable[[Task], bool]
_Trait = Callable[[Task], Iterable[str]]
_ORDERS: dict[str, Callable[[Task], Any]] = {
    "id": lambda task: task.id,
    "created": lambda task: (task.created, task.id),
    "updated": lambda task: (task.updated, task.id),
    "due_date": lambda task: (task.due or 0, task.id),
}
_MOMENTS: dict[str, Callable[[Task], int | None]] = {
    "date_created": lambda task: task.created,
    "date_updated": lambda task: task.updated,
    "date_done": lambda task: task.done,
    "due_date": lambda task: task.due,
}
_TRAITS: dict[str, _Trait] = {
    "assignees": lambda task: [str(person.id) for person in task.assignees],
    "tags": lambda task: task.tags,
    "custom_items": lambda task: [str(task.custom_item)],
}
_PLACES: dict[str, _Trait] = {
    "list_ids": lambda task: [task.place.id, *(place.id for place in task.also)],
    "project_ids": lambda task: [task.place.folder.id],
    "space_ids": lambda task: [task.place.space.id],
}
"""What narrows the Workspace down; a List is narrow enough."""


def of_list(workspace: Workspace, call: Call) -> Raw:
    """Answer a page of one List, and whether it is the last."""
    place = workspace.task_list(call.path["list"])
    page, is_last = _page(workspace, [task for task in workspace.tasks.values() if place in (task.place, *task.also)], call)
    return {"tasks": page, "last_page": is_last}


def of_team(workspace: Workspace, call: Call) -> Raw:
    """Answer a page of the whole Workspace, as far as it is seen; whether it is the last only its length says."""
    workspace.require_team(call.path["team"])
    tests = [partial(_has_trait, of, words) for name, of in _PLACES.items() if (words := frozenset(call.words(name)))]
    seen = {one.id for one in workspace.lists.values() if workspace.sees(one.space)}
    chosen = [task for task in workspace.tasks.values() if task.place.id in seen and all(test(task) for test in tests)]
    page, _ = _page(workspace, chosen, call)
    return {"tasks": page}


def single(workspace: Workspace, call: Call) -> Raw:
    """Answer one task."""
    return workspace.shown(workspace.task(call.path["task"]))


def _page(workspace: Workspace, tasks: Iterable[Task], call: Call) -> tuple[list[Raw], bool]:
    """Return one page; newest first, unless it is reversed [recall]."""
    order = _ORDERS.get(call.word("order_by", "created"))
    if order is None:
        raise bad("Order by invalid", "INPUT_005")
    tests = list(_tests(workspace, call))
    found = sorted((task for task in tasks if all(test(task) for test in tests)), key=order, reverse=not call.truth("reverse"))
    first = max(0, call.whole("page") or 0) * PAGE
    return [workspace.shown(task) for task in found[first : first + PAGE]], len(found) <= first + PAGE


def _tests(workspace: Workspace, call: Call) -> Iterator[_Test]:
    """Yield what a task has to pass; made once for a page, as a List may be long."""
    yield _by_status(call)
    if not call.truth("subtasks"):
        yield lambda task: task.parent is None
    is_archived = call.truth("archived")
    yield lambda task: task.is_archived == is_archived
    for name, of in _TRAITS.items():
        if words := frozenset(call.words(name)):
            yield partial(_has_trait, of, words)
    for name, at in _MOMENTS.items():
        after, before = call.whole(f"{name}_gt"), call.whole(f"{name}_lt")
        if after is not None or before is not None:
            yield partial(_lies_between, at, after, before)
    for field, value in _conditions(workspace, call):
        yield partial(_holds, field, value)


def _by_status(call: Call) -> _Test:
    """Leave closed tasks out, unless they are asked for; done ones are not closed [recall]."""
    if words := frozenset(call.words("statuses")):
        return lambda task: task.log[-1][0] in words
    if call.truth("include_closed"):
        return lambda _: True
    return lambda task: task.kind != CLOSED


def _has_trait(of: _Trait, words: frozenset[str], task: Task) -> bool:
    return not words.isdisjoint(of(task))


def _lies_between(of: Callable[[Task], int | None], after: int | None, before: int | None, task: Task) -> bool:
    at = of(task)
    return at is not None and (after is None or at > after) and (before is None or at < before)


def _holds(field: str, value: str, task: Task) -> bool:
    return field in task.values and str(task.values[field]) == value


def _conditions(workspace: Workspace, call: Call) -> Iterator[tuple[str, str]]:
    """Yield the fields that are asked for and their values; of the operators only this one is known here."""
    found = json.loads(call.word("custom_fields", "[]"))
    if not isinstance(found, list) or any(one.get("operator") != "=" or one.get("field_id") not in workspace.fields for one in found):
        raise bad("Custom field filters invalid", "FIELD_020")
    return ((one["field_id"], str(one["value"])) for one in found)
