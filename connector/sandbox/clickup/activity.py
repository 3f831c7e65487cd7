"""What people did: comments under tasks and time that they tracked (clickup.md 3 [O])."""

from connector.sandbox.clickup.calls import Call, Raw
from connector.sandbox.clickup.errors import bad
from connector.sandbox.clickup.tasks import Comment
from connector.sandbox.clickup.workspace import Workspace

COMMENTS = 25
"""Comments of one page [recall]."""
_RECENT = 30 * 86_400_000
"""What is answered of tracked time unless days are named: the last thirty [recall]."""


def comments(workspace: Workspace, call: Call) -> Raw:
    """Answer comments, the newest first; older ones by the moment and the id of the last [recall]."""
    found = sorted(workspace.task(call.path["task"]).comments, key=lambda one: (one.at, one.id), reverse=True)
    before, key = call.whole("start"), call.word("start_id")
    rest = found if before is None else [one for one in found if (one.at, one.id) < (before, key)]
    return {"comments": [one.shown for one in rest[:COMMENTS]]}


def comment(workspace: Workspace, call: Call) -> Raw:
    """Write a comment."""
    task = workspace.task(call.path["task"])
    words = call.body.get("comment_text") or "".join(part.get("text", "") for part in call.body.get("comment", ()))
    if not words:
        raise bad("Comment text invalid", "COMM_003")
    made = Comment(workspace.number("comment", 90_150_000), words, workspace.me, workspace.clock.now())
    task.comments.append(made)
    workspace.happened(task, "taskCommentPosted", {"field": "comment", "data": {}, "before": None, "after": made.id, "comment": made.shown})
    return {"id": made.id, "hist_id": workspace.uuid(), "date": made.at}


def time_entries(workspace: Workspace, call: Call) -> Raw:
    """Answer tracked time that began between two moments, of the people named; of oneself, where nobody is [recall]."""
    workspace.require_team(call.path["team"])
    first, last = call.whole("start_date"), call.whole("end_date")
    first = workspace.clock.now() - _RECENT if first is None else first
    last = workspace.clock.now() if last is None else last
    people = (call.word("assignee") or str(workspace.me.id)).split(",")
    rows = [row for row in workspace.entries if first <= int(row["start"]) <= last and str(row["user"]["id"]) in people]
    return {"data": [row for row in rows if _is_seen(workspace, row)]}


def _is_seen(workspace: Workspace, row: Raw) -> bool:
    task = workspace.tasks.get(row["task"]["id"])
    return task is None or workspace.sees(task.place.space)
