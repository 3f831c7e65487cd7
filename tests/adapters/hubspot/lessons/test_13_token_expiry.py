"""Lesson 13: a token that runs out in the middle of a stream is replaced once, for the side requests too, and nobody notices."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from connector.adapters.hubspot import HubSpot, HubSpotSettings
from connector.errors import CredentialsError
from connector.http import Kept, Pocket
from connector.model import Entity, Page, Record, Stream
from connector.sandbox.hubspot import Portal, hubspot_app
from connector.sandbox.hubspot.grants import CLIENT_ID, CLIENT_SECRET
from connector.sandbox.running import running
from tests.adapters.boxes import TOKEN, read_all

REFRESH = "refresh-of-the-test"
ASKED = "POST oauth/token"


class Connected:
    """A portal with an app that a person has let in, and the adapter that uses it."""

    def __init__(self, url: str, portal: Portal, vault: Pocket) -> None:
        self.portal = portal
        self.vault = vault
        self.url = url
        settings: dict[str, Any] = {"base_url": url, "headroom": 0, "horizon_seconds": 0, "patience_seconds": 1}
        self.adapter = HubSpot(HubSpotSettings(client_id=CLIENT_ID, client_secret=CLIENT_SECRET, **settings), vault=vault)
        self.plain = HubSpot(HubSpotSettings(token=TOKEN, **settings))

    @property
    def refreshes(self) -> int:
        """How many times tokens were asked for."""
        return self.portal.journal.requests[ASKED]


@pytest.fixture(params=[False, True], ids=["same refresh token", "rotating"])
async def crm(few: Path, request: pytest.FixtureRequest) -> AsyncIterator[Connected]:
    """Run a portal, with refresh tokens that stay and with such that change."""
    app = hubspot_app(data=few, burst=100_000, search_per_second=1000, rotates=request.param)
    portal: Portal = app.state.portal
    portal.grants.refresh[REFRESH] = ("oauth",)
    with running(app) as url:
        made = Connected(url, portal, Pocket(Kept(str(portal.options.portal_id), REFRESH)))
        yield made
        await made.adapter.close()
        await made.plain.close()


def records(pages: list[Page]) -> list[Record]:
    """Return the records of some pages."""
    return [record for page in pages for record in page.records]


async def test_a_stream_goes_on_over_expired_tokens(crm: Connected):
    """The token runs out after every page; lists, histories and links come as with a token that stays, for one refresh a page."""
    pages: list[Page] = []
    async for page in crm.adapter.pages(Stream.DEALS, None, ()):
        pages.append(page)
        crm.portal.grants.expire()
    assert len(pages) > 3
    assert records(pages) == records(await read_all(crm.plain, Stream.DEALS))
    assert crm.refreshes <= len(pages) + 1


async def test_side_requests_take_the_same_token(crm: Connected):
    """Increments search, read by id and read links with one source of tokens: one that ran out before all of these is replaced once."""
    cursor = (await read_all(crm.adapter, Stream.DEALS))[-1].cursor
    deal = next(iter(crm.portal.tables["deals"]))
    await crm.plain.check()
    await crm.plain._client.send("PATCH", f"/crm/objects/2026-09/deals/{deal.id}", {"properties": {"amount": "4711"}})  # noqa: SLF001
    before = crm.refreshes
    crm.portal.journal.clear()
    crm.portal.grants.expire()
    changed = records(await read_all(crm.adapter, Stream.DEALS, cursor))
    assert str(deal.id) in {record.id for record in changed}
    asked = crm.portal.journal.requests
    assert any("associations" in what for what in asked)
    assert (before, asked[ASKED]) == (1, 1)


async def test_requests_at_the_same_time_lead_to_one_refresh(crm: Connected):
    """Thirty requests that meet an expired token together ask for a new one once, and all of them succeed."""
    await crm.adapter.present_fields(Entity.DEALS)
    crm.portal.grants.expire()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(crm.adapter.present_fields(Entity.DEALS)) for _ in range(30)]
    assert [task.result() for task in tasks] == [set()] * 30
    assert crm.refreshes == 2


async def test_the_successor_is_kept(crm: Connected):
    """Whatever refresh token came last is the one in the vault, so that the next process can go on."""
    for _ in range(3):
        await crm.adapter.present_fields(Entity.DEALS)
        crm.portal.grants.expire()
    assert crm.vault.kept is not None
    assert list(crm.portal.grants.refresh) == [crm.vault.kept.token]
    assert (crm.vault.kept.token == REFRESH) is not crm.portal.grants.rotates


async def test_a_revoked_connection_ends_the_run(crm: Connected, caplog: pytest.LogCaptureFixture):
    """When HubSpot takes neither token any more, the message says how to connect anew, and nothing shows a secret."""
    caplog.set_level(logging.DEBUG)
    await crm.adapter.check()
    crm.portal.grants.refresh.clear()
    crm.portal.grants.expire()
    with pytest.raises(CredentialsError, match="connect it anew with `crm-kpi connect hubspot`") as lost:
        await read_all(crm.adapter, Stream.DEALS)
    for secret in (*crm.portal.grants.access, REFRESH, CLIENT_SECRET):
        assert secret not in caplog.text + str(lost.value)


async def test_a_token_is_renewed_before_it_runs_out(few: Path):
    """Tokens that live a second never meet a request: they are replaced in time, without a single refusal."""
    app = hubspot_app(data=few, burst=100_000, token_seconds=1)
    app.state.portal.grants.refresh[REFRESH] = ("oauth",)
    with running(app) as url:
        crm = Connected(url, app.state.portal, Pocket(Kept("20171231", REFRESH)))
        began = asyncio.get_running_loop().time()
        while asyncio.get_running_loop().time() - began < 1.5:
            await crm.adapter.present_fields(Entity.DEALS)
        await crm.adapter.close()
        await crm.plain.close()
    assert crm.refreshes == 2
    assert crm.adapter.calls == sum(crm.portal.journal.requests.values())


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"client_id": "a"}, "client_secret"),
        ({"client_id": "a", "client_secret": "hush", "token": "pat-hush"}, "beside client_id"),
        ({"client_secret": "hush"}, "token"),
        ({"client_id": "a", "client_secret": "hush", "authorize_url": "http://app.example/authorize"}, "authorize_url"),
    ],
)
def test_a_token_or_an_app(given: dict[str, str], named: str):
    """An account has either a token or an app with its secret; anything between names what is wrong and shows no secret."""
    with pytest.raises(ValidationError, match=named) as wrong:
        HubSpotSettings.model_validate(given)
    assert "hush" not in str(wrong.value)
