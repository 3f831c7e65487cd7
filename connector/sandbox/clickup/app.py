"""The HTTP side: the token, the limits, the faults, JSON in and out."""

import gc
import json
import secrets
from collections.abc import Mapping
from email.utils import format_datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connector.sandbox.clickup import routes
from connector.sandbox.clickup.calls import Call
from connector.sandbox.clickup.control import CONTROLS
from connector.sandbox.clickup.errors import Refusal, bad, bad_token, limited, no_route
from connector.sandbox.clickup.limits import PER_MINUTE
from connector.sandbox.clickup.seed import filled
from connector.sandbox.clickup.workspace import Options, Workspace
from connector.sandbox.hubspot.clock import moment
from connector.sandbox.hubspot.faults import Fault
from connector.sandbox.running import serve

TOKEN = "pk_183_SANDBOX"  # noqa: S105 - opens a sandbox only
"""Who is let in unless told otherwise: a personal token."""
ACCESS = "sandbox-access-token"
"""What an OAuth app sends, after `Bearer`."""
_METHODS = ["GET", "POST", "PUT", "DELETE"]
_TOO_MANY = 429


def clickup_app(*, data: Path | None = None, token: str = TOKEN, options: Options | None = None) -> Starlette:
    """Build a Workspace filled with the sales data from `data` (default: the shipped copy); its state is `app.state.workspace`.

    Raises:
        OSError: the data cannot be read.
    """
    workspace = filled(token, options or Options(), data)

    async def api(request: Request) -> Response:
        return await _spoilt(workspace, request, await request.body())

    async def control(request: Request) -> Response:
        body = json.loads(await request.body() or b"{}")
        return _json(workspace, 200, CONTROLS[request.path_params["name"]](workspace, body))

    app = Starlette(routes=[Route("/api/v2/{path:path}", api, methods=_METHODS), Route("/sandbox/{name}", control, methods=_METHODS)])
    app.state.workspace = workspace
    return app


def run_clickup(*, port: int, data: Path | None = None, token: str = TOKEN, plan: str = "Enterprise", hint: str = "") -> None:
    """Serve a Workspace in the foreground until SIGINT or SIGTERM; prints a line with the URL, and the hint.

    Raises:
        OSError: the data cannot be read, or the port is taken.
    """
    app = clickup_app(data=data, token=token, options=Options(plan=plan, extras=True))
    gc.freeze()
    serve(app, name="Sandbox ClickUp", host="127.0.0.1", port=port, hint=hint)


async def _spoilt(workspace: Workspace, request: Request, body: bytes) -> Response:
    workspace.requests[f"{request.method} {request.url.path}"] += 1
    fault = workspace.faults.take(request.method, request.url.path)
    if fault is None:
        return _answered(workspace, request, body)
    response = _answered(workspace, request, body) if fault.runs_first else _failed(workspace, fault)
    return _failed(workspace, fault) if fault.kind == "status" else await fault.spoil(response)


def _failed(workspace: Workspace, fault: Fault) -> Response:
    refusal = limited() if fault.status == _TOO_MANY else Refusal(fault.status, "Internal server error", "INTERNAL_001")
    return _json(workspace, refusal.status, refusal.body)


def _answered(workspace: Workspace, request: Request, body: bytes) -> Response:
    try:
        if not workspace.limiter.admit(_most(workspace)):
            raise limited()
        _authorise(workspace, request.headers.get("authorization", ""))
        found = _carried_out(workspace, request, body)
    except Refusal as refusal:
        return _json(workspace, refusal.status, refusal.body)
    return _json(workspace, 200, found) if found is not None else _dated(workspace, Response(status_code=204))


def _authorise(workspace: Workspace, given: str) -> None:
    """Let a personal token in as it is, an app's after Bearer (clickup.md 1 [O] [C])."""
    if not given:
        raise Refusal(400, "Authorization header required", "OAUTH_017")
    if not any(secrets.compare_digest(given.encode(), known.encode()) for known in (workspace.token, f"Bearer {ACCESS}")):
        raise bad_token()


def _carried_out(workspace: Workspace, request: Request, body: bytes) -> Mapping[str, object] | None:
    found = routes.found(request.method, request.path_params["path"])
    if found is None:
        raise no_route()
    handler, names = found
    query: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        query.setdefault(name, []).append(value)
    return handler(workspace, Call(names, query, _read(body)))


def _read(body: bytes) -> dict[str, object]:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise bad("Unexpected token in JSON", "JSON_001")
    return found


def _most(workspace: Workspace) -> int:
    return workspace.options.per_minute or PER_MINUTE[workspace.plan]


def _json(workspace: Workspace, status: int, body: object) -> Response:
    return _dated(workspace, Response(json.dumps(body, ensure_ascii=False).encode(), status, media_type="application/json"))


def _dated(workspace: Workspace, response: Response) -> Response:
    response.headers["Date"] = format_datetime(moment(workspace.clock.now()), usegmt=True)
    response.headers.update(workspace.limiter.headers(_most(workspace)))
    return response
