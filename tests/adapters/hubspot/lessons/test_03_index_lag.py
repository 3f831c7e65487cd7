"""Lesson 3: the search index is behind, and not evenly; each increment reaches back far enough, and records are read as they are now."""

from decimal import Decimal
from pathlib import Path

from connector.model import Deal, Entity, Stream
from connector.sandbox.hubspot import hubspot_app
from connector.sandbox.running import running
from connector.steps import Work
from tests.adapters.boxes import HubSpotBox
from tests.adapters.hubspot.working import at_work, pulled

LAG = 60


def amounts(work: Work, *ids: str) -> list[Decimal | None]:
    """Return the amounts of some deals."""
    found = {one.id: one for one in work.store.records.get("acme", Entity.DEALS) if isinstance(one, Deal)}
    return [found[one].amount for one in ids]


async def test_changes_that_show_late_and_out_of_order_are_not_missed(few: Path, tmp_path: Path):
    """Edits that no search shows when the increment runs, or that show after later ones, come with one of the next increments."""
    app = hubspot_app(data=few, burst=100_000, search_per_second=1000, search_lag=LAG, search_disorder=True)
    with running(app) as url:
        box = HubSpotBox(url)
        async with at_work(tmp_path, box, Stream.COMPANIES, horizon_seconds=2 * LAG) as work:
            await pulled(work)
            ids = [one.id for one in work.store.records.get("acme", Entity.DEALS)][:6]
            for place, one in enumerate(ids):
                await box.call("POST", "/sandbox/clock", {"advance": 5})
                await box.edit_deal(one, Decimal(4000 + place))
                if place % 2:
                    await pulled(work)
            # Each increment's window has passed these edits by now, while the index may not have shown them yet.
            await pulled(work)
            await box.call("POST", "/sandbox/clock", {"advance": LAG + 1})
            await pulled(work)
            assert amounts(work, *ids) == [Decimal(4000 + place) for place in range(6)]
        await box.close()


async def test_what_a_late_index_finds_is_read_as_it_is_now(few: Path, tmp_path: Path):
    """The search only says which records to read: a value that is newer than the index arrives as it is in the record itself."""
    app = hubspot_app(data=few, burst=100_000, search_per_second=1000, search_lag=LAG)
    with running(app) as url:
        box = HubSpotBox(url)
        async with at_work(tmp_path, box, Stream.COMPANIES, horizon_seconds=2 * LAG) as work:
            await pulled(work)
            (deal,) = [one.id for one in work.store.records.get("acme", Entity.DEALS)][:1]
            await box.edit_deal(deal, Decimal(1))
            await box.call("POST", "/sandbox/clock", {"advance": LAG + 1})
            await box.edit_deal(deal, Decimal(2))
            await pulled(work)
            assert amounts(work, deal) == [Decimal(2)]
        await box.close()
