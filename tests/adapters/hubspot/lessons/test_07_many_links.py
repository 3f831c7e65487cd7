"""Lesson 7: beyond a hundred links a list is cut off; batches are paged record by record, and a pair with two labels is one link."""

from pathlib import Path

from connector.adapters.hubspot.objects import Objects
from connector.model import Deal, Entity, Stream
from connector.sandbox.hubspot import hubspot_app
from connector.sandbox.running import running
from connector.steps import Work
from tests.adapters.boxes import HubSpotBox
from tests.adapters.hubspot.working import asked, at_work, pulled

CONTACTS, MOST = 1_200, 1_100


def deal_of(work: Work) -> Deal:
    """Return the first open deal."""
    found = [one for one in work.store.records.get("acme", Entity.DEALS) if isinstance(one, Deal)]
    return next(one for one in found if one.closed_at is None)


async def test_links_beyond_the_first_page_are_read(few: Path, tmp_path: Path):
    """Of a deal with eleven hundred contacts each is found once, and the deal is not taken for changed again and again."""
    app = hubspot_app(data=few, contacts=CONTACTS, burst=100_000, search_per_second=1000)
    with running(app) as url:
        box = HubSpotBox(url)
        async with at_work(tmp_path, box, Stream.CONTACTS) as work:
            await pulled(work)
            deal = deal_of(work)
            contacts = [one.id for one in work.store.records.get("acme", Entity.CONTACTS)][:MOST]
            await link(box, deal.id, contacts)
            objects: Objects = work.adapter._reading._objects  # type: ignore[attr-defined]  # noqa: SLF001 - no record of ours holds all links
            found = await objects.links("deals", "contacts", [deal.id])
            assert {one.id for one in found[deal.id]} >= set(contacts)
            assert len(found[deal.id]) == len({one.id for one in found[deal.id]})
            assert (await pulled(work)).streams[Stream.DEALS]["rows"] > 0
            for full in (False, True):
                await asked(box)
                done = await pulled(work, full=full)
                assert done.streams[Stream.DEALS]["changed"] == 0
                assert "POST objects/deals/batch/read" not in await asked(box)
        await box.close()


async def link(box: HubSpotBox, deal: str, contacts: list[str]) -> None:
    """Link a deal to many contacts, as another app does."""
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 3}]
    for start in range(0, len(contacts), 1000):
        inputs = [{"from": {"id": deal}, "to": {"id": one}, "types": types} for one in contacts[start : start + 1000]]
        await box.call("POST", "/crm/associations/2026-09/deals/contacts/batch/create", {"inputs": inputs})
