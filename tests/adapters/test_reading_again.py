"""What every adapter promises of records that are read again by id, held against every adapter."""

from collections import Counter

from connector.model import Deal, Entity, Stream
from tests.adapters.boxes import Box, read_all
from tests.adapters.test_contract import SPECS, first_deals, ids, records_in


async def test_some_records_are_read_again_as_a_pass_brings_them(box: Box):
    """Asked for a few records by id, exactly those come, with their histories, links and our fields, as a pass over everything has them."""
    adapter = await box.adapter()
    await adapter.ensure_fields(SPECS[:1])
    whole = await read_all(adapter, Stream.DEALS, own=SPECS[:1])
    some = [record.id for record in records_in(whole) if isinstance(record, Deal)][:60:20]
    page = await adapter.records(Stream.DEALS, [*some, some[0]], SPECS[:1])
    wanted = [record for record in records_in(whole) if getattr(record, "deal", getattr(record, "record", record.id)) in some]
    assert Counter(page.records) == Counter(wanted)
    assert {held.record for held in page.held} == set(some)
    assert not page.is_full
    company = next(record.company for record in wanted if isinstance(record, Deal) and record.company)
    assert ids((await adapter.records(Stream.COMPANIES, [company], ())).records) == [(Entity.COMPANIES, company)]


async def test_a_deleted_record_read_again_says_so(box: Box):
    """A record that was deleted comes with the date, and one that never was is left out."""
    one, other = [deal.id for deal in await first_deals(await box.adapter(), 2)]
    await box.delete_deal(one)
    page = await (await box.adapter()).records(Stream.DEALS, [one, other, "99"], ())
    assert {record.id: record.deleted_at is not None for record in page.records if isinstance(record, Deal)} == {one: True, other: False}
