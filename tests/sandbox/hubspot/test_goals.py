"""Goals as families."""

import copy
from collections.abc import Callable

import httpx
import pytest

from connector.sandbox.hubspot import Portal
from connector.sandbox.hubspot.quota import FAMILIES

GOALS = "/crm/objects/2026-09/goal_targets"
ENDS = ("03-31", "06-30", "09-30", "12-31")


@pytest.fixture
def family(portal: Portal) -> list[dict[str, str]]:
    """The four quarters of 2018 of a new family, cloned from the one that stands."""
    owner = str(next(iter(portal.owners)))
    return [
        {
            **FAMILIES[0].shared,
            "hs_group_correlation_uuid": "11111111-2222-3333-4444-555555555555",
            "hs_goal_target_group_id": "77",
            "hubspot_owner_id": owner,
            "hs_target_amount": "1000.00",
            "hs_start_datetime": f"2018-{3 * number + 1:02}-01T00:00:00Z",
            "hs_end_datetime": f"2018-{end}T23:59:59.999Z",
        }
        for number, end in enumerate(ENDS)
    ]


def _create(web: httpx.Client, rows: list[dict[str, str]]) -> httpx.Response:
    return web.post(f"{GOALS}/batch/create", json={"inputs": [{"properties": row, "associations": []} for row in rows]})


def test_a_whole_family_is_created(web: httpx.Client, family: list[dict[str, str]]):
    """Four contiguous quarters with cloned semantics are taken, and start at nothing won."""
    made = _create(web, family)
    assert (made.status_code, len(made.json()["results"])) == (201, 4)
    found = web.get(f"{GOALS}/{made.json()['results'][0]['id']}", params={"properties": "hs_target_amount,hs_kpi_value,hs_end_datetime"})
    properties = found.json()["properties"]
    assert (properties["hs_target_amount"], properties["hs_kpi_value"]) == ("1000", "0")
    assert properties["hs_end_datetime"] == "2018-03-31T23:59:59.999Z"


def _without(name: str) -> Callable[[list[dict[str, str]]], list[dict[str, str]]]:
    return lambda rows: [{key: value for key, value in row.items() if key != name} for row in rows]


def _with(number: int, **values: str) -> Callable[[list[dict[str, str]]], list[dict[str, str]]]:
    return lambda rows: [{**row, **values} if place == number else row for place, row in enumerate(rows)]


@pytest.mark.parametrize(
    "spoil",
    [
        _without("hs_kpi_metric_type"),
        _without("hs_template_id"),
        _without("hs_group_correlation_uuid"),
        _without("hubspot_owner_id"),
        lambda rows: rows[:3],
        lambda rows: rows[:1],
        _with(1, hs_start_datetime="2018-04-02T00:00:00Z"),
        _with(3, hs_start_datetime="2019-10-01T00:00:00Z", hs_end_datetime="2019-12-31T23:59:59.999Z"),
        _with(0, hs_end_datetime="2018-03-31T00:00:00Z"),
        _with(2, hs_goal_name="Another name"),
        _with(2, hs_milestone="monthly"),
        _with(2, hs_goal_target_group_id="78"),
        _with(2, hs_kpi_value="x"),
    ],
)
def test_a_family_that_is_not_whole_is_refused(
    web: httpx.Client, portal: Portal, family: list[dict[str, str]], spoil: Callable[[list[dict[str, str]]], list[dict[str, str]]]
):
    """Missing semantics, missing rows, gaps, overlaps and rows that differ fail the whole family."""
    refusal = _create(web, spoil(copy.deepcopy(family)))
    assert (refusal.status_code, refusal.json()["category"]) == (400, "VALIDATION_ERROR")
    assert len(portal.tables["goal_targets"]) == 4 * len(FAMILIES)


def test_a_family_cannot_be_begun_twice(web: httpx.Client, family: list[dict[str, str]]):
    """Rows of a family that stands are refused, in a batch or one by one."""
    _create(web, family)
    assert "exists already" in _create(web, family).json()["message"]
    assert web.post(GOALS, json={"properties": family[0]}).status_code == 400


def test_targets_change_row_by_row_and_names_together(web: httpx.Client, family: list[dict[str, str]]):
    """A target may change in one row; a name changes in all rows of the family or in none."""
    ids = [row["id"] for row in _create(web, family).json()["results"]]
    assert web.patch(f"{GOALS}/{ids[0]}", json={"properties": {"hs_target_amount": "1500"}}).status_code == 200
    assert web.patch(f"{GOALS}/{ids[0]}", json={"properties": {"hs_goal_name": "New"}}).status_code == 400
    rows = [{"id": word, "properties": {"hs_goal_name": "New"}} for word in ids]
    assert web.post(f"{GOALS}/batch/update", json={"inputs": rows[:3]}).status_code == 400
    assert web.post(f"{GOALS}/batch/update", json={"inputs": rows}).status_code == 200


def _value(web: httpx.Client, goal: str) -> int:
    return int(web.get(f"{GOALS}/{goal}", params={"properties": "hs_kpi_value"}).json()["properties"]["hs_kpi_value"])


def test_the_portal_recalculates(web: httpx.Client, portal: Portal):
    """A value set by hand shows only where recalculation is off; winning a deal moves the value by its amount."""
    goal = [str(record.id) for record in portal.tables["goal_targets"]][3]
    before = _value(web, goal)
    owner = next(iter(portal.tables["goal_targets"])).values["hubspot_owner_id"]
    theirs = [record for record in portal.tables["deals"] if record.values["hubspot_owner_id"] == owner]
    open_ = next(record for record in theirs if record.values["dealstage"] == "engaging")
    web.patch(f"/crm/v3/objects/deals/{open_.id}", json={"properties": {"dealstage": "closedwon", "amount": "111"}})
    assert _value(web, goal) == before + 111
    web.patch(f"{GOALS}/{goal}", json={"properties": {"hs_kpi_value": "5"}})
    assert _value(web, goal) == before + 111
    web.patch(f"{GOALS}/{goal}", json={"properties": {"hs_should_recalculate": "false"}})
    assert _value(web, goal) == 5


def test_a_team_goal_sums_its_members(web: httpx.Client, portal: Portal, family: list[dict[str, str]]):
    """A goal of a team counts the won deals of all of its members, here in 2017."""
    team = next(team for team in portal.teams.values() if team.name == "Central")
    rows = [{key: value.replace("2018-", "2017-") for key, value in row.items() if key != "hubspot_owner_id"} for row in family]
    made = _create(web, [{**row, "hs_assignee_team_id": str(team.id), "hs_kpi_metric_type": "COUNT"} for row in rows]).json()["results"]
    members = {str(owner.id) for owner in portal.owners.values() if owner.user_id in team.secondary}
    won = [record for record in portal.tables["deals"] if record.values["dealstage"] == "closedwon"]
    assert sum(_value(web, row["id"]) for row in made) == sum(record.values["hubspot_owner_id"] in members for record in won) > 0
