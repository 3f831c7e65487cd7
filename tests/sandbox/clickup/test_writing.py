"""Tasks and values are changed as the notes say; definitions of fields are people's alone."""

from collections.abc import Callable

import pytest

from tests.sandbox.clickup.box import Box

OPTIONS = ["Low", "High"]


@pytest.mark.parametrize(
    ("kind", "written", "read"),
    [
        ("currency", 8000, 8000),
        ("number", 87.5, "87.5"),
        ("short_text", "good", "good"),
        ("date", 1667367645000, "1667367645000"),
        ("checkbox", True, "true"),
        ("manual_progress", {"current": 20}, {"current": "20"}),
        ("emoji", 4, 4),
    ],
)
def test_a_value_comes_back_in_the_form_of_its_type(box: Box, kind: str, written: object, read: object):
    """A field that people made takes a value, shows it on the task, and loses its key when it is cleared."""
    field = box.switch("field", place="Deals", name="KPI", type=kind)
    deal = box.deals()[0]["id"]

    box.send("POST", f"task/{deal}/field/{field['id']}", json={"value": written})
    held = [one.get("value") for one in box.get(f"task/{deal}")["custom_fields"] if one["id"] == field["id"]]
    box.send("DELETE", f"task/{deal}/field/{field['id']}")

    assert held == [read]
    assert [one for one in box.get(f"task/{deal}")["custom_fields"] if one["id"] == field["id"] and "value" in one] == []


@pytest.mark.parametrize(("kind", "read"), [("drop_down", 1), ("labels", None)])
def test_options_are_written_by_id(box: Box, kind: str, read: object):
    """An option is written by its id alone; a choice is read by its place in the order, labels by their ids."""
    field = box.switch("field", place="Companies", name="Risk", type=kind, options=OPTIONS)
    high, company = field["type_config"]["options"][1]["id"], box.get(f"list/{box.list_named('Companies')}/task")["tasks"][0]["id"]
    path = f"task/{company}/field/{field['id']}"

    assert box.refused("POST", path, json={"value": "High"})[0] == 400
    box.send("POST", path, json={"value": high if kind == "drop_down" else [high]})

    value = next(one["value"] for one in box.get(f"task/{company}")["custom_fields"] if one["id"] == field["id"])
    assert value == ([high] if read is None else read)


def test_no_endpoint_makes_a_field(box: Box):
    """Fields are read at every place and made at none; one that is not of the task's List is not found."""
    field = box.switch("field", place="Companies", name="Health", type="number")
    deals = box.list_named("Deals")
    whole = box.switch("field", place="512", name="Everywhere", type="text")

    assert box.refused("POST", f"list/{deals}/field", json={"name": "KPI", "type": "number"})[0] == 404
    assert box.refused("POST", f"task/{box.deals()[0]['id']}/field/{field['id']}", json={"value": 1})[0] == 404
    assert box.get("team/512/field")["fields"] == [whole]
    assert whole in box.get(f"list/{deals}/field")["fields"]


def test_tasks_are_made_changed_and_gone(box: Box):
    """A task is made with values, changed without touching them, and vanishes from lists when it is deleted."""
    amount, deals = box.field("Deals", "Deal value"), box.list_named("Deals")
    body = {"name": "Acme", "assignees": [190], "custom_fields": [{"id": amount["id"], "value": 10}]}
    made = box.send("POST", f"list/{deals}/task", json=body).json()
    change = {"status": "Won", "assignees": {"add": [197], "rem": [190]}, "custom_fields": [{"id": amount["id"], "value": 20}]}

    changed = box.send("PUT", f"task/{made['id']}", json=change).json()
    assert box.send("DELETE", f"task/{made['id']}").status_code == 204

    assert made["status"]["status"] == "prospecting"
    assert (changed["status"]["status"], [one["id"] for one in changed["assignees"]]) == ("won", [197])
    assert next(one["value"] for one in changed["custom_fields"] if one["id"] == amount["id"]) == 10
    assert changed["date_done"]
    assert box.refused("GET", f"task/{made['id']}") == (404, "ITEM_013")
    assert made["id"] not in {task["id"] for task in box.deals(date_created_gt=int(made["date_created"]) - 1)}


def test_the_free_plan_runs_out_for_ever(boxed: Callable[..., Box]):
    """After sixty values no more are set on the free plan, a new minute or not; clearing goes on."""
    box = boxed(plan="Free Forever")
    deal, field = box.deals()[0]["id"], box.field("Deals", "Deal value")["id"]
    box.switch("uses", fields=59)

    box.send("POST", f"task/{deal}/field/{field}", json={"value": 1})
    box.switch("clock", advance=86_400)

    assert box.refused("POST", f"task/{deal}/field/{field}", json={"value": 2}) == (403, "FIELD_033")
    assert box.send("DELETE", f"task/{deal}/field/{field}").json() == {}


def test_a_minute_has_so_many_calls(boxed: Callable[..., Box]):
    """Every answer says how many calls are left; beyond them all are refused until the moment named, without a time to wait."""
    box = boxed(per_minute=2)
    box.send("GET", "user")
    last = box.send("GET", "user").headers
    refused = box.client.get("/api/v2/user")
    box.switch("clock", advance=61)

    assert (last["x-ratelimit-limit"], last["x-ratelimit-remaining"]) == ("2", "0")
    assert refused.status_code == 429
    assert refused.json()["ECODE"] == "APP_002"
    assert "retry-after" not in refused.headers
    assert int(refused.headers["x-ratelimit-reset"]) == int(last["x-ratelimit-reset"])
    assert box.send("GET", "user").headers["x-ratelimit-remaining"] == "1"


def test_plans_have_limits_of_their_own(boxed: Callable[..., Box]):
    """The plan that is paid for sets how many calls a minute has."""
    box = boxed()
    found = {}
    for plan in ("Free Forever", "Business", "Business Plus", "Enterprise"):
        box.switch("plan", plan=plan)
        found[box.get("team/512/plan")["plan_name"]] = box.send("GET", "user").headers["x-ratelimit-limit"]

    assert found == {"Free Forever": "100", "Business": "100", "Business Plus": "1000", "Enterprise": "10000"}


def test_time_in_status_may_be_switched_off(boxed: Callable[..., Box]):
    """Without its ClickApp no time in status is told, of one task or of many."""
    box = boxed(time_in_status=False)
    deal = box.deals()[0]["id"]

    assert box.refused("GET", f"task/{deal}/time_in_status")[0] == 400
    assert box.refused("GET", "task/bulk_time_in_status/task_ids", params={"task_ids": deal})[0] == 400
    box.switch("click_app", time_in_status=True)
    assert list(box.get("task/bulk_time_in_status/task_ids", task_ids=deal)) == [deal]


def test_planned_faults_come_and_go(box: Box):
    """A planned fault spoils one answer, and the next is whole."""
    box.switch("faults", faults=[{"path": "/api/v2/user", "status": 500}, {"path": "/api/v2/team", "status": 429}])

    assert box.refused("GET", "user")[0] == 500
    assert box.refused("GET", "team") == (429, "APP_002")
    assert box.get("user")["user"]["id"] == 183
