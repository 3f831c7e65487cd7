"""Reading ClickUp: values in every form that they may come in, the past of statuses with its known loss, lists that go on moving."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from connector.adapters.clickup.deals import entries_of
from connector.adapters.clickup.parse import Row, chosen, decimal, instant, related
from connector.adapters.values import Unreadable
from connector.errors import AccessRefused
from connector.model import Answer, Company, Deal, Entity, Outcome, Stage, StageChange, Stream, Ticket
from tests.adapters.boxes import read_all
from tests.adapters.clickup.box import ZONE, ClickUpBox
from tests.adapters.test_contract import first_deals, records_in

OPTIONS = [{"id": "a-1", "name": "Web", "orderindex": 0}, {"id": "b-2", "label": "Fair", "orderindex": 1}]


@pytest.mark.parametrize(
    ("value", "names"),
    [
        (0, ["Web"]),
        ("1", ["Fair"]),
        ("a-1", ["Web"]),
        (["b-2", "a-1"], ["Fair", "Web"]),
        ([{"id": "b-2"}], ["Fair"]),
        (None, []),
        ("c-3", []),
        (True, []),
    ],
)
def test_options_are_told_by_id_or_place(value: object, names: list[str]) -> None:
    """An option is known by its id or its place in the order; nothing else is one."""
    field = {"type_config": {"options": OPTIONS}, "value": value}
    assert [one.get("name") or one.get("label") for one in chosen(field)] == names


@pytest.mark.parametrize("value", ["1200.5", 1200.5, Decimal("1200.50")])
def test_an_amount_may_be_text_or_number(value: object) -> None:
    """Amounts come as numbers and as texts of them."""
    assert decimal(value) == Decimal("1200.5")


def test_a_moment_is_milliseconds() -> None:
    """Moments are texts of milliseconds since 1970; anything else is unreadable."""
    assert instant("1755113219000") == datetime(2025, 8, 13, 19, 26, 59, tzinfo=UTC)
    with pytest.raises(Unreadable):
        instant("yesterday")


def test_related_tasks_may_be_objects_or_ids() -> None:
    """A relationship holds tasks as objects or as ids."""
    assert related({"value": [{"id": "x1"}, "x2"]}) == ["x1", "x2"]
    assert related({}) == []


def test_an_unreadable_value_is_empty_and_noted() -> None:
    """A field that holds no number counts as empty, and the task's notes say so."""
    row = Row({"id": "1", "custom_fields": [{"id": "f", "name": "Value", "type": "number", "value": "many"}]})
    assert row.amount("value") is None
    assert "many" in row.notes["value"]


def test_a_day_is_local() -> None:
    """A date field is a moment, and means the day that it is then at home."""
    row = Row({"custom_fields": [{"id": "f", "name": "Close", "value": "1514782800000"}]})
    assert row.date("f", ZONE) == date(2018, 1, 1)


def test_a_status_that_was_entered_again_is_told_once() -> None:
    """Statuses follow one another by their first moments, whichever order they stand in."""

    def told(name: str, since: int, minutes: int) -> dict[str, Any]:
        return {"status": name, "total_time": {"since": str(since), "by_minute": minutes}}

    times = {"current_status": told("A", 60_000, 9), "status_history": [told("B", 120_000, 2), told("A", 60_000, 9)]}
    assert [(name, minutes) for _, name, minutes in entries_of(times)] == [("A", 9), ("B", 2)]


async def stays(box: ClickUpBox, deal: str) -> list[tuple[str, datetime, datetime | None]]:
    """Return a deal's stays by status name."""
    found = records_in([await (await box.adapter()).records(Stream.DEALS, [deal], ())])
    return [(one.stage.partition(":")[2], one.entered_at, one.left_at) for one in found if isinstance(one, StageChange)]


async def test_a_deal_that_came_back_is_in_its_present_status(box: ClickUpBox) -> None:
    """A deal that went on and came back came back when the minutes of the other status were over."""
    deal = await box.add_task("Deals", "There and back")
    await box.call("POST", "/sandbox/clock", {"advance": 3600})
    await box.call("PUT", f"/api/v2/task/{deal}", {"status": "engaging"})
    await box.call("POST", "/sandbox/clock", {"advance": 7200})
    await box.call("PUT", f"/api/v2/task/{deal}", {"status": "prospecting"})
    found = await stays(box, deal)
    assert [name for name, _, _ in found] == ["prospecting", "engaging", "prospecting"]
    first, second, third = (at for _, at, _ in found)
    assert abs(second - first - timedelta(hours=1)) < timedelta(minutes=1)
    assert abs(third - second - timedelta(hours=2)) < timedelta(minutes=1)
    assert [left for _, _, left in found] == [second, third, None]


async def test_without_the_click_app_there_is_no_past(box: ClickUpBox) -> None:
    """Where time in status is off, deals come without stays, what is known of their past is kept, and `check` says what is off."""
    await box.call("POST", "/sandbox/click_app", {"time_in_status": False})
    crm = await box.adapter()
    pages = await read_all(crm, Stream.DEALS)
    found = records_in(pages)
    assert not [one for one in found if isinstance(one, StageChange)]
    assert {key for page in pages for key in page.kept} == {one.id for one in found if isinstance(one, Deal)}
    assert [note for note in (await crm.check()).notes if "Total time in Status" in note]


