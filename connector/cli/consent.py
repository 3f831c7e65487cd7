"""connect, as a command: a person lets us into a CRM in the browser, and the connection is kept."""

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Mapping

from connector import steps
from connector.adapters import ADAPTERS
from connector.app import App
from connector.cli.session import opened
from connector.cli.words import say
from connector.errors import AccessRefused, GuardStopped, SettingsError, TryLater
from connector.http import OAuth, Pocket
from connector.model import Capabilities
from connector.settings import AccountConfig
from connector.web.callback import PATH, callback_app
from connector.web.server import web_server


def connect(adapter: str, account: str | None, port: int, seconds: float) -> None:
    """Walk one account through OAuth on loopback, waiting `seconds` for the person in the browser, and keep what came of it."""
    with opened() as app:
        config = app.config(account)
        if config.adapter != adapter:
            raise SettingsError(f"The account {config.name!r} is one of {config.adapter}, not of {adapter}.")
        able = asyncio.run(_connect(app, config, port, seconds))
    tenant = able.tenant
    say(f"{config.name} is connected to {tenant.name} (id {tenant.id}), time zone {tenant.timezone}. `crm-kpi check` says what it allows.")


async def _connect(app: App, config: AccountConfig, port: int, seconds: float) -> Capabilities:
    make = ADAPTERS[config.adapter].connection
    if make is None:
        raise SettingsError(f"{ADAPTERS[config.adapter].title} needs no connecting.")
    # Asked first: without a key the person would consent in vain.
    app.seal()
    pocket = Pocket()
    oauth = make(config.vendor, pocket)
    try:
        await _consented(oauth, port, seconds)
    finally:
        await oauth.close()
    # Only a connection that opens the account's own tenant is kept.
    async with app.work(config.name, vault=pocket) as work:
        able = await steps.check(work)
    if pocket.kept is not None:
        await app.vault(config.name).save(pocket.kept)
    return able


async def _consented(oauth: OAuth, port: int, seconds: float) -> None:
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    came: asyncio.Future[Mapping[str, str]] = asyncio.get_running_loop().create_future()
    async with web_server(callback_app(came), f"127.0.0.1:{port}", setting="--port") as url:
        redirect_uri = f"http://localhost:{url.rpartition(':')[2]}{PATH}"
        say(f"Open this page in a browser on this machine, choose the account and let the app in (redirect URL {redirect_uri}):")
        say(oauth.authorize_url(redirect_uri=redirect_uri, state=state, challenge=challenge))
        try:
            answer = await asyncio.wait_for(came, seconds)
        except TimeoutError:
            raise TryLater(f"Nobody came back from the page within {seconds:.0f} seconds; nothing is stored.") from None
    await oauth.exchange(_code(answer, state), redirect_uri=redirect_uri, verifier=verifier)


def _code(answer: Mapping[str, str], state: str) -> str:
    """Return the code that a consent brought.

    Raises:
        GuardStopped: the answer is not to our question.
        AccessRefused: the person said no.
    """
    if not secrets.compare_digest(answer.get("state", "").encode(), state.encode()):
        raise GuardStopped("The browser came back with an answer to another question (its state differs); nothing is stored, start again.")
    if "code" not in answer:
        why = answer.get("error_description") or answer.get("error") or "it gave no reason"
        raise AccessRefused(f"The CRM did not let us in: {why}; nothing is stored.")
    return answer["code"]
