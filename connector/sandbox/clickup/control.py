"""The box's own switches under /sandbox, for what people do in ClickUp and for what goes wrong. They need no token."""

from collections.abc import Callable, Mapping
from typing import Any

from connector.sandbox.clickup.calls import Raw
from connector.sandbox.clickup.workspace import Workspace
from connector.sandbox.hubspot.faults import Fault


def _faults(workspace: Workspace, body: Mapping[str, Any]) -> Raw:
    faults = [Fault(**{"kind": "status", **row}) for row in body["faults"]]
    workspace.faults.plan(faults)
    return {"planned": len(faults)}


def _hide(workspace: Workspace, body: Mapping[str, Any]) -> Raw:
    """Let the token's user see these Spaces no longer: {"spaces": ["Service"]}."""
    workspace.hidden = set(body["spaces"])
    return {"hidden": sorted(workspace.hidden)}


def _token(workspace: Workspace, body: Mapping[str, Any]) -> Raw:
    """Give out another token instead: {"token": "..."}."""
    workspace.token = body["token"]
    return {"token": workspace.token}


def _field(workspace: Workspace, body: Mapping[str, Any]) -> Raw:
    """Make a field as people do: {"place": a List's name or any place's id, "name", "type", "options": [...], "currency"}."""
    config: Raw = {}
    if "options" in body:
        word = "label" if body["type"] == "labels" else "name"
        config["options"] = [{"id": workspace.uuid(), word: name, "orderindex": at} for at, name in enumerate(body["options"])]
    if body["type"] == "currency":
        config = {"currency_type": body.get("currency", "USD"), "precision": 2}
    named = {one.name: one.id for one in workspace.lists.values()}
    place = named.get(body["place"], body["place"])
    return workspace.add_field(body["name"], body["type"], place, config).shown


def _drop(workspace: Workspace, body: Mapping[str, Any]) -> Raw:
    """Delete the definition of a field, with its values: {"field": its id}."""
    gone = workspace.fields.pop(body["field"])
    for task in workspace.tasks.values():
        task.values.pop(gone.id, None)
    return {"dropped": gone.name}


def _app(workspace: Workspace, body: Mapping[str, Any]) -> Raw:
    """Switch the ClickApp "Total time in Status": {"time_in_status": false}."""
    workspace.time_in_status = body["time_in_status"]
    return {"time_in_status": workspace.time_in_status}


def _untold(workspace: Workspace, body: Mapping[str, Any]) -> Raw:
    """Leave these tasks out of what is told of the times of several: {"tasks": [ids]}."""
    workspace.untold = set(body["tasks"])
    return {"untold": sorted(workspace.untold)}


def _plan(workspace: Workspace, body: Mapping[str, Any]) -> Raw:
    """Pay for another plan: {"plan": "Free Forever"}."""
    workspace.plan = body["plan"]
    return {"plan": workspace.plan}


def _uses(workspace: Workspace, body: Mapping[str, Any]) -> Raw:
    """Say, or set, how much of the free plan is used up: {"fields": 59}."""
    workspace.uses.update({name: count - workspace.uses[name] for name, count in body.items()})
    return dict(workspace.uses)


def _folder(workspace: Workspace, body: Mapping[str, Any]) -> Raw:
    """Put goals into a folder of this name, which no endpoint does: {"name", "goals": [ids]}."""
    key = workspace.uuid()
    workspace.goal_folders[key] = body["name"]
    for goal in body["goals"]:
        workspace.goals[goal].folder = key
    return {"id": key}


def _targets(workspace: Workspace, _: Mapping[str, Any]) -> Raw:
    """Say what the targets hold, which no endpoint tells, as people see it."""
    return {one.id: {"start": one.start, "end": one.end, "current": one.current, "note": one.note} for one in workspace.results.values()}


def _hooks(workspace: Workspace, _: Mapping[str, Any]) -> Raw:
    """Say how each delivery was answered."""
    return {"told": workspace.teller.told}


def _clock(workspace: Workspace, body: Mapping[str, Any]) -> Raw:
    """Move the clock: {"advance": seconds}, or stop it {"at": milliseconds} until {"tick": true}."""
    if "at" in body:
        workspace.clock.stop(body["at"])
    if body.get("tick"):
        workspace.clock.tick()
    workspace.clock.advance(body.get("advance", 0))
    return {"now": workspace.clock.now()}


def _requests(workspace: Workspace, body: Mapping[str, Any]) -> Raw:
    found = dict(workspace.requests)
    if body.get("clear"):
        workspace.requests.clear()
    return found


CONTROLS: Mapping[str, Callable[[Workspace, Mapping[str, Any]], Raw]] = {
    "faults": _faults,
    "hide": _hide,
    "token": _token,
    "field": _field,
    "drop": _drop,
    "click_app": _app,
    "untold": _untold,
    "plan": _plan,
    "uses": _uses,
    "folder": _folder,
    "targets": _targets,
    "hooks": _hooks,
    "clock": _clock,
    "requests": _requests,
}
