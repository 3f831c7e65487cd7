"""Where a stream goes on: a place in a pass over everything, or the last event that was heeded."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum


class Phase(StrEnum):
    """The part of a pass."""

    LIST = "list"
    GONE = "gone"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Cursor:
    """`event` and `deletion` are the latest that count as heeded once the pass has ended; `page` and `total` tell how far its list is."""

    phase: Phase
    event: str = ""
    deletion: str = ""
    page: int = 0
    total: int | None = None

    @property
    def text(self) -> str:
        """The cursor as it is kept."""
        return json.dumps(asdict(self))

    @classmethod
    def parse(cls, text: str | None) -> "Cursor | None":
        """Read a cursor; None where there is none."""
        if not text:
            return None
        found = json.loads(text)
        return cls(**{**found, "phase": Phase(found["phase"])})
