"""The numbers of one record over HTTP: what the CRM's card is told, and that nobody else is told anything."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from starlette.applications import Starlette

from connector.app import App
from connector.kpis import fields
from connector.model import FieldValue, Measurement, Tenant
from connector.web import StatusPage, status_app
from connector.web.records import record_route

NOW = datetime(2018, 1, 1, 5, tzinfo=UTC)
STAMP = "1514782800000"
BASE = "http://localhost"
SECRETS = {"east": "secret-of-one-app", "west": "secret-of-one-app", "north": "another-secret"}
TENANTS = {"east": "111", "west": "222", "north": "333"}
SPECS = fields.specs()


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """Open a process with three accounts, two of which share an app; each has measured one company and one deal."""
    environ = {"CRM_KPI_DATABASE_URL": f"sqlite:///{tmp_path}/store.sqlite"}
    for name, secret in SECRETS.items():
        environ |= {
            f"CRM_KPI_ACCOUNTS__{name.upper()}__HUBSPOT__{key}": value for key, value in (("TOKEN", "x"), ("CLIENT_SECRET", secret))
        }
    made = App.start(environ)
    for name, tenant in TENANTS.items():
        measured(made, name, tenant)
    yield made
    made.close()


def measured(app: App, name: str, tenant: str) -> None:
    """Leave a measurement in the account's store."""
    lease = app.store.leases.acquire(name, "test")
    app.store.accounts.bind(lease, Tenant(tenant, name, "America/New_York", "USD"), "hubspot")
    worth = {"east": "1234.5", "west": "2", "north": "3"}[name]
    found = (
        FieldValue(SPECS["companies.kpi_lifetime_value"], "7", worth, {"deals won": 12}),
        FieldValue(SPECS["companies.kpi_orders"], "7", "1200"),
        FieldValue(SPECS["companies.kpi_last_order_on"], "7", None),
        FieldValue(SPECS["deals.kpi_is_stalled"], "9", "true", {"stage": "Engaging", "completed stays": None}),
    )
    missing = {"deals.kpi_expected_value": "pipelines: not complete."}
    app.store.values.save(lease, app.store.runs.start(lease, "run"), Measurement(NOW, (), found, missing))


@pytest.fixture
def web(app: App, page: StatusPage) -> Iterator[Starlette]:
    """Give the pages with the route of records."""
    return status_app(lambda: page, more=[record_route(app, lambda: NOW)])


def signed(url: str, secret: str = SECRETS["east"], stamp: str = STAMP) -> dict[str, str]:
    """Return the headers with which the CRM would ask for this address."""
    mac = hmac.new(secret.encode(), f"GET{url}{stamp}".encode(), hashlib.sha256)
    return {"X-HubSpot-Request-Timestamp": stamp, "X-HubSpot-Signature-v3": base64.b64encode(mac.digest()).decode()}


