"""What an account does not show costs what it tells, is said, and is never guessed."""

import json

import pytest

from connector.adapters.nutshell.page import page_of
from connector.adapters.nutshell.parse import Row
from connector.adapters.values import Unreadable
from connector.errors import AccessRefused
from connector.model import Answer, Deal, Page, Record, Stream
from tests.adapters.boxes import read_all
from tests.adapters.nutshell.box import NutshellBox


def deals_in(pages: list[Page]) -> dict[str, Deal]:
    """Return the deals of some pages by id."""
    return {record.id: record for page in pages for record in page.records if isinstance(record, Deal)}


async def revoke(box: NutshellBox, *kinds: str) -> None:
    """Hide some kinds."""
    await box.call("POST", "/sandbox/revoke", {"revoked": kinds})


async def test_without_deletions_the_rest_is_read(box: NutshellBox):
    """Where the feed of deletions is refused, full passes and increments go on without it, and a check says so."""
    await revoke(box, "events/deleted")
    crm = await box.adapter()
    full = await read_all(crm, Stream.DEALS)
    await box.patch("leads", "3-leads", "description", "New name")
    again = await read_all(crm, Stream.DEALS, full[-1].cursor)

    assert len(deals_in(full)) > 10
    assert list(deals_in(again)) == ["3-leads"]
    assert any("deletions is refused" in note for note in (await crm.check()).notes)


async def test_without_events_everything_is_read_each_time(box: NutshellBox):
    """Where the feed of events is refused, each reading is a pass over everything, and a check says so."""
    await revoke(box, "events")
    crm = await box.adapter()
    full = await read_all(crm, Stream.DEALS)
    again = await read_all(crm, Stream.DEALS, full[-1].cursor)

    assert deals_in(again) == deals_in(full)
    assert all(page.is_full for page in again)
    assert any("feed of events is refused" in note for note in (await crm.check()).notes)


async def test_a_deleted_record_that_cannot_be_read_is_gone(box: NutshellBox):
    """A record that only the feed of deletions still knows is named as gone."""
    crm = await box.adapter()
    cursor = (await read_all(crm, Stream.DEALS))[-1].cursor
    await box.delete_deal("3-leads")
    await box.call("POST", "/sandbox/forget", {"kind": "leads", "record": "3-leads"})
    pages = await read_all(crm, Stream.DEALS, cursor)

    assert [one for page in pages for one in page.gone] == ["3-leads"]


async def test_a_deletion_is_dated_by_its_event(box: NutshellBox):
    """A record that does not tell of its deletion was deleted when the event says."""
    crm = await box.adapter()
    cursor = (await read_all(crm, Stream.DEALS))[-1].cursor
    await box.delete_deal("3-leads")
    await box.call("POST", "/sandbox/forget", {"kind": "leads", "record": "3-leads", "is_silent": True})
    pages = await read_all(crm, Stream.DEALS, cursor)

    assert deals_in(pages)["3-leads"].deleted_at is not None


@pytest.mark.parametrize("stream", [Stream.CALLS, Stream.MEETINGS])
async def test_activities_without_types_are_refused(box: NutshellBox, stream: Stream):
    """Where the types of activities are hidden, nothing tells calls from meetings: both are refused, and a check says so."""
    await revoke(box, "activityTypes")
    crm = await box.adapter()

    with pytest.raises(AccessRefused, match="activity"):
        await read_all(crm, stream)
    ability = (await crm.check()).streams[stream]
    assert (ability.answer, len(await read_all(crm, Stream.DEALS)) > 0) == (Answer.NO, True)


async def test_hidden_markets_are_no_dollars(box: NutshellBox):
    """Without markets no amount counts as one in the home currency, and a check names the setting that says it."""
    await revoke(box, "markets")
    crm = await box.adapter()
    able = await crm.check()
    told = await box.adapter(currency="USD")

    assert able.tenant.currency == "N/A"
    assert any("CRM_KPI_NUTSHELL__CURRENCY" in note for note in able.notes)
    assert {deal.home_amount for deal in deals_in(await read_all(crm, Stream.DEALS)).values()} == {None}
    assert (await told.check()).tenant.currency == "USD"
    assert any(deal.home_amount for deal in deals_in(await read_all(told, Stream.DEALS)).values())


def test_an_unreadable_person_keeps_no_addresses():
    """Of a contact that cannot be read only id and links are kept, and nothing by which it can be reached."""

    def read(_row: Row) -> tuple[Record, ...]:
        raise Unreadable("it is odd")

    raw = {"id": "3-contacts", "name": "Ann", "emails": ["a@example.com"], "phones": ["5"], "links": {"accounts": ["3-accounts"]}}
    (rejected,) = page_of(Stream.CONTACTS, [raw], read).rejected

    assert json.loads(rejected.raw) == {"id": "3-contacts", "links": {"accounts": ["3-accounts"]}}
