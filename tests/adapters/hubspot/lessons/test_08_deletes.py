"""Lesson 8: what is deleted shows in no search, what is purged nowhere; ids and counts are reconciled, and never believed blindly."""

from datetime import datetime
from pathlib import Path

import pytest

from connector.model import Entity, Stream
from connector.sandbox.hubspot import hubspot_app
from connector.sandbox.running import running
from connector.steps import Work
from tests.adapters.boxes import HubSpotBox
from tests.adapters.conftest import DEALS
from tests.adapters.hubspot.working import at_work, pulled


def ids(work: Work, entity: Entity) -> list[str]:
    """Return the ids of the records that are there."""
    return [one.id for one in work.store.records.get("acme", entity)]


def deleted_at(work: Work, deal: str) -> datetime | None:
    """Return when a deal was deleted, as we know it."""
    (found,) = work.store.records.get("acme", Entity.DEALS, [deal], deleted=True)
    return found.deleted_at


async def test_a_deleted_deal_shows_in_the_next_run(hubspot: HubSpotBox, tmp_path: Path):
    """A deal that was archived keeps its past and the date; the list of archived ones tells, because the search does not."""
    async with at_work(tmp_path, hubspot, Stream.COMPANIES) as work:
        await pulled(work)
        deal = ids(work, Entity.DEALS)[0]
        await hubspot.delete_deal(deal)
        await pulled(work)
        assert deal not in ids(work, Entity.DEALS)
        assert deleted_at(work, deal)


async def test_a_purged_contact_is_found_missing_by_the_full_reading(hubspot: HubSpotBox, tmp_path: Path):
    """A contact that was deleted for good is nowhere any more; the next pass over all ids finds it gone, and the counts agree again."""
    async with at_work(tmp_path, hubspot, Stream.CONTACTS) as work:
        await pulled(work)
        contact = ids(work, Entity.CONTACTS)[0]
        await hubspot.call("POST", "/crm/objects/2026-09/contacts/gdpr-delete", {"objectId": contact})
        await pulled(work)
        assert contact in ids(work, Entity.CONTACTS)
        done = await pulled(work, full=True)
        assert contact not in ids(work, Entity.CONTACTS)
        told = done.streams[Stream.CONTACTS]
        assert told["deleted"] == 1
        assert told["counted"] == told["held"] == len(ids(work, Entity.CONTACTS))


async def test_counts_are_part_of_the_runs_record(hubspot: HubSpotBox, tmp_path: Path):
    """A full reading tells how many deals HubSpot counts and how many we hold; runs between two of them ask for no count."""
    async with at_work(tmp_path, hubspot, Stream.COMPANIES) as work:
        done = await pulled(work)
        assert done.summary["streams"]["deals"]["counted"] == done.summary["streams"]["deals"]["held"] == DEALS  # type: ignore[index]
        assert "counted" not in (await pulled(work)).streams[Stream.DEALS]


@pytest.mark.parametrize("keeps", [0, 26])
async def test_an_empty_answer_is_not_believed(few: Path, tmp_path: Path, keeps: int):
    """When HubSpot suddenly tells of no deals, or of a tenth, nothing counts as gone; the stream is refused, and read anew next time."""
    app = hubspot_app(data=few, burst=100_000, search_per_second=1000)
    with running(app) as url:
        box = HubSpotBox(url)
        async with at_work(tmp_path, box, Stream.COMPANIES) as work:
            await pulled(work)
            listed = app.state.portal.tables["deals"]._live  # noqa: SLF001 - nothing else makes a portal forget its records
            kept = listed[:]
            del listed[keeps:]
            done = await pulled(work, full=True)
            assert len(ids(work, Entity.DEALS)) == DEALS
            assert f"lacks {DEALS - keeps} of the {DEALS} that we know" in done.refused[Stream.DEALS]
            assert done.lost == (done.refused[Stream.DEALS],)
            listed[:] = kept
            done = await pulled(work)
            assert done.streams[Stream.DEALS]["deleted"] == 0
            assert len(ids(work, Entity.DEALS)) == DEALS
        await box.close()
