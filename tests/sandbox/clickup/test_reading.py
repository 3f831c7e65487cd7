"""Places, people and tasks are answered as the notes say, and hold the real sales data."""

from collections.abc import Callable

from connector.sandbox.maven import load
from tests.sandbox.clickup.box import EVERY, Box


def test_a_workspace_has_places_and_people(box: Box):
    """Deals lie in a List without a Folder, tickets in one within; agents are members, groups are managers' and regions'."""
    spaces = {one["name"]: one["id"] for one in box.get("team/512/space")["spaces"]}
    folder = box.get(f"space/{spaces['Service']}/folder")["folders"][0]
    deals = box.get(f"list/{box.list_named('Deals')}")
    members = box.get("team")["teams"][0]["members"]
    groups = box.get("group", team_id="512")["groups"]

    assert [one["name"] for one in box.get(f"folder/{folder['id']}/list")["lists"]] == ["Support"]
    assert box.get(f"space/{spaces['Sales']}/folder")["folders"] == []
    kinds = [(one["status"], one["type"], one["orderindex"]) for one in deals["statuses"]]
    assert kinds == [("prospecting", "open", 0), ("engaging", "custom", 1), ("won", "done", 2), ("lost", "closed", 3)]
    assert [one["user"]["role"] for one in members] == [1] + [3] * len(load().agents)
    assert [one["name"] for one in groups] == [*dict.fromkeys(one.manager for one in load().agents), "Central", "East", "West"]
    assert sum(len(one["members"]) for one in groups) == 2 * len(load().agents)


def test_a_deal_is_told_as_a_task(box: Box):
    """A won deal of the data has its value, customer, product, person and moments; what is empty has no key for a value."""
    row = next(one for one in load().opportunities[::EVERY] if one.stage == "Won")
    task = next(one for one in box.deals() if row.id in one["name"])
    fields = {one["name"]: one for one in task["custom_fields"]}

    assert task["status"]["status"] == "won"
    assert [one["username"] for one in task["assignees"]] == [row.agent]
    assert fields["Deal value"]["value"] == row.value
    assert [one["name"] for one in fields["Company"]["value"]] == [row.account]
    products = {one["id"]: one["label"] for one in fields["Product"]["type_config"]["options"]}
    assert [products[one] for one in fields["Product"]["value"]] == [row.product]
    assert fields["Close date"]["value"] == task["date_done"]
    assert task["date_closed"] is None
    assert "value" not in fields["Lost reason"]
    assert isinstance(task["date_created"], str)


def test_pages_hold_a_hundred_and_end_short(box: Box):
    """Every deal comes once over the pages of the Workspace, in order of change; only a List says which page is the last."""
    query = {"list_ids[]": box.list_named("Deals"), "include_closed": "true", "order_by": "updated", "reverse": "true"}
    pages = [box.get("team/512/task", page=page, **query) for page in range(4)]
    tasks = [task for page in pages for task in page["tasks"]]

    total = len(load().opportunities[::EVERY])
    assert [len(page["tasks"]) for page in pages] == [100, 100, total - 200, 0]
    assert len({task["id"] for task in tasks}) == total
    assert [int(task["date_updated"]) for task in tasks] == sorted(int(task["date_updated"]) for task in tasks)
    assert all(page.keys() == {"tasks"} for page in pages)
    assert box.get(f"list/{box.list_named('Deals')}/task", page=2, include_closed="true")["last_page"]


def test_closed_tasks_are_left_out_unless_asked_for(box: Box):
    """Lost deals, whose status is of the kind closed, only come when they are asked for; won ones, which are done, come always."""
    path = f"list/{box.list_named('Deals')}/task"
    found = {task["status"]["status"] for page in range(3) for task in box.get(path, page=page)["tasks"]}
    lost = box.get(path, **{"statuses[]": "lost"})["tasks"]

    assert found == {"prospecting", "engaging", "won"}
    assert {task["status"]["status"] for task in lost} == {"lost"}
    assert all(task["date_closed"] == task["date_done"] for task in lost)


def test_changes_since_a_moment(box: Box):
    """Only what changed after a moment is answered, that moment itself left out."""
    tasks = box.deals(order_by="updated")
    middle = int(tasks[50]["date_updated"])

    after = box.deals(order_by="updated", date_updated_gt=middle, date_updated_lt=int(tasks[90]["date_updated"]))

    expected = [task["id"] for task in tasks if middle < int(task["date_updated"]) < int(tasks[90]["date_updated"])]
    assert [task["id"] for task in after] == expected
    assert 30 < len(expected) < 50


def test_time_in_status_merges_what_was_entered_again(box: Box):
    """A status that a deal returned to is one row, from the first time on, with both stays added up."""
    deal = next(task for task in box.deals() if task["status"]["status"] == "engaging")
    for status, hours in (("prospecting", 2), ("engaging", 3)):
        box.switch("clock", advance=3600 * hours)
        box.send("PUT", f"task/{deal['id']}", json={"status": status})

    times = box.get(f"task/{deal['id']}/time_in_status")
    bulk = box.get("task/bulk_time_in_status/task_ids", task_ids=[deal["id"], "nobody"])

    rows = {row["status"]: row["total_time"] for row in times["status_history"]}
    assert list(rows) == ["prospecting", "engaging"]
    assert rows["prospecting"]["by_minute"] == 180
    assert rows["engaging"]["since"] == deal["date_created"]
    assert times["current_status"]["total_time"] == rows["engaging"]
    assert list(bulk) == [deal["id"]]


def test_a_hidden_space_is_not_seen(boxed: Callable[..., Box]):
    """What lies in a Space that the token's user cannot see is neither listed nor answered."""
    box = boxed(hidden=("Sales",))

    assert [one["name"] for one in box.get("team/512/space")["spaces"]] == ["Service"]
    assert box.get("team/512/task", include_closed="true") == {"tasks": []}
    assert box.refused("GET", "list/901203") == (401, "OAUTH_023")
    assert box.refused("GET", "user", headers={"Authorization": "pk_nobody"}) == (401, "OAUTH_018")
    assert box.refused("GET", "user", headers={"Authorization": "Bearer pk_183_SANDBOX"}) == (401, "OAUTH_018")
    assert box.refused("GET", "team/513/task") == (401, "OAUTH_056")
