"""Where a stream of tasks stands: opaque to everybody else, complete enough to go on at the same page after a kill."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum


class Phase(StrEnum):
    """The part of a pass."""

    ALL = "all"
    CHANGES = "changes"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Cursor:
    """`until` is when the pass began, `full_at` when the last one over everything did.

    Of the tasks those come next that were created (or, of changes, updated) after `after` milliseconds, from this `page` of them on; `ids`
    were brought already. `count` is how many records the pass has brought.
    `of` tells which lists it goes over, and with which settings.
    """

    phase: Phase
    until: str
    full_at: str
    after: int = 0
    page: int = 0
    ids: tuple[str, ...] = ()
    count: int = 0
    of: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The cursor as it is kept."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @property
    def ends_at(self) -> datetime:
        """Up to when this pass sees changes."""
        return datetime.fromisoformat(self.until)

    @property
    def full(self) -> datetime:
        """When everything was listed last."""
        return datetime.fromisoformat(self.full_at)

    @classmethod
    def parse(cls, text: str | None, of: tuple[str, ...]) -> "Cursor | None":
        """Read a cursor; None for none, and for one that is not ours or of other lists and settings, so that the stream starts again."""
        if not text:
            return None
        try:
            found = json.loads(text)
            cursor = cls(**{**found, "phase": Phase(found["phase"]), "ids": tuple(found["ids"]), "of": tuple(found["of"])})
            _ = datetime.fromisoformat(cursor.until), datetime.fromisoformat(cursor.full_at)
        except (ValueError, TypeError, KeyError):
            return None
        return cursor if cursor.of == of else None
