"""Where a stream stands: opaque to everybody else, complete enough to go on at the same page after a kill."""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum


class Phase(StrEnum):
    """What comes next: the rest of a full pass (list, archived), of an increment (search, sweep, links, scan), or a new pass."""

    LIST = "list"
    ARCHIVED = "archived"
    SEARCH = "search"
    SWEEP = "sweep"
    LINKS = "links"
    SCAN = "scan"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Cursor:
    """`since` and `until` bound the pass in hand (ISO instants on HubSpot's clock); `after` is its page token or last id.

    `scanned` is when a pass began last that looked at everything, and so at what HubSpot calculates. `blind` names, with blanks between,
    the kinds of records of which links could not be seen since then.
    """

    phase: Phase
    until: str
    since: str = ""
    after: str = ""
    scanned: str = ""
    blind: str = ""

    @classmethod
    def parse(cls, text: str | None) -> "Cursor | None":
        """Read a cursor; None for none, and for one that is not ours, so that the stream starts again."""
        if text is None:
            return None
        try:
            found = json.loads(text)
            place = str(found["until"]), str(found["since"]), str(found["after"])
            cursor = cls(Phase(found["phase"]), *place, str(found.get("scanned", "")), str(found.get("blind", "")))
            _ = cursor.ends_at, cursor.starts_at, cursor.scanned_at
        except (ValueError, TypeError, KeyError):
            return None
        return cursor

    @property
    def text(self) -> str:
        """The form that is stored."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @property
    def ends_at(self) -> datetime:
        """Up to when this pass sees changes."""
        return datetime.fromisoformat(self.until)

    @property
    def scanned_at(self) -> datetime:
        """When everything was looked at last; the beginning of time where nobody knows."""
        return datetime.fromisoformat(self.scanned) if self.scanned else datetime(1970, 1, 1, tzinfo=UTC)

    @property
    def starts_at(self) -> datetime:
        """From when on an increment looks for changes; the beginning of time for a full pass."""
        return datetime.fromisoformat(self.since) if self.since else datetime(1970, 1, 1, tzinfo=UTC)

    def blinded(self, targets: Collection[str]) -> "Cursor":
        """Return the cursor with more kinds of records of which links could not be seen."""
        return replace(self, blind=" ".join(sorted({*self.blind.split(), *targets}))) if targets else self

    def at(self, after: str | None, otherwise: Phase) -> "Cursor":
        """Return the cursor of the next page of this phase, or the start of the phase `otherwise` when there is none."""
        return replace(self, after=after) if after else replace(self, phase=otherwise, after="")
