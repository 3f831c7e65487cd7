"""Where CRMs tell that something has changed: it is put down what to read again, and answered at once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connector.adapters import ADAPTERS
from connector.app import App
from connector.http import Incoming
from connector.model import Hint
from connector.web.callers import incoming

PATH = "/hooks/{place:path}"
"""An adapter's name; a CRM that signs nothing has a secret of its account behind it."""
LARGEST = 1_000_000
"""How many bytes one delivery may have: many times what a CRM sends at once."""
Tell = Callable[[str, Sequence[Hint]], None]
NOBODY = ""
_UNSIGNED = "This address takes only what the CRM's own app sends, signed with the secret that its account's settings hold."
_NO_SUCH = "No CRM tells of its changes at this address."
_TOO_LARGE = f"One delivery may have {LARGEST:,} bytes."


def hook_route(app: App, tell: Tell, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Route:
    """Make the route that takes deliveries: 204 when noted, 400 when unreadable, 401 when unsigned, 413 when too large.

    `tell` is handed what an account should read again. What is about tenants that are not ours is taken, so that it is not sent again,
    and left aside; what names no tenant is the sender's.
    """

    async def take(request: Request) -> Response:
        adapter = request.path_params["place"].partition("/")[0]
        if adapter not in ADAPTERS:
            return JSONResponse({"error": _NO_SUCH}, 404)
        body = await _body(request)
        if body is None:
            return JSONResponse({"error": _TOO_LARGE}, 413)
        sent = await incoming(request, app.settings.process.public_url, body)
        tenants = await run_in_threadpool(_signed_for, app, adapter, sent, now())
        if tenants is None:
            return JSONResponse({"error": _UNSIGNED}, 401)
        try:
            hints = ADAPTERS[adapter].hints_of(sent.body)
        except ValueError as error:
            return JSONResponse({"error": str(error)}, 400)
        for account, tenant in tenants.items():
            tell(account, [hint for hint in hints if hint.tenant in (tenant, NOBODY)])
        return Response(status_code=204)

    return Route(PATH, take, methods=["POST"])


async def _body(request: Request) -> bytes | None:
    """Return the body, or None as soon as it is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return None
    return bytes(body)


def _signed_for(app: App, adapter: str, sent: Incoming, now: datetime) -> Mapping[str, str] | None:
    """Return the tenants of the accounts whose app has signed this, by account; None where none has."""
    configs = [config for config in app.settings.accounts.values() if config.adapter == adapter]
    signed = [config.name for config in configs if ADAPTERS[adapter].sender_of(config.vendor, sent, now) is not None]
    if not signed:
        return None
    accounts = {name: app.store.accounts.get(name) for name in signed}
    return {name: account.tenant.id for name, account in accounts.items() if account is not None}
