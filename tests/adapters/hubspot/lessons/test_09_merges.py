"""Lesson 9: merges change ids; what was merged counts once, as the survivor, from the first pull that sees it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connector import steps
from connector.adapters.hubspot.merges import merges_of
from connector.model import Deal, Entity, LineItem, Measurement, Merge, Stream
from connector.steps import Work, recorded
from tests.adapters.boxes import HubSpotBox
from tests.adapters.hubspot.rows import row_of
from tests.adapters.hubspot.working import at_work, measured, pulled, ran

AS_OF = datetime(2018, 1, 1, 5, tzinfo=UTC)
MERGEABLE = (Entity.CONTACTS, Entity.COMPANIES, Entity.DEALS, Entity.TICKETS)


async def merge(box: HubSpotBox, kind: Entity, primary: str, other: str) -> str:
    """Merge two records as people do, and return the id of the one that is left."""
    body = {"primaryObjectId": primary, "objectIdToMerge": other}
    return str((await box.call("POST", f"/crm/objects/2026-09/{kind}/merge", body))["id"])


def lives(work: Work, kind: Entity) -> set[str]:
    """Return the ids of the records that are not deleted."""
    return {record.id for record in work.store.records.get("acme", kind)}


def figures(found: Measurement) -> dict[tuple[Any, ...], Any]:
    """Return what was measured by KPI, member and period, and the fields by record and name."""
    values = {(one.kpi, tuple(one.by.items()), one.period.name): (one.value, one.n) for one in found.values}
    return values | {(one.spec.entity, one.record, one.spec.name): (one.value, 0) for one in found.fields}


def won_on_products(work: Work) -> list[Deal]:
    """Return won deals of different companies that have line items, in order of id."""
    with_lines = {line.deal for line in work.store.records.get("acme", Entity.LINE_ITEMS) if isinstance(line, LineItem)}
    deals = [deal for deal in work.store.records.get("acme", Entity.DEALS) if isinstance(deal, Deal)]
    found = [deal for deal in deals if deal.stage == "closedwon" and deal.id in with_lines and deal.home_amount and deal.company]
    return list({deal.company: deal for deal in found}.values())


@pytest.mark.parametrize(
    ("held", "olds"),
    [("2;3", ["2", "3"]), (2, ["2"]), ("2.0", ["2"]), (" 3 ; 2;2;", ["3", "2"]), ("7;2", ["2"]), ("", []), (None, []), ("x;2", ["2"])],
)
def test_a_survivor_names_whom_it_took_over(held: object, olds: Sequence[str]):
    """The list comes parted by semicolons or as one number; the record itself, doubles and what is no id are left out."""
    found = list(merges_of(Entity.DEALS, row_of({"hs_merged_object_ids": held})))
    assert found == [Merge(id=f"deals:{old}", of=Entity.DEALS, old=old, survivor="7") for old in olds]


def test_only_four_kinds_can_be_merged():
    """Of other kinds the list, which HubSpot shows on every record, means nothing."""
    assert {kind for kind in Entity if list(merges_of(kind, row_of({"hs_merged_object_ids": "2"})))} == set(MERGEABLE)


async def test_an_increment_buries_what_was_merged_away(hubspot: HubSpotBox, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory):
    """After merges, and merges of merges, the next increment is a full pull's equal in every number, and no old id is left."""
    async with at_work(tmp_path, hubspot) as work:
        _, before = await measured(work, AS_OF)
        one, two, *_ = won_on_products(work)
        left = await merge(hubspot, Entity.DEALS, one.id, two.id)
        middle = await merge(hubspot, Entity.COMPANIES, str(one.company), str(two.company))
        third = next(iter(lives(work, Entity.COMPANIES) - {str(one.company), str(two.company)}))
        last = await merge(hubspot, Entity.COMPANIES, third, middle)
        pairs = {kind: sorted(lives(work, kind))[:2] for kind in (Entity.CONTACTS, Entity.TICKETS)}
        merged = {kind: await merge(hubspot, kind, *pair) for kind, pair in pairs.items()}
        history = {change.id for change in work.store.records.get("acme", Entity.STAGE_CHANGES) if change.id.startswith(f"{two.id}:")}
        second, found = await measured(work, AS_OF)
        after = figures(found)
        here = {kind: lives(work, kind) for kind in MERGEABLE}
        stays = {change.id for change in work.store.records.get("acme", Entity.STAGE_CHANGES)}
    async with at_work(tmp_path_factory.mktemp("anew"), hubspot) as fresh:
        _, wanted = await measured(fresh, AS_OF)
        assert after == figures(wanted)
        assert here == {kind: lives(fresh, kind) for kind in MERGEABLE}

    assert left == one.id
    assert second.streams[Stream.DEALS]["deleted"] >= 1
    assert not {two.id} & here[Entity.DEALS]
    assert here[Entity.COMPANIES] & {str(one.company), str(two.company), third, middle, last} == {last}
    for kind, pair in pairs.items():
        assert here[kind] & {*pair, merged[kind]} == {merged[kind]}
    assert history
    assert not history & stays
    assert after["deals_won", (), "all"][0] == figures(before)["deals_won", (), "all"][0] - 1


async def test_what_still_names_the_old_id_counts_for_the_survivor(hubspot: HubSpotBox, tmp_path: Path):
    """A deal that was not read again since its company was merged still names the old company; its numbers are the survivor's."""
    async with at_work(tmp_path, hubspot) as work:
        await pulled(work)
        one, two, *_ = won_on_products(work)
        last = await merge(hubspot, Entity.COMPANIES, str(one.company), str(two.company))
        _, counted = await measured(work, AS_OF)
        named = [deal.company for deal in work.store.records.get("acme", Entity.DEALS, [one.id, two.id]) if isinstance(deal, Deal)]
        found = figures(counted)
        merges = [record for record in work.store.records.get("acme", Entity.MERGES) if isinstance(record, Merge)]

    assert sorted(map(str, named)) == sorted([str(one.company), str(two.company)])
    assert {(record.old, record.survivor) for record in merges} == {(one.company, last), (two.company, last)}
    revenue = {
        record: value for (kind, record, name), (value, _) in found.items() if (kind, name) == (Entity.COMPANIES, "kpi_lifetime_value")
    }
    assert float(revenue[last]) >= float(one.home_amount or 0) + float(two.home_amount or 0)
    assert not {one.company, two.company} & revenue.keys()


async def test_a_merge_leaves_no_errors_in_plans(hubspot: HubSpotBox, tmp_path: Path):
    """Values planned for a record that is merged before they are sent are skipped, not refused; the next run corrects the survivor."""
    async with at_work(tmp_path, hubspot) as work:
        await measured(work, AS_OF)
        one, two, *_ = won_on_products(work)
        async with recorded(work, "push", AS_OF) as (lease, key):
            able = await steps.check(work, lease)
            made = await steps.plan(work, lease, key, able)
            await merge(hubspot, Entity.DEALS, one.id, two.id)
            pushed = await steps.push(work, lease, made, able)
        then = await ran(work, AS_OF)
        again = await ran(work, AS_OF)
        latest = work.store.plans.latest("acme")

    assert any(change.record == two.id for change in made.fields)
    assert pushed.counts.get("skipped", 0) == sum(change.record == two.id for change in made.fields)
    assert not pushed.counts.get("refused")
    assert then.plan
    assert two.id not in {change.record for change in then.plan.fields}
    assert then.pushed
    assert not then.pushed.counts.keys() - {"ok"}
    assert again.plan
    assert again.plan.fields == ()
    assert latest
    assert latest.status == "done"
