"""How long tasks were in each status; a status that was entered again is one row, from its first time on (clickup.md 5 [O])."""

from connector.sandbox.clickup.calls import Call, Raw
from connector.sandbox.clickup.errors import Refusal, bad
from connector.sandbox.clickup.tasks import Task
from connector.sandbox.clickup.workspace import Workspace

MOST = 100
"""Tasks of one bulk request."""
_MINUTE = 60_000


def single(workspace: Workspace, call: Call) -> Raw:
    """Answer the times of one task."""
    _require_app(workspace)
    return times(workspace.task(call.path["task"]), workspace.clock.now())


def bulk(workspace: Workspace, call: Call) -> Raw:
    """Answer the times of several tasks, each under its id; those that are not there are left out [recall]."""
    _require_app(workspace)
    words, now = call.words("task_ids"), workspace.clock.now()
    if not 0 < len(words) <= MOST:
        raise bad("Task ids invalid", "ITEMV2_003")
    told = [word for word in words if word not in workspace.untold]
    found = [task for word in told if (task := workspace.tasks.get(word)) and workspace.sees(task.place.space)]
    return {task.id: times(task, now) for task in found}


def times(task: Task, now: int) -> Raw:
    """Return a task's statuses, each once, in the order in which they were first entered."""
    ends = [*(at for _, at in task.log[1:]), now]
    since: dict[str, int] = {}
    spent: dict[str, int] = {}
    for (name, at), end in zip(task.log, ends, strict=True):
        since.setdefault(name, at)
        spent[name] = spent.get(name, 0) + max(0, end - at)
    rows = {name: {"by_minute": spent[name] // _MINUTE, "since": str(since[name])} for name in since}
    history = [{**task.place.shown(name), "total_time": total} for name, total in rows.items()]
    current = task.status
    return {
        "current_status": {"status": current["status"], "color": current["color"], "total_time": rows[task.log[-1][0]]},
        "status_history": sorted(history, key=lambda row: row["orderindex"]),
    }


def _require_app(workspace: Workspace) -> None:
    """Refuse while the ClickApp is off; how ClickUp says it is [recall]."""
    if not workspace.time_in_status:
        raise Refusal(400, "Total time in Status is not enabled for this Workspace", "TIS_027")
