"""What every adapter promises about our fields when people delete them, and about writes that must not start any more."""

from dataclasses import replace
from decimal import Decimal

import pytest

from connector.adapters.base import Adapter
from connector.errors import StoreBusy
from connector.model import Deal, Entity, FieldKind, FieldSpec, FieldWrite, Status, Stream
from tests.adapters.boxes import Box, read_all

SPECS = tuple(FieldSpec(Entity.DEALS, f"kpi_{name}", f"KPI: {name}", FieldKind.NUMBER, f"Holds {name}.") for name in ("one", "two"))
USER_SPEC = FieldSpec(Entity.USERS, "kpi_win_rate", "KPI: win rate", FieldKind.PERCENT, "Won of closed.")


async def first_deals(adapter: Adapter, number: int) -> list[str]:
    """Return the ids of some deals."""
    pages = await read_all(adapter, Stream.DEALS)
    return [record.id for page in pages for record in page.records if isinstance(record, Deal)][:number]


async def test_a_deleted_field_is_empty_and_missing(box: Box):
    """Our fields are present from their making to their deletion; then every record that is brought says that it holds nothing."""
    adapter = await box.adapter()
    deal, other = await first_deals(adapter, 2)
    theirs = replace(SPECS[0], name="kpi_theirs")
    await box.take_field(theirs)
    assert await adapter.present_fields(Entity.DEALS) == set()
    await adapter.ensure_fields([*SPECS[:2], USER_SPEC])
    assert await adapter.present_fields(Entity.DEALS) == {spec.name for spec in SPECS[:2]}
    assert await adapter.present_fields(Entity.USERS) == {USER_SPEC.name}
    assert await adapter.present_fields(Entity.TEAMS) == set()
    await adapter.write([FieldWrite(Entity.DEALS, one, spec, "5") for one in (deal, other) for spec in SPECS[:2]])
    cursor = (await read_all(adapter, Stream.DEALS))[-1].cursor
    await box.drop_field(SPECS[0])
    assert await adapter.present_fields(Entity.DEALS) == {SPECS[1].name}
    await box.edit_deal(deal, Decimal("777.25"))
    for since in (cursor, None):
        held = [held for page in await read_all(adapter, Stream.DEALS, since, SPECS[:2]) for held in page.held]
        assert [(one.field, one.value) for one in held if one.record == deal] == [(SPECS[0].name, None), (SPECS[1].name, "5")]
        assert len(held) == 2 * len({one.record for one in held})
    now = await adapter.held(Entity.DEALS, [other], SPECS[:2])
    assert [(one.field, one.value) for one in now] == [(SPECS[0].name, None), (SPECS[1].name, "5")]


async def test_a_hook_stops_writes_before_they_are_sent(box: Box):
    """When what stands before a write raises, the caller reads just that, and the CRM holds what it held."""
    adapter = await box.adapter()
    deal = (await first_deals(adapter, 1))[0]
    await adapter.ensure_fields(SPECS[:1])
    assert adapter.before_write is None

    async def refuse() -> None:
        raise StoreBusy("Another process holds the lease.")

    adapter.before_write = refuse
    with pytest.raises(StoreBusy):
        await adapter.write([FieldWrite(Entity.DEALS, deal, SPECS[0], "9")])
    with pytest.raises(StoreBusy):
        await adapter.ensure_fields(SPECS[1:2])
    assert [held.value for held in await adapter.held(Entity.DEALS, [deal], SPECS[:1])] == [None]
    assert await adapter.present_fields(Entity.DEALS) == {SPECS[0].name}
    adapter.before_write = None
    assert (await adapter.write([FieldWrite(Entity.DEALS, deal, SPECS[0], "9")])).results[0].status is Status.OK
