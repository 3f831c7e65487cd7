"""Which endpoint answers which path below /api/v2."""

from collections.abc import Callable, Mapping, Sequence

from connector.sandbox.clickup import activity, history, hooks, reading, structure, targets, writing
from connector.sandbox.clickup.calls import Call, Raw
from connector.sandbox.clickup.workspace import Workspace

Handler = Callable[[Workspace, Call], Raw | None]
_TABLE: Mapping[str, Handler] = {
    "GET user": structure.user,
    "GET team": structure.teams,
    "GET team/{team}/plan": structure.plan,
    "GET group": structure.groups,
    "GET team/{team}/space": structure.spaces,
    "GET space/{space}/folder": structure.folders,
    "GET space/{space}/list": structure.folderless,
    "GET folder/{folder}/list": structure.lists,
    "GET list/{list}": structure.one_list,
    "GET list/{list}/field": structure.list_fields,
    "GET folder/{folder}/field": structure.folder_fields,
    "GET space/{space}/field": structure.space_fields,
    "GET team/{team}/field": structure.team_fields,
    "GET team/{team}/custom_item": structure.custom_items,
    "GET space/{space}/tag": structure.tags,
    "GET list/{list}/task": reading.of_list,
    "GET team/{team}/task": reading.of_team,
    # Stands before the single task, whose id it would else be.
    "GET task/bulk_time_in_status/task_ids": history.bulk,
    "GET task/{task}": reading.single,
    "GET task/{task}/time_in_status": history.single,
    "POST list/{list}/task": writing.create,
    "POST list/{list}/task/{task}": writing.add_to_list,
    "PUT task/{task}": writing.update,
    "DELETE task/{task}": writing.delete,
    "POST task/{task}/field/{field}": writing.set_value,
    "DELETE task/{task}/field/{field}": writing.clear_value,
    "POST task/{task}/tag/{tag}": writing.add_tag,
    "DELETE task/{task}/tag/{tag}": writing.remove_tag,
    "GET task/{task}/comment": activity.comments,
    "POST task/{task}/comment": activity.comment,
    "GET team/{team}/time_entries": activity.time_entries,
    "GET team/{team}/goal": targets.listed,
    "POST team/{team}/goal": targets.create,
    "GET goal/{goal}": targets.single,
    "PUT goal/{goal}": targets.update,
    "DELETE goal/{goal}": targets.delete,
    "POST goal/{goal}/key_result": targets.add_result,
    "PUT key_result/{result}": targets.change_result,
    "DELETE key_result/{result}": targets.remove_result,
    "GET team/{team}/webhook": hooks.listed,
    "POST team/{team}/webhook": hooks.create,
    "PUT webhook/{hook}": hooks.update,
    "DELETE webhook/{hook}": hooks.delete,
}
_ROUTES: Sequence[tuple[str, Sequence[str], Handler]] = [
    (method, path.split("/"), handler) for (method, path), handler in ((key.split(" "), handler) for key, handler in _TABLE.items())
]


def found(method: str, path: str) -> tuple[Handler, Mapping[str, str]] | None:
    """Return what answers a path, and the names in it."""
    parts = path.strip("/").split("/")
    for verb, pattern, handler in _ROUTES:
        if verb == method and len(pattern) == len(parts):
            names = {name[1:-1]: part for name, part in zip(pattern, parts, strict=True) if name.startswith("{")}
            if all(name.startswith("{") or name == part for name, part in zip(pattern, parts, strict=True)):
                return handler, names
    return None
