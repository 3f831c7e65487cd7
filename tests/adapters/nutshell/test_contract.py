"""The Nutshell adapter against its sandbox: what every adapter promises, and how far a key reaches."""

import pytest

from connector.adapters.nutshell import Nutshell
from connector.adapters.nutshell.words import CHANGING
from connector.errors import CredentialsError
from connector.model import Answer, Deal, Entity, FieldHistory, Landing, Outcome, Stream, text_of
from tests.adapters.boxes import read_all
from tests.adapters.nutshell.box import NutshellBox
from tests.adapters.test_contract import (
    records_in,
    test_a_field_that_vanished_is_named,
    test_a_full_pass_tells_of_deletions_too,
    test_a_pass_goes_on_at_every_page_after_a_kill,
    test_a_stream_is_read_to_its_end,
    test_an_empty_value_clears_a_field,
    test_an_unanswered_write_is_unknown,
    test_capabilities_are_true,
    test_changes_and_deletions_are_brought,
    test_faults_lose_nothing_and_double_nothing,
    test_fields_are_ensured_twice,
    test_new_definitions_keep_the_field,
    test_nothing_changed_brings_nothing,
    test_one_bad_row_does_not_lose_the_others,
    test_requests_are_counted,
    test_values_are_in_the_house_form,
    test_what_is_written_is_held,
)
from tests.adapters.test_losses import test_a_hook_stops_writes_before_they_are_sent
from tests.adapters.test_reading_again import (
    test_a_deleted_record_read_again_says_so,
    test_some_records_are_read_again_as_a_pass_brings_them,
)

STREAMS = list(Nutshell.streams)
LIVING = list(CHANGING)
__all__ = [
    "test_a_deleted_record_read_again_says_so",
    "test_a_field_that_vanished_is_named",
    "test_a_full_pass_tells_of_deletions_too",
    "test_a_hook_stops_writes_before_they_are_sent",
    "test_a_pass_goes_on_at_every_page_after_a_kill",
    "test_a_stream_is_read_to_its_end",
    "test_an_empty_value_clears_a_field",
    "test_an_unanswered_write_is_unknown",
    "test_capabilities_are_true",
    "test_changes_and_deletions_are_brought",
    "test_faults_lose_nothing_and_double_nothing",
    "test_fields_are_ensured_twice",
    "test_new_definitions_keep_the_field",
    "test_nothing_changed_brings_nothing",
    "test_one_bad_row_does_not_lose_the_others",
    "test_requests_are_counted",
    "test_some_records_are_read_again_as_a_pass_brings_them",
    "test_values_are_in_the_house_form",
    "test_what_is_written_is_held",
]
"""The promises of every adapter, held here by Nutshell; it has no goals, and no place for fields of users."""


async def test_a_closing_is_dated(box: NutshellBox) -> None:
    """A closed lead was open until somebody closed it, and is what its status says from then on; nothing else of its past is told."""
    records = records_in(await read_all(await box.adapter(), Stream.DEALS))
    closed = {one.id: one for one in records if isinstance(one, Deal) and one.status is not Outcome.OPEN}
    rows = [one for one in records if isinstance(one, FieldHistory)]
    told = {(one.record, one.field): (one.old, one.new, one.at, one.by) for one in rows}
    assert len(told) == len(rows)
    assert closed
    assert told == {
        (key, field): (old, new, deal.closed_at, deal.owner)
        for key, deal in closed.items()
        for field, old, new in (("status", "open", deal.status), ("closed_at", None, text_of(deal.closed_at)))
    }


async def test_a_good_key_reads_everything_and_goals_are_emulated(box: NutshellBox) -> None:
    """Every stream is there; goals are not, and land on the board record."""
    able = await (await box.adapter()).check()
    assert {ability.answer for ability in able.streams.values()} == {Answer.YES}
    assert {ability.lands for ability in able.goals.values()} == {Landing.BOARD}
    assert able.fields[Entity.USERS].answer is Answer.NO
    assert able.tenant.id == "379104"


async def test_a_partial_key_is_named(box: NutshellBox) -> None:
    """A key that may not see accounts and people loses just these, each with what it needs."""
    await box.call("POST", "/sandbox/revoke", {"revoked": ["accounts", "contacts"]})
    able = await (await box.adapter()).check()
    gone = {stream: ability.needs for stream, ability in able.streams.items() if ability.answer is Answer.NO}
    assert gone == {
        Stream.COMPANIES: ("an API key that may see accounts",),
        Stream.CONTACTS: ("an API key that may see contacts",),
    }
    assert able.fields[Entity.COMPANIES].answer is Answer.NO


@pytest.mark.parametrize("wrong", [{"api_key": "wrong"}, {"user": "nobody@example.com"}])
async def test_a_bad_key_is_refused(box: NutshellBox, wrong: dict[str, str]) -> None:
    """A wrong key or user is a matter of credentials, not of trying again."""
    with pytest.raises(CredentialsError):
        await (await box.adapter(**wrong)).check()


async def test_events_are_read_however_a_page_of_them_is_cut(box: NutshellBox) -> None:
    """More changes than one page of events holds are all brought, once each."""
    crm = await box.adapter()
    cursor = (await read_all(crm, Stream.DEALS))[-1].cursor
    leads = [one.id for one in records_in(await read_all(crm, Stream.DEALS)) if isinstance(one, Deal)][:130]
    for lead in leads:
        await box.patch("leads", lead, "description", "New name")
    again = await read_all(crm, Stream.DEALS, cursor)
    found = [one.id for one in records_in(again) if isinstance(one, Deal)]
    assert sorted(found) == sorted(leads)
    assert [page.is_last for page in again] == [False, False, True]
