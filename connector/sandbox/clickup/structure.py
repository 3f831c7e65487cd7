"""Who is there and where: user, Workspace, groups, Spaces, Folders, Lists, fields, tags (clickup.md 1, 3, 6 [O])."""

from connector.sandbox.clickup.calls import Call, Raw
from connector.sandbox.clickup.places import Folder, Person, Space, TaskList
from connector.sandbox.clickup.workspace import Workspace

_PLANS = {"Free Forever": 1, "Unlimited": 2, "Business": 3, "Enterprise": 4, "Business Plus": 5}
"""The numbers of the plans, of which only the first is known [recall]."""


def user(workspace: Workspace, _: Call) -> Raw:
    """Answer whose token it is."""
    return {"user": {**workspace.me.brief, "week_start_day": 1, "global_font_support": False, "timezone": "America/New_York"}}


def teams(workspace: Workspace, _: Call) -> Raw:
    """Answer the Workspaces of the token with everybody in them."""
    members = [{"user": _member(person), "invited_by": workspace.me.brief} for person in workspace.people.values()]
    return {"teams": [{"id": workspace.team, "name": "Sandbox", "color": "#536cfe", "avatar": None, "members": members}]}


def _member(person: Person) -> Raw:
    return {**person.brief, "role": person.role, "custom_role": None, "last_active": None, "date_joined": None, "date_invited": None}


def plan(workspace: Workspace, call: Call) -> Raw:
    """Answer the plan that is paid for."""
    workspace.require_team(call.path["team"])
    return {"plan_name": workspace.plan, "plan_id": _PLANS[workspace.plan]}


def groups(workspace: Workspace, call: Call) -> Raw:
    """Answer the user groups."""
    workspace.require_team(call.word("team_id"))
    found = [
        {
            "id": group.id,
            "team_id": workspace.team,
            "userid": workspace.me.id,
            "name": group.name,
            "handle": group.name.lower(),
            "members": [person.brief for person in group.members],
        }
        for group in workspace.groups
    ]
    return {"groups": found}


def spaces(workspace: Workspace, call: Call) -> Raw:
    """Answer the Spaces that the token's user can see."""
    workspace.require_team(call.path["team"])
    return {"spaces": [_space(workspace, space) for space in workspace.spaces.values() if workspace.sees(space)]}


def _space(workspace: Workspace, space: Space) -> Raw:
    inside = [one for one in workspace.lists.values() if one.space == space]
    names = list({status.name: one.id for one in inside for status in one.statuses})
    statuses = [{"status": name, "orderindex": place} for place, name in enumerate(names)]
    return {"id": space.id, "name": space.name, "private": False, "archived": False, "statuses": statuses, "features": {}}


def folders(workspace: Workspace, call: Call) -> Raw:
    """Answer the Folders of a Space with their Lists; the hidden one of its other Lists is not among them."""
    space = workspace.space(call.path["space"])
    return {"folders": [_folder(workspace, one) for one in workspace.folders.values() if one.space == space and not one.is_hidden]}


def _folder(workspace: Workspace, folder: Folder) -> Raw:
    inside = [_listed(workspace, one) for one in workspace.lists.values() if one.folder == folder]
    space = {"id": folder.space.id, "name": folder.space.name, "access": True}
    return {"id": folder.id, "name": folder.name, "hidden": folder.is_hidden, "archived": False, "space": space, "lists": inside}


def folderless(workspace: Workspace, call: Call) -> Raw:
    """Answer the Lists of a Space that lie in no Folder."""
    space = workspace.space(call.path["space"])
    found = [one for one in workspace.lists.values() if one.space == space and one.folder.is_hidden]
    return {"lists": [_listed(workspace, one) for one in found]}


def lists(workspace: Workspace, call: Call) -> Raw:
    """Answer the Lists of a Folder."""
    folder = workspace.folder(call.path["folder"])
    return {"lists": [_listed(workspace, one) for one in workspace.lists.values() if one.folder == folder]}


def one_list(workspace: Workspace, call: Call) -> Raw:
    """Answer one List with its statuses in order."""
    found = workspace.task_list(call.path["list"])
    return {**_listed(workspace, found), "statuses": [found.shown(status.name) for status in found.statuses], "permission_level": "create"}


def _listed(workspace: Workspace, one: TaskList) -> Raw:
    return {
        "id": one.id,
        "name": one.name,
        "content": "",
        "orderindex": 0,
        "status": None,
        "priority": None,
        "assignee": None,
        "task_count": sum(task.place is one for task in workspace.tasks.values()),
        "due_date": None,
        "start_date": None,
        "folder": {"id": one.folder.id, "name": one.folder.name, "hidden": one.folder.is_hidden, "access": True},
        "space": {"id": one.space.id, "name": one.space.name, "access": True},
        "archived": False,
        "override_statuses": True,
    }


def list_fields(workspace: Workspace, call: Call) -> Raw:
    """Answer the fields of a List, with those made for the places around it [recall]."""
    return {"fields": [field.shown for field in workspace.fields_of(workspace.task_list(call.path["list"]))]}


def folder_fields(workspace: Workspace, call: Call) -> Raw:
    """Answer the fields made for a Folder."""
    return _fields(workspace, workspace.folder(call.path["folder"]).id)


def space_fields(workspace: Workspace, call: Call) -> Raw:
    """Answer the fields made for a Space."""
    return _fields(workspace, workspace.space(call.path["space"]).id)


def team_fields(workspace: Workspace, call: Call) -> Raw:
    """Answer the fields made for the whole Workspace."""
    workspace.require_team(call.path["team"])
    return _fields(workspace, workspace.team)


def _fields(workspace: Workspace, place: str) -> Raw:
    return {"fields": [field.shown for field in workspace.fields.values() if field.place == place]}


def custom_items(workspace: Workspace, call: Call) -> Raw:
    """Answer the types of tasks that people have made; milestones are always there."""
    workspace.require_team(call.path["team"])
    return {"custom_items": [{"id": 1, "name": "Milestone", "name_plural": "Milestones", "description": None}]}


def tags(workspace: Workspace, call: Call) -> Raw:
    """Answer the tags of a Space (clickup.md 8 [O])."""
    names = workspace.tags.get(workspace.space(call.path["space"]).id, ())
    return {"tags": [{"name": name, "tag_fg": "#ffffff", "tag_bg": "#000000"} for name in names]}
