"""Lesson 4: what changes while a stream is read must not be lost, so that the next pass begins where this one began."""

import json
from decimal import Decimal

from connector.model import Deal, Page, Stream
from tests.adapters.boxes import HubSpotBox, read_all


async def test_an_edit_behind_the_page_in_hand_comes_with_the_next_pass(hubspot: HubSpotBox):
    """A deal that is edited after its page was read, while later pages are, is in the next increment, though later changes were seen."""
    adapter = await hubspot.adapter()
    pages: list[Page] = []
    edited = ""
    async for page in adapter.pages(Stream.DEALS, None, ()):
        if not pages:
            edited = next(one.id for one in page.records if isinstance(one, Deal))
            await hubspot.call("POST", "/sandbox/clock", {"advance": 30})
            await hubspot.edit_deal(edited, Decimal(4711))
            await hubspot.call("POST", "/sandbox/clock", {"advance": 30})
        pages.append(page)
    assert len(pages) > 2
    later = await read_all(await hubspot.adapter(), Stream.DEALS, pages[-1].cursor)
    found = {one.id: one.amount for page in later for one in page.records if isinstance(one, Deal)}
    assert found == {edited: Decimal(4711)}


async def test_every_cursor_of_a_pass_names_its_beginning(hubspot: HubSpotBox):
    """From the first page to the last the cursor holds when the pass began, never the latest change that it saw."""
    adapter = await hubspot.adapter()
    began: set[str] = set()
    async for page in adapter.pages(Stream.DEALS, None, ()):
        began.add(json.loads(page.cursor)["until"])
        await hubspot.call("POST", "/sandbox/clock", {"advance": 60})
    assert len(began) == 1
