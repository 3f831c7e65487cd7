"""The journal of webhooks, read from the sandbox: the same hints as the webhooks bring, each change once, and no gap unnoticed."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import respx
from pydantic import ValidationError

from connector.adapters.hubspot import HubSpotSettings, journal
from connector.adapters.hubspot.journal import EMPTY, HubSpotJournal, hints_in
from connector.adapters.journal import News
from connector.errors import AccessRefused, ConnectorError, CredentialsError
from connector.model import Stream
from connector.sandbox.hubspot.grants import CLIENT_ID, CLIENT_SECRET
from tests.adapters.boxes import HubSpotBox

TENANT = "20171231"
DEAL = "/crm/objects/2026-09/deals"
READ = "developer.webhooks_journal.read"


def settings(url: str, **more: Any) -> HubSpotSettings:  # noqa: ANN401 - any setting
    """Set up an app with its journal."""
    usual = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "base_url": url, "patience_seconds": 1, "journal": True}
    return HubSpotSettings.model_validate(usual | more)


@pytest.fixture
async def reader(hubspot: HubSpotBox) -> AsyncIterator[HubSpotJournal]:
    """Read the journal of a sandbox of its own."""
    made = HubSpotJournal(settings(hubspot.url))
    yield made
    await made.close()


async def some_deals(hubspot: HubSpotBox, number: int = 3) -> list[str]:
    """Return ids of deals that are there."""
    return [row["id"] for row in (await hubspot.call("GET", f"{DEAL}?limit={number}"))["results"]]


def named(news: News) -> list[tuple[Stream, str]]:
    """Return what some news name, in order."""
    return sorted((hint.stream, hint.record) for hint in news.hints)


async def begun(reader: HubSpotJournal) -> str:
    """Ask for the first time, and return the place."""
    first = await reader.news(TENANT, None)
    assert first == News((), EMPTY)
    return first.place


async def test_changes_are_written_down_and_read_once(hubspot: HubSpotBox, reader: HubSpotJournal):
    """From the first question on, each changed record is named once, whatever happened to it how often; then there is nothing new."""
    place = await begun(reader)
    one, two, three = await some_deals(hubspot)
    await hubspot.call("PATCH", f"{DEAL}/{one}", {"properties": {"amount": "777"}})
    await hubspot.call("PATCH", f"{DEAL}/{one}", {"properties": {"dealstage": "closedwon"}})
    await hubspot.call("DELETE", f"{DEAL}/{two}")
    news = await reader.news(TENANT, place)
    assert named(news) == [(Stream.DEALS, one), (Stream.DEALS, two)]
    again = await reader.news(TENANT, news.place)
    assert (again.hints, again.place, again.gap) == ([], news.place, "")
    await hubspot.call("PATCH", f"{DEAL}/{three}", {"properties": {"amount": "1"}})
    assert named(await reader.news(TENANT, news.place)) == [(Stream.DEALS, three)]


async def test_what_nobody_reads_is_not_written_down(hubspot: HubSpotBox, reader: HubSpotJournal):
    """Our own fields, and properties that no KPI reads, are no news; another reader finds the subscriptions made and makes none."""
    place = await begun(reader)
    (deal,) = await some_deals(hubspot, 1)
    name = {"name": "kpi_times_postponed", "label": "Ours", "groupName": "dealinformation", "type": "number", "fieldType": "number"}
    await hubspot.call("POST", "/crm/properties/2026-09/deals", name)
    await hubspot.call("PATCH", f"{DEAL}/{deal}", {"properties": {"kpi_times_postponed": "3", "hs_next_step": "call"}})
    assert (await reader.news(TENANT, place)).place == place
    other = HubSpotJournal(settings(hubspot.url))
    await other.news(TENANT, None)
    await other.close()
    made = (await hubspot.call("GET", "/sandbox/requests"))["write_requests"]["POST subscriptions"]
    assert made == 6


async def test_a_link_names_both_ends(hubspot: HubSpotBox, reader: HubSpotJournal):
    """Who is tied to a deal, or let go, is read again with it."""
    place = await begun(reader)
    (deal,) = await some_deals(hubspot, 1)
    contact = (await hubspot.call("GET", "/crm/objects/2026-09/contacts?limit=1"))["results"][0]["id"]
    await hubspot.call("PUT", f"{DEAL}/{deal}/associations/default/contacts/{contact}")
    assert named(await reader.news(TENANT, place)) == [(Stream.CONTACTS, contact), (Stream.DEALS, deal)]


async def test_duplicates_and_disorder_change_nothing(hubspot: HubSpotBox, reader: HubSpotJournal):
    """Events that stand there twice and in disorder name each record once; so does the same stretch read again."""
    place = await begun(reader)
    await hubspot.call("POST", "/sandbox/journal", {"doubles": True, "shuffles": True})
    deals = await some_deals(hubspot)
    for deal in deals:
        await hubspot.call("PATCH", f"{DEAL}/{deal}", {"properties": {"amount": "5"}})
    news = await reader.news(TENANT, place)
    assert named(news) == sorted((Stream.DEALS, deal) for deal in deals)
    assert named(await reader.news(TENANT, place)) == named(news)


async def test_a_place_that_has_run_out_is_a_gap(hubspot: HubSpotBox, reader: HubSpotJournal):
    """After more than three days nothing is made up: the gap is named, and reading goes on from now."""
    place = await begun(reader)
    one, two, _ = await some_deals(hubspot)
    await hubspot.call("PATCH", f"{DEAL}/{one}", {"properties": {"amount": "5"}})
    news = await reader.news(TENANT, place)
    await hubspot.call("POST", "/sandbox/clock", {"advance": 3 * 86_400 + 60})
    lost = await reader.news(TENANT, news.place)
    assert (lost.hints, lost.place) == ((), EMPTY)
    assert "three days" in lost.gap
    await hubspot.call("PATCH", f"{DEAL}/{two}", {"properties": {"amount": "5"}})
    assert named(await reader.news(TENANT, lost.place)) == [(Stream.DEALS, two)]


async def test_a_token_that_has_run_out_is_replaced(hubspot: HubSpotBox, reader: HubSpotJournal):
    """The app's token is asked for anew when HubSpot refuses it for its age, and nothing is lost."""
    place = await begun(reader)
    await hubspot.call("POST", "/sandbox/oauth", {"expire": True})
    (deal,) = await some_deals(hubspot, 1)
    await hubspot.call("PATCH", f"{DEAL}/{deal}", {"properties": {"amount": "5"}})
    assert named(await reader.news(TENANT, place)) == [(Stream.DEALS, deal)]


