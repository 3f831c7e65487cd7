"""Lesson 11: histories come for fifty records at once; they are read for what changed, never with lists."""

import httpx
import pytest
import respx

from connector.model import Deal, StageChange, Stream
from tests.adapters.boxes import HubSpotBox, read_all

BATCH = "/crm/objects/2026-09/deals/batch/read"


async def test_the_judge_knows_the_limit(hubspot: HubSpotBox):
    """The sandbox refuses 51 records with histories, as HubSpot does, in lists and in batches."""
    with pytest.raises(httpx.HTTPStatusError, match="400"):
        await hubspot.call("GET", "/crm/objects/2026-09/deals?limit=51&propertiesWithHistory=dealstage")
    ids = [{"id": str(number)} for number in range(51)]
    with pytest.raises(httpx.HTTPStatusError, match="400"):
        await hubspot.call("POST", BATCH, {"properties": [], "propertiesWithHistory": ["dealstage"], "inputs": ids})


async def test_every_deal_has_its_past(hubspot: HubSpotBox):
    """A first load and an increment over every deal ask within the limit, and each deal comes with its stays, the same in both."""
    adapter = await hubspot.adapter()
    with respx.mock(assert_all_mocked=False, assert_all_called=False) as wire:
        wire.route().pass_through()
        full = await read_all(adapter, Stream.DEALS)
        await hubspot.call("POST", "/sandbox/touch", {"kind": "deals"})
        later = await read_all(adapter, Stream.DEALS, full[-1].cursor)
        asked = [call.request for call in wire.calls]
    lists = [one for one in asked if one.method == "GET" and one.url.path.endswith("objects/2026-09/deals")]
    assert lists
    assert not [one for one in lists if "propertiesWithHistory" in one.url.params]
    assert {one.url.params["limit"] for one in lists} == {"100"}
    stays = [[one for page in pages for one in page.records if isinstance(one, StageChange)] for pages in (full, later)]
    deals = [{one.id for page in pages for one in page.records if isinstance(one, Deal)} for pages in (full, later)]
    assert deals[0] == deals[1] == {one.deal for one in stays[0]}
    assert sorted(stays[0], key=lambda one: one.id) == sorted(stays[1], key=lambda one: one.id)
