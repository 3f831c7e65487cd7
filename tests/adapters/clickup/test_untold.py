"""What ClickUp leaves out, refuses or shows where it is not at home: nothing of it becomes a guess, and nothing is lost by it."""

import pytest

from connector.adapters.clickup.cursor import Cursor, Phase
from connector.adapters.clickup.deals import walk_of
from connector.adapters.clickup.parse import Row, instant
from connector.adapters.clickup.passes import _next
from connector.adapters.clickup.records import task_of
from connector.adapters.values import Unreadable
from connector.model import Activity, Deal, Pipeline, StageChange, Stream, Ticket
from tests.adapters.boxes import read_all
from tests.adapters.clickup.box import ClickUpBox
from tests.adapters.test_contract import first_deals, records_in

ENGAGING = {"won_statuses": ("engaging",)}


async def won(box: ClickUpBox, deal: str) -> list[Deal]:
    """Return a deal where the status `engaging`, of the type custom, means won."""
    page = await (await box.adapter(**ENGAGING)).records(Stream.DEALS, [deal], ())
    return [one for one in page.records if isinstance(one, Deal)]


async def test_a_win_without_a_date_is_as_old_as_its_status(box: ClickUpBox) -> None:
    """A status of the type custom that means won is dated by time in status, and a later change of the deal moves nothing."""
    deal = await box.add_task("Deals", "Won early")
    await box.call("POST", "/sandbox/clock", {"advance": 3600})
    await box.call("PUT", f"/api/v2/task/{deal}", {"status": "engaging"})
    since = (await box.call("GET", f"/api/v2/task/{deal}/time_in_status"))["current_status"]["total_time"]["since"]
    before = await won(box, deal)
    await box.call("POST", "/sandbox/clock", {"advance": 86_400})
    await box.call("PUT", f"/api/v2/task/{deal}", {"name": "Won early, renamed"})
    after = await won(box, deal)
    assert [one.closed_at for one in before] == [one.closed_at for one in after] == [instant(since)]


async def test_a_win_that_nothing_dates_is_set_aside(box: ClickUpBox) -> None:
    """Without time in status such a deal is set aside with the reason, and `check` names the status."""
    deal = await box.add_task("Deals", "Won some day", status="engaging")
    await box.call("POST", "/sandbox/click_app", {"time_in_status": False})
    crm = await box.adapter(**ENGAGING)
    page = await crm.records(Stream.DEALS, [deal], ())
    assert not page.records
    assert "nothing tells when it came into 'engaging'" in page.rejected[0].reason
    assert [note for note in (await crm.check()).notes if "'engaging' of the list Deals is of the type custom" in note]


async def test_what_a_bulk_answer_leaves_out_keeps_its_past(box: ClickUpBox) -> None:
    """Of a deal that the answer about many does not name, no stay is made up, and what is known of its past is kept."""
    crm = await box.adapter()
    one, other = [deal.id for deal in await first_deals(crm, 2)]
    await box.call("POST", "/sandbox/untold", {"tasks": [one]})
    page = await crm.records(Stream.DEALS, [one, other], ())
    assert {row.deal for row in page.records if isinstance(row, StageChange)} == {other}
    assert page.kept == (one,)


async def test_a_hidden_task_spoils_no_hints_and_is_not_gone(box: ClickUpBox) -> None:
    """A task that the token's user may not see is left as it is, and the others that were named with it are read."""
    crm = await box.adapter()
    ticket = next(one.id for one in records_in(await read_all(crm, Stream.TICKETS)) if isinstance(one, Ticket))
    deal = await box.first_deal()
    await box.call("POST", "/sandbox/hide", {"spaces": ["Service"]})
    page = await crm.records(Stream.DEALS, [deal, ticket, "9x9"], ())
    assert [one.id for one in page.records if isinstance(one, Deal)] == [deal]
    assert page.same == (ticket,)


async def test_an_archived_task_stays_away(box: ClickUpBox) -> None:
    """Neither a list nor a delivery brings a task of the archive."""
    crm = await box.adapter()
    deal = await box.first_deal()
    await box.call("PUT", f"/api/v2/task/{deal}", {"archived": True})
    assert not (await crm.records(Stream.DEALS, [deal], ())).records
    assert deal not in {one.id for one in records_in(await read_all(crm, Stream.DEALS)) if isinstance(one, Deal)}


async def test_a_task_belongs_to_the_list_where_it_is_at_home(box: ClickUpBox) -> None:
    """A company that the list of deals shows, too, is no deal, and is not counted as one."""
    ids = await box.list_ids()
    company = (await box.call("GET", f"/api/v2/list/{ids['Companies']}/task"))["tasks"][0]["id"]
    await box.call("POST", f"/api/v2/list/{ids['Deals']}/task/{company}")
    pages = await read_all(await box.adapter(), Stream.DEALS)
    deals = {one.id for one in records_in(pages) if isinstance(one, Deal)}
    assert company not in deals
    assert pages[-1].counted == len(deals)


async def test_a_subtask_of_a_subtask_is_the_deal_s(box: ClickUpBox) -> None:
    """What is to do below another thing to do belongs to the deal above both."""
    deal = await box.add_task("Deals", "Above")
    middle = await box.add_task("Deals", "Between", parent=deal)
    below = await box.add_task("Deals", "Below", parent=middle)
    found = {one.id: one.deal for one in records_in(await read_all(await box.adapter(), Stream.TASKS)) if isinstance(one, Activity)}
    assert (found[middle], found[below]) == (deal, deal)


def test_the_deal_above_all_is_taken_where_it_is_told() -> None:
    """ClickUp may name the uppermost task itself; tasks that stand below each other end no search."""
    assert task_of(Row({"id": "3", "parent": "2", "top_level_parent": "1"}), {}).deal == "1"
    assert task_of(Row({"id": "3", "parent": "2"}), {"2": "3", "3": "2"}).deal in ("2", "3")


async def test_hidden_lists_of_tickets_bury_no_pipelines(box: ClickUpBox) -> None:
    """Where the lists of tickets may not be seen, those of deals come, and the page is none of everything."""
    crm = await box.adapter()
    assert (await read_all(crm, Stream.PIPELINES))[-1].is_full
    await box.call("POST", "/sandbox/hide", {"spaces": ["Service"]})
    pages = await read_all(crm, Stream.PIPELINES)
    assert [one.name for one in records_in(pages) if isinstance(one, Pipeline)] == ["Deals"]
    assert not pages[-1].is_full


@pytest.mark.parametrize("moment", ["soon", "1e30"])
def test_a_page_goes_on_behind_an_unreadable_moment(moment: str) -> None:
    """A moment that cannot be read ends no pass: its task is set aside later."""
    cursor = Cursor(Phase.ALL, "2018-01-01T00:00:00+00:00", "2018-01-01T00:00:00+00:00", of=())
    assert _next(cursor, [{"id": "1", "date_created": "5"}, {"id": "2", "date_created": moment}], "date_created").page == 1


def test_more_minutes_than_there_are_set_one_task_aside() -> None:
    """A time in status beyond all calendars is unreadable, like any other bad value."""
    spent = {"since": "60000", "by_minute": "99999999999"}
    with pytest.raises(Unreadable, match="more than there is time"):
        walk_of({"status_history": [{"status": "A", "total_time": spent}]}, "B")
