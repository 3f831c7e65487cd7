"""Goals and their targets, which ClickUp calls key results: what is kept of them, and how it is answered (clickup.md 7)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from connector.sandbox.clickup.calls import Raw
from connector.sandbox.clickup.places import Person

TYPES = ("number", "currency", "boolean", "percentage", "automatic")


@dataclass(slots=True, kw_only=True)
class KeyResult:
    """One target of a goal; what it starts and ends with is kept, and never answered [C]."""

    id: str
    goal: str
    name: str
    type: str
    unit: str
    creator: Person
    created: int
    start: float
    end: float
    current: float
    owners: Sequence[Person] = ()
    task_ids: Sequence[str] = ()
    list_ids: Sequence[str] = ()
    note: str = "Created Key Result"
    before: float | None = None
    taken: float | None = None
    changed: int = 0

    @property
    def shown(self) -> Raw:
        """Return the target as it is answered: without its ends, and without a share that is done [C]."""
        return {
            "id": self.id,
            "goal_id": self.goal,
            "name": self.name,
            "type": self.type,
            "unit": self.unit,
            "creator": self.creator.id,
            "date_created": str(self.created),
            "goal_pretty_id": None,
            "percent_completed": None,
            "completed": self.current >= self.end if self.type != "automatic" else False,
            "task_ids": list(self.task_ids),
            "subcategory_ids": list(self.list_ids),
            "owners": [person.brief for person in self.owners],
            "last_action": {
                "key_result_id": self.id,
                "userid": self.creator.id,
                "date_modified": str(self.changed or self.created),
                "note": self.note,
                "steps_before_float": self.before,
                "steps_taken_float": self.taken,
                "steps_before": None,
                "steps_taken": None,
                "steps_current": None,
                "steps_current_float": None,
            },
        }

    @property
    def share(self) -> float:
        """How much of the way is done, between 0 and 1."""
        way = self.end - self.start
        return min(1.0, max(0.0, (self.current - self.start) / way)) if way else float(self.current >= self.end)


@dataclass(slots=True, kw_only=True)
class Goal:
    """One goal; in a folder only where people have put it there."""

    id: str
    pretty: int
    name: str
    creator: Person
    created: int
    start: int | None
    due: int | None
    description: str
    color: str
    several: bool = True
    owners: list[Person] = field(default_factory=list)
    folder: str | None = None

    def shown(self, results: Sequence[KeyResult], team: str) -> Raw:
        """Return the goal as it is answered; times go out as texts, though they come as numbers [O]."""
        return {
            "id": self.id,
            "pretty_id": str(self.pretty),
            "name": self.name,
            "team_id": team,
            "creator": self.creator.id,
            "color": self.color,
            "date_created": str(self.created),
            "start_date": None if self.start is None else str(self.start),
            "due_date": None if self.due is None else str(self.due),
            "description": self.description,
            "private": False,
            "archived": False,
            "multiple_owners": self.several,
            "folder_id": self.folder,
            "owners": [person.brief for person in self.owners],
            "key_results": [result.shown for result in results],
            "key_result_count": len(results),
            # How the goal's own share comes from its targets is [recall]: their mean, in hundredths.
            "percent_completed": round(100 * sum(result.share for result in results) / len(results)) if results else 0,
            "history": [],
            "pretty_url": f"https://app.clickup.com/{team}/goals/{self.pretty}",
        }
