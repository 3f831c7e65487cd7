"""The ClickUp adapter against its sandbox: what every adapter promises, and how far a token reaches."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from connector.adapters.clickup import ClickUp
from connector.adapters.clickup.parse import instant
from connector.adapters.clickup.words import LISTS
from connector.errors import CredentialsError, StoreBusy
from connector.model import Answer, Deal, Entity, FieldHistory, FieldWrite, Outcome, Stage, Status, Stream, text_of
from connector.sandbox.clickup import Options, clickup_app
from connector.sandbox.running import running
from tests.adapters.boxes import read_all
from tests.adapters.clickup.box import ClickUpBox
from tests.adapters.test_contract import (
    SPECS,
    first_deals,
    records_in,
    test_a_field_that_vanished_is_named,
    test_a_pass_goes_on_at_every_page_after_a_kill,
    test_a_stream_is_read_to_its_end,
    test_an_empty_value_clears_a_field,
    test_an_unanswered_write_is_unknown,
    test_capabilities_are_true,
    test_faults_lose_nothing_and_double_nothing,
    test_fields_are_ensured_twice,
    test_new_definitions_keep_the_field,
    test_nothing_changed_brings_nothing,
    test_one_bad_row_does_not_lose_the_others,
    test_requests_are_counted,
    test_values_are_in_the_house_form,
)
from tests.adapters.test_reading_again import test_some_records_are_read_again_as_a_pass_brings_them

STREAMS = list(ClickUp.streams)
LIVING = list(LISTS)
__all__ = [
    "test_a_field_that_vanished_is_named",
    "test_a_pass_goes_on_at_every_page_after_a_kill",
    "test_a_stream_is_read_to_its_end",
    "test_an_empty_value_clears_a_field",
    "test_an_unanswered_write_is_unknown",
    "test_capabilities_are_true",
    "test_faults_lose_nothing_and_double_nothing",
    "test_fields_are_ensured_twice",
    "test_new_definitions_keep_the_field",
    "test_nothing_changed_brings_nothing",
    "test_one_bad_row_does_not_lose_the_others",
    "test_requests_are_counted",
    "test_some_records_are_read_again_as_a_pass_brings_them",
    "test_values_are_in_the_house_form",
]
"""The promises of every adapter, held here by ClickUp; it tells of no deletion but by a list of everything, and has no fields of users."""


@pytest.fixture
async def box(few: Path, request: pytest.FixtureRequest) -> AsyncIterator[ClickUpBox]:
    """Run a sandbox in which people have made our fields, unless a test is about them being gone."""
    with running(clickup_app(data=few, options=Options(extras=True))) as url:
        made = ClickUpBox(url)
        if "vanished" not in request.node.name:
            await made.make_fields(SPECS)
        await made.add_task("Deals", "Call them back", parent=await made.first_deal(), due_date=1514808000000)
        await made.add_goal("Be kind")
        await made.call("POST", "/sandbox/clock", {"advance": 60})
        yield made
        await made.close()


async def test_changes_are_brought_and_deletions_with_the_next_list_of_everything(box: ClickUpBox) -> None:
    """An edited deal comes with the next reading and its whole past; a deleted one is missing from the next list of everything."""
    crm = await box.adapter()
    full = await read_all(crm, Stream.DEALS)
    one, other = [deal.id for deal in records_in(full) if isinstance(deal, Deal)][:2]
    await box.edit_deal(one, SEVEN)
    await box.delete_deal(other)
    pages = await read_all(crm, Stream.DEALS, full[-1].cursor)
    assert [(deal.id, deal.amount) for deal in records_in(pages) if isinstance(deal, Deal)] == [(one, SEVEN)]
    assert not any(page.is_full for page in pages)
    again = await read_all(await box.adapter(full_list_hours=0), Stream.DEALS, pages[-1].cursor)
    deals = [deal.id for deal in records_in(again) if isinstance(deal, Deal)]
    assert other not in deals
    assert again[-1].is_full
    assert again[-1].counted == len(deals)


async def test_everything_is_listed_again_after_a_day(box: ClickUpBox) -> None:
    """Once a list of everything is a day old, the next reading is one again."""
    crm = await box.adapter()
    cursor = (await read_all(crm, Stream.COMPANIES))[-1].cursor
    await box.call("POST", "/sandbox/clock", {"advance": 23 * 3600})
    soon = await read_all(crm, Stream.COMPANIES, cursor)
    await box.call("POST", "/sandbox/clock", {"advance": 2 * 3600})
    assert [page.is_full for page in soon] == [False]
    assert {page.is_full for page in await read_all(crm, Stream.COMPANIES, soon[-1].cursor)} == {True}


async def test_a_record_read_again_that_is_gone_is_left_out(box: ClickUpBox) -> None:
    """A deleted deal, one that never was, and a task of another list are not there."""
    crm = await box.adapter()
    one, other = [deal.id for deal in await first_deals(crm, 2)]
    company = records_in(await read_all(crm, Stream.COMPANIES))[0].id
    await box.delete_deal(one)
    page = await crm.records(Stream.DEALS, [one, other, "9x9", company], ())
    assert [record.id for record in page.records if isinstance(record, Deal)] == [other]


async def test_a_closing_is_dated(box: ClickUpBox) -> None:
    """A closed deal was open until it came into its last status, whose outcome the settings say; nothing else of its past is told."""
    records = records_in(await read_all(await box.adapter(), Stream.DEALS))
    stages = records_in(await read_all(await box.adapter(), Stream.PIPELINES))
    ends = {one.id: one.outcome for one in stages if isinstance(one, Stage) and one.outcome is not Outcome.OPEN}
    closed = {deal.id: deal for deal in records if isinstance(deal, Deal) and deal.stage in ends}
    told = {row.record: (row.field, row.old, row.new, row.at) for row in records if isinstance(row, FieldHistory)}
    assert {Outcome.WON, Outcome.LOST} <= set(ends.values())
    assert told == {key: ("closed_at", None, text_of(deal.closed_at), deal.closed_at) for key, deal in closed.items()}
    assert not [deal for deal in records if isinstance(deal, Deal) and deal.closed_at and deal.id not in closed]
    one = next(iter(closed.values()))
    await box.edit_deal(one.id, SEVEN)
    (again,) = [row for row in (await (await box.adapter()).records(Stream.DEALS, [one.id], ())).records if isinstance(row, Deal)]
    assert again.closed_at == one.closed_at == instant((await box.call("GET", f"/api/v2/task/{one.id}"))["date_done"])
    assert again.updated_at != one.updated_at


async def test_a_hook_stops_writes_before_they_are_sent(box: ClickUpBox) -> None:
    """When what stands before a write raises, the caller reads just that, and the CRM holds what it held."""
    crm = await box.adapter()
    deal = (await first_deals(crm, 1))[0].id

    async def refuse() -> None:
        raise StoreBusy("Another process holds the lease.")

    crm.before_write = refuse
    write = [FieldWrite(Entity.DEALS, deal, SPECS[0], "9")]
    with pytest.raises(StoreBusy):
        await crm.write(write)
    assert [held.value for held in await crm.held(Entity.DEALS, [deal], SPECS[:1])] == [None]
    crm.before_write = None
    assert (await crm.write(write)).results[0].status is Status.OK


async def test_a_good_token_reads_everything(box: ClickUpBox) -> None:
    """Every stream is there; users have no place for fields."""
    able = await (await box.adapter()).check()
    assert {ability.answer for ability in able.streams.values()} == {Answer.YES}
    assert able.fields[Entity.USERS].answer is Answer.NO
    assert able.tenant.id == "512"
    assert able.notes == ()


async def test_a_partial_token_is_named(box: ClickUpBox) -> None:
    """A token whose user may not see one space loses what is read there, and that alone."""
    ids = await box.list_ids()
    crm = await box.adapter(company_lists=(ids["Support"],))
    await box.call("POST", "/sandbox/hide", {"spaces": ["Service"]})
    able = await crm.check()
    gone = {stream for stream, ability in able.streams.items() if ability.answer is Answer.NO}
    assert gone == {Stream.COMPANIES, Stream.TICKETS}
    assert able.fields[Entity.COMPANIES].answer is Answer.NO
    assert able.fields[Entity.DEALS].answer is Answer.UNVERIFIED


async def test_a_bad_token_is_refused(box: ClickUpBox) -> None:
    """A wrong token is a matter of credentials, not of trying again."""
    with pytest.raises(CredentialsError):
        await (await box.adapter(token="pk_1_WRONG")).check()


async def test_an_app_s_token_is_let_in(box: ClickUpBox) -> None:
    """The access token of an OAuth app goes as a bearer, where a personal one stands alone."""
    assert (await (await box.adapter(token="sandbox-access-token")).check()).tenant.id == "512"


SEVEN = Decimal("777.25")
