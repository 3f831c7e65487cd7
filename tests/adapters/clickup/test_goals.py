"""Goals of ours in ClickUp: made once, found again, kept up with target and progress, taken away; those of others are left alone."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest
import respx

from connector.adapters.base import Adapter
from connector.adapters.clickup import ClickUp, ClickUpSettings
from connector.adapters.clickup.goals import LARGEST, Scale, Sum, line_of, note_of, sum_in, with_line
from connector.errors import StoreBusy
from connector.model import ANY_KPI, Answer, Goal, GoalRecord, Landing, Status, Stream, goal_kind
from connector.period import Grain, Period
from tests.adapters.boxes import read_all
from tests.adapters.clickup.box import ZONE, ClickUpBox
from tests.adapters.test_contract import records_in

D = Decimal
FAMILY = "0b0c1a52-7c1e-5a53-8c0e-3b2f5f1f7a10"
STARTS = [date(2018, 1, 1), date(2018, 4, 1), date(2018, 7, 1)]
QUARTERS = [Period(STARTS[q], STARTS[q + 1], Grain.QUARTER, f"2018-Q{q + 1}") for q in range(2)]


def goals(*targets: str, kpi: str = "revenue_won", kind: str = "owner", subject: str = "190", actual: str | None = None) -> list[Goal]:
    """Return a family of quarters for somebody who can have goals."""
    reached = None if actual is None else D(actual)
    return [
        Goal(kpi, kind, subject, period, D(target), FAMILY, "Revenue won 2018", actual=reached)
        for period, target in zip(QUARTERS, targets, strict=False)
    ]


async def rows(crm: Adapter) -> dict[str, GoalRecord]:
    """Return the goals that are there, by id."""
    return {row.id: row for row in records_in(await read_all(crm, Stream.GOALS)) if isinstance(row, GoalRecord)}


async def seen(box: ClickUpBox) -> list[dict[str, Any]]:
    """Return what people see of the targets."""
    return list((await box.call("POST", "/sandbox/targets", {})).values())


async def test_goals_are_made_once_and_changed_in_place(box: ClickUpBox) -> None:
    """A family is made, found by the next process, and one target changed; all is read back as ours, exactly."""
    crm = await box.adapter()
    wanted = goals("1000", "2000.55")
    first = (await crm.upsert_goals(wanted)).results
    assert [(one.key, one.status) for one in first] == [("2018-Q1", Status.OK), ("2018-Q2", Status.OK)]
    wanted[0] = replace(wanted[0], target=D("3333.3"))
    second = (await (await box.adapter()).upsert_goals(wanted)).results
    assert [one.remote for one in second] == [one.remote for one in first]
    read = [
        (row.kpi, row.subject_type, row.subject, row.starts_on, row.ends_on, row.target, row.family) for row in (await rows(crm)).values()
    ]
    assert sorted(read) == [("revenue_won", "owner", "190", goal.period.start, goal.period.end, goal.target, FAMILY) for goal in wanted]
    assert sorted(row["end"] for row in await seen(box)) == [2001, 3333]


async def test_progress_is_written_and_kept(box: ClickUpBox) -> None:
    """People see how far a goal is; a change of the target alone leaves that as it is, and the same again sends nothing."""
    crm = await box.adapter()
    await crm.upsert_goals(goals("1000", actual="250.25"))
    assert [(row["end"], row["current"]) for row in await seen(box)] == [(1000, 250)]
    await crm.upsert_goals(goals("2000"))
    assert [(row["end"], row["current"]) for row in await seen(box)] == [(2000, 250)]
    assert [(row.target, row.actual) for row in (await rows(crm)).values()] == [(D(2000), D("250.25"))]
    await box.call("POST", "/sandbox/requests", {"clear": True})
    await crm.upsert_goals(goals("2000", actual="250.25"))
    assert not [call for call in await box.call("POST", "/sandbox/requests", {}) if not call.startswith(("GET", "POST /sandbox"))]


async def test_what_people_changed_is_written_anew(box: ClickUpBox) -> None:
    """Where a person has moved a target, nobody can tell what it asks for, so the next push brings both back."""
    crm = await box.adapter()
    remote = (await crm.upsert_goals(goals("1000", actual="250"))).results[0].remote
    result = (await box.call("GET", f"/api/v2/goal/{remote}"))["goal"]["key_results"][0]["id"]
    await box.call("PUT", f"/api/v2/key_result/{result}", {"steps_current": 900, "note": "almost there"})
    assert [row.target for row in (await rows(crm)).values()] == [None]
    await crm.upsert_goals(goals("1000", actual="260"))
    assert [(row["end"], row["current"]) for row in await seen(box)] == [(1000, 260)]


async def test_a_goal_whose_line_was_taken_out_is_known_by_its_id(box: ClickUpBox) -> None:
    """A goal that people renamed and emptied of our line stays ours where its id is known: its name stays, and no second one is made."""
    crm = await box.adapter()
    remote = (await crm.upsert_goals(goals("1000"))).results[0].remote
    change = {"name": "Sell more", "due_date": 1522468800000, "description": "", "add_owners": [], "rem_owners": [], "color": "#000000"}
    await box.call("PUT", f"/api/v2/goal/{remote}", change)
    assert [row.marker for row in (await rows(crm)).values()] == [None]
    again = (await crm.upsert_goals([replace(goals("1000")[0], remote=remote)])).results
    assert [(one.status, one.remote) for one in again] == [(Status.OK, remote)]
    assert [(row.name, row.family, row.target) for row in (await rows(crm)).values()] == [("Sell more", FAMILY, D(1000))]


async def test_what_people_wrote_about_a_goal_stays(box: ClickUpBox) -> None:
    """Where our line comes back into a description, it stands behind what people wrote there."""
    crm = await box.adapter()
    remote = (await crm.upsert_goals(goals("1000"))).results[0].remote
    change = {"name": "Sell", "due_date": 1522468800000, "description": "Ask Ann.", "add_owners": [], "rem_owners": [], "color": "#000000"}
    await box.call("PUT", f"/api/v2/goal/{remote}", change)
    await crm.upsert_goals([replace(goals("1000")[0], remote=remote)])
    told = (await box.call("GET", f"/api/v2/goal/{remote}"))["goal"]["description"]
    assert told == f"Ask Ann.\n\n{line_of(goals('1000')[0])}"
    assert with_line(told, goals("1000")[0]) == told


@pytest.mark.parametrize("has_line", [True, False])
async def test_a_copy_of_our_goal_is_left_alone(box: ClickUpBox, *, has_line: bool) -> None:
    """Of a goal and its copy the one is ours whose id we know, with its line or without; where no id is known, neither is touched."""
    crm = await box.adapter()
    goal = goals("1000")[0]
    copy = await box.add_goal("Copy", description=line_of(goal))
    ours = await box.add_goal("Ours", description=line_of(goal) if has_line else "")
    for one in (copy, ours):
        await box.call(
            "POST", f"/api/v2/goal/{one}/key_result", {"name": "Revenue won", "type": "number", "steps_start": 0, "steps_end": 7}
        )
    result = (await crm.upsert_goals([replace(goal, remote=ours)])).results[0]
    assert (result.status, result.remote) == (Status.OK, ours)
    assert sorted(row["end"] for row in await seen(box)) == [7, 1000]
    unknown = (await crm.upsert_goals([replace(goal, target=D(5))])).results[0]
    assert (unknown.status, copy in unknown.message and ours in unknown.message) == (Status.REFUSED, True)
    assert sorted(row["end"] for row in await seen(box)) == [7, 1000]


async def test_a_renamed_target_stays_the_only_one(box: ClickUpBox) -> None:
    """Where a person renamed our target and noted progress, it is still known as the only one; among several it is asked for."""
    crm = await box.adapter()
    remote = (await crm.upsert_goals(goals("1000"))).results[0].remote
    result = (await box.call("GET", f"/api/v2/goal/{remote}"))["goal"]["key_results"][0]["id"]
    renamed = {"name": "Euros", "steps_current": 900, "note": "almost there"}
    await box.call("PUT", f"/api/v2/key_result/{result}", renamed)
    assert (await crm.upsert_goals(goals("1000", actual="5"))).results[0].status is Status.OK
    assert [(row["end"], row["current"]) for row in await seen(box)] == [(1000, 5)]
    await box.call("PUT", f"/api/v2/key_result/{result}", renamed)
    await box.call("POST", f"/api/v2/goal/{remote}/key_result", {"name": "Mine", "type": "number", "steps_start": 0, "steps_end": 7})
    refused = (await crm.upsert_goals(goals("1000", actual="6"))).results[0]
    assert (refused.status, "None of the 2 targets" in refused.message) == (Status.REFUSED, True)
    assert len(await seen(box)) == 2


async def test_a_line_that_nobody_can_read_is_none_of_ours(box: ClickUpBox) -> None:
    """Days that there are not, or a note without a number, make a goal one of others; check and reading go on."""
    line = line_of(goals("1000")[0]).replace("2018-01-01", "2018-02-30")
    theirs = await box.add_goal("Typed by hand", description=line)
    await box.call("POST", f"/api/v2/goal/{theirs}/key_result", {"name": "It", "type": "number", "steps_start": 0, "steps_end": 7})
    result = (await box.call("GET", f"/api/v2/goal/{theirs}"))["goal"]["key_results"][0]["id"]
    await box.call("PUT", f"/api/v2/key_result/{result}", {"note": "[crm-kpi-connector target=1.2.3 actual=]"})
    crm = await box.adapter()
    assert (await crm.check()).streams[Stream.GOALS].answer is Answer.YES
    assert [(row.id, row.marker, row.target) for row in (await rows(crm)).values()] == [(theirs, None, None)]
    assert (await crm.archive_goals([theirs])).results[0].status is Status.REFUSED


async def test_a_goal_with_an_impossible_day_is_read_without_it(box: ClickUpBox) -> None:
    """A day beyond the calendar is empty and noted; all else of the goal is read."""
    theirs = await box.add_goal("Far away", due_date=10**17)
    pages = await read_all(await box.adapter(), Stream.GOALS)
    assert [(row.id, row.ends_on) for row in records_in(pages) if isinstance(row, GoalRecord)] == [(theirs, None)]
    assert [(one.record, one.field) for page in pages for one in page.unread] == [(theirs, "due_date")]


async def test_progress_beyond_all_reason_is_refused(box: ClickUpBox) -> None:
    """Figures that cannot be kept cost their own goal only, with the reason."""
    crm = await box.adapter()
    huge = replace(goals("1000")[0], actual=D(10) ** 20)
    results = (await crm.upsert_goals([huge, goals("1000", "2000")[1]])).results
    assert [one.status for one in results] == [Status.REFUSED, Status.OK]
    assert "is no amount that we can keep" in results[0].message


async def test_a_goal_of_ours_without_its_line_is_taken_away(box: ClickUpBox) -> None:
    """The note on its target tells that a goal is ours where somebody took out the line."""
    crm = await box.adapter()
    remote = (await crm.upsert_goals(goals("1000"))).results[0].remote or ""
    change = {"name": "Sell", "due_date": 1522468800000, "description": "", "add_owners": [], "rem_owners": [], "color": "#000000"}
    await box.call("PUT", f"/api/v2/goal/{remote}", change)
    assert (await crm.archive_goals([remote])).results[0].status is Status.OK
    assert await rows(crm) == {}


@respx.mock
async def test_goals_of_others_cost_no_requests() -> None:
    """Where a list tells the number of targets only, those of our own goals are asked for, and of no others."""
    (goal,) = goals("1000")
    url = "https://clickup.example.com"
    ours: dict[str, Any] = {"id": "ours", "description": line_of(goal), "key_result_count": 1}
    target = {"id": "t", "last_action": {"note": note_of(Sum(D(1000), None), "Revenue won")}}
    respx.get(f"{url}/api/v2/team").mock(httpx.Response(200, json={"teams": [{"id": "1", "members": []}]}))
    listed = [ours, {"id": "theirs", "description": "", "key_result_count": 1}]
    respx.get(f"{url}/api/v2/team/1/goal").mock(httpx.Response(200, json={"goals": listed}))
    respx.get(f"{url}/api/v2/goal/ours").mock(httpx.Response(200, json={"goal": ours | {"key_results": [target]}}))
    crm = ClickUp(ClickUpSettings.model_validate({"token": "pk_1", "base_url": url}), ZONE)
    assert [(one.status, one.remote) for one in (await crm.upsert_goals([goal])).results] == [(Status.OK, "ours")]
    assert crm.calls == 3
    await crm.close()


def test_a_sum_without_a_currency_is_a_number() -> None:
    """Where no home currency is known, a target names none."""
    scale = Scale.of(goals("1234")[0], "N/A", 0)
    assert (scale.kind, scale.unit) == ("number", "")


async def test_goals_in_folders_are_found(box: ClickUpBox) -> None:
    """A goal that people put into a folder is the same one."""
    crm = await box.adapter()
    remote = (await crm.upsert_goals(goals("1000"))).results[0].remote
    await box.call("POST", "/sandbox/folder", {"name": "Sales", "goals": [remote]})
    assert [one.remote for one in (await crm.upsert_goals(goals("1500"))).results] == [remote]
    assert len(await rows(crm)) == 1


@pytest.mark.parametrize("path", ["/api/v2/team/512/goal", "/api/v2/goal"], ids=["the goal", "its target"])
@pytest.mark.parametrize("does_land", [True, False])
async def test_goals_of_an_unanswered_call_are_found_again(box: ClickUpBox, path: str, *, does_land: bool) -> None:
    """After a call without an answer the next one makes no second goal and no second target."""
    crm = await box.adapter()
    await box.fail(kind="drop", method="POST", path=path, applied=does_land)
    assert {one.status for one in (await crm.upsert_goals(goals("1000", actual="5"))).results} == {Status.UNKNOWN}
    assert {one.status for one in (await (await box.adapter()).upsert_goals(goals("1000", actual="5"))).results} == {Status.OK}
    assert [(row.target, row.actual) for row in (await rows(crm)).values()] == [(D(1000), D(5))]
    assert [(row["end"], row["current"]) for row in await seen(box)] == [(1000, 5)]


async def test_only_our_goals_are_taken_away(box: ClickUpBox) -> None:
    """Archiving takes ours away, again without harm, and refuses a goal that people made."""
    crm = await box.adapter()
    theirs = await box.add_goal("Be kind")
    mine = [one.remote or "" for one in (await crm.upsert_goals(goals("1", "2"))).results]
    for _ in range(2):
        assert {one.status for one in (await crm.archive_goals(mine)).results} == {Status.OK}
    assert [(one.key, one.status) for one in (await crm.archive_goals([theirs])).results] == [(theirs, Status.REFUSED)]
    assert [(row.id, row.kpi, row.marker) for row in (await rows(crm)).values()] == [(theirs, None, None)]


async def test_a_hook_stops_goals_before_they_are_sent(box: ClickUpBox) -> None:
    """When what stands before a write raises, goals are neither made nor taken away."""
    crm = await box.adapter()

    async def refuse() -> None:
        raise StoreBusy("Another process holds the lease.")

    crm.before_write = refuse
    with pytest.raises(StoreBusy):
        await crm.upsert_goals(goals("1"))
    assert await rows(crm) == {}
    crm.before_write = None
    made = [one.remote or "" for one in (await crm.upsert_goals(goals("1"))).results]
    crm.before_write = refuse
    with pytest.raises(StoreBusy):
        await crm.archive_goals(made)
    assert (await rows(crm)).keys() == set(made)


async def test_a_team_s_goal_belongs_to_its_members(box: ClickUpBox) -> None:
    """A goal of a team is owned by everybody in it, a goal of somebody who left is refused with ClickUp's words."""
    crm = await box.adapter()
    group = (await box.call("GET", "/api/v2/group?team_id=512"))["groups"][0]
    made = (await crm.upsert_goals(goals("5", kind="team", subject=group["id"]))).results[0]
    owners = (await box.call("GET", f"/api/v2/goal/{made.remote}"))["goal"]["owners"]
    assert {one["id"] for one in owners} == {one["id"] for one in group["members"]}
    gone = (await crm.upsert_goals([replace(goals("5", subject="999999")[0], family="other")])).results[0]
    assert (gone.status, "Owner not found" in gone.message) == (Status.REFUSED, True)


