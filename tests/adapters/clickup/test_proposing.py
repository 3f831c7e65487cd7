"""What `check` proposes of a ClickUp Workspace whose settings say nothing yet."""

import json

from connector.model import Answer
from tests.adapters.clickup.box import MAPPING, ClickUpBox


async def test_everything_is_proposed_where_nothing_is_set(box: ClickUpBox) -> None:
    """From names and types alone the whole mapping is proposed, lists by their ids, and the streams say which setting they lack."""
    crm = await box.bare()
    names = {key: name for name, key in (await box.list_ids()).items()}
    found = {one.setting: one.value for one in await crm.proposals()}
    lists = {setting: tuple(names[key] for key in found[setting] or ()) for setting in found if setting.endswith("_lists")}
    kinds = ("New business=new", "Existing business=upsell", "Renewal=renewal")
    beside = {"deal_kinds": kinds, "country_field": "Country", "employees_field": "Employees"}
    assert found | lists == MAPPING | beside
    able = await crm.check()
    assert {need for ability in able.streams.values() if ability.answer is Answer.NO for need in ability.needs} >= {
        "CRM_KPI_CLICKUP__DEAL_LISTS",
        "CRM_KPI_CLICKUP__TICKET_LISTS",
    }


async def test_what_is_proposed_works(box: ClickUpBox) -> None:
    """Taken over as it is, the proposal reads every stream."""
    proposed = {one.setting: one.value for one in await (await box.bare()).proposals() if one.value is not None}
    able = await (await box.bare(**json.loads(json.dumps(proposed)))).check()
    assert {ability.answer for ability in able.streams.values()} == {Answer.YES}


async def test_what_is_set_stays(box: ClickUpBox) -> None:
    """A setting that says something is told as it is, and what hangs on lists is proposed of those that are set."""
    found = {one.setting: one for one in await (await box.bare(deal_lists=("Support",))).proposals()}
    assert found["deal_lists"].value == ("Support",)
    assert {name for name, _ in found["won_statuses"].seen} == {
        "new (open)",
        "waiting on contact (custom)",
        "waiting on us (custom)",
        "closed (closed)",
    }
    assert found["won_statuses"].value is None


async def test_fields_of_ours_mean_nothing_else(box: ClickUpBox) -> None:
    """A field that carries a name of ours is never proposed for what people hold."""
    await box.call("POST", "/sandbox/field", {"place": "Deals", "name": "KPI: Expected value [kpi_expected_value]", "type": "currency"})
    found = {one.setting: one for one in await (await box.bare()).proposals()}
    assert [name for name, _ in found["amount_field"].seen] == ["Deal value (currency)"]
