"""Lesson 17: page tokens belong to what gave them, and every page has to be asked for all over again."""

import json

import httpx
import pytest
import respx

from connector.adapters.hubspot import HubSpot, HubSpotSettings
from connector.errors import ConnectorError
from connector.model import Deal, LineItem, Page, Stream
from tests.adapters.boxes import HubSpotBox, read_all
from tests.adapters.hubspot.lessons.test_01_search_cap import BASE, COMPANIES, NOW


async def test_properties_are_asked_for_on_every_page(hubspot: HubSpotBox):
    """Later pages bring what the first one does: HubSpot forgets what was asked for."""
    with respx.mock(assert_all_mocked=False, assert_all_called=False) as wire:
        wire.route().pass_through()
        pages = await read_all(await hubspot.adapter(), Stream.LINE_ITEMS)
        asked = [call.request.url.params for call in wire.calls if call.request.url.path.endswith("/line_items")]
    assert len(asked) >= len(pages) > 3
    assert {(one.get("properties"), one.get("associations")) for one in asked} == {(asked[0]["properties"], "deals")}
    for page in pages[:-1]:
        assert all(one.product and one.quantity and one.deal for one in page.records if isinstance(one, LineItem))


async def test_a_cursor_goes_back_to_what_gave_it(hubspot: HubSpotBox):
    """Stopped at any page of a list or of a search, a stream goes on there: each cursor knows what its token is for."""
    adapter = await hubspot.adapter()
    full = await read_all(adapter, Stream.DEALS)
    await hubspot.call("POST", "/sandbox/touch", {"kind": "deals"})
    later = await read_all(adapter, Stream.DEALS, full[-1].cursor)
    phases: set[str] = set()
    for pages in (full, later):
        for place, page in enumerate(pages[:-1]):
            phases.add(json.loads(page.cursor)["phase"])
            rest = await read_all(await hubspot.adapter(), Stream.DEALS, page.cursor)
            assert ids(rest) >= ids(pages[place + 1 :])
    assert phases >= {"list", "archived", "search", "sweep"}


def ids(pages: list[Page]) -> set[str]:
    """Return the ids of the deals on some pages."""
    return {one.id for page in pages for one in page.records if isinstance(one, Deal)}


async def test_the_same_token_twice_is_an_error():
    """A list whose next page is itself ends with the reason instead of going on for ever."""
    adapter = HubSpot(HubSpotSettings(token="t", headroom=0, patience_seconds=0))
    page = {"results": [{"id": "1", "properties": {}}], "paging": {"next": {"after": "x"}}}
    with respx.mock(base_url=BASE) as crm:
        details = {"portalId": 1, "timeZone": "UTC", "companyCurrency": "EUR"}
        crm.get(url__regex=r".*/details$").mock(return_value=httpx.Response(200, json=details, headers={"Date": NOW}))
        lists = crm.get(COMPANIES).mock(return_value=httpx.Response(200, json=page))
        crm.post(f"{COMPANIES}/search").mock(return_value=httpx.Response(200, json={"total": 1, "results": []}))
        with pytest.raises(ConnectorError, match="the same page token 'x' twice"):
            _ = [page async for page in adapter.pages(Stream.COMPANIES, None, ())]
    await adapter.close()
    assert lists.call_count == 2
