"""The HTTP side: the key, the faults, JSON in and out; every answer carries the number of its request."""

import base64
import gc
import json
import secrets
from collections.abc import Awaitable, Callable
from email.utils import format_datetime
from pathlib import Path
from uuid import uuid4

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from connector.sandbox.hubspot.clock import moment
from connector.sandbox.hubspot.faults import Fault
from connector.sandbox.nutshell import reading, rpc, writing
from connector.sandbox.nutshell.account import Account, Options, Raw
from connector.sandbox.nutshell.control import CONTROLS
from connector.sandbox.nutshell.errors import Refusal, lost
from connector.sandbox.nutshell.reading import KINDS, Query
from connector.sandbox.nutshell.seed import filled
from connector.sandbox.nutshell.telling import tell
from connector.sandbox.running import serve

USER = "sandbox@example.com"
KEY = "nutshell-sandbox-key"
"""Who an account lets in unless told otherwise."""
_Doing = Callable[[Account, Request], Awaitable[Response]]
_METHODS = ["GET", "POST", "PATCH", "DELETE", "PUT"]


def nutshell_app(*, data: Path | None = None, user: str = USER, key: str = KEY, options: Options | None = None) -> Starlette:
    """Build an account filled with the sales data from `data` (default: the shipped copy); its state is `app.state.account`.

    Raises:
        OSError: the data cannot be read.
    """
    account = filled(user, key, options or Options(), data)

    async def rest(request: Request) -> Response:
        return _telling(account, await _spoilt(account, request, _rest))

    async def old(request: Request) -> Response:
        return _telling(account, await _spoilt(account, request, _rpc))

    async def control(request: Request) -> Response:
        name = request.path_params["name"]
        found = CONTROLS[name](account, json.loads(await request.body() or b"{}"))
        return _json(account, 200, found)

    routes = [
        Route("/rest/{path:path}", rest, methods=_METHODS),
        Route("/{path:path}v1/json", old, methods=_METHODS),
        Route("/sandbox/{name}", control, methods=_METHODS),
    ]
    app = Starlette(routes=routes)
    app.state.account = account
    return app


def run_nutshell(*, port: int, data: Path | None = None, user: str = USER, key: str = KEY, hint: str = "") -> None:
    """Serve an account in the foreground until SIGINT or SIGTERM; prints a line with the URL, and the hint.

    Raises:
        OSError: the data cannot be read, or the port is taken.
    """
    app = nutshell_app(data=data, user=user, key=key, options=Options(extras=True))
    gc.freeze()
    serve(app, name="Sandbox Nutshell", host="127.0.0.1", port=port, hint=hint)


def _telling(account: Account, response: Response) -> Response:
    """Let what happened be told once the answer is out."""
    if account.untold:
        response.background = BackgroundTask(tell, account)
    return response


async def _spoilt(account: Account, request: Request, carry_out: _Doing) -> Response:
    account.requests[f"{request.method} {request.url.path}"] += 1
    fault = account.faults.take(request.method, request.url.path)
    if fault is None:
        return await _answered(account, request, carry_out)
    response = await _answered(account, request, carry_out) if fault.runs_first else _refused(account, _failure(fault), "")
    if fault.kind == "status":
        return _refused(account, _failure(fault), "")
    if fault.kind == "html":
        return HTMLResponse(Refusal(fault.status, "", shape="page").page, status_code=fault.status)
    return await fault.spoil(response)


def _failure(fault: Fault) -> Refusal:
    words = {429: "Too Many Requests", 500: "Internal Server Error"}
    return Refusal(fault.status, words.get(fault.status, "It could not be done."), shape="plain")


async def _answered(account: Account, request: Request, carry_out: _Doing) -> Response:
    try:
        _authorise(account, request)
        return await carry_out(account, request)
    except Refusal as refusal:
        return _refused(account, refusal, KINDS.get(request.url.path.split("/")[2], "data"))


def _authorise(account: Account, request: Request) -> None:
    wanted = base64.b64encode(f"{account.user}:{account.key}".encode()).decode()
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme != "Basic" or not secrets.compare_digest(given.encode(), wanted.encode()):
        raise Refusal(401, "Unauthorized", shape="page")


async def _rest(account: Account, request: Request) -> Response:
    parts = str(request.path_params["path"]).split("/")
    values: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        values.setdefault(name, []).append(value)
    if request.method == "GET":
        base = f"{request.url.scheme}://{request.url.netloc}{request.url.path}"
        return _json(account, 200, _read(account, parts, base, Query(values)))
    body = json.loads(await request.body() or b"null")
    found = _written(account, request, parts, body)
    return _json(account, 200, found) if found else _dated(account, Response(status_code=204))


def _read(account: Account, parts: list[str], base: str, query: Query) -> object:
    if parts[0] == "events":
        reading.refuse_hidden(account, "/".join(parts))
        return (reading.deletions if parts[1:] == ["deleted"] else reading.events)(account, base, query)
    kind = _kind(account, parts[0])
    match parts[1:]:
        case []:
            return reading.listed(account, kind, query)
        case ["customfields", "attributes"] if kind in account.fields:
            return reading.attributes(account, kind)
        case [word, "customfields"] if kind in account.fields:
            return reading.custom_values(account, kind, word)
        case [words]:
            return reading.some(account, kind, words)
    raise lost()


def _written(account: Account, request: Request, parts: list[str], body: object) -> Raw | None:
    kind, values = _kind(account, parts[0]), body if isinstance(body, dict) else {}
    match request.method, parts[1:]:
        case "POST", []:
            return writing.create(account, kind, values)
        case "POST", ["customfield"] if kind in account.fields:
            return writing.make_field(account, kind, values)
        case "POST", [word, "status"] if kind == "leads":
            return writing.close(account, word, values)
        case "PATCH", [word] if kind in account.fields:
            writing.patch(account, kind, word, (request.headers.get("content-type", ""), body))
        case "DELETE", [word]:
            writing.delete(account, kind, word)
        case _:
            raise Refusal(405, "Method Not Allowed", shape="page")
    return None


def _kind(account: Account, word: str) -> str:
    if word not in KINDS:
        raise lost()
    reading.refuse_hidden(account, KINDS[word])
    return KINDS[word]


async def _rpc(account: Account, request: Request) -> Response:
    return _json(account, 200, rpc.answered(account, json.loads(await request.body() or b"{}"), request.url.netloc))


def _refused(account: Account, refusal: Refusal, plural: str) -> Response:
    if refusal.shape == "page":
        return _dated(account, HTMLResponse(refusal.page, status_code=refusal.status))
    body = refusal.body(plural)
    whole = {"meta": account.meta, "links": {}, **body} if isinstance(body, dict) and refusal.shape == "listed" else body
    return _json(account, refusal.status, whole)


def _json(account: Account, status: int, body: object) -> Response:
    return _dated(account, Response(json.dumps(body, ensure_ascii=False).encode(), status, media_type="application/json"))


def _dated(account: Account, response: Response) -> Response:
    response.headers["Date"] = format_datetime(moment(account.clock.now()), usegmt=True)
    response.headers["x-nutshell-request-id"] = str(uuid4())
    return response
