"""Recorded answers of a real account are read: records, events, and errors in all of their shapes."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from connector.adapters.nutshell import Nutshell, NutshellSettings
from connector.adapters.nutshell.deals import entries_of
from connector.adapters.nutshell.parse import Row, decimal, instant
from connector.adapters.nutshell.vendor import VENDOR, read_answer
from connector.errors import CredentialsError
from connector.model import Company, Stream

RECORDED = Path(__file__).parents[2] / "data" / "nutshell"
URL = "https://app.nutshell.com"


def text(name: str) -> str:
    """Return a recorded answer."""
    return (RECORDED / name).read_text(encoding="utf-8")


def adapter() -> Nutshell:
    """Connect to nobody."""
    return Nutshell(NutshellSettings(user="a@example.com", api_key="key", requests_per_second=1000, patience_seconds=0))


@respx.mock
async def test_recorded_accounts_become_companies():
    """The recorded page of accounts is read whole, with the moments that the recorded events tell of their creation."""
    respx.get(f"{URL}/rest/accounts").mock(httpx.Response(200, text=text("read_accounts_1-first-page.json")))
    respx.get(f"{URL}/rest/users").mock(httpx.Response(200, json={"meta": {"instanceId": "379104"}, "users": []}))
    events = json.loads(text("read_events_1-first-page.json"))
    feed = [httpx.Response(200, json=events), httpx.Response(200, json=events), httpx.Response(200, json={"events": []})]
    respx.get(f"{URL}/rest/events").mock(side_effect=feed)
    respx.get(url__startswith=f"{URL}/rest/").mock(httpx.Response(200, json={"meta": {}, "events": []}))
    crm = adapter()

    pages = [page async for page in crm.pages(Stream.COMPANIES, None, ())]
    await crm.close()

    found = {record.id: record for page in pages for record in page.records if isinstance(record, Company)}
    assert {key: company.name for key, company in found.items()} == {
        "15-accounts": "Apple",
        "11-accounts": "Banana",
        "19-accounts": "Cucumber",
    }
    assert found["19-accounts"].created_at == datetime.fromtimestamp(1755182580, UTC)


def test_a_recorded_event_is_a_change_of_stage():
    """The recorded change of stage tells when and into which one, and that nobody knows from where."""
    found = entries_of(json.loads(text("read_events_1-first-page.json"))["events"])

    assert [(entry.old, entry.new, entry.at.timestamp()) for entry in found] == [(None, "101-stages", 1755113219)]


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("read_err-page-size.json", 400, "Invalid filter: Invalid page number: -1"),
        ("write_err-create-account.json", 400, "You may only create one accounts resource per request."),
        ("err-internal-server.json", 500, "Internal Server Error"),
        ("err-not-found.html", 404, "An Error Occurred: Not Found"),
        ("write_err-media-type.json", 415, "application/json-patch+json is required, see http://jsonapi.org"),
    ],
)
def test_every_shape_of_an_error_tells_why(name: str, status: int, said: str):
    """Whichever of the four shapes an error has, its reason is what a person reads."""
    assert VENDOR.reason(read_answer(status, {}, text(name))) == said


@respx.mock
async def test_a_wrong_key_is_a_matter_of_credentials():
    """A page of HTML under 401 says that the key is wrong."""
    respx.get(f"{URL}/rest/users").mock(httpx.Response(401, text=text("err-not-found.html").replace("Not Found", "Unauthorized")))
    crm = adapter()

    with pytest.raises(CredentialsError, match="Unauthorized"):
        await crm.check()
    await crm.close()


@pytest.mark.parametrize(
    "value", [{"absoluteLocalizedString": "", "timestamp": 1755113219, "value": ""}, 1755113219, "1755113219", "2025-08-13T19:26:59Z"]
)
def test_three_forms_of_times(value: Any):  # noqa: ANN401 - any JSON
    """An object, unix seconds and ISO text tell the same moment."""
    assert instant(value) == datetime(2025, 8, 13, 19, 26, 59, tzinfo=UTC)


@pytest.mark.parametrize("value", [1200.5, "1200.50", {"amount": "1200.5", "currency": "USD"}])
def test_amounts_are_exact(value: Any):  # noqa: ANN401 - any JSON
    """A number, its text and money are the same amount."""
    assert decimal(value) == Decimal("1200.5")


def test_what_cannot_be_read_is_noted():
    """A value in a form that nobody knows is empty and noted, and the others of its record count."""
    row = Row({"id": "3-leads", "createdTime": "yesterday", "confidence": 20})

    assert (row.instant("createdTime"), row.decimal("confidence")) == (None, Decimal(20))
    assert list(row.notes) == ["createdTime"]
