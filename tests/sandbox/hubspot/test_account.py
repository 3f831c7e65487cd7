"""The account, its people and its pipelines."""

from collections.abc import Callable

import httpx
import pytest

from connector.sandbox.hubspot import Portal


@pytest.mark.parametrize("base", ["/account-info/v3", "/account-info/2026-03", "/account-info/2026-09"])
def test_details_name_the_account(web: httpx.Client, base: str):
    """Portal id, time zone and currency come under every path; the offset is that of the portal's day."""
    body = web.get(f"{base}/details").json()
    assert (body["portalId"], body["timeZone"], body["companyCurrency"]) == (20171231, "America/New_York", "USD")
    assert (body["utcOffset"], body["utcOffsetMilliseconds"]) == ("-05:00", -18_000_000)


def test_usage_of_the_day_is_told(web: httpx.Client):
    """Calls of the day are counted."""
    (row,) = web.get("/account-info/2026-03/api-usage/daily/private-apps").json()["results"]
    assert (row["currentUsage"], row["usageLimit"]) == (1, 1_000_000)


def test_another_portal_has_another_id(open_portal: Callable[..., tuple[httpx.Client, Portal]]):
    """The portal id is an option, so that a tenant can change under a connector."""
    web, _ = open_portal(portal_id=7)
    assert web.get("/account-info/v3/details").json()["portalId"] == 7


def test_owners_who_left_are_listed_apart(web: httpx.Client, portal: Portal):
    """An archived owner is only among the archived ones, without user but with the memory of one."""
    owner = next(iter(portal.owners.values()))
    owner.archived = True
    present = {row["id"] for row in web.get("/crm/owners/2026-09", params={"limit": 100}).json()["results"]}
    (gone,) = web.get("/crm/owners/2026-09", params={"archived": "true"}).json()["results"]
    assert (len(present), gone["id"], gone["userId"], gone["userIdIncludingInactive"]) == (34, str(owner.id), None, owner.user_id)


def test_owners_are_found_by_their_ids(web: httpx.Client, portal: Portal):
    """One owner is read by owner id, by user id, or by e-mail."""
    owner = list(portal.owners.values())[3]
    assert web.get(f"/crm/v3/owners/{owner.id}").json()["email"] == owner.email
    assert web.get(f"/crm/v3/owners/{owner.user_id}", params={"idProperty": "userId"}).json()["id"] == str(owner.id)
    assert [row["id"] for row in web.get("/crm/v3/owners", params={"email": owner.email}).json()["results"]] == [str(owner.id)]
    assert web.get("/crm/v3/owners/1").status_code == 404
    assert web.get("/crm/v3/owners", params={"limit": 101}).status_code == 400


def test_settings_users_are_paged(web: httpx.Client, walk: Callable[..., list[dict]]):
    """The users of the settings are the 35 agents with their teams; there is no 2026-09 path."""
    users = walk(web, "/settings/v3/users", limit="10")
    assert len({row["id"] for row in users}) == 35
    assert all(row["primaryTeamId"] and len(row["secondaryTeamIds"]) == 1 for row in users)
    assert web.get("/settings/users/2026-09").status_code == 404


@pytest.mark.parametrize("base", ["/crm/v3/pipelines", "/crm/pipelines/2026-03", "/crm/pipelines/2026-09"])
def test_one_pipeline_with_four_stages(web: httpx.Client, base: str):
    """Stages say in text whether they are closed and how likely a deal is won."""
    (pipeline,) = web.get(f"{base}/deals").json()["results"]
    stages = {stage["label"]: stage["metadata"] for stage in pipeline["stages"]}
    assert (pipeline["id"], pipeline["label"]) == ("default", "Sales Pipeline")
    assert stages == {
        "Prospecting": {"isClosed": "false", "probability": "0.2"},
        "Engaging": {"isClosed": "false", "probability": "0.6"},
        "Won": {"isClosed": "true", "probability": "1.0"},
        "Lost": {"isClosed": "true", "probability": "0.0"},
    }
    assert web.get(f"{base}/0-3/default/stages").json()["results"] == pipeline["stages"]
    assert web.get(f"{base}/deals/default").json() == pipeline
    assert web.get(f"{base}/deals/other").status_code == 404


def test_broken_json_is_refused(web: httpx.Client):
    """A body that is no JSON is a validation error."""
    answer = web.post("/crm/v3/objects/deals/search", content=b"{", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")
