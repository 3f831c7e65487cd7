"""Where tasks are kept (Workspace, Space, Folder, List) and who is there (clickup.md 1, 3)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from connector.sandbox.clickup.calls import Raw

OWNER, ADMIN, MEMBER, GUEST = 1, 2, 3, 4
"""The roles of people [recall]."""
DONE, CLOSED = "done", "closed"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone in the Workspace."""

    id: int
    name: str
    email: str
    role: int = MEMBER

    @property
    def brief(self) -> Raw:
        """Return the person as tasks, goals and comments name people."""
        initials = "".join(part[0] for part in self.name.split()).upper()
        return {
            "id": self.id,
            "username": self.name,
            "email": self.email,
            "color": "#7b68ee",
            "initials": initials,
            "profilePicture": None,
        }


@dataclass(frozen=True, slots=True)
class Group:
    """A user group, which people call a Team."""

    id: str
    name: str
    members: Sequence[Person]


@dataclass(frozen=True, slots=True)
class Status:
    """One status of a List; `kind` is open, custom, done or closed."""

    name: str
    kind: str
    color: str = "#87909e"


@dataclass(frozen=True, slots=True)
class Space:
    """A Space."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Folder:
    """A Folder; Lists without one lie in a hidden one."""

    id: str
    name: str
    space: Space
    is_hidden: bool = False


@dataclass(slots=True, eq=False)
class TaskList:
    """A List with its statuses in order."""

    id: str
    name: str
    folder: Folder
    statuses: Sequence[Status]
    _shown: dict[str, Raw] = field(init=False, repr=False, default_factory=dict)

    @property
    def space(self) -> Space:
        """The Space around it."""
        return self.folder.space

    @property
    def around(self) -> tuple[str, str, str]:
        """The ids of the places it lies in, itself first."""
        return self.id, self.folder.id, self.space.id

    def __post_init__(self) -> None:
        """Lay the statuses out as they are answered: every task of a page shows one."""
        rows = {
            one.name: {"status": one.name, "orderindex": at, "color": one.color, "type": one.kind} for at, one in enumerate(self.statuses)
        }
        self._shown = rows

    def find(self, name: str) -> str | None:
        """Return a status by its name, whose capitals do not matter [recall]."""
        return next((one.name for one in self.statuses if one.name.lower() == name.lower()), None)

    def kind(self, name: str) -> str:
        """Return the kind of a status."""
        return str(self._shown[name]["type"])

    def shown(self, name: str) -> Raw:
        """Return a status of this List as it is answered."""
        return dict(self._shown[name])
