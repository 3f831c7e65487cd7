"""The HTTP side: token, limits, faults, JSON in and out, the portal's Date; every answer goes out through here."""

import asyncio
import gc
import json
import secrets
from collections.abc import Awaitable, Callable
from email.utils import format_datetime
from pathlib import Path
from typing import Unpack
from urllib.parse import parse_qsl
from uuid import uuid4

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from connector.sandbox.hubspot.calls import Answer, Call
from connector.sandbox.hubspot.clock import moment
from connector.sandbox.hubspot.errors import Refusal, invalid
from connector.sandbox.hubspot.limits import DAILY_HEADERS
from connector.sandbox.hubspot.portal import Choices, Options, Portal
from connector.sandbox.hubspot.routes import ENDPOINTS, Endpoint
from connector.sandbox.hubspot.seed import seeded
from connector.sandbox.running import serve

LONGEST_URL = 16_000
"""Characters of a path with its query before a 414 page comes (hubspot.md 0.4, field lesson 10 [G])."""
TOKEN = "pat-na1-sandbox"  # noqa: S105  # opens a box of public data, nothing else
"""The token a portal takes unless told otherwise."""
_View = Callable[[Request], Awaitable[Response]]
_Page = Callable[[Request, Exception], Awaitable[Response]]


def hubspot_app(*, data: Path | None = None, token: str = TOKEN, **choices: Unpack[Choices]) -> Starlette:
    """Build a portal filled with the sales data from `data` (default: the shipped copy); its state is `app.state.portal`.

    Raises:
        OSError: the data cannot be read.
    """
    portal = seeded(token, Options(**choices), data)
    routes = [Route(path, _view(portal, endpoint), methods=[endpoint.method]) for endpoint in ENDPOINTS for path in endpoint.paths]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _lost(portal)})
    app.state.portal = portal
    return app


def run_hubspot(*, port: int, data: Path | None = None, token: str = TOKEN, hint: str = "", **choices: Unpack[Choices]) -> None:
    """Serve a portal in the foreground until SIGINT or SIGTERM; prints a line with the URL, and the hint.

    Raises:
        OSError: the data cannot be read, or the port is taken.
    """
    app = hubspot_app(data=data, token=token, **choices)
    # This process holds nothing else: hundreds of thousands of entries that stay need not be looked through again and again.
    gc.freeze()
    serve(app, name="Sandbox HubSpot", host="127.0.0.1", port=port, hint=hint)


def _view(portal: Portal, endpoint: Endpoint) -> _View:
    async def view(request: Request) -> Response:
        if endpoint.is_open:
            return await _carry_out(portal, endpoint, request)
        if endpoint.resource != "consent" and endpoint.version(request.url.path) not in portal.options.versions:
            return _refused(portal, _no_endpoint(request))
        await asyncio.sleep(portal.options.latency / 2)
        response = _discreet(portal, request, await answered(request))
        await asyncio.sleep(portal.options.latency / 2)
        return response

    async def answered(request: Request) -> Response:
        kind = request.path_params.get("kind", "{kind}")
        portal.journal.count(f"{endpoint.method} {endpoint.resource}{endpoint.suffix}".replace("{kind}", kind), is_write=endpoint.is_write)
        path = request.url.path
        fault = portal.faults.take(request.method, path) or portal.storm.strike(portal, path)
        if fault and fault.kind == "status" and not fault.applied:
            return _refused(portal, fault.refusal())
        if fault is None or fault.runs_first:
            response = await _carry_out(portal, endpoint, request)
        else:
            response = _refused(portal, fault.refusal())
        if fault is None:
            return response
        return _refused(portal, fault.refusal()) if fault.kind == "status" else await fault.spoil(response)

    return view


async def _carry_out(portal: Portal, endpoint: Endpoint, request: Request) -> Response:
    content = await request.body()
    if len(request.url.path) + len(request.url.query) > LONGEST_URL:
        return _dated(portal, HTMLResponse("<html><body><h1>414 Request-URI Too Large</h1></body></html>", status_code=414))
    silent = endpoint.is_search or endpoint.is_oauth
    try:
        if not endpoint.is_open and not endpoint.is_oauth and not endpoint.is_journal:
            _authorise(portal, request)
            portal.admit(is_search=endpoint.is_search)
        answer = endpoint.handler(portal, _call(request, content, is_form=endpoint.is_oauth))
    except Refusal as refusal:
        return _refused(portal, refusal, is_silent=silent)
    return _response(portal, answer, str(uuid4()), is_silent=silent)


def _authorise(portal: Portal, request: Request) -> None:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if given in portal.grants.access:
        portal.grants.check(given, portal.clock.now())
    elif scheme.lower() != "bearer" or not secrets.compare_digest(given.encode(), portal.token.encode()):
        message = "Authentication credentials not found. This API supports OAuth 2.0 authentication."
        raise Refusal(401, "INVALID_AUTHENTICATION", message)


def _discreet(portal: Portal, request: Request, response: Response) -> Response:
    """Take the day's figures out of an answer to an OAuth app (hubspot.md 7 [D])."""
    if request.headers.get("authorization", "").partition(" ")[2] in portal.grants.access:
        for name in DAILY_HEADERS:
            if name in response.headers:
                del response.headers[name]
    return response


def _call(request: Request, content: bytes, *, is_form: bool) -> Call:
    query: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        query.setdefault(name, []).append(value)
    return Call(
        method=request.method,
        base=f"{request.url.scheme}://{request.url.netloc}",
        path=request.url.path,
        parts=request.path_params,
        query=query,
        content=dict(parse_qsl(content.decode())) if is_form else _parsed(content),
        bearer=request.headers.get("authorization", "").partition(" ")[2],
    )


def _parsed(content: bytes) -> object:
    if not content:
        return None
    try:
        return json.loads(content)
    except ValueError as error:
        raise invalid(f"Invalid input JSON: {error}") from None


def _refused(portal: Portal, refusal: Refusal, *, is_silent: bool = False) -> Response:
    correlation = str(uuid4())
    return _response(portal, Answer(refusal.status, refusal.body(correlationId=correlation)), correlation, is_silent=is_silent)


def _response(portal: Portal, answer: Answer, correlation: str, *, is_silent: bool) -> Response:
    content = b"" if answer.body is None else json.dumps(answer.body, ensure_ascii=False, separators=(",", ":")).encode()
    response = Response(content, answer.status, media_type=None if answer.body is None else "application/json;charset=utf-8")
    response.headers["X-HubSpot-Correlation-Id"] = correlation
    if answer.location:
        response.headers["Location"] = answer.location
    if not is_silent:
        response.headers.update(portal.limiter.headers())
    return _dated(portal, response)


def _dated(portal: Portal, response: Response) -> Response:
    response.headers["Date"] = format_datetime(moment(portal.clock.now()), usegmt=True)
    return response


def _lost(portal: Portal) -> _Page:
    async def page(request: Request, error: Exception) -> Response:
        return _refused(portal, _no_endpoint(request, error.status_code if isinstance(error, HTTPException) else 500))

    return page


def _no_endpoint(request: Request, status: int = 404) -> Refusal:
    return Refusal(status, "OBJECT_NOT_FOUND", f"No endpoint answers {request.method} {request.url.path}.")
