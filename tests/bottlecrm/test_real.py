"""The BottleCRM adapter against a real BottleCRM: what every adapter promises, and what is BottleCRM's own."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from connector.adapters.bottlecrm import BottleCrm
from connector.app import App
from connector.errors import AccessRefused, CredentialsError
from connector.model import Answer, Deal, Entity, FieldWrite, Goal, Landing, Status, Stream
from connector.period import Calendar, Grain
from connector.sandbox.hubspot import hubspot_app
from connector.sandbox.running import running
from tests.adapters.boxes import read_all
from tests.adapters.test_contract import (
    SPECS,
    first_deals,
    records_in,
    test_a_field_that_vanished_is_named,
    test_a_hook_stops_goals_before_they_are_sent,
    test_a_pass_goes_on_at_every_page_after_a_kill,
    test_a_stream_is_read_to_its_end,
    test_an_empty_value_clears_a_field,
    test_an_unanswered_write_is_unknown,
    test_capabilities_are_true,
    test_faults_lose_nothing_and_double_nothing,
    test_fields_are_ensured_twice,
    test_goals_are_upserted_twice,
    test_goals_of_an_unanswered_call_are_found_again,
    test_new_definitions_keep_the_field,
    test_one_bad_row_does_not_lose_the_others,
    test_only_our_goals_are_archived,
    test_requests_are_counted,
    test_values_are_in_the_house_form,
    test_what_is_written_is_held,
)
from tests.adapters.test_losses import test_a_hook_stops_writes_before_they_are_sent
from tests.adapters.test_reading_again import test_some_records_are_read_again_as_a_pass_brings_them
from tests.bottlecrm.box import BottleCrmBox
from tests.bottlecrm.conftest import WHOLE, Filled
from tests.bottlecrm.going import ACCOUNTS, FORCED, PAST, SELLER, environ
from tests.bottlecrm.server import SERVED
from tests.road.alike import Picture, go, unexplained

# The first test waits until BottleCRM is installed and filled.
pytestmark = pytest.mark.timeout(600)
STREAMS = list(BottleCrm.streams)
__all__ = [
    "test_a_field_that_vanished_is_named",
    "test_a_hook_stops_goals_before_they_are_sent",
    "test_a_hook_stops_writes_before_they_are_sent",
    "test_a_pass_goes_on_at_every_page_after_a_kill",
    "test_a_stream_is_read_to_its_end",
    "test_an_empty_value_clears_a_field",
    "test_an_unanswered_write_is_unknown",
    "test_capabilities_are_true",
    "test_faults_lose_nothing_and_double_nothing",
    "test_fields_are_ensured_twice",
    "test_goals_are_upserted_twice",
    "test_goals_of_an_unanswered_call_are_found_again",
    "test_new_definitions_keep_the_field",
    "test_one_bad_row_does_not_lose_the_others",
    "test_only_our_goals_are_archived",
    "test_requests_are_counted",
    "test_some_records_are_read_again_as_a_pass_brings_them",
    "test_values_are_in_the_house_form",
    "test_what_is_written_is_held",
]
"""The promises of every adapter, held here by BottleCRM; it tells of no change and no deletion but by a list of everything."""


async def test_it_holds_the_same_deals(box: BottleCrmBox, filled: Filled) -> None:
    """Every deal that was put in comes back with its amount, outcome and dates, and of each only the latest stay is told."""
    pages = await read_all(await box.adapter(), Stream.DEALS)
    found = {one.name: one for one in records_in(pages) if isinstance(one, Deal)}
    assert {deal for page in pages for deal in page.latest} == {one.id for one in found.values()}
    put = [one for one in filled.records if isinstance(one, Deal)]
    assert len(put) == len(found)
    for one in put:
        deal = found[one.name]
        assert (deal.amount, deal.created_at, deal.closed_at) == (one.amount, one.created_at, one.closed_at)
        assert deal.expected_close_on == one.expected_close_on
        assert (deal.stage or "").endswith(f":{one.stage}")


async def test_changes_and_deletions_come_with_the_next_list(box: BottleCrmBox) -> None:
    """Each reading lists everything: an edited deal as it is now, a deleted one not at all, and how many there are."""
    crm = await box.adapter()
    full = await read_all(crm, Stream.DEALS)
    one, other = [deal.id for deal in records_in(full) if isinstance(deal, Deal)][:2]
    await box.edit_deal(one, Decimal("777.25"))
    await box.delete_deal(other)
    again = await read_all(crm, Stream.DEALS, full[-1].cursor)
    deals = {deal.id: deal for deal in records_in(again) if isinstance(deal, Deal)}
    assert deals[one].amount == Decimal("777.25")
    assert other not in deals
    assert again[-1].counted == len(deals) == len({deal.id for deal in records_in(full) if isinstance(deal, Deal)}) - 1
    assert all(page.is_full for page in again)


async def test_a_field_that_was_put_away_is_brought_back(box: BottleCrmBox) -> None:
    """Put away, it is missing, empty and refused, though BottleCRM keeps its values; made again it is the same, also by another label."""
    crm = await box.adapter()
    deal, spec = (await first_deals(crm, 1))[0].id, SPECS[0]
    write = [FieldWrite(Entity.DEALS, deal, spec, "5")]
    first = (await crm.ensure_fields([spec])).results
    assert (await crm.write(write)).results[0].status is Status.OK
    await box.drop_field(spec)
    assert await crm.present_fields(Entity.DEALS) == set()
    assert [held.value for held in await crm.held(Entity.DEALS, [deal], [spec])] == [None]
    assert (await crm.write(write)).results[0].status is Status.REFUSED
    assert [(one.status, one.key) for one in (await crm.ensure_fields([spec])).results] == [(Status.OK, spec.name)]
    assert [held.value for held in await crm.held(Entity.DEALS, [deal], [spec])] == ["5"]
    box.tell("UPDATE custom_field_definition SET label = 'Points'")
    assert await crm.present_fields(Entity.DEALS) == {spec.name}
    assert (await crm.ensure_fields([spec])).results[0].status is Status.REFUSED
    assert (await crm.ensure_fields([replace(spec, is_owned=True)])).results[0].status is first[0].status is Status.OK


async def test_a_member_s_token_is_named(box: BottleCrmBox) -> None:
    """BottleCRM shows a part of the records to who is no admin, without any error: `check` says so, and that nothing can be made."""
    box.tell("UPDATE profile SET role = 'USER' WHERE user_id = (SELECT id FROM users WHERE email = 'admin@example.com')")
    crm = await box.adapter()
    able = await crm.check()
    assert "no admin" in able.notes[0]
    assert able.streams[Stream.TEAMS].answer is able.fields[Entity.DEALS].answer is Answer.NO
    assert {ability.answer for ability in able.goals.values()} == {Answer.NO}
    for stream in (Stream.DEALS, Stream.LINE_ITEMS):
        with pytest.raises(AccessRefused, match="a part of the deals only"):
            await read_all(crm, stream)


async def test_a_goal_of_ours_that_was_renamed_is_taken_back(box: BottleCrmBox) -> None:
    """Without the marker it is ours by its id: it gets its name again, and there is no second one."""
    crm = await box.adapter()
    user = next(one.id for one in records_in(await read_all(crm, Stream.USERS)))
    period = Calendar(ZoneInfo("America/New_York")).period_of(Grain.QUARTER, date(2018, 1, 1))
    goal = Goal("revenue_won", "owner", user, period, Decimal(500), family="f1", title="Revenue of Ann")
    made = (await crm.upsert_goals([goal])).results[0]
    box.tell("UPDATE sales_goal SET name = 'Mine now' WHERE id = %s", made.remote)
    again = (await crm.upsert_goals([replace(goal, remote=made.remote)])).results[0]
    rows = (await box.call("GET", "/api/opportunities/goals/?limit=1000"))["goals"]
    assert (again.status, again.remote) == (Status.OK, made.remote)
    assert [row["id"] for row in rows if "Mine" in row["name"] or "[crm-kpi-connector f1]" in row["name"]] == [made.remote]


async def test_a_good_token_reads_everything(box: BottleCrmBox) -> None:
    """Every stream is there; users have no place for fields, and goals land as BottleCRM's own, which works out how far they are."""
    able = await (await box.adapter()).check()
    assert {ability.answer for ability in able.streams.values()} == {Answer.YES}
    assert able.fields[Entity.USERS].answer is Answer.NO
    assert {ability.lands for ability in able.goals.values()} == {Landing.NATIVE_TARGET}
    assert len(able.notes) == 1