@pytest.mark.parametrize(
    ("more", "revoked", "error", "says"),
    [
        ({"client_secret": "guessed"}, [], CredentialsError, "client id or client secret is wrong"),
        ({}, [READ], CredentialsError, READ),
    ],
)
async def test_what_is_refused_is_said(hubspot: HubSpotBox, more: dict[str, str], revoked: list[str], error: type[Exception], says: str):
    """A wrong secret and a scope that the app lacks are named."""
    await hubspot.call("POST", "/sandbox/scopes", {"revoked": revoked})
    reader = HubSpotJournal(settings(hubspot.url, **more))
    with pytest.raises(error, match=says):
        await reader.news(TENANT, None)
    await reader.close()


BASE = "https://hubspot.example"
V = "/webhooks-journal"
ENTRY = {"url": "https://files.example/a%20b?signature=x%2By&part=1", "expiresAt": "2018-01-01T00:00:00Z", "currentOffset": "o-2"}


@pytest.fixture
async def wire() -> AsyncIterator[tuple[respx.MockRouter, HubSpotJournal]]:
    """Stand in for HubSpot at the socket, with one entry after the first place."""
    with respx.mock(assert_all_called=False) as router:
        router.post(f"{BASE}/oauth/2026-09/token").respond(json={"access_token": "of-the-app", "expires_in": 1800})
        router.get(f"{BASE}{V}/subscriptions/2026-09").respond(json={"results": []})
        router.post(f"{BASE}{V}/subscriptions/2026-09").respond(json={"id": 1})
        router.get(f"{BASE}{V}/journal-local/2026-09/offset/o-1/next").respond(json=ENTRY)
        router.get(f"{BASE}{V}/journal-local/2026-09/offset/o-2/next").respond(204)
        made = HubSpotJournal(settings(BASE, patience_seconds=0))
        yield router, made
        await made.close()


async def test_a_file_is_fetched_without_a_token(wire: tuple[respx.MockRouter, HubSpotJournal]):
    """The address of an entry leads away from the API: it is asked as it was given, and our token does not go there."""
    router, reader = wire
    file = router.get(host="files.example").respond(json={"offset": "o-2", "journalEvents": []})
    assert (await reader.news("1", "o-1")).place == "o-2"
    asked = file.calls.last.request
    assert (str(asked.url), "authorization" in asked.headers) == ("https://files.example/a%20b?signature=x%2By&part=1", False)


