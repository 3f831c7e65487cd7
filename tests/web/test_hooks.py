"""Deliveries over HTTP: what is signed is noted for the right account, what is not changes nothing."""

import asyncio
import base64
import hashlib
import hmac
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from connector.app import App
from connector.model import Hint, Stream, Tenant
from connector.web import StatusPage, status_app
from connector.web.hooks import LARGEST, hook_route

WORD = "a-long-random-word-for-deliveries"
NOW = datetime(2018, 1, 1, 5, tzinfo=UTC)
STAMP = "1514782800000"
URL = "http://localhost/hooks/hubspot"
SECRETS = {"east": "secret-of-one-app", "west": "secret-of-one-app", "north": "another-secret"}
TENANTS = {"east": "111", "west": "222", "north": "333"}
EVENTS = [{"portalId": portal, "subscriptionType": "deal.propertyChange", "objectId": portal * 10} for portal in (111, 222, 333, 444)]
BODY = json.dumps(EVENTS).encode()


class Told(dict[str, list[Hint]]):
    """What each account was told."""

    def tell(self, account: str, hints: Sequence[Hint]) -> None:
        """Write it down."""
        self.setdefault(account, []).extend(hints)


@pytest.fixture
def told() -> Told:
    """Give a place to write down."""
    return Told()


@pytest.fixture
def web(tmp_path: Path, page: StatusPage, told: Told) -> Iterator[Starlette]:
    """Give the pages with the route of deliveries, for three accounts of which two share an app."""
    environ = {"CRM_KPI_DATABASE_URL": f"sqlite:///{tmp_path}/store.sqlite"}
    for name, secret in SECRETS.items():
        given = (("TOKEN", "x"), ("CLIENT_SECRET", secret))
        environ |= {f"CRM_KPI_ACCOUNTS__{name.upper()}__HUBSPOT__{key}": value for key, value in given}
    app = App.start(environ)
    for name, tenant in TENANTS.items():
        app.store.accounts.bind(app.store.leases.acquire(name, "test"), Tenant(tenant, name, "America/New_York", "USD"), "hubspot")
    yield status_app(lambda: page, more=[hook_route(app, told.tell, lambda: NOW)])
    app.close()


def signed(body: bytes, secret: str = SECRETS["east"], stamp: str = STAMP, url: str = URL) -> dict[str, str]:
    """Return the headers with which the CRM would deliver this body."""
    mac = hmac.new(secret.encode(), b"POST" + url.encode() + body + stamp.encode(), hashlib.sha256)
    return {"X-HubSpot-Request-Timestamp": stamp, "X-HubSpot-Signature-v3": base64.b64encode(mac.digest()).decode()}


async def deliver(web: Starlette, body: bytes, headers: dict[str, str], url: str = URL) -> int:
    """Deliver as the CRM does and return the status."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web)) as client:
        return (await client.post(url, content=body, headers=headers)).status_code


async def test_each_account_is_told_of_its_own_records(web: Starlette, told: Told):
    """A delivery of an app that two accounts share goes to both, to each what its own tenant is about; the rest is left aside."""
    assert await deliver(web, BODY, signed(BODY)) == 204
    assert {name: [(hint.stream, hint.record) for hint in hints] for name, hints in told.items()} == {
        "east": [(Stream.DEALS, "1110")],
        "west": [(Stream.DEALS, "2220")],
    }


async def test_an_answer_waits_for_no_writer(web: Starlette, told: Told, tmp_path: Path):
    """The CRM sends again what is not answered within five seconds, so a delivery is taken while a run holds the store for writing."""
    with closing(sqlite3.connect(tmp_path / "store.sqlite", isolation_level=None)) as busy:
        busy.execute("BEGIN IMMEDIATE")
        async with asyncio.timeout(5):
            assert await deliver(web, BODY, signed(BODY)) == 204
    assert told


@pytest.mark.parametrize(
    ("body", "headers", "url", "status"),
    [
        pytest.param(BODY, {}, URL, 401, id="no signature"),
        pytest.param(BODY, signed(BODY, "guessed"), URL, 401, id="another secret"),
        pytest.param(BODY + b" ", signed(BODY), URL, 401, id="tampered with"),
        pytest.param(BODY, signed(BODY), f"{URL}?x=1", 401, id="another address"),
        pytest.param(BODY, signed(BODY, stamp="1514782499999"), URL, 401, id="five minutes old"),
        pytest.param(b"{}", signed(b"{}"), URL, 400, id="no list"),
        pytest.param(b"[" * 10_000, signed(b"[" * 10_000), URL, 400, id="no JSON"),
        pytest.param(b" " * (LARGEST + 1), {}, URL, 413, id="too large"),
        pytest.param(BODY, signed(BODY), "http://localhost/hooks/unheard-of", 404, id="no such CRM"),
    ],
)
async def test_what_is_not_taken(web: Starlette, told: Told, body: bytes, headers: dict[str, str], url: str, *, status: int):
    """What is unsigned, replayed, tampered with, unreadable or too large is refused, and nobody is told anything."""
    assert await deliver(web, body, headers, url) == status
    assert not any(told.values())


async def test_asking_is_not_delivering(web: Starlette):
    """The address takes deliveries and answers nothing else."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web)) as client:
        assert (await client.get(URL)).status_code == 405


