"""Lesson 5: what HubSpot calculates changes without counting as a change; it is looked at by itself, and wins never hang on it."""

from datetime import datetime
from pathlib import Path

from connector.adapters.hubspot.kinds import DEALS
from connector.model import Deal, Entity, Stream
from connector.steps import Work
from tests.adapters.boxes import HubSpotBox
from tests.adapters.hubspot.working import asked, at_work, pulled

DAY = 86_400
LIST, READ = "GET objects/deals", "POST objects/deals/batch/read"
NEXT_STEP = "notes_next_activity_date"


def next_step(work: Work, deal: str) -> datetime | None:
    """Return when the deal's next step is due, as we know it."""
    (found,) = work.store.records.get("acme", Entity.DEALS, [deal])
    assert isinstance(found, Deal)
    return found.next_step_at


async def test_what_hubspot_calculates_is_looked_at_once_a_day(hubspot: HubSpotBox, tmp_path: Path):
    """A calculated value that moved by itself shows in no search; a day later a look at the list finds it, and only that deal is read."""
    async with at_work(tmp_path, hubspot, Stream.COMPANIES) as work:
        await pulled(work)
        deal = work.store.records.get("acme", Entity.DEALS)[5].id
        moved = {"kind": "deals", "id": deal, "property": NEXT_STEP, "value": "2018-02-03T12:00:00Z"}
        await hubspot.call("POST", "/sandbox/recalculate", moved)
        await asked(hubspot)
        await pulled(work)
        soon = await asked(hubspot)
        assert next_step(work, deal) is None
        assert (soon[LIST], soon.get(READ, 0)) == (1, 0)  # the sweep of what was archived
        await hubspot.call("POST", "/sandbox/clock", {"advance": DAY})
        done = await pulled(work)
        later = await asked(hubspot)
        assert str(next_step(work, deal)) == "2018-02-03 12:00:00+00:00"
        assert (later[LIST], later[READ]) == (1 + 3, 1)
        assert done.streams[Stream.DEALS]["changed"] == 1
        await pulled(work)
        again = await asked(hubspot)
        assert (again[LIST], again.get(READ, 0)) == (1, 0)


async def test_how_often_is_a_setting(hubspot: HubSpotBox, tmp_path: Path):
    """Whoever needs calculated values sooner than once a day says after how many hours."""
    async with at_work(tmp_path, hubspot, Stream.COMPANIES, calculated_hours=1) as work:
        await pulled(work)
        deal = work.store.records.get("acme", Entity.DEALS)[5].id
        moved = {"kind": "deals", "id": deal, "property": NEXT_STEP, "value": "2018-02-03T12:00:00Z"}
        await hubspot.call("POST", "/sandbox/recalculate", moved)
        await hubspot.call("POST", "/sandbox/clock", {"advance": 3700})
        await pulled(work)
        assert next_step(work, deal)


def test_wins_and_losses_are_not_read_but_derived():
    """What HubSpot says of won, lost and closed is calculated and may be old; the stage itself, and what it means, are read instead."""
    assert not [name for name in DEALS.properties if name.startswith("hs_is_closed") or "days_to_close" in name]
    assert {"dealstage", "pipeline", "closedate"} <= set(DEALS.properties) & set(DEALS.history)