async def test_a_file_that_cannot_be_read_is_a_gap(wire: tuple[respx.MockRouter, HubSpotJournal]):
    """An entry that holds no events is passed over and named, because asking again would bring it again."""
    router, reader = wire
    router.get(host="files.example").respond(json={"journalEvents": "none"})
    news = await reader.news("1", "o-1")
    assert (news.place, news.gap) == ("o-2", "the entry o-2 could not be read")


@pytest.mark.parametrize("status", [403, 404])
async def test_a_file_that_has_run_out_is_asked_for_again(wire: tuple[respx.MockRouter, HubSpotJournal], status: int):
    """An address that is no good any more ends the question; the next one begins at the same place."""
    router, reader = wire
    router.get(host="files.example").respond(status, text="<Error/>")
    with pytest.raises(ConnectorError, match="come back later"):
        await reader.news("1", "o-1")


async def test_an_address_that_is_not_safe_is_not_asked(wire: tuple[respx.MockRouter, HubSpotJournal]):
    """Entries are fetched by https only."""
    router, reader = wire
    router.get(f"{BASE}{V}/journal-local/2026-09/offset/o-1/next").respond(json=ENTRY | {"url": "http://169.254.169.254/x"})
    with pytest.raises(ConnectorError, match="not safe"):
        await reader.news("1", "o-1")


async def test_a_missing_scope_is_named(wire: tuple[respx.MockRouter, HubSpotJournal]):
    """A 403 names the scope that the app needs."""
    router, reader = wire
    body = {"category": "MISSING_SCOPES", "errors": [{"context": {"requiredGranularScopes": [READ]}}]}
    router.get(f"{BASE}{V}/journal-local/2026-09/offset/o-1/next").respond(403, json=body)
    with pytest.raises(AccessRefused, match=READ):
        await reader.news("1", "o-1")


def event(action: str = "UPDATE", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - anything JSON holds
    """Build an event about a deal."""
    return {"type": "crmObject", "portalId": 111, "action": action, "objectTypeId": "0-3", "objectId": 7, **more}


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([event(propertyChanges={"dealstage": "closedwon"})], {(Stream.DEALS, "7")}),
        ([event(propertyChanges={"kpi_is_stalled": "true"})], set()),
        ([event(propertyChanges={"kpi_is_stalled": "true", "amount": None})], {(Stream.DEALS, "7")}),
        ([event(propertyChanges=[{"name": "kpi_is_stalled"}])], set()),
        ([event(propertyChanges={}), event(), event("DELETE")], {(Stream.DEALS, "7")}),
        ([event("MERGE", mergedObjectIds=[8, "9"], newObjectId=10)], {(Stream.DEALS, number) for number in ("7", "8", "9", "10")}),
        ([event("CREATE", objectTypeId="0-5"), event("CREATE", objectId="../7"), event("CREATE", objectTypeId=None)], set()),
        (
            [event("ASSOCIATION_ADDED", fromObjectTypeId="0-3", fromObjectId=7, toObjectTypeId="0-2", toObjectId=5)],
            {(Stream.DEALS, "7"), (Stream.COMPANIES, "5")},
        ),
        ([], set()),
    ],
)
def test_what_an_entry_names(events: list[dict[str, Any]], expected: set[tuple[Stream, str]]):
    """Every record that took part is named once; our own writes, other objects and what is no id name nothing."""
    found = hints_in({"journalEvents": events})
    assert {(hint.stream, hint.record) for hint in found} == expected
    assert len(found) == len(expected)


@pytest.mark.parametrize("entry", [{}, {"journalEvents": {}}, {"journalEvents": [1]}])
def test_no_entry(entry: dict[str, Any]):
    """What holds no list of events is none."""
    with pytest.raises(ValueError, match="no list of events"):
        hints_in(entry)


def test_the_journal_is_for_apps_that_ask_for_it():
    """Nobody's journal is read unasked; with a token instead of an app it cannot be."""
    assert journal(settings(BASE, journal=False)) is None
    assert journal(settings(BASE)) is not None
    with pytest.raises(ValidationError, match="it needs client_id"):
        HubSpotSettings.model_validate({"token": "t", "journal": True})
