"""Values the portal works out itself, against answers worked out by hand."""

from collections.abc import Callable

import httpx
import pandas as pd

FIRST = "/crm/objects/2026-09/deals/9999996001"
"""The file's first row: engaged 2016-10-20, won 2017-03-01 for 1,054, both at 09:30 in New York."""


def _properties(web: httpx.Client, path: str, *names: str) -> dict[str, str | None]:
    return web.get(path, params={"properties": ",".join(names)}).json()["properties"]


def test_days_to_close_are_elapsed_time(full: httpx.Client):
    """132 days by the calendar are 132 and one hour by the clock, since summer time ended in between."""
    found = _properties(full, FIRST, "days_to_close", "hs_days_to_close_raw")
    assert found["days_to_close"] == "132"
    assert round(float(found["hs_days_to_close_raw"] or 0) - 132, 6) == round(1 / 24, 6)


def test_stage_dates_follow_the_history(full: httpx.Client):
    """A stage was entered and left when the history says; a stage never seen has no dates."""
    names = ("entered_engaging", "exited_engaging", "entered_closedwon", "exited_closedwon", "entered_closedlost", "entered_current_stage")
    found = _properties(full, FIRST, *[f"hs_v2_date_{name}" for name in names])
    assert [found[f"hs_v2_date_{name}"] for name in names] == [
        "2016-10-20T13:30:00Z",
        "2017-03-01T14:30:00Z",
        "2017-03-01T14:30:00Z",
        None,
        None,
        "2017-03-01T14:30:00Z",
    ]


def test_a_deal_knows_its_team_and_its_links(full: httpx.Client):
    """The team is the owner's primary one; contacts and line items are counted."""
    teams = {team["id"]: team["name"] for team in full.get("/settings/v3/users/teams").json()["results"]}
    names = ("hubspot_team_id", "num_associated_contacts", "hs_num_of_associated_line_items", "hs_all_owner_ids", "hubspot_owner_id")
    found = _properties(full, FIRST, *names)
    assert teams[found["hubspot_team_id"] or ""] == "Dustin Brinkmann"
    assert (found["num_associated_contacts"], found["hs_num_of_associated_line_items"]) == ("1", "1")
    assert found["hs_all_owner_ids"] == found["hubspot_owner_id"]


def test_companies_count_their_deals_and_children(full: httpx.Client, walk: Callable[..., list[dict]], pipeline: pd.DataFrame):
    """The deals of each company are those of the file; Acme Corporation has four subsidiaries."""
    names = "name,num_associated_deals,hs_num_child_companies,num_associated_contacts"
    rows = {row["properties"]["name"]: row["properties"] for row in walk(full, "/crm/v3/objects/companies", limit="100", properties=names)}
    assert {name: int(row["num_associated_deals"]) for name, row in rows.items()} == pipeline.account.value_counts().to_dict()
    assert rows["Acme Corporation"]["hs_num_child_companies"] == "4"
    assert {row["num_associated_contacts"] for row in rows.values()} == {"2", "3", "4"}


def test_users_and_goals_show_what_follows(full: httpx.Client):
    """A user's full name is put together, and a goal's target is the same in the account's one currency."""
    user = full.get("/crm/v3/objects/users", params={"properties": "hs_searchable_calculated_name", "limit": 1}).json()["results"][0]
    assert user["properties"]["hs_searchable_calculated_name"] == "Anna Snelling"
    names = "hs_target_amount,hs_target_amount_in_home_currency"
    goal = full.get("/crm/v3/objects/goal_targets", params={"properties": names}).json()["results"][0]["properties"]
    assert goal["hs_target_amount"] == goal["hs_target_amount_in_home_currency"] == "120000"
