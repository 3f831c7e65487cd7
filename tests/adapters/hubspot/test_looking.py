"""Lists come without histories, and the past is read only of what is not as it is known."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select

from connector import steps
from connector.adapters.hubspot.objects import HISTORY_SIZE, LIST_SIZE
from connector.kpis import fields
from connector.model import Deal, Entity, FieldChange, FieldWrite, Record, Stream, Why, WritePlan
from connector.sandbox.hubspot import hubspot_app
from connector.sandbox.running import running
from connector.steps import Work, recorded
from connector.store.schema import RECORD_TABLES
from tests.adapters.boxes import HubSpotBox
from tests.adapters.conftest import DEALS
from tests.adapters.hubspot.working import asked, at_work, pulled

POSTPONED = fields.specs()["deals.kpi_times_postponed"]
NOW = datetime(2018, 1, 1, tzinfo=UTC)
LIST, READ = "GET objects/deals", "POST objects/deals/batch/read"
LISTS = -(-DEALS // LIST_SIZE) + 1
"""How many pages the deals fill, and one for those that are archived."""

HALVES = sum(-(-min(LIST_SIZE, DEALS - start) // HISTORY_SIZE) for start in range(0, DEALS, LIST_SIZE))
"""How many batches read them with their histories."""

UNCHANGED = {"rows": DEALS, "changed": 0, "deleted": 0, "rejected": 0, "counted": DEALS, "held": DEALS}


def versions(work: Work) -> dict[str, int]:
    """Return the row version of every deal."""
    table = RECORD_TABLES[Entity.DEALS]
    with work.store._database.read() as connection:  # noqa: SLF001 - nobody else needs to see them
        return {row.id: row.row_version for row in connection.execute(select(table.c.id, table.c.row_version))}


def deals(work: Work) -> dict[str, Deal]:
    """Return the deals that are there by id."""
    return {one.id: one for one in work.store.records.get("acme", Entity.DEALS) if isinstance(one, Deal)}


def everything(work: Work) -> dict[Entity, list[Record]]:
    """Return all that the stream of deals brought."""
    return {kind: list(work.store.records.get("acme", kind)) for kind in (Entity.DEALS, Entity.STAGE_CHANGES, Entity.FIELD_HISTORY)}


async def test_the_first_load_lists_by_the_hundred(hubspot: HubSpotBox, tmp_path: Path):
    """Lists bring a hundred deals a page, and the histories of all of them come by fifty."""
    async with at_work(tmp_path, hubspot, Stream.COMPANIES) as work:
        await asked(hubspot)
        done = await pulled(work)
        found = await asked(hubspot)
    assert found[LIST] == LISTS
    assert found[READ] == HALVES
    assert done.streams[Stream.DEALS]["changed"] > DEALS


async def test_what_is_as_it_is_known_is_not_read_again(hubspot: HubSpotBox, tmp_path: Path):
    """A second pass over everything asks for no history, writes no new version, and leaves all that came along with a deal in place."""
    async with at_work(tmp_path, hubspot, Stream.CONTACTS) as work:
        await pulled(work)
        before, kept = versions(work), everything(work)
        await asked(hubspot)
        done = await pulled(work, full=True)
        found = await asked(hubspot)
        assert READ not in found
        assert "POST objects/contacts/batch/read" not in found
        assert (found[LIST], done.streams[Stream.DEALS]) == (LISTS, UNCHANGED)
        assert versions(work) == before
        assert everything(work) == kept


async def test_what_changed_is_read_with_its_past(hubspot: HubSpotBox, tmp_path: Path):
    """Of a pass over everything only the deals that differ are read whole: one edited, one deleted, and one that is new."""
    async with at_work(tmp_path, hubspot, Stream.COMPANIES) as work:
        await pulled(work)
        edited, deleted, *_ = sorted(deals(work))
        await hubspot.edit_deal(edited, Decimal(4711))
        await hubspot.delete_deal(deleted)
        properties = {"dealname": "New", "pipeline": "default", "dealstage": "engaging"}
        made = (await hubspot.call("POST", "/crm/objects/2026-09/deals", {"properties": properties}))["id"]
        await asked(hubspot)
        await pulled(work, full=True)
        found = await asked(hubspot)
        # Two pages of those that live hold a difference, and the page of those that are archived.
        assert found[READ] == 3
        assert deals(work)[edited].amount == Decimal(4711)
        assert made in deals(work)
        assert deleted not in deals(work)
        amounts = [one for one in everything(work)[Entity.FIELD_HISTORY] if (one.record, one.field) == (edited, "amount")]  # type: ignore[attr-defined]
        assert amounts
        await pulled(work, full=True)
        assert READ not in await asked(hubspot)


async def test_a_stage_that_came_back_is_no_sameness(hubspot: HubSpotBox, tmp_path: Path):
    """A deal that left its stage and came back looks the same but for the moment of its change, and its stays are read."""
    async with at_work(tmp_path, hubspot, Stream.COMPANIES) as work:
        await pulled(work)
        deal = next(one for one in deals(work).values() if one.stage == "engaging")
        stays = [one for one in everything(work)[Entity.STAGE_CHANGES] if one.deal == deal.id]  # type: ignore[attr-defined]
        for stage in ("prospecting", "engaging"):
            await hubspot.call("POST", "/sandbox/clock", {"advance": 60})
            await hubspot.call("PATCH", f"/crm/objects/2026-09/deals/{deal.id}", {"properties": {"dealstage": stage}})
        await pulled(work, full=True)
        after = [one for one in everything(work)[Entity.STAGE_CHANGES] if one.deal == deal.id]  # type: ignore[attr-defined]
    assert len(after) == len(stays) + 2


async def test_what_a_stage_means_is_part_of_a_look(few: Path, tmp_path: Path):
    """Stages by which histories are read may come to mean something else; then no deal is as it was, and all are read whole."""
    app = hubspot_app(data=few, burst=100_000, search_per_second=1000)
    with running(app) as url:
        box = HubSpotBox(url)
        async with at_work(tmp_path, box, Stream.COMPANIES) as work:
            await pulled(work)
            sales = app.state.portal.pipelines["default"]
            first, *rest = sales.stages
            app.state.portal.pipelines["default"] = replace(sales, stages=(replace(first, is_closed=True, probability="0.0"), *rest))
            await asked(box)
            await pulled(work, full=True)
        assert (await asked(box))[READ] == HALVES
        await box.close()


def plan_for(ids: list[str], value: str) -> WritePlan:
    """Return a plan that writes one field of ours on some deals."""
    changes = tuple(FieldChange(POSTPONED, one, None, value, Why.NEW) for one in ids)
    return WritePlan(f"p{value}", "acme", NOW, NOW, changes, ())


async def push(work: Work, plan: WritePlan) -> None:
    """Save a plan and push it."""
    async with recorded(work, "push") as (lease, run):
        await work.ask(work.store.plans.save, lease, run, plan)
        await steps.push(work, lease, plan, await work.adapter.check())


async def test_our_own_writes_do_not_come_back(hubspot: HubSpotBox, tmp_path: Path):
    """What only we have written to since is looked at, not read whole, and is no change; what a person changed besides is."""
    async with at_work(tmp_path, hubspot, Stream.COMPANIES) as work:
        await pulled(work)
        ids = sorted(deals(work))[:120]
        await push(work, plan_for(ids, "1"))
        before = versions(work)
        await asked(hubspot)
        done = await pulled(work)
        assert (await asked(hubspot))[READ] == 2
        assert done.streams[Stream.DEALS]["changed"] == 0
        assert versions(work) == before
        assert {work.store.records.held("acme")[Entity.DEALS, one, POSTPONED.name] for one in ids} == {"1"}

        await hubspot.edit_deal(ids[0], Decimal(4711))
        await hubspot.edit_deal(ids[1], Decimal(4711))
        await push(work, plan_for(ids[1:], "2"))
        await pulled(work)
        assert {one: deals(work)[one].amount for one in ids[:2]} == dict.fromkeys(ids[:2], Decimal(4711))
        assert {one for one in ids if versions(work)[one] != before[one]} == set(ids[:2])


async def test_a_write_that_nobody_noted_is_read_whole(hubspot: HubSpotBox, tmp_path: Path):
    """After a crash between a write and its note the record counts as changed, which does no harm."""
    async with at_work(tmp_path, hubspot, Stream.COMPANIES) as work:
        await pulled(work)
        deal = min(deals(work))
        await work.adapter.ensure_fields([POSTPONED])
        await work.adapter.write([FieldWrite(Entity.DEALS, deal, POSTPONED, "1")])
        done = await pulled(work)
        assert done.streams[Stream.DEALS]["changed"] == 1
        assert work.store.records.held("acme")[Entity.DEALS, deal, POSTPONED.name] == "1"
