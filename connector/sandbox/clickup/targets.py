"""Setting goals and their targets, and telling what came of them (clickup.md 7 [O] [C] [H])."""

from collections.abc import Iterable

from connector.sandbox.clickup.calls import Call, Raw
from connector.sandbox.clickup.errors import Refusal, bad
from connector.sandbox.clickup.goals import TYPES, Goal, KeyResult
from connector.sandbox.clickup.places import Person
from connector.sandbox.clickup.workspace import GOAL_USES, Workspace

_ALL = ("name", "due_date", "description", "rem_owners", "add_owners", "color")
"""What a change of a goal has to name, changed or not [O]."""
_LARGEST = 2**31


def listed(workspace: Workspace, call: Call) -> Raw:
    """Answer all goals, those in folders apart, under their folder; whole ones only where they are asked for."""
    workspace.require_team(call.path["team"])
    rows = {goal.id: _shown(workspace, goal) for goal in workspace.goals.values()}
    wanted = [row for row in rows.values() if call.word("include_completed", "true") == "true" or row["percent_completed"] != 100]  # noqa: PLR2004
    folders = [
        {"id": key, "name": name, "goals": [row for row in wanted if row["folder_id"] == key]}
        for key, name in workspace.goal_folders.items()
    ]
    return {"goals": [row for row in wanted if row["folder_id"] is None], "folders": folders}


def single(workspace: Workspace, call: Call) -> Raw:
    """Answer one goal with its targets."""
    return {"goal": _shown(workspace, _goal(workspace, call.path["goal"]))}


def create(workspace: Workspace, call: Call) -> Raw:
    """Set a goal; that it takes a first day is not in [O], but was seen [C]."""
    workspace.require_team(call.path["team"])
    body = call.body
    if not body.get("name"):
        raise bad("Goal name invalid", "GOAL_004")
    _use(workspace)
    made = Goal(
        id=workspace.uuid(),
        pretty=int(workspace.number("goal", 0)) // 3,
        name=body["name"],
        creator=workspace.me,
        created=workspace.clock.now(),
        start=_moment(body.get("start_date")),
        due=_moment(body.get("due_date")),
        description=body.get("description") or "",
        color=body.get("color") or "#32a852",
        several=bool(body.get("multiple_owners", True)),
        owners=list(_people(workspace, body.get("owners", ()))),
    )
    workspace.goals[made.id] = made
    workspace.teller.tell("goalCreated", (), {"goal_id": made.id})
    return {"goal": _shown(workspace, made)}


def update(workspace: Workspace, call: Call) -> Raw:
    """Change a goal, whose every changeable part has to be sent."""
    goal, body = _goal(workspace, call.path["goal"]), call.body
    missing = [name for name in _ALL if name not in body]
    if missing:
        raise bad(f"{missing[0]} is required", "GOAL_011")
    _use(workspace)
    goal.name, goal.due, goal.description, goal.color = body["name"], _moment(body["due_date"]), body["description"], body["color"]
    gone = set(body["rem_owners"])
    goal.owners = [one for one in dict.fromkeys([*goal.owners, *_people(workspace, body["add_owners"])]) if one.id not in gone]
    workspace.teller.tell("goalUpdated", (), {"goal_id": goal.id})
    return {"goal": _shown(workspace, goal)}


def delete(workspace: Workspace, call: Call) -> Raw:
    """Delete a goal with its targets."""
    goal = _goal(workspace, call.path["goal"])
    del workspace.goals[goal.id]
    for result in _of(workspace, goal):
        del workspace.results[result.id]
    workspace.teller.tell("goalDeleted", (), {"goal_id": goal.id})
    return {}


def add_result(workspace: Workspace, call: Call) -> Raw:
    """Add a target to a goal."""
    goal, body = _goal(workspace, call.path["goal"]), call.body
    if body.get("type") not in TYPES or not body.get("name"):
        raise bad("Key result name and type are required", "KEYR_003")
    start, end = (_steps(workspace, body.get(name, 0)) for name in ("steps_start", "steps_end"))
    _use(workspace)
    made = KeyResult(
        id=workspace.uuid(),
        goal=goal.id,
        name=body["name"],
        type=body["type"],
        unit=body.get("unit") or "",
        creator=workspace.me,
        created=workspace.clock.now(),
        start=start,
        end=end,
        current=start,
        owners=tuple(_people(workspace, body.get("owners", ()))),
        task_ids=tuple(body.get("task_ids") or ()),
        list_ids=tuple(body.get("list_ids") or ()),
    )
    workspace.results[made.id] = made
    workspace.teller.tell("keyResultCreated", (), {"goal_id": goal.id, "key_result_id": made.id})
    return {"key_result": made.shown}


def change_result(workspace: Workspace, call: Call) -> Raw:
    """Note progress on a target, or change what it asks for; an automatic one moves by itself only."""
    result, body = _result(workspace, call.path["result"]), call.body
    if "steps_current" in body and result.type == "automatic":
        raise bad("Progress of automatic targets cannot be set", "KEYR_007")
    steps = {name: _steps(workspace, body[name]) for name in ("steps_start", "steps_end", "steps_current") if name in body}
    _use(workspace)
    result.start, result.end = steps.get("steps_start", result.start), steps.get("steps_end", result.end)
    result.name, result.unit, result.note = body.get("name", result.name), body.get("unit", result.unit), body.get("note", "")
    if "steps_current" in steps:
        # That what was taken is the way since the last time is [recall]; [O] shows the first time only.
        result.before, result.taken = result.current, steps["steps_current"] - result.current
        result.current = steps["steps_current"]
    result.changed = workspace.clock.now()
    workspace.teller.tell("keyResultUpdated", (), {"goal_id": result.goal, "key_result_id": result.id})
    return {"key_result": result.shown}


def remove_result(workspace: Workspace, call: Call) -> Raw:
    """Delete a target."""
    result = _result(workspace, call.path["result"])
    del workspace.results[result.id]
    workspace.teller.tell("keyResultDeleted", (), {"goal_id": result.goal, "key_result_id": result.id})
    return {}


def _use(workspace: Workspace) -> None:
    """Count a use of goals: what is set and what is changed; what counts exactly is [recall]."""
    workspace.spend("goals", GOAL_USES, Refusal(403, "Goal usages exceeded for your plan", "GOAL_016"))


def _goal(workspace: Workspace, key: str) -> Goal:
    if key not in workspace.goals:
        raise Refusal(404, "Goal not found", "GOAL_001")
    return workspace.goals[key]


def _result(workspace: Workspace, key: str) -> KeyResult:
    if key not in workspace.results:
        raise Refusal(404, "Key result not found", "KEYR_001")
    return workspace.results[key]


def _of(workspace: Workspace, goal: Goal) -> list[KeyResult]:
    return [result for result in workspace.results.values() if result.goal == goal.id]


def _shown(workspace: Workspace, goal: Goal) -> Raw:
    return goal.shown(_of(workspace, goal), workspace.team)


def _people(workspace: Workspace, keys: Iterable[object]) -> Iterable[Person]:
    for key in keys:
        if not isinstance(key, int) or key not in workspace.people:
            raise bad("Owner not found", "GOAL_007")
        yield workspace.people[key]


def _moment(value: object) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise bad("Date invalid", "GOAL_009")
    return value


def _steps(workspace: Workspace, value: object) -> float:
    """Read steps, which [O] types as whole numbers of 32 bits."""
    if isinstance(value, bool):
        return float(value)
    if not isinstance(value, int | float) or abs(value) >= _LARGEST or (value % 1 and not workspace.options.takes_decimals):
        raise bad("Steps invalid", "KEYR_005")
    return value
