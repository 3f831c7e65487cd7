"""ClickUp's manners on the wire: the limit of a minute as answers tell it, refusals of a good token, reasons with their codes."""

from datetime import UTC, datetime
from email.utils import format_datetime

import httpx
import pytest
import respx

from connector.adapters.clickup import ClickUpSettings
from connector.adapters.clickup.vendor import LEAST, VENDOR, client_of, read_answer
from connector.errors import CredentialsError, SettingsError
from connector.http import Answer, Limit
from tests.adapters.clickup.box import ClickUpBox

URL = "https://api.clickup.test"
NOW = datetime(2026, 1, 27, 12, tzinfo=UTC)


def test_the_limit_is_what_answers_tell() -> None:
    """The plan's limit of a minute and what is left of it stand in each answer; without them nothing is learnt."""
    told = VENDOR.told(Answer(200, {"x-ratelimit-limit": "1000", "x-ratelimit-remaining": "997"}, {}))
    assert (told.limit, told.left) == (Limit(1000, 60.0), 997)
    assert VENDOR.told(Answer(200, {}, {})).limit is None
    assert Limit(100, 60.0) == LEAST


@pytest.mark.parametrize(("reset", "wait"), [(25, 25), (-5, 1), (4000, 60)])
def test_a_used_up_limit_is_waited_for_until_its_reset(reset: int, wait: int) -> None:
    """We wait until the moment that the answer tells, by the answer's own clock, and never longer than the minute that it is about."""
    headers = {"date": format_datetime(NOW, usegmt=True), "x-ratelimit-reset": str(int(NOW.timestamp()) + reset)}
    assert VENDOR.wait(Answer(429, headers, {})) == wait
    assert VENDOR.wait(Answer(429, {}, {})) == 60


def test_a_reason_has_its_code() -> None:
    """What ClickUp says comes with the code that its support asks for."""
    assert VENDOR.reason(Answer(400, {}, {"err": "Task not found", "ECODE": "ITEM_013"})) == "Task not found (ITEM_013)"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ('{"err":"Team(s) not authorized","ECODE":"OAUTH_023"}', 403),
        ('{"err":"Team not authorized","ECODE":"OAUTH_999"}', 403),
        ('{"err":"Oauth token not found","ECODE":"OAUTH_018"}', 401),
    ],
)
def test_a_good_token_that_may_not_see_something_is_not_a_bad_one(body: str, status: int) -> None:
    """Both come under the same status; only code and words tell them apart."""
    assert read_answer(401, {}, body).status == status


@pytest.mark.parametrize(("token", "sent"), [("pk_1_ABC", "pk_1_ABC"), ("1_abc", "Bearer 1_abc")])
@respx.mock
async def test_a_personal_token_stands_alone(token: str, sent: str) -> None:
    """A personal token is sent as it is, an app's as a bearer."""
    route = respx.get(f"{URL}/api/v2/user").mock(httpx.Response(200, json={"user": {}}))
    client = client_of(ClickUpSettings(token=token, base_url=URL))
    await client.get("/user")
    await client.close()
    assert route.calls[0].request.headers["authorization"] == sent


@respx.mock
async def test_a_name_may_stand_several_times_in_an_address() -> None:
    """Several lists are asked for by several parameters of one name."""
    route = respx.get(f"{URL}/api/v2/team/1/task").mock(httpx.Response(200, json={"tasks": []}))
    client = client_of(ClickUpSettings(token="pk_1", base_url=URL))
    await client.get("/team/1/task", {"list_ids[]": ["7", "8"], "page": "0"})
    await client.close()
    assert route.calls[0].request.url.params.get_list("list_ids[]") == ["7", "8"]


async def test_a_workspace_that_the_token_does_not_see_is_named(box: ClickUpBox) -> None:
    """The error tells which Workspaces there are; a wrong token is told as such."""
    with pytest.raises(SettingsError, match=r"CRM_KPI_CLICKUP__WORKSPACE is '9', .* allowed are Sandbox \(512\)"):
        await (await box.adapter(workspace="9")).check()
    with pytest.raises(CredentialsError, match="OAUTH_018"):
        await (await box.adapter(token="pk_9")).check()


@pytest.mark.parametrize(
    ("plan", "limit", "most"), [(None, "100", 60), (None, "1000", None), ("Business", "100", None)], ids=["untold", "a larger limit", "set"]
)
async def test_a_plan_that_is_not_told_may_be_the_free_one(box: ClickUpBox, plan: str | None, limit: str, most: int | None) -> None:
    """Where the plan is refused, a limit of 100 a minute keeps what Free Forever takes, and says so, unless the settings name the plan."""
    await box.call("POST", "/sandbox/plan", {"plan": "Business" if limit == "100" else "Business Plus"})
    await box.fail(kind="status", status=403, method="GET", path="/api/v2/team/512/plan", count=5)
    able = await (await box.adapter(plan=plan)).check()
    assert (able.for_life["fields"].most if able.for_life else None) == most
    assert any("does not tell which plan" in note for note in able.notes) is (most is not None)
