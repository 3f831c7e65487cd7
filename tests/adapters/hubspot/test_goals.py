"""Goals of ours when HubSpot does not answer, and that nobody hears of them."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest
import respx

from connector.adapters.hubspot import HubSpot, HubSpotSettings
from connector.adapters.hubspot.goals import family_uuid
from connector.model import Answer, Goal, Landing, Status
from connector.period import Grain, Period
from tests.adapters.boxes import HubSpotBox

GOALS = "/crm/objects/2026-09/goal_targets"
YEAR = Period(date(2018, 1, 1), date(2019, 1, 1), Grain.YEAR, "2018")
GOAL = Goal("revenue_won", "owner", "7", YEAR, Decimal(1000), "f", "Revenue won 2018")
WON = json.dumps([{"filters": [{"value": "true", "property": "hs_is_closed_won", "operator": "EQ"}]}])
TEMPLATE = {
    "id": "1",
    "properties": {
        "hs_goal_name": "Sales quota",
        "hs_kpi_object_type_id": "0-3",
        "hs_kpi_time_period_property": "closedate",
        "hs_kpi_metric_type": "SUM",
        "hs_kpi_property_name": "amount_in_home_currency",
        "hs_kpi_filter_groups": WON,
        "hubspot_owner_id": "9",
        "hs_should_notify_on_achieved": "true",
    },
}


@pytest.fixture
async def adapter() -> AsyncIterator[HubSpot]:
    """Give an adapter that does not wait."""
    made = HubSpot(HubSpotSettings(token="t", patience_seconds=0, headroom=0))
    yield made
    await made.close()


@pytest.fixture
def crm() -> Iterator[respx.MockRouter]:
    """Stand in for HubSpot at the socket."""
    with respx.mock(base_url="https://api.hubapi.com") as router:
        yield router


def listed(*rows: dict[str, Any]) -> httpx.Response:
    """Answer a list."""
    return httpx.Response(200, json={"results": list(rows)})


def sent(route: respx.Route) -> dict[str, str]:
    """Return the properties that the last request wrote."""
    properties: dict[str, str] = json.loads(route.calls[-1].request.content)["inputs"][0]["properties"]
    return properties


async def test_a_timed_out_create_is_looked_up_by_its_correlation_id(adapter: HubSpot, crm: respx.MockRouter):
    """The create is sent once; whether it landed is read off the family's correlation id, and a second call makes no second family."""
    row = {"id": "55", "properties": {}}

    def make(request: httpx.Request) -> httpx.Response:
        row["properties"] = json.loads(request.content)["inputs"][0]["properties"]
        raise httpx.ReadTimeout("slow", request=request)

    crm.get(GOALS).mock(side_effect=lambda _: listed(TEMPLATE, *([row] if row["properties"] else [])))
    create = crm.post(f"{GOALS}/batch/create").mock(side_effect=make)
    first = (await adapter.upsert_goals([GOAL])).results
    second = (await adapter.upsert_goals([GOAL])).results
    assert [(one.key, one.status, one.remote) for one in (*first, *second)] == [("2018", Status.OK, "55")] * 2
    assert create.call_count == 1
    assert sent(create)["hs_group_correlation_uuid"] == family_uuid("f")


async def test_a_timed_out_create_that_cannot_be_found_is_unknown(adapter: HubSpot, crm: respx.MockRouter):
    """Nothing is sent again within the call; the next one looks before it makes the family."""
    crm.get(GOALS).mock(return_value=listed(TEMPLATE))
    create = crm.post(f"{GOALS}/batch/create").mock(side_effect=httpx.ReadTimeout("slow"))
    assert [one.status for one in (await adapter.upsert_goals([GOAL])).results] == [Status.UNKNOWN]
    assert create.call_count == 1


async def test_nobody_is_mailed(adapter: HubSpot, crm: respx.MockRouter):
    """Whatever the template says, every notification is off in what we make and, for edits, in what we change."""
    made: list[dict[str, Any]] = []

    def make(request: httpx.Request) -> httpx.Response:
        made.append({"id": "55", "properties": json.loads(request.content)["inputs"][0]["properties"]})
        return httpx.Response(201, json={"results": made})

    crm.get(GOALS).mock(side_effect=lambda _: listed(TEMPLATE, *made))
    create = crm.post(f"{GOALS}/batch/create").mock(side_effect=make)
    update = crm.post(f"{GOALS}/batch/update").mock(return_value=httpx.Response(200, json={"results": [{"id": "55"}]}))
    await adapter.upsert_goals([GOAL])
    await adapter.upsert_goals([replace(GOAL, target=Decimal(2000))])
    quiet = {name: value for name, value in sent(create).items() if name.startswith("hs_should_notify_on_")}
    assert len(quiet) == 6
    assert set(quiet.values()) == {"false"}
    assert sent(update) == {"hs_target_amount": "2000", "hs_should_notify_on_edit_updates": "false"}


async def test_the_check_says_how_each_kind_of_goal_lands(hubspot: HubSpotBox):
    """With a template the target goes into a native goal whose progress HubSpot computes; without one it lands nowhere in HubSpot."""
    goals = (await (await hubspot.adapter()).check()).goals
    assert (goals["revenue_won of an owner"].answer, goals["revenue_won of an owner"].lands) == (Answer.UNVERIFIED, Landing.NATIVE_TARGET)
    assert (goals["deals_won of a team"].answer, goals["deals_won of a team"].lands) == (Answer.NO, None)


async def test_a_family_that_people_renamed_in_part_is_let_be(adapter: HubSpot, crm: respx.MockRouter):
    """What no longer carries our marker is not ours to archive, so a row that is missing beside it is refused and nothing is written."""
    renamed = {"id": "55", "properties": {**TEMPLATE["properties"], "hs_group_correlation_uuid": family_uuid("f"), "hs_goal_name": "Mine"}}  # type: ignore[dict-item]
    crm.get(GOALS).mock(return_value=listed(TEMPLATE, renamed))
    [result] = (await adapter.upsert_goals([GOAL])).results
    assert result.status is Status.REFUSED
    assert "renamed" in result.message


async def test_nothing_is_archived_that_could_not_be_made_anew(adapter: HubSpot, crm: respx.MockRouter):
    """Of a family whose other rows are not all known, or mean something else by now, those that are there are let be."""
    goal = replace(GOAL, period=Period(date(2018, 1, 1), date(2018, 4, 1), Grain.QUARTER, "2018-Q1"))
    name = f"Revenue won 2018 [crm-kpi {family_uuid('f')[:8]}]"
    row: dict[str, Any] = {**TEMPLATE["properties"], "hs_group_correlation_uuid": family_uuid("f"), "hs_goal_name": name}  # type: ignore[dict-item]
    later = {**row, "hs_start_datetime": "2018-04-01T00:00:00Z"}
    crm.get(GOALS).mock(
        side_effect=[
            listed(TEMPLATE, {"id": "55", "properties": later}),
            listed(TEMPLATE, {"id": "55", "properties": later | {"hs_kpi_metric_type": "MAX"}}),
        ]
    )
    said = [result.message for _ in range(2) for result in (await adapter.upsert_goals([goal])).results]
    assert ["More rows" in said[0], "clone" in said[1]] == [True, True]
