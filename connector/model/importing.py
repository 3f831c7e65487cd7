"""What arrives by import: a record or the reason why there is none, line by line, and what a whole file brought."""

from dataclasses import dataclass
from datetime import date

from connector.model.record import Entity, Record


@dataclass(frozen=True, slots=True)
class Arrival:
    """A record that was read from a file, and the line (from 1) that it begins at."""

    line: int
    record: Record


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason why a line was not taken; those of one line come one after another.

    `column` and `value` are empty where the line as a whole is wrong.
    """

    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What one import may touch: the rows of this table that an import of this name brought before.

    With `replace`, those of them that the file lacks vanish; with `days`, of them only the rows from the first to the last of these days.
    `dry_run` finds out everything and keeps nothing.
    """

    entity: Entity
    name: str
    replace: bool = False
    dry_run: bool = False
    days: tuple[date, date] | None = None

    @property
    def origin(self) -> str:
        """How the store marks the rows."""
        return f"{IMPORT}{self.name}"


@dataclass(frozen=True, slots=True)
class Taken:
    """What one file brought: rows that are new or changed, rows that were there already, rows refused, and rows that vanished.

    `faults` holds the first reasons, in the file's order.
    """

    changed: int
    unchanged: int
    refused: int
    removed: int
    faults: tuple[Fault, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows of the file are in the store now."""
        return self.changed + self.unchanged


IMPORT = "import:"
"""What the origin of an imported row begins with; no stream has such a name."""
