"""Lesson 2: thousands of records may share one moment of change; paging by id neither loses any nor goes round in circles."""

from pathlib import Path

import httpx
import pytest
import respx

from connector.adapters.hubspot import HubSpot, HubSpotSettings
from connector.errors import ConnectorError
from connector.model import Entity, Stream
from tests.adapters.boxes import HubSpotBox
from tests.adapters.conftest import DEALS
from tests.adapters.hubspot.lessons.test_01_search_cap import BASE, COMPANIES, CURSOR, NOW
from tests.adapters.hubspot.working import asked, at_work, pulled


async def test_all_records_of_one_moment_are_read(hubspot: HubSpotBox, tmp_path: Path):
    """After HubSpot's own batch gave every deal the same moment, one increment brings all of them, by as many searches as pages."""
    async with at_work(tmp_path, hubspot, Stream.COMPANIES) as work:
        await pulled(work)
        await hubspot.call("POST", "/sandbox/touch", {"kind": "deals"})
        await asked(hubspot)
        done = await pulled(work)
        found = await asked(hubspot)
        assert done.streams[Stream.DEALS]["changed"] == DEALS
        assert found["POST objects/deals/search"] == -(-DEALS // 200)
        moments = {one.updated_at for one in work.store.records.get("acme", Entity.DEALS)}
        assert len(moments) == 1


async def test_a_search_that_does_not_go_on_is_an_error():
    """Should the same page come again and again, the stream ends with the reason instead of going on for ever."""
    adapter = HubSpot(HubSpotSettings(token="t", headroom=0, patience_seconds=0))
    answer = {"total": 5, "results": [{"id": "7"}], "paging": {"next": {"after": "1"}}}
    with respx.mock(base_url=BASE) as crm:
        details = {"portalId": 1, "timeZone": "UTC", "companyCurrency": "EUR"}
        crm.get(url__regex=r".*/details$").mock(return_value=httpx.Response(200, json=details, headers={"Date": NOW}))
        searches = crm.post(f"{COMPANIES}/search").mock(return_value=httpx.Response(200, json=answer))
        crm.post(f"{COMPANIES}/batch/read").mock(return_value=httpx.Response(200, json={"results": []}))
        with pytest.raises(ConnectorError, match="does not go on after id 7; paging would never end"):
            _ = [page async for page in adapter.pages(Stream.COMPANIES, CURSOR, ())]
    await adapter.close()
    assert searches.call_count == 2
