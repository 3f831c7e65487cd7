"""Subscribing to changes: one address, some events, at most one location (clickup.md 9 [O])."""

from collections.abc import Sequence

from connector.sandbox.clickup.calls import Call, Raw
from connector.sandbox.clickup.errors import Refusal, bad
from connector.sandbox.clickup.telling import EVENTS, EVERYTHING, Hook
from connector.sandbox.clickup.workspace import Workspace

_LOCATIONS = ("task_id", "list_id", "folder_id", "space_id")


def create(workspace: Workspace, call: Call) -> Raw:
    """Subscribe; the secret for signatures is the hook's own."""
    workspace.require_team(call.path["team"])
    places = [(name, str(call.body[name])) for name in _LOCATIONS if call.body.get(name)]
    if len(places) > 1:
        raise bad("Only one location is allowed", "OAUTH_172")
    key = workspace.uuid()
    made = Hook(
        id=key,
        endpoint=_endpoint(call.body.get("endpoint")),
        events=_events(call.body.get("events")),
        place=places[0] if places else None,
        secret=workspace.uuid().replace("-", "").upper(),
        user=workspace.me.id,
    )
    workspace.teller.hooks[key] = made
    return {"id": key, "webhook": made.shown(workspace.team)}


def listed(workspace: Workspace, call: Call) -> Raw:
    """Answer the subscriptions of the token."""
    workspace.require_team(call.path["team"])
    return {"webhooks": [hook.shown(workspace.team) for hook in workspace.teller.hooks.values()]}


def update(workspace: Workspace, call: Call) -> Raw:
    """Change address, events or whether it is active, which also forgets failures [recall]."""
    hook, body = _hook(workspace, call), call.body
    if "endpoint" in body:
        hook.endpoint = _endpoint(body["endpoint"])
    if "events" in body:
        hook.events = _events(body["events"])
    if body.get("status") in ("active", "inactive"):
        hook.status, hook.fails = body["status"], 0
    return {"id": hook.id, "webhook": hook.shown(workspace.team)}


def delete(workspace: Workspace, call: Call) -> Raw:
    """Subscribe no longer."""
    del workspace.teller.hooks[_hook(workspace, call).id]
    return {}


def _hook(workspace: Workspace, call: Call) -> Hook:
    if call.path["hook"] not in workspace.teller.hooks:
        raise Refusal(404, "Webhook not found", "OAUTH_031")
    return workspace.teller.hooks[call.path["hook"]]


def _endpoint(value: object) -> str:
    if not isinstance(value, str) or not value.startswith(("http://", "https://")):
        raise bad("Webhook endpoint invalid", "OAUTH_194")
    return value


def _events(value: object) -> Sequence[str]:
    found = list(EVENTS) if value == EVERYTHING else value
    if not isinstance(found, list) or not found or any(one not in EVENTS for one in found):
        raise bad("Webhook events invalid", "OAUTH_195")
    return found
