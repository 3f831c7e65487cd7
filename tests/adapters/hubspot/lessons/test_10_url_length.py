"""Lesson 10: hundreds of properties make no address too long; what comes in portions is put together by id, and nothing is asked twice."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import respx
from hypothesis import given
from hypothesis import strategies as st

from connector.adapters.hubspot.objects import Ask, Objects
from connector.adapters.hubspot.paths import Paths
from connector.adapters.hubspot.portions import URL_LENGTH, merged, portions
from connector.adapters.hubspot.vendor import VENDOR, limiter
from connector.http import Body, Client, Patience
from connector.model import Deal, Entity, FieldKind, FieldSpec, Stream
from connector.sandbox.hubspot import Portal, hubspot_app
from connector.sandbox.running import running
from tests.adapters.boxes import HubSpotBox, read_all

DEALS = "/crm/objects/2026-09/deals"
MANY = [f"a_custom_property_with_quite_a_long_name_number_{number}" for number in range(500)]
NAMED = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300), max_size=60, unique=True)


@asynccontextmanager
async def objects_of(url: str) -> AsyncIterator[Objects]:
    """Speak to a HubSpot."""
    client = Client(url, bearer=None, vendor=VENDOR, limiter=limiter(0), patience=Patience(budget=0))
    yield Objects(client, Paths("2026-09"))
    await client.close()


@given(NAMED)
def test_portions_are_short_and_whole(names: list[str]):
    """Every name is in one portion, in order; each address is short enough, and no portion but the last had room for one more."""
    params = {"limit": "100", "after": "NTI1Cg%3D%3D", "associations": "companies,contacts"}
    found = portions("https://api.hubapi.com/x", params, names)
    lengths = [len(str(httpx.URL("https://api.hubapi.com/x", params=params | {"properties": ",".join(part)}))) for part in found]
    assert [name for part in found for name in part] == names
    assert all(length <= URL_LENGTH for length in lengths)
    assert all(length + len(quote(later[0], safe="")) + 4 > URL_LENGTH for length, later in zip(lengths, found[1:], strict=False))


def test_rows_are_put_together_by_id():
    """Whatever the order of another portion, each row gets its own values; who is not in it is named, and strangers are left out."""
    rows: list[Body] = [{"id": "1", "properties": {"a": "1"}, "associations": {}}, {"id": "2", "properties": {"a": "2"}}]
    more: list[Body] = [{"id": "3", "properties": {"b": "z"}}, {"id": "1", "properties": {"b": "x"}}]
    found, lacking = merged(rows, [more])
    assert found == [{"id": "1", "properties": {"a": "1", "b": "x"}, "associations": {}}, {"id": "2", "properties": {"a": "2"}}]
    assert lacking == ["2"]


async def test_links_are_asked_for_once():
    """The first portion brings the links and the next page's token; a row that another portion lacks is read by id, with the body."""
    asked: list[httpx.URL] = []

    def listed(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        names = request.url.params["properties"].split(",")
        ids = ["1", "2", "3"] if len(asked) == 1 else ["1"]
        rows: list[dict[str, Any]] = [{"id": one, "properties": dict.fromkeys(names[:2], one)} for one in ids]
        return httpx.Response(200, json={"results": rows, "paging": {"next": {"after": f"next{len(asked)}"}}})

    with respx.mock(base_url="https://api.hubapi.com") as crm:
        crm.get(DEALS).mock(side_effect=listed)
        read = crm.post(f"{DEALS}/batch/read").respond(json={"results": [{"id": "2", "properties": dict.fromkeys(MANY, "2")}]})
        async with objects_of("https://api.hubapi.com") as objects:
            page = await objects.page("deals", Ask(tuple(MANY), history=("amount",), links=("companies",)), "before")

    assert len(asked) == 5
    assert all(len(str(url)) <= URL_LENGTH for url in asked)
    assert [url.params.get("associations") for url in asked] == ["companies", None, None, None, None]
    assert {url.params["after"] for url in asked} == {"before"}
    assert page.after == "next1"
    assert [(row["id"], len(row["properties"])) for row in page.rows] == [("1", 10), ("2", 500)]
    assert b'"propertiesWithHistory":[]' in read.calls[0].request.content


async def test_more_properties_than_one_address_holds(few: Path):
    """A portal that refuses long addresses gives hundreds of fields of every record, by list, with links, and by id."""
    with running(app := hubspot_app(data=few, burst=100_000)) as url:
        portal: Portal = app.state.portal
        deal = next(iter(portal.tables["deals"]))
        box = HubSpotBox(url)
        for start in range(0, len(MANY), 100):
            inputs = [
                {"name": name, "label": name, "groupName": "dealinformation", "type": "string", "fieldType": "text"}
                for name in MANY[start : start + 100]
            ]
            await box.call("POST", "/crm/properties/2026-09/deals/batch/create", {"inputs": inputs})
        await box.call("PATCH", f"{DEALS}/{deal.id}", {"properties": dict.fromkeys(MANY, "here")})
        adapter = await box.adapter()
        own = [FieldSpec(Entity.DEALS, name, name, FieldKind.TEXT, name) for name in MANY]
        pages = await read_all(adapter, Stream.DEALS, own=own)
        again = await adapter.records(Stream.DEALS, [str(deal.id)], own)
        await box.close()

    held = {(one.record, one.field): one.value for page in pages for one in page.held}
    deals = [record for page in pages for record in page.records if isinstance(record, Deal)]
    assert {held[str(deal.id), name] for name in MANY} == {"here"}
    assert {one.value for one in again.held} == {"here"}
    assert len(held) == len(deals) * len(MANY)
    assert len(deals) == len(list(portal.tables["deals"]))
    assert all(one.company and one.amount is not None for one in deals if one.stage == "closedwon")
