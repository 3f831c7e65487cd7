"""Tasks: what is kept of one, and how it is answered (clickup.md 4 [O]): times are texts of milliseconds."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from connector.sandbox.clickup.calls import Raw
from connector.sandbox.clickup.places import CLOSED, DONE, Person, TaskList


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody wrote under a task."""

    id: str
    text: str
    author: Person
    at: int

    @property
    def shown(self) -> Raw:
        """Return the comment as it is answered; all but text, user and date is [recall]."""
        return {
            "id": self.id,
            "comment": [{"text": self.text}],
            "comment_text": self.text,
            "user": self.author.brief,
            "resolved": False,
            "assignee": None,
            "assigned_by": None,
            "reactions": [],
            "date": str(self.at),
        }


@dataclass(slots=True, kw_only=True)
class Task:
    """One task; `log` holds the statuses it took, each with its moment, `values` its custom fields by the id of each.

    `also` are the Lists that show it besides the one where it is at home.
    """

    id: str
    name: str
    place: TaskList
    created: int
    updated: int
    creator: Person
    log: list[tuple[str, int]]
    assignees: list[Person] = field(default_factory=list)
    values: dict[str, object] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    text: str = ""
    due: int | None = None
    start: int | None = None
    parent: str | None = None
    priority: int | None = None
    custom_item: int = 0
    is_archived: bool = False
    also: list[TaskList] = field(default_factory=list)

    @property
    def status(self) -> Raw:
        """The present status as it is answered."""
        return self.place.shown(self.log[-1][0])

    @property
    def kind(self) -> str:
        """The kind of the present status."""
        return self.place.kind(self.log[-1][0])

    @property
    def done(self) -> int | None:
        """When the task got into a status of the kind done or closed, where it is in one."""
        return self.log[-1][1] if self.kind in (DONE, CLOSED) else None

    @property
    def closed(self) -> int | None:
        """When the task got into a closed status, where it is in one; a done one is not closed [recall]."""
        return self.log[-1][1] if self.kind == CLOSED else None


def shown(task: Task, custom: Sequence[Raw], team: str) -> Raw:
    """Return a task as it is answered, given its custom fields."""
    place = task.place
    return {
        "id": task.id,
        "custom_id": None,
        "custom_item_id": task.custom_item,
        "name": task.name,
        "text_content": task.text,
        "description": task.text,
        "status": task.status,
        "orderindex": "0",
        "date_created": str(task.created),
        "date_updated": str(task.updated),
        "date_closed": text(task.closed),
        "date_done": text(task.done),
        "archived": task.is_archived,
        "creator": task.creator.brief,
        "assignees": [person.brief for person in task.assignees],
        "watchers": [],
        "tags": [{"name": name, "tag_fg": "#ffffff", "tag_bg": "#000000"} for name in task.tags],
        "parent": task.parent,
        "priority": task.priority,
        "due_date": text(task.due),
        "start_date": text(task.start),
        "points": None,
        "time_estimate": None,
        "custom_fields": list(custom),
        "dependencies": [],
        "linked_tasks": [],
        "team_id": team,
        "url": f"https://app.clickup.com/t/{task.id}",
        "list": {"id": place.id, "name": place.name, "access": True},
        "project": {"id": place.folder.id, "name": place.folder.name, "hidden": place.folder.is_hidden, "access": True},
        "folder": {"id": place.folder.id, "name": place.folder.name, "hidden": place.folder.is_hidden, "access": True},
        "space": {"id": place.space.id},
    }


def text(at: int | None) -> str | None:
    """Write a moment as it is answered."""
    return None if at is None else str(at)