@pytest.mark.parametrize(
    ("place", "tenant", "status", "records"),
    [
        (f"nutshell/{WORD}", "111", 204, ["7-accounts"]),
        (f"nutshell/{WORD}", None, 204, ["7-accounts"]),
        (f"nutshell/{WORD}", "222", 204, []),
        ("nutshell/guessed-and-wrong-but-long", "111", 401, None),
        ("nutshell", "111", 401, None),
        (f"hubspot/{WORD}", "111", 401, None),
        ("unheard-of", "111", 404, None),
    ],
)
async def test_a_crm_that_signs_nothing_is_known_by_the_address(
    tmp_path: Path, page: StatusPage, told: Told, *, place: str, tenant: str | None, status: int, records: list[str] | None
):
    """The account whose secret ends the address is told what is about its tenant, or about none; anybody else tells nothing."""
    given = {"USER": "a@example.com", "API_KEY": "x", "HOOK_SECRET": WORD}
    environ = {f"CRM_KPI_ACCOUNTS__EAST__NUTSHELL__{name}": value for name, value in given.items()}
    app = App.start(environ | {"CRM_KPI_DATABASE_URL": f"sqlite:///{tmp_path}/store.sqlite", "CRM_KPI_ACCOUNTS__WEST__HUBSPOT__TOKEN": "x"})
    app.store.accounts.bind(app.store.leases.acquire("east", "test"), Tenant("111", "east", "America/New_York", "USD"), "nutshell")
    web = status_app(lambda: page, more=[hook_route(app, told.tell, lambda: NOW)])
    event = {"action": "edit", "links": {"payloads": ["7-accounts"]}}
    body = json.dumps({"meta": {"instanceId": tenant}, "events": [event]}).encode()
    try:
        assert await deliver(web, body, {}, f"http://localhost/hooks/{place}") == status
    finally:
        app.close()
    assert {name: [hint.record for hint in hints] for name, hints in told.items()} == ({} if records is None else {"east": records})


@pytest.mark.parametrize(("secret", "status"), [(WORD, 204), ("another-long-word-for-them", 401)])
async def test_a_delivery_that_names_no_tenant_is_the_signer_s(tmp_path: Path, page: StatusPage, told: Told, secret: str, status: int):
    """ClickUp signs the raw body with the webhook's own secret, without saying whose it is: the account with the secret is told."""
    keys = {"EAST": WORD, "WEST": "the-word-of-another-webhook"}
    given = {
        f"{name}__CLICKUP__{key}": value for name, word in keys.items() for key, value in (("TOKEN", "pk_1"), ("WEBHOOK_SECRET", word))
    }
    environ = {f"CRM_KPI_ACCOUNTS__{name}": value for name, value in given.items()}
    app = App.start(environ | {"CRM_KPI_DATABASE_URL": f"sqlite:///{tmp_path}/store.sqlite"})
    for name in ("east", "west"):
        app.store.accounts.bind(app.store.leases.acquire(name, "test"), Tenant(name, name, "UTC", "USD"), "clickup")
    web = status_app(lambda: page, more=[hook_route(app, told.tell, lambda: NOW)])
    body = b'{"event":"taskDeleted","task_id":"80la3yl","webhook_id":"7"}'
    headers = {"X-Signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}
    try:
        assert await deliver(web, body, headers, "http://localhost/hooks/clickup") == status
    finally:
        app.close()
    streams = {name: {hint.stream for hint in hints} for name, hints in told.items()}
    assert {name: Stream.DEALS in some for name, some in streams.items()} == ({"east": True} if status == 204 else {})
