"""What the extras hold: tickets, tracked time, comments, subtasks."""

from collections.abc import Callable

from tests.sandbox.clickup.box import Box

YEAR = {"start_date": 1483246800000, "end_date": 1514782800000}


def test_extras_are_told_in_the_words_of_tasks(boxed: Callable[..., Box]):
    """Tickets lie in the List Support, time is tracked by people on deals, comments stand under them, things to do are their subtasks."""
    box = boxed(extras=True)
    everything = {"include_closed": "true", "subtasks": "true"}
    tasks = [task for page in range(8) for task in box.get("team/512/task", page=page, **everything)["tasks"]]
    people = ",".join(str(one["user"]["id"]) for one in box.get("team")["teams"][0]["members"])
    tracked = box.get("team/512/time_entries", assignee=people, **YEAR)["data"]
    tickets = [task for task in tasks if task["list"]["name"] == "Support"]
    deals = {task["id"]: task for task in tasks if task["list"]["name"] == "Deals"}
    subtasks = [task for task in deals.values() if task["parent"]]

    assert {"closed", "new"} & {task["status"]["status"] for task in tickets}
    assert {row["description"] for row in tracked} == {"Call", "Meeting"}
    assert {row["task"]["id"] for row in tracked} < deals.keys()
    assert box.get("team/512/time_entries") == {"data": []}
    assert {task["parent"] for task in subtasks} < deals.keys()
    assert [task for task in box.deals() if task["parent"]] == []
    assert sum(len(box.get(f"task/{task}/comment")["comments"]) for task in deals) > 5


def test_comments_come_the_newest_first(box: Box):
    """Comments are answered in pages, from the newest back to the first."""
    deal = box.deals()[0]["id"]
    for number in range(30):
        box.send("POST", f"task/{deal}/comment", json={"comment_text": f"No. {number}"})

    first = box.get(f"task/{deal}/comment")["comments"]
    rest = box.get(f"task/{deal}/comment", start=first[-1]["date"], start_id=first[-1]["id"])["comments"]

    assert [one["comment_text"] for one in first + rest] == [f"No. {number}" for number in reversed(range(30))]
    assert len(first) == 25
