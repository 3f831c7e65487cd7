"""The state of one Workspace: its places, people, tasks, fields and goals, and who may see what."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from uuid import UUID

from connector.sandbox.clickup.calls import Raw
from connector.sandbox.clickup.errors import Refusal, hidden, no_task, not_authorized
from connector.sandbox.clickup.fields import Field
from connector.sandbox.clickup.goals import Goal, KeyResult
from connector.sandbox.clickup.limits import FREE, Limiter
from connector.sandbox.clickup.places import Folder, Group, Person, Space, Status, TaskList
from connector.sandbox.clickup.tasks import Task, shown
from connector.sandbox.clickup.telling import Teller
from connector.sandbox.hubspot.clock import ZONE, Clock
from connector.sandbox.hubspot.faults import Faults

FIELD_USES, GOAL_USES = 60, 100
"""What the free plan allows in a lifetime (clickup.md 2 [D], 7 [H])."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_FIRST_TASK, _STEP = 17_450_000_000, 7
_SEED = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a Workspace behaves.

    `now` is where its clock starts; `plan` is one of `limits.PER_MINUTE` and sets how many calls a minute has, unless `per_minute` does;
    with `time_in_status` the ClickApp "Total time in Status" is on; the token's user cannot see the `hidden` Spaces, given by name;
    with `takes_decimals` steps of targets may have decimals, which [O] types as whole numbers; `retry` is how many seconds pass before a
    refused delivery comes again; `extras` adds tickets, comments and time entries.
    """

    now: datetime = datetime(2017, 12, 31, 18, tzinfo=ZONE)
    plan: str = "Enterprise"
    per_minute: int = 0
    time_in_status: bool = True
    hidden: Collection[str] = ()
    takes_decimals: bool = False
    retry: float = 1.0
    extras: bool = False
    team: str = "512"


class Workspace:
    """Everything that the endpoints read and change."""

    def __init__(self, token: str, options: Options) -> None:
        self.token = token
        self.options = options
        self.plan = options.plan
        self.time_in_status = options.time_in_status
        self.hidden = set(options.hidden)
        self.untold: set[str] = set()
        self.clock = Clock(options.now)
        self.faults = Faults()
        self.limiter = Limiter(self.clock)
        self.teller = Teller(options.retry)
        self.people: dict[int, Person] = {}
        self.groups: list[Group] = []
        self.spaces: dict[str, Space] = {}
        self.folders: dict[str, Folder] = {}
        self.lists: dict[str, TaskList] = {}
        self.fields: dict[str, Field] = {}
        self.tasks: dict[str, Task] = {}
        self.entries: list[Raw] = []
        self.tags: dict[str, list[str]] = {}
        self.goals: dict[str, Goal] = {}
        self.results: dict[str, KeyResult] = {}
        self.goal_folders: dict[str, str] = {}
        self.uses: Counter[str] = Counter()
        self.requests: Counter[str] = Counter()
        self._numbers: Counter[str] = Counter()
        self._random = Random(_SEED)  # noqa: S311  # ids of a sandbox, no secret

    @property
    def me(self) -> Person:
        """The person to whom the token belongs: the first, who owns the Workspace."""
        return next(iter(self.people.values()))

    @property
    def team(self) -> str:
        """The id of the Workspace."""
        return self.options.team

    def number(self, kind: str, first: int) -> str:
        """Return the next id of a kind that is a number."""
        self._numbers[kind] += 1
        return str(first + 3 * self._numbers[kind])

    def uuid(self) -> str:
        """Return the next id of those that are UUIDs."""
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def task_id(self) -> str:
        """Return the id of the next task."""
        self._numbers["task"] += 1
        rest, letters = _FIRST_TASK + _STEP * self._numbers["task"], ""
        while rest:
            rest, place = divmod(rest, len(_DIGITS))
            letters = _DIGITS[place] + letters
        return letters

    def add_list(self, name: str, folder: Folder, statuses: Sequence[Status]) -> TaskList:
        """Add a List."""
        made = TaskList(self.number("list", 901_200), name, folder, tuple(statuses))
        self.lists[made.id] = made
        return made

    def add_field(self, name: str, kind: str, place: str, config: Raw, *, created: int | None = None) -> Field:
        """Add the definition of a field, as people do: no endpoint does (clickup.md 6 [O] [C])."""
        made = Field(self.uuid(), name, kind, config, created or self.clock.now(), place)
        self.fields[made.id] = made
        return made

    def require_team(self, key: str) -> None:
        """Let a call for this Workspace pass.

        Raises:
            Refusal: it is for another one.
        """
        if key != self.team:
            raise not_authorized()

    def sees(self, space: Space) -> bool:
        """Whether the token's user sees a Space."""
        return space.name not in self.hidden

    def space(self, key: str) -> Space:
        """Return a Space.

        Raises:
            Refusal: there is none, or it is hidden.
        """
        found = self.spaces.get(key)
        if found is None or not self.sees(found):
            raise hidden()
        return found

    def folder(self, key: str) -> Folder:
        """Return a Folder.

        Raises:
            Refusal: there is none, or it is hidden.
        """
        found = self.folders.get(key)
        if found is None or not self.sees(found.space):
            raise hidden()
        return found

    def task_list(self, key: str) -> TaskList:
        """Return a List.

        Raises:
            Refusal: there is none, or it is hidden.
        """
        found = self.lists.get(key)
        if found is None or not self.sees(found.space):
            raise hidden()
        return found

    def task(self, key: str) -> Task:
        """Return a task.

        Raises:
            Refusal: there is none any more, or it is hidden.
        """
        found = self.tasks.get(key)
        if found is None:
            raise no_task()
        if not self.sees(found.place.space):
            raise hidden()
        return found

    def fields_of(self, place: TaskList) -> Iterable[Field]:
        """Yield the fields of a List: its own and those of the places around it."""
        around = (*place.around, self.team)
        return (field for field in self.fields.values() if field.place in around)

    def shown(self, task: Task) -> Raw:
        """Return a task as it is answered."""
        return shown(task, [self._filled(task, field) for field in self.fields_of(task.place)], self.team)

    def _filled(self, task: Task, field: Field) -> Raw:
        """Return a field as tasks show it; without a value there is no key for one (clickup.md 4)."""
        value = task.values.get(field.id)
        return {**field.shown, **({} if value is None else {"value": self.read(field, value)})}

    def read(self, field: Field, value: object) -> object:
        """Return a value as it is read: an option by its place, tasks and people as objects (all [recall], clickup.md 4 leaves it open)."""
        if field.type == "drop_down":
            return next(option["orderindex"] for option in field.options if option["id"] == value)
        if field.type == "users" and isinstance(value, list):
            return [self.people[one].brief for one in value if one in self.people]
        if field.type == "tasks" and isinstance(value, list):
            return [self._related(self.tasks[one]) for one in value if one in self.tasks]
        return value

    def _related(self, task: Task) -> Raw:
        return {
            "id": task.id,
            "name": task.name,
            "status": task.status["status"],
            "color": task.status["color"],
            "custom_type": None,
            "team_id": self.team,
            "deleted": False,
            "url": f"https://app.clickup.com/t/{task.id}",
            "access": self.sees(task.place.space),
        }

    def happened(self, task: Task, event: str, item: Raw | None) -> None:
        """Note that a task changed, and tell: of the event itself, and that the task was updated, but for its birth and its end."""
        task.updated = max(task.updated, self.clock.now())
        items = (
            [{"id": self.number("item", 2_800_000), "type": 1, "date": str(self.clock.now()), "user": self.me.brief, **item}]
            if item
            else []
        )
        for name in dict.fromkeys((event, "taskUpdated" if item else event)):
            if name:
                self.teller.tell(name, (task.id, *task.place.around), {"task_id": task.id, "history_items": items})

    def spend(self, what: str, most: int, refusal: Refusal) -> None:
        """Count a use that the free plan limits for ever.

        Raises:
            Refusal: none is left.
        """
        if self.plan == FREE and self.uses[what] >= most:
            raise refusal
        self.uses[what] += 1
