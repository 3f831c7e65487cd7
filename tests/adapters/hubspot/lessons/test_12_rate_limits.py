"""Lesson 12: rate limits are met by waiting in our own queue, by policy, and the day's last part is left to others."""

import asyncio
from pathlib import Path

import httpx
import pytest
import respx
from pydantic import SecretStr

from connector.adapters.hubspot import HubSpot, HubSpotSettings
from connector.adapters.hubspot.vendor import VENDOR, limiter
from connector.errors import TryLater
from connector.http import Client, Fixed, Limit, Limiter, Patience
from connector.model import Page, Stream
from connector.sandbox.hubspot import hubspot_app
from connector.sandbox.running import running
from tests.adapters.boxes import TOKEN

BASE = "https://api.hubapi.com"
DETAILS = "/account-info/2026-09/details"
SEARCH = "/crm/objects/2026-09/deals/search"
GOOD = {"results": [], "total": 0}


def slower(policy: str) -> httpx.Response:
    """Return HubSpot's 429 of a policy, without any word of when to come back (hubspot.md 7)."""
    body = {"status": "error", "message": f"You have reached your {policy.lower()} limit.", "errorType": "RATE_LIMIT", "policyName": policy}
    return httpx.Response(429, json=body)


class Waiting:
    """Counts the waiting of a client instead of doing it; its clock moves by what was waited."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def clock(self) -> float:
        """Return the present time."""
        return sum(self.slept)

    async def __call__(self, seconds: float) -> None:
        """Let no time pass but on this clock."""
        self.slept.append(seconds)


@pytest.mark.parametrize(("policy", "seconds"), [("TEN_SECONDLY_ROLLING", 10), ("SECONDLY", 1.5)])
async def test_each_policy_is_waited_out(policy: str, seconds: float):
    """A 429 is waited out by its policy's length, with jitter on top, although no answer says when to come back."""
    waiting = Waiting()
    lanes = Limiter({"general": Limit(100, 10), "search": Limit(5, 1)}, headroom=0, clock=waiting.clock, sleep=waiting)
    client = Client(BASE, bearer=None, vendor=VENDOR, limiter=lanes, patience=Patience(sleep=waiting))
    with respx.mock(base_url=BASE) as crm:
        crm.get(DETAILS).mock(side_effect=[slower(policy), httpx.Response(200, json={})])
        await client.get(DETAILS)
    await client.close()
    assert len(waiting.slept) == 1
    assert seconds <= waiting.slept[0] < seconds + 1
    assert client.usage.slowed == 1


async def test_a_slowed_search_slows_searches_only():
    """The search's own limit being met halves the search lane; the general one stays as it is, and the other way round."""
    for policy, left in (("SECONDLY", {"search": 2, "general": 100}), ("TEN_SECONDLY_ROLLING", {"search": 5, "general": 50})):
        lanes = limiter(0)
        client = Client(BASE, bearer=None, vendor=VENDOR, limiter=lanes, patience=Patience(sleep=Waiting(), budget=0))
        with respx.mock(base_url=BASE) as crm:
            crm.post(SEARCH).mock(return_value=slower(policy))
            with pytest.raises(TryLater, match="limit"):
                await client.ask(SEARCH, {})
        await client.close()
        assert {lane: lanes.limit(lane).calls for lane in left} == left


async def test_searches_of_all_streams_share_their_lane(few: Path):
    """Fourteen searches at once take three seconds' worth of a limit of five a second, and not one of them is refused."""
    with running(hubspot_app(data=few, burst=100_000, search_per_second=5)) as url:
        client = Client(url, bearer=Fixed(SecretStr(TOKEN)), vendor=VENDOR, limiter=limiter(0))
        body = {"limit": 1, "properties": ["hs_object_id"]}
        began = asyncio.get_running_loop().time()
        await asyncio.gather(*(client.ask(SEARCH, body) for _ in range(14)))
        took = asyncio.get_running_loop().time() - began
        await client.close()
    assert client.usage.slowed == 0
    assert client.usage.lanes["search"] == 14
    assert 2 <= took < 4


async def read(adapter: HubSpot, since: str | None, into: list[Page]) -> None:
    """Read deals page by page, keeping what came."""
    async for page in adapter.pages(Stream.DEALS, since, ()):
        into.append(page)  # noqa: PERF401 - those that came before a failure are to stay


async def test_the_days_reserve_ends_a_run_and_the_next_day_goes_on(few: Path):
    """At the reserve reading ends with 'try later'; what was read stays good, and the next day brings the rest and nothing twice."""
    app = hubspot_app(data=few, burst=100_000, daily=14)
    pages: list[Page] = []
    with running(app) as url:
        settings = HubSpotSettings(token=TOKEN, base_url=url, headroom=0, horizon_seconds=0, daily_reserve=0.5, calculated_hours=720)
        adapter = HubSpot(settings)
        with pytest.raises(TryLater, match=r"6 of the day's 14 requests left, .* 2018-01-01 00:00 EST"):
            await read(adapter, None, pages)
        await adapter.close()
        assert pages
        assert not pages[-1].is_last
        assert adapter.usage.summary()["day_used"] == 8
        assert app.state.portal.limiter.used == 8
        for _ in range(20):
            app.state.portal.clock.advance(86_400)
            adapter = HubSpot(settings)
            try:
                await read(adapter, pages[-1].cursor, pages)
                break
            except TryLater:
                continue
            finally:
                await adapter.close()
    ids = [record.id for page in pages for record in page.records if record.entity == "deals"]
    assert pages[-1].is_last
    assert len(set(ids)) == len(app.state.portal.tables["deals"])
