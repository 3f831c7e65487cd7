"""Who calls: the account whose CRM has signed a request. What no account's CRM has signed is answered to nobody."""

from datetime import datetime

from starlette.requests import Request

from connector.adapters import ADAPTERS, Sender
from connector.app import App
from connector.http import Incoming
from connector.settings import AccountConfig


async def incoming(request: Request, public_url: str | None, body: bytes | None = None) -> Incoming:
    """Return a request as its sender called it, which is by `public_url` where a proxy stands in between; `body` if it was read already."""
    path, query = request.scope["raw_path"].decode("ascii"), request.scope["query_string"].decode("ascii")
    base = public_url.rstrip("/") if public_url else f"{request.url.scheme}://{request.url.netloc}"
    headers = {name.lower(): value for name, value in request.headers.items()}
    content = await request.body() if body is None else body
    return Incoming(request.method, f"{base}{path}" + (f"?{query}" if query else ""), headers, content)


def caller_of(app: App, request: Incoming, now: datetime) -> AccountConfig | None:
    """Return the account whose CRM has sent a request; None where no account's has, or where it cannot be told which.

    Accounts may share an app and its secret, so the tenant that the request names decides; one that names none must fit one account only.
    """
    fitting = [config for config in app.settings.accounts.values() if _fits(app, config, request, now)]
    return fitting[0] if len(fitting) == 1 else None


def _fits(app: App, config: AccountConfig, request: Incoming, now: datetime) -> bool:
    sender: Sender | None = ADAPTERS[config.adapter].sender_of(config.vendor, request, now)
    if sender is None:
        return False
    account = app.store.accounts.get(config.name)
    return account is not None and sender.tenants <= {account.tenant.id}
