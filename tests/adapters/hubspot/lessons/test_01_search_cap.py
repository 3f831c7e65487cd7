"""Lesson 1: a search ends at 10,000 results; we never page that far, so that nothing behind them is lost."""

import json
import re

import httpx
import respx

from connector.adapters.hubspot import HubSpot, HubSpotSettings
from connector.model import Page, Stream

BASE = "https://api.hubapi.com"
COMPANIES = f"{BASE}/crm/objects/2026-09/companies"
NUMBER = 10_450
"""How many companies changed since: more than one search can tell."""
NOW = "Sun, 31 Dec 2017 23:00:00 GMT"
CURSOR = '{"phase":"done","until":"2017-12-31T22:00:00+00:00","since":"","after":"","scanned":"2017-12-31T22:00:00+00:00"}'


def search(request: httpx.Request) -> httpx.Response:
    """Answer as HubSpot does: no more than 10,000 results of one search, and 400 for whoever asks beyond."""
    body = json.loads(request.content)
    offset = int(body.get("after", 0))
    if offset + body["limit"] > 10_000:
        return httpx.Response(400, json={"status": "error", "message": "The offset cannot be higher than 10000"})
    above = int(next(one["value"] for one in body["filterGroups"][0]["filters"] if one["propertyName"] == "hs_object_id"))
    left = range(above + 1, NUMBER + 1)
    page = left[offset : offset + body["limit"]]
    more = {"paging": {"next": {"after": str(offset + body["limit"])}}} if len(left) > offset + len(page) else {}
    results = [{"id": str(one), "properties": {}} for one in page]
    return httpx.Response(200, json={"total": len(left), "results": results, **more}, headers={"Date": NOW})


def read(request: httpx.Request) -> httpx.Response:
    """Answer a read by ids."""
    rows = [{"id": row["id"], "properties": {"name": row["id"]}} for row in json.loads(request.content)["inputs"]]
    return httpx.Response(200, json={"results": rows})


async def test_more_changes_than_a_search_can_tell_are_all_read():
    """Each page is a search of its own above the last id, so that 10,450 changes come without one request beyond the cap."""
    adapter = HubSpot(HubSpotSettings(token="t", headroom=0, patience_seconds=0))
    details = {"portalId": 1, "timeZone": "UTC", "companyCurrency": "EUR"}
    with respx.mock(base_url=BASE) as crm:
        crm.get(re.compile(r".*/details$")).mock(return_value=httpx.Response(200, json=details, headers={"Date": NOW}))
        searches = crm.post(f"{COMPANIES}/search").mock(side_effect=search)
        crm.post(f"{COMPANIES}/batch/read").mock(side_effect=read)
        crm.get(COMPANIES).mock(return_value=httpx.Response(200, json={"results": []}))
        pages: list[Page] = [page async for page in adapter.pages(Stream.COMPANIES, CURSOR, ())]
    await adapter.close()
    assert {record.id for page in pages for record in page.records} == {str(one) for one in range(1, NUMBER + 1)}
    assert searches.call_count == -(-NUMBER // 200)
    assert all("after" not in json.loads(call.request.content) for call in searches.calls)
    assert pages[0].total == NUMBER