async def test_a_status_that_is_neither_won_nor_lost_is_cancelled_when_it_closes(box: ClickUpBox) -> None:
    """Without lost statuses, one of the type closed means cancelled; open ones stay open."""
    rows = records_in(await read_all(await box.adapter(lost_statuses=()), Stream.PIPELINES))
    means = {one.name: one.outcome for one in rows if isinstance(one, Stage) and one.pipeline == (await box.list_ids())["Deals"]}
    assert means == {"prospecting": Outcome.OPEN, "engaging": Outcome.OPEN, "won": Outcome.WON, "lost": Outcome.CANCELLED}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"deal_lists": ("Dels",)}, "CRM_KPI_CLICKUP__DEAL_LISTS holds 'Dels', but ClickUp has no such list; there are: Deals ("),
        ({"won_statuses": ("gained",)}, "CRM_KPI_CLICKUP__WON_STATUSES holds 'gained', which no deal list has as a status; allowed are"),
        (
            {"won_statuses": ()},
            "Nothing tells which deals are won; CRM_KPI_CLICKUP__WON_STATUSES names their statuses: prospecting, engaging",
        ),
        ({"deal_lists": ()}, "No deal lists are set; CRM_KPI_CLICKUP__DEAL_LISTS names them."),
        (
            {"amount_field": "Deal valeu"},
            "CRM_KPI_CLICKUP__AMOUNT_FIELD holds 'Deal valeu', which no list of deals has as a field; there are: Deal value (",
        ),
        ({"source_field": "Origin"}, "CRM_KPI_CLICKUP__SOURCE_FIELD holds 'Origin', which no list of deals has as a field; there are: "),
    ],
)
async def test_a_setting_that_fits_nothing_is_named(box: ClickUpBox, settings: dict[str, Any], said: str) -> None:
    """The error names the setting, what it holds and what there is instead, and needs just that setting."""
    with pytest.raises(AccessRefused) as refused:
        await read_all(await box.adapter(**settings), Stream.DEALS)
    assert said in str(refused.value)
    assert next(iter(settings)).upper() in refused.value.needs[0]


async def test_a_deletion_between_two_pages_hides_nothing(box: ClickUpBox) -> None:
    """When a task of the first page goes before the second is asked for, no other one is passed over."""
    crm = await box.adapter()
    whole = {deal.id for deal in await first_deals(crm, 1000)}
    found: list[str] = []
    async for page in crm.pages(Stream.DEALS, None, ()):
        found += [one.id for one in page.records if isinstance(one, Deal)]
        if not page.is_last:
            await box.delete_deal(found[0] if len(found) < 150 else found[1])
    assert sorted(found) == sorted(whole)


async def test_another_mapping_reads_everything_again(box: ClickUpBox) -> None:
    """A cursor of other settings is none: the same tasks mean something else now."""
    cursor = (await read_all(await box.adapter(), Stream.COMPANIES))[-1].cursor
    again = await read_all(await box.adapter(industry_field="Country"), Stream.COMPANIES, cursor)
    assert again[0].is_full
    assert {one.industry for one in records_in(again) if isinstance(one, Company)} >= {"United States"}


async def test_tickets_are_closed_by_the_type_of_their_status(box: ClickUpBox) -> None:
    """A ticket in a closed status was resolved when it came into it; the others are open; what is a complaint the settings say."""
    await box.add_task("Support", "It does not start")
    found = [one for one in records_in(await read_all(await box.adapter(), Stream.TICKETS)) if isinstance(one, Ticket)]
    assert {one.outcome for one in found} == {Outcome.OPEN, Outcome.WON}
    assert {one.is_complaint for one in found} == {None}
    assert len({one.channel for one in found if one.channel}) > 1
    some = next(one.reason for one in found if one.reason)
    rows = records_in(await read_all(await box.adapter(complaint_values=(some,)), Stream.TICKETS))
    assert {one.id for one in rows if isinstance(one, Ticket) and one.is_complaint} == {one.id for one in found if one.reason == some}
    assert all((one.resolved_at is not None) is (one.outcome is Outcome.WON) for one in found)


async def test_a_field_that_one_list_has_twice_is_named_by_its_id(box: ClickUpBox) -> None:
    """Nobody can tell which of two fields of one name is meant, until the setting holds an id; `check` says and proposes that."""
    await box.make_field(Entity.DEALS, "deal VALUE", "currency")
    crm = await box.adapter()
    with pytest.raises(AccessRefused, match="the list Deals has several fields that are called so; name one by its id: Deal value"):
        await read_all(crm, Stream.DEALS)
    assert (await crm.check()).streams[Stream.DEALS].answer is Answer.NO
    ours = await box.field("Deals", "Deal value")
    assert (await (await box.adapter(amount_field=ours)).check()).streams[Stream.DEALS].answer is Answer.YES
    proposed = {one.setting: one.value for one in await (await box.bare()).proposals()}
    assert proposed["amount_field"] == ours


async def test_a_field_of_one_kind_may_lack_on_another(box: ClickUpBox) -> None:
    """Contacts are read though only deals have the field of the source."""
    await box.make_field(Entity.DEALS, "Found by", "short_text")
    assert await read_all(await box.adapter(source_field="Found by"), Stream.CONTACTS)
