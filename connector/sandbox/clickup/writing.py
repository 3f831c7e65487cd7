"""Changing tasks and the values of their fields (clickup.md 6 [O])."""

from collections.abc import Mapping

from connector.sandbox.clickup.calls import Call, Raw
from connector.sandbox.clickup.errors import Refusal, bad
from connector.sandbox.clickup.fields import Field, accepted
from connector.sandbox.clickup.places import TaskList
from connector.sandbox.clickup.tasks import Task, text
from connector.sandbox.clickup.workspace import FIELD_USES, Workspace

_WORDS = {
    "name": "name",
    "description": "text",
    "due_date": "due",
    "start_date": "start",
    "priority": "priority",
    "archived": "is_archived",
}
_EVENTS = {"due_date": "taskDueDateUpdated", "priority": "taskPriorityUpdated"}


def create(workspace: Workspace, call: Call) -> Raw:
    """Make a task, with values of custom fields."""
    place, body = workspace.task_list(call.path["list"]), call.body
    if not body.get("name"):
        raise bad("Task name invalid", "INPUT_005")
    given = [(_field(workspace, place, one["id"]), one["value"]) for one in body.get("custom_fields", ())]
    values = {field.id: accepted(field, value, None) for field, value in given}
    _spend(workspace, len(values))
    now, status = workspace.clock.now(), _status(place, body.get("status") or place.statuses[0].name)
    task = Task(id=workspace.task_id(), name=body["name"], place=place, created=now, updated=now, creator=workspace.me, log=[(status, now)])
    _set(task, {name: value for name, value in body.items() if name != "name"})
    task.assignees = [workspace.people[one] for one in body.get("assignees", ()) if one in workspace.people]
    task.tags, task.values = list(body.get("tags", ())), values
    task.parent, task.custom_item = body.get("parent"), body.get("custom_item_id") or 0
    workspace.tasks[task.id] = task
    workspace.happened(task, "taskCreated", None)
    return workspace.shown(task)


def add_to_list(workspace: Workspace, call: Call) -> Raw:
    """Show a task in another List, too, where it is not at home [O]."""
    task, place = workspace.task(call.path["task"]), workspace.task_list(call.path["list"])
    task.also += [] if place in (task.place, *task.also) else [place]
    workspace.happened(task, "", _item("section_moved", None, None))
    return {}


def update(workspace: Workspace, call: Call) -> Raw:
    """Change a task; custom fields cannot be set this way, and are passed over."""
    task, body = workspace.task(call.path["task"]), call.body
    if "status" in body:
        _move(workspace, task, _status(task.place, body["status"]))
    for name in _WORDS.keys() & body.keys():
        before = getattr(task, _WORDS[name])
        _set(task, {name: body[name]})
        workspace.happened(task, _EVENTS.get(name, ""), _item(name, before, body[name]))
    if "assignees" in body:
        _assign(workspace, task, body["assignees"])
    return workspace.shown(task)


def delete(workspace: Workspace, call: Call) -> None:
    """Delete a task; nothing but the webhook tells of it (clickup.md 4)."""
    task = workspace.task(call.path["task"])
    del workspace.tasks[task.id]
    workspace.happened(task, "taskDeleted", None)


def set_value(workspace: Workspace, call: Call) -> Raw:
    """Set one field of one task, which the free plan counts for ever (clickup.md 2 [D])."""
    task = workspace.task(call.path["task"])
    field = _field(workspace, task.place, call.path["field"])
    if "value" not in call.body:
        raise bad("Value is required", "FIELD_008")
    before = task.values.get(field.id)
    value = accepted(field, call.body["value"], before)
    _spend(workspace, 1)
    task.values[field.id] = value
    workspace.happened(task, "", _item("custom_field", before, value, {"custom_field": field.shown}))
    return {}


def clear_value(workspace: Workspace, call: Call) -> Raw:
    """Take the value of one field away."""
    task = workspace.task(call.path["task"])
    field = _field(workspace, task.place, call.path["field"])
    before = task.values.pop(field.id, None)
    workspace.happened(task, "", _item("custom_field", before, None, {"custom_field": field.shown}))
    return {}


def add_tag(workspace: Workspace, call: Call) -> Raw:
    """Put a tag on a task; one that the Space does not know yet is made [recall]."""
    task, name = workspace.task(call.path["task"]), call.path["tag"]
    known = workspace.tags.setdefault(task.place.space.id, [])
    known += [name] if name not in known else []
    task.tags += [name] if name not in task.tags else []
    workspace.happened(task, "taskTagUpdated", _item("tag", None, [{"name": name}]))
    return {}


def remove_tag(workspace: Workspace, call: Call) -> Raw:
    """Take a tag off a task."""
    task, name = workspace.task(call.path["task"]), call.path["tag"]
    task.tags = [one for one in task.tags if one != name]
    workspace.happened(task, "taskTagUpdated", _item("tag_removed", [{"name": name}], None))
    return {}


def _spend(workspace: Workspace, count: int) -> None:
    for _ in range(count):
        workspace.spend("fields", FIELD_USES, Refusal(403, "Custom field usages exceeded for your plan", "FIELD_033"))


def _field(workspace: Workspace, place: TaskList, key: str) -> Field:
    found = workspace.fields.get(key)
    if found is None or found not in workspace.fields_of(place):
        raise Refusal(404, "Custom field not found", "FIELD_015")
    return found


def _status(place: TaskList, name: str) -> str:
    found = place.find(name)
    if found is None:
        raise bad("Status not found", "CRTSK_001")
    return found


def _move(workspace: Workspace, task: Task, status: str) -> None:
    before = task.status
    if status == before["status"]:
        return
    task.log.append((status, workspace.clock.now()))
    workspace.happened(task, "taskStatusUpdated", _item("status", before, task.status, {"status_type": task.kind}))


def _set(task: Task, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        if name in _WORDS:
            setattr(task, _WORDS[name], value)


def _assign(workspace: Workspace, task: Task, change: Mapping[str, list[int]]) -> None:
    """Add and remove people, each with an event of its own."""
    for key in change.get("add", ()):
        if key in workspace.people and workspace.people[key] not in task.assignees:
            task.assignees.append(workspace.people[key])
            workspace.happened(task, "taskAssigneeUpdated", _item("assignee_add", None, workspace.people[key].brief))
    for person in [one for one in task.assignees if one.id in change.get("rem", ())]:
        task.assignees.remove(person)
        workspace.happened(task, "taskAssigneeUpdated", _item("assignee_rem", person.brief, None))


def _item(field: str, before: object, after: object, data: Raw | None = None) -> Raw:
    """Return what changed, as events tell it (clickup.md 5, 9 [D]); moments are texts there, too."""
    return {"field": field, "data": {}, "before": _told(before), "after": _told(after), **({"data": data} if data else {})}


def _told(value: object) -> object:
    return text(value) if isinstance(value, int) and not isinstance(value, bool) else value