async def ask(web: Starlette, path: str, headers: dict[str, str], base: str = BASE) -> httpx.Response:
    """Ask as the CRM does."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url=base) as client:
        return await client.get(path, headers=headers)


async def test_a_signed_request_is_told_the_fields_of_the_record(web: Starlette):
    """The card gets each field with its value, its text, when it was measured, and a sentence with what it was made from."""
    path = "/api/records/companies/7/kpis?userEmail=ann@example.com&portalId=111"

    answer = await ask(web, path, signed(BASE + path))

    assert answer.status_code == 200
    told = answer.json()
    assert {name: told[name] for name in ("entity", "record", "currency", "timezone")} == {
        "entity": "companies",
        "record": "7",
        "currency": "USD",
        "timezone": "America/New_York",
    }
    assert told["kpis"][0] == {
        "field": "kpi_lifetime_value",
        "label": "Lifetime value",
        "value": "1234.5",
        "text": "1,234.50 USD",
        "kind": "money",
        "unit": "USD",
        "as_of": "2018-01-01T05:00:00+00:00",
        "evidence": "What all deals won with the company brought (deals won: 12).",
        "unavailable": None,
    }
    assert [(row["field"], row["text"]) for row in told["kpis"][1:]] == [("kpi_orders", "1,200"), ("kpi_last_order_on", "–")]


async def test_what_cannot_be_measured_says_why(web: Starlette):
    """A field that is not available stands on the card with the reason instead of a value."""
    path = "/api/records/deals/9/kpis?portalId=333"

    told = (await ask(web, path, signed(BASE + path, "another-secret"))).json()

    assert [(row["field"], row["text"], row["unavailable"]) for row in told["kpis"]] == [
        ("kpi_is_stalled", "Yes", None),
        ("kpi_expected_value", "–", "pipelines: not complete."),
    ]
    assert told["kpis"][0]["evidence"].endswith("(stage: Engaging).")


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        pytest.param("/api/records/companies/7/kpis?portalId=111", {}, id="unsigned"),
        pytest.param("/api/records/companies/8/kpis?portalId=111", {}, id="unsigned, of a record that is not there"),
        pytest.param("/api/records/nothing/7/kpis", {}, id="unsigned, of a kind that is not there"),
        pytest.param(
            "/api/records/companies/7/kpis?portalId=111",
            signed(f"{BASE}/api/records/companies/8/kpis?portalId=111"),
            id="signed for another record",
        ),
        pytest.param(
            "/api/records/companies/7/kpis?portalId=111",
            signed(f"{BASE}/api/records/companies/7/kpis?portalId=111", "wrong"),
            id="signed with another secret",
        ),
        pytest.param(
            "/api/records/companies/7/kpis?portalId=111",
            signed(f"{BASE}/api/records/companies/7/kpis?portalId=111", stamp="1514782499999"),
            id="signed too long ago",
        ),
        pytest.param(
            "/api/records/companies/7/kpis?portalId=333",
            signed(f"{BASE}/api/records/companies/7/kpis?portalId=333"),
            id="signed by the app of another tenant",
        ),
        pytest.param(
            "/api/records/companies/7/kpis?portalId=111&portalId=222",
            signed(f"{BASE}/api/records/companies/7/kpis?portalId=111&portalId=222"),
            id="naming two tenants",
        ),
        pytest.param(
            "/api/records/companies/7/kpis", signed(f"{BASE}/api/records/companies/7/kpis"), id="naming none of the two that share the app"
        ),
    ],
)
async def test_nobody_else_is_told_anything(web: Starlette, path: str, headers: dict[str, str]):
    """Without a true, fresh signature for this very address, of the very tenant, the answer is 401 and holds no number."""
    answer = await ask(web, path, headers)

    assert answer.status_code == 401
    assert list(answer.json()) == ["error"]
    assert not any(character.isdigit() for character in answer.text)


async def test_each_tenant_is_told_its_own_numbers(web: Starlette):
    """Two portals that share an app get different answers for the same record id; one with a secret of its own need not name itself."""
    asked = {
        "/api/records/companies/7/kpis?portalId=111": "secret-of-one-app",
        "/api/records/companies/7/kpis?portalId=222": "secret-of-one-app",
        "/api/records/companies/7/kpis": "another-secret",
    }

    told = [(await ask(web, path, signed(BASE + path, secret))).json()["kpis"][0]["value"] for path, secret in asked.items()]

    assert told == ["1234.5", "2", "3"]


@pytest.mark.parametrize("place", ["companies/8", "contacts/7", "nothing/7", "deals/" + quote("9 or 1")])
async def test_a_record_that_was_not_measured(web: Starlette, place: str):
    """The CRM itself is told that nothing is measured of a record or a kind of record."""
    path = f"/api/records/{place}/kpis?portalId=333"

    answer = await ask(web, path, signed(BASE + path, "another-secret"))

    assert answer.status_code == 404
    assert answer.json()["error"].startswith("Nothing is measured of ")


async def test_behind_a_proxy_the_public_address_is_what_was_signed(app: App, page: StatusPage, tmp_path: Path):
    """With CRM_KPI_PUBLIC_URL set, a request is judged by the address that the CRM called, whatever this process was called by."""
    path = "/api/records/companies/7/kpis?portalId=111"
    process = app.settings.process.model_copy(update={"public_url": "https://kpi.example.com/crm/"})
    behind = App(type(app.settings)(process, app.settings.accounts), app.store)
    web = status_app(lambda: page, more=[record_route(behind, lambda: NOW)])

    true = await ask(web, path, signed("https://kpi.example.com/crm" + path))
    direct = await ask(web, path, signed(BASE + path))

    assert (true.status_code, direct.status_code) == (200, 401)