async def test_any_kpi_can_be_a_goal(box: ClickUpBox) -> None:
    """Goals of every KPI land natively, with progress; a share stands in percent."""
    crm = await box.adapter()
    able = (await crm.check()).goals
    assert able[goal_kind(ANY_KPI, "owner")].lands is Landing.NATIVE
    assert able["revenue_won of a team"].answer is Answer.UNVERIFIED
    made = (await crm.upsert_goals(goals("0.35", kpi="win_rate", actual="0.28"))).results[0]
    row = (await box.call("GET", f"/api/v2/goal/{made.remote}"))["goal"]["key_results"][0]
    assert (row["name"], row["type"], row["unit"]) == ("Win rate", "percentage", "%")
    assert [(one["end"], one["current"]) for one in await seen(box)] == [(35, 28)]


@pytest.mark.parametrize(
    ("kpi", "target", "decimals", "unit", "steps"),
    [
        ("revenue_won", "1234.56", 0, "USD", 1235),
        ("revenue_won", "1234.56", 2, "USD / 100", 123456),
        ("revenue_won", "99999999.99", 2, "USD / 10", 1000000000),
        ("revenue_won", "5000000000", 0, "USD × 10", 500000000),
        ("win_rate", "0.3567", 0, "%", 36),
        ("win_rate", "0.3567", 2, "% / 100", 3567),
        ("deals_won", "12", 0, "", 12),
        ("of_our_own", "2.5", 1, " / 10", 25),
    ],
)
def test_values_become_whole_steps(kpi: str, target: str, decimals: int, unit: str, steps: int) -> None:
    """Steps keep as many decimals as are wished for and fit, and the unit says what a step is."""
    scale = Scale.of(goals(target, kpi=kpi)[0], "USD", decimals)
    assert (scale.unit, scale.steps(D(target))) == (unit, steps)
    assert scale.steps(D(10) ** 15) == LARGEST


def test_a_note_is_read_as_it_was_written() -> None:
    """Target and progress stand in the note exactly; a note of others tells nothing."""
    for told in (Sum(D("1000.5"), D("-3.25")), Sum(D(7), None)):
        assert sum_in({"last_action": {"note": note_of(told, "Revenue won")}}) == told
    assert sum_in({"last_action": {"note": "Created Key Result"}}) is None
    assert sum_in(None) is None
