"""The API version is one setting; where an account does not answer it, the newest older one that it answers is used, and check says so."""

import asyncio
from pathlib import Path

import pytest

from connector.adapters.hubspot import HubSpot, HubSpotSettings
from connector.adapters.hubspot.versions import to_try
from connector.errors import CredentialsError, SettingsError
from connector.model import Answer, Capabilities, Record, Stream
from connector.sandbox.hubspot import hubspot_app
from connector.sandbox.running import running
from tests.adapters.boxes import TOKEN, read_all


def test_what_is_tried_in_turn():
    """The version that is set comes first, then the older dated ones, and v3 last; newer ones never."""
    assert to_try("2026-09") == ["2026-09", "2026-03", "v3"]
    assert to_try("2027-03") == ["2027-03", "2026-09", "2026-03", "v3"]
    assert to_try("2026-03") == ["2026-03", "v3"]
    assert to_try("v3") == ["v3"]


async def seen(few: Path, wanted: str, *answered: str) -> tuple[Capabilities, list[Record], set[str]]:
    """Check and read some streams of a portal that answers these versions; also tell which versions were asked for."""
    app = hubspot_app(data=few, burst=100_000, versions=answered)
    with running(app) as url:
        adapter = HubSpot(HubSpotSettings(token=TOKEN, base_url=url, headroom=0, version=wanted))
        able = await adapter.check()
        app.state.portal.journal.clear()
        records = [record for stream in adapter.streams for page in await read_all(adapter, stream) for record in page.records]
        await adapter.close()
    return able, records, set(app.state.portal.journal.requests)


@pytest.mark.parametrize(("answered", "used"), [(("2026-03", "v3"), "2026-03"), (("v3",), "v3")])
async def test_an_older_version_does_the_same(few: Path, answered: tuple[str, ...], used: str):
    """An account that does not answer the version set is read by an older one, record for record the same, and check says which."""
    able, records, _ = await seen(few, "2026-09", *answered)
    usual, expected, _ = await seen(few, "2026-09", "2026-09", "2026-03", "v3")
    assert able.notes == (f"HubSpot does not answer version 2026-09 of its API for this account; {used} is used.",)
    assert usual.notes == ()
    assert {one.answer for one in able.streams.values()} == {Answer.YES}
    assert records == expected


async def test_no_version_at_all_is_a_matter_of_settings(few: Path):
    """Where nothing is answered, the message names what was tried and which settings to look at."""
    with running(hubspot_app(data=few, versions=())) as url:
        adapter = HubSpot(HubSpotSettings(token=TOKEN, base_url=url, patience_seconds=0))
        with pytest.raises(SettingsError, match=r"none of the API versions 2026-09, 2026-03, v3; check the settings base_url and version"):
            await adapter.check()
        await adapter.close()


async def test_other_refusals_are_no_question_of_version(few: Path):
    """A refused token is told as such, after one request."""
    with running(hubspot_app(data=few)) as url:
        adapter = HubSpot(HubSpotSettings(token="pat-na1-wrong", base_url=url, patience_seconds=0))
        with pytest.raises(CredentialsError):
            await adapter.check()
        await adapter.close()
    assert adapter.calls == 1


async def test_the_version_is_found_once(few: Path):
    """Streams that start at the same time find it out together: two paths are tried once, not once for each stream."""
    app = hubspot_app(data=few, burst=100_000, versions=("v3",))
    with running(app) as url:
        adapter = HubSpot(HubSpotSettings(token=TOKEN, base_url=url, headroom=0))
        async with asyncio.TaskGroup() as group:
            for stream in (Stream.COMPANIES, Stream.PRODUCTS, Stream.DEALS):
                group.create_task(read_all(adapter, stream))
        await adapter.close()
    answered = sum(app.state.portal.journal.requests.values())
    assert adapter.calls - answered == 2
