"""Writing our fields to ClickUp: what people made is found and used, a request for each value, what others hold is left alone."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from connector.adapters.clickup.fields import title_of
from connector.model import Entity, FieldKind, FieldSpec, FieldWrite, Status, Stream, Wording
from tests.adapters.boxes import read_all
from tests.adapters.clickup.box import ClickUpBox
from tests.adapters.test_contract import SPECS, VALUES, first_deals

ONE = FieldSpec(Entity.DEALS, "kpi_is_stalled", "KPI: Stalled", FieldKind.BOOL, "Whether it stands still.")
WORDS: Mapping[FieldKind, str] = {
    FieldKind.NUMBER: "Number",
    FieldKind.MONEY: "Money",
    FieldKind.PERCENT: "Number",
    FieldKind.DATE: "Date",
    FieldKind.DATETIME: "Date",
    FieldKind.BOOL: "Checkbox",
    FieldKind.TEXT: "Text",
    FieldKind.LONG_TEXT: "Text area (long text)",
}


async def test_values_of_every_kind_are_held_as_they_were_written(box: ClickUpBox) -> None:
    """Each kind comes back as the canonical text that was written, at once, with the next reading, and however often it is written."""
    crm = await box.adapter()
    await box.make_fields(SPECS)
    cursor = (await read_all(crm, Stream.DEALS))[-1].cursor
    deals = [deal.id for deal in await first_deals(crm, 3)]
    writes = [FieldWrite(Entity.DEALS, deal, spec, VALUES[spec.kind]) for deal in deals for spec in SPECS]
    wanted = {(deal, spec.name): VALUES[spec.kind] for deal in deals for spec in SPECS}
    for _ in range(2):
        assert [(one.key, one.status) for one in (await crm.write(writes)).results] == [(deal, Status.OK) for deal in deals]
        assert {(one.record, one.field): one.value for one in await crm.held(Entity.DEALS, deals, SPECS)} == wanted
    brought = {(one.record, one.field): one.value for page in await read_all(crm, Stream.DEALS, cursor, SPECS) for one in page.held}
    assert brought == wanted


async def test_a_share_stands_as_percent(box: ClickUpBox) -> None:
    """People read 63.15 where we hold 0.6315."""
    crm = await box.adapter()
    spec = next(one for one in SPECS if one.kind is FieldKind.PERCENT)
    await box.make_fields([spec])
    deal = await box.first_deal()
    await crm.write([FieldWrite(Entity.DEALS, deal, spec, "0.6315")])
    rows = (await box.call("GET", f"/api/v2/task/{deal}"))["custom_fields"]
    assert [float(row["value"]) for row in rows if row["name"] == title_of(spec)] == [63.15]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.kind)
async def test_what_people_have_to_make_is_told_exactly(box: ClickUpBox, spec: FieldSpec) -> None:
    """A missing field is refused with its exact title, the type as people read it, and on what; once made so, it is used."""
    crm = await box.adapter()
    refused = (await crm.ensure_fields([spec])).results[0]
    assert refused.status is Status.REFUSED
    assert f"'{title_of(spec)}' of the type {WORDS[spec.kind]} on the lists of deals" in refused.message
    await box.make_fields([spec])
    assert (await crm.ensure_fields([spec])).results[0].status is Status.OK
    assert await crm.present_fields(Entity.DEALS) == {spec.name}


async def test_a_field_of_another_type_is_not_taken(box: ClickUpBox) -> None:
    """A field that carries our title but another type is refused with the type that is needed, for making and for writing."""
    crm = await box.adapter()
    await box.make_field(Entity.DEALS, title_of(ONE), "short_text")
    deal = await box.first_deal()
    made = (await crm.ensure_fields([ONE])).results[0]
    wrote = (await crm.write([FieldWrite(Entity.DEALS, deal, ONE, "true")])).results[0]
    for result in (made, wrote):
        assert result.status is Status.REFUSED
        assert "taken by a field of the type short_text that is not ours; Checkbox is needed" in result.message
    assert [one.value for one in await crm.held(Entity.DEALS, [deal], [ONE])] == [None]


async def test_a_field_is_known_by_any_label_of_ours_and_once_used_by_its_name(box: ClickUpBox) -> None:
    """A label in another language is ours; one that people chose is ours only where we used the field before."""
    crm = await box.adapter()
    await box.make_field(Entity.DEALS, "KPI: Seisoo [kpi_is_stalled]", "checkbox")
    finnish = replace(ONE, wording=Wording(labels=frozenset({"KPI: Seisoo"})))
    assert (await crm.ensure_fields([finnish])).results[0].status is Status.OK
    assert (await crm.ensure_fields([ONE])).results[0].status is Status.REFUSED
    assert (await crm.ensure_fields([replace(ONE, is_owned=True)])).results[0].status is Status.OK


async def test_two_fields_of_one_name_are_both_left_alone(box: ClickUpBox) -> None:
    """Where two fields carry the name, nobody can tell which is ours."""
    crm = await box.adapter()
    await box.make_fields([ONE])
    await box.make_field(Entity.DEALS, f"Copy [{ONE.name}]", "checkbox")
    result = (await crm.ensure_fields([replace(ONE, is_owned=True)])).results[0]
    assert (result.status, "several fields" in result.message) == (Status.REFUSED, True)
    assert await crm.present_fields(Entity.DEALS) == set()


async def test_a_field_must_be_on_every_list(box: ClickUpBox) -> None:
    """With two lists of deals, a field that only one of them has is refused with the name of the other."""
    crm = await box.adapter(deal_lists=("Deals", "Support"))
    await box.make_fields([ONE])
    result = (await crm.ensure_fields([ONE])).results[0]
    assert result.status is Status.REFUSED
    assert "The lists Support lack the field" in result.message
    assert await crm.present_fields(Entity.DEALS) == set()


async def test_each_value_is_one_request(box: ClickUpBox) -> None:
    """ClickUp takes one value at a time, so two values of two deals are four requests that write."""
    crm = await box.adapter()
    await box.make_fields(SPECS[:2])
    deals = [deal.id for deal in await first_deals(crm, 2)]
    await box.call("POST", "/sandbox/requests", {"clear": True})
    await crm.write([FieldWrite(Entity.DEALS, deal, spec, "5") for deal in deals for spec in SPECS[:2]])
    sent = await box.call("POST", "/sandbox/requests", {})
    assert sum(count for call, count in sent.items() if call.startswith("POST /api/v2/task/")) == 4


async def test_a_record_that_fails_halfway_is_read_before_anything_else(box: ClickUpBox) -> None:
    """Where a record's first value arrived and its second was refused, nobody may take the record for untouched."""
    crm = await box.adapter()
    await box.make_fields(SPECS[:2])
    deal = await box.first_deal()
    writes = [FieldWrite(Entity.DEALS, deal, spec, VALUES[spec.kind]) for spec in SPECS[:2]]
    await box.fail(status=400, method="POST", path=f"/api/v2/task/{deal}/field", after=1)
    assert [one.status for one in (await crm.write(writes)).results] == [Status.UNKNOWN]
    held = {one.field: one.value for one in await crm.held(Entity.DEALS, [deal], SPECS[:2])}
    assert held == {writes[0].spec.name: writes[0].value, writes[1].spec.name: None}


async def test_only_tasks_take_fields(box: ClickUpBox) -> None:
    """Fields of users are refused, and the CRM has none of them."""
    crm = await box.adapter()
    spec = FieldSpec(Entity.USERS, "kpi_win_rate", "KPI: win rate", FieldKind.PERCENT, "Won of closed.")
    assert (await crm.ensure_fields([spec])).results[0].status is Status.REFUSED
    assert (await crm.write([FieldWrite(Entity.USERS, "183", spec, "0.5")])).results[0].status is Status.REFUSED
    assert await crm.present_fields(Entity.USERS) == set()