@pytest.mark.parametrize("wrong", ["bcrm_pat_wrong", "x.y.z"])
async def test_a_bad_token_is_refused(box: BottleCrmBox, wrong: str) -> None:
    """A wrong token is a matter of credentials, not of trying again; BottleCRM says 403 to it."""
    with pytest.raises(CredentialsError):
        await (await box.adapter(token=wrong)).check()


async def test_the_road_gives_the_same_values(box: BottleCrmBox, some_deals: Path, tmp_path: Path) -> None:
    """The same deals give the same values as behind HubSpot, but for what is forced; goals agree, and nothing is pushed twice."""
    box.server.copy(WHOLE, SERVED)
    with running(hubspot_app(data=some_deals, burst=100_000, search_per_second=1000)) as url:
        app = App.start(environ(tmp_path, url, box.url))
        try:
            roads = [await go(app, account) for account in (*ACCOUNTS, "bottlecrm")]
            ours, theirs = Picture.of(app, "bottlecrm"), Picture.of(app, "hubspot")
            found = app.store.values.find("bottlecrm", ["revenue_won"], "owner", grain="quarter")
            won = {one.period.name: one.value for one in found if one.names["owner"] == SELLER}
        finally:
            app.close()
    assert unexplained(ours, theirs, FORCED, PAST) == {}
    assert [road.pushed.refusals for road in roads if road.pushed] == [(), (), ()]
    assert roads[2].plan
    assert roads[2].plan.size == 0
    goals = (await box.call("GET", "/api/opportunities/goals/?limit=1000"))["goals"]
    shown = {row["period_start"]: row for row in goals if "[crm-kpi-connector" in row["name"]}
    assert [(start, row["target_value"]) for start, row in sorted(shown.items())] == [
        (f"2017-{month}-01", "25000.00") for month in ("01", "04", "07", "10")
    ]
    assert [Decimal(str(row["progress_value"])) for _, row in sorted(shown.items())] == [
        won.get(f"2017-Q{quarter}") or 0 for quarter in range(1, 5)
    ]
    assert any(row["progress_value"] for row in shown.values())
    deals = (await box.call("GET", "/api/opportunities/?limit=100"))["opportunities"]
    assert all(deal["custom_fields"].get("kpi_stage_entered_on") for deal in deals)
