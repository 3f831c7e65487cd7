"""Goals and their targets, with the facts that bite."""

from collections.abc import Callable
from typing import Any

from tests.sandbox.clickup.box import Box

GOAL = {
    "name": "Q1 2018 win rate",
    "due_date": 1522468800000,
    "start_date": 1514764800000,
    "description": "[kpi:win_rate]",
    "multiple_owners": True,
    "owners": [190],
    "color": "#32a852",
}
TARGET = {
    "name": "Win rate %",
    "owners": [190],
    "type": "percentage",
    "steps_start": 0,
    "steps_end": 40,
    "unit": "%",
    "task_ids": [],
    "list_ids": [],
}


def made(box: Box, **more: object) -> tuple[Any, Any]:
    """Make a goal with one target."""
    goal = box.send("POST", "team/512/goal", json=GOAL).json()["goal"]
    target = box.send("POST", f"goal/{goal['id']}/key_result", json={**TARGET, **more}).json()["key_result"]
    return goal, target


def test_times_go_in_as_numbers_and_come_out_as_texts(box: Box):
    """A goal is answered with its people as objects and its days as texts, and found in the list."""
    goal, _ = made(box)

    assert (goal["start_date"], goal["due_date"]) == ("1514764800000", "1522468800000")
    assert [one["id"] for one in goal["owners"]] == [190]
    assert [one["id"] for one in box.get("team/512/goal")["goals"]] == [goal["id"]]
    assert box.refused("POST", "team/512/goal", json={**GOAL, "due_date": "1522468800000"})[0] == 400


def test_targets_are_not_answered_with_their_ends(box: Box):
    """What a target starts and ends with is kept and not told, nor how much is done; only the last step is."""
    goal, target = made(box)
    changed = box.send("PUT", f"key_result/{target['id']}", json={"steps_current": 10, "note": "so far", "steps_end": 50}).json()[
        "key_result"
    ]

    assert [name for name in ("steps_start", "steps_end", "steps_current") if name in target | changed] == []
    assert changed["percent_completed"] is None
    assert (changed["last_action"]["steps_before_float"], changed["last_action"]["steps_taken_float"]) == (0, 10)
    assert box.switch("targets")[target["id"]] == {"start": 0, "end": 50, "current": 10, "note": "so far"}
    assert box.get(f"goal/{goal['id']}")["goal"]["percent_completed"] == 20


def test_a_change_names_everything(box: Box):
    """A goal is only changed by all its parts at once; people are added and removed."""
    goal, _ = made(box)
    whole = {"name": "New", "due_date": 1522468800001, "description": "d", "rem_owners": [190], "add_owners": [197], "color": "#000000"}

    for name in whole:
        assert box.refused("PUT", f"goal/{goal['id']}", json={key: value for key, value in whole.items() if key != name})[0] == 400
    changed = box.send("PUT", f"goal/{goal['id']}", json=whole).json()["goal"]

    assert (changed["name"], [one["id"] for one in changed["owners"]]) == ("New", [197])


def test_goals_in_folders_stand_apart(box: Box):
    """A goal that people put into a folder is listed below that folder alone."""
    goal, _ = made(box)
    other, _ = made(box)
    box.switch("folder", name="Sales", goals=[goal["id"]])

    found = box.get("team/512/goal", include_completed="true")

    assert [one["id"] for one in found["goals"]] == [other["id"]]
    assert [(folder["name"], [one["id"] for one in folder["goals"]]) for folder in found["folders"]] == [("Sales", [goal["id"]])]


def test_steps_are_whole_unless_decimals_are_taken(boxed: Callable[..., Box]):
    """A target takes whole steps of 32 bits; a Workspace may take decimals, too. An automatic one takes none."""
    strict, loose = boxed(), boxed(takes_decimals=True)
    _, target = made(strict)
    _, automatic = made(strict, type="automatic")

    assert strict.refused("PUT", f"key_result/{target['id']}", json={"steps_current": 1.5, "note": ""})[0] == 400
    assert strict.refused("PUT", f"key_result/{target['id']}", json={"steps_current": 2**31, "note": ""})[0] == 400
    assert strict.refused("PUT", f"key_result/{automatic['id']}", json={"steps_current": 1, "note": ""})[0] == 400
    _, target = made(loose)
    loose.send("PUT", f"key_result/{target['id']}", json={"steps_current": 1.5, "note": ""})
    assert loose.switch("targets")[target["id"]]["current"] == 1.5


def test_goals_and_targets_are_deleted(box: Box):
    """With a goal its targets go, too."""
    goal, target = made(box)
    _, other = made(box)
    assert box.send("DELETE", f"key_result/{other['id']}").json() == {}
    assert box.send("DELETE", f"goal/{goal['id']}").json() == {}

    assert box.refused("GET", f"goal/{goal['id']}")[0] == 404
    assert box.refused("PUT", f"key_result/{target['id']}", json={"steps_current": 1, "note": ""})[0] == 404
    assert box.switch("targets") == {}


def test_the_free_plan_has_a_hundred_uses(boxed: Callable[..., Box]):
    """After a hundred uses nobody sets or changes goals on the free plan."""
    box = boxed(plan="Free Forever")
    box.switch("uses", goals=98)
    goal, _ = made(box)

    assert box.refused("POST", f"goal/{goal['id']}/key_result", json=TARGET)[0] == 403
    assert len(box.get("team/512/goal")["goals"]) == 1
