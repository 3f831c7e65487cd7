"""The status page and the health answer over HTTP. Read only: no form, no script, nothing from outside."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connector.errors import ConnectorError
from connector.kpis import KPIS
from connector.kpis.fields import specs
from connector.web.status import AccountStatus, StatusPage, Verdict, health_of, worst

Read = Callable[[], StatusPage]
_UNAVAILABLE = 503
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


def status_app(read: Read, hosts: Sequence[str] = ("*",), more: Sequence[Route] = ()) -> Starlette:
    """Build the app: `/` for people, `/health` for machines (200 when all is well, 503 when not).

    `read` is called in a worker thread for every request. `hosts` are the names the app answers to; naming them keeps other sites'
    pages from reading a loopback address through a name of their own. `more` are routes for the CRM, which check by themselves who asks.
    """
    routes = [
        Route("/", lambda _: _page(read()), methods=["GET"]),
        Route("/health", lambda _: _health(read()), methods=["GET"]),
        Route("/style.css", lambda _: _file("style.css", "text/css"), methods=["GET"]),
        Route("/icon.svg", lambda _: _file("icon.svg", "image/svg+xml"), methods=["GET"]),
        *more,
    ]
    middleware = [Middleware(_Headers), Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)]
    return Starlette(routes=routes, middleware=middleware, exception_handlers={ConnectorError: _unreadable})


class _Headers:
    """Adds the headers that let a browser do nothing but show the page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                extra = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("connector.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["local"] = _local
    made.filters["as_of"] = _as_of
    made.filters["plain"] = _plain
    made.filters["measured"] = _measured
    made.filters["coded"] = _coded
    made.filters["by_reason"] = _by_reason
    return made


def _local(instant: datetime | None, account: AccountStatus) -> str:
    return f"{instant.astimezone(ZoneInfo(account.timezone)):%Y-%m-%d %H:%M %Z}" if instant else "never"


def _as_of(instant: datetime, account: AccountStatus) -> str:
    last = (instant - timedelta(microseconds=1)).astimezone(ZoneInfo(account.timezone))
    is_midnight = last.date() != instant.astimezone(ZoneInfo(account.timezone)).date()
    return f"as of the end of {last:%Y-%m-%d}" if is_midnight else f"as of {_local(instant, account)}"


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _measured(key: str) -> str:
    """Return what people call a KPI, or a field of ours with the records that have it; own KPIs are called by their keys."""
    if key in KPIS:
        return KPIS[key].label
    field = _FIELDS.get(key)
    return f"{field.label} ({field.entity})" if field else _plain(key)


def _coded(sentence: str) -> Markup:
    """Return a sentence with what stands between backticks, such as a command, set as code."""
    parts = sentence.split("`")
    if len(parts) % 2 == 0:
        return escape(sentence)
    return Markup("").join(Markup("<code>{}</code>").format(part) if place % 2 else escape(part) for place, part in enumerate(parts))


def _by_reason(unavailable: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """Return every reason once, with all that it keeps from being measured."""
    found: dict[str, list[str]] = {}
    for key, reason in unavailable.items():
        found.setdefault(reason, []).append(key)
    return list(found.items())


_FIELDS = specs()
_TEMPLATES = _environment()


def _page(page: StatusPage) -> Response:
    healths = {account.name: health_of(account) for account in page.accounts}
    return HTMLResponse(_TEMPLATES.get_template("status.html").render(page=page, healths=healths))


def _health(page: StatusPage) -> Response:
    healths = {account.name: health_of(account) for account in page.accounts}
    verdict = worst(tuple(health.verdict for health in healths.values()))
    accounts = {account.name: _account_health(account) for account in page.accounts}
    body = {"status": verdict, "version": page.version, "accounts": accounts}
    return JSONResponse(body, status_code=200 if verdict is Verdict.OK else _UNAVAILABLE)


def _account_health(account: AccountStatus) -> dict[str, object]:
    health = health_of(account)
    times = {"last_success": account.last_success, "next_due": account.next_due}
    return {
        "status": health.verdict,
        "reasons": list(health.reasons),
        **{name: instant.isoformat() if instant else None for name, instant in times.items()},
    }


def _file(name: str, kind: str) -> Response:
    return Response((resources.files("connector.web") / "static" / name).read_bytes(), media_type=kind)


def _unreadable(request: Request, error: Exception) -> Response:
    if request.url.path == "/health":
        return JSONResponse({"status": Verdict.FAILING, "reasons": [str(error)]}, status_code=_UNAVAILABLE)
    return HTMLResponse(_TEMPLATES.get_template("unreadable.html").render(reason=str(error)), status_code=_UNAVAILABLE)
