"""Where a stream stands: opaque to everybody else, complete enough to go on at the same page after a kill."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from connector.adapters.odoo.ids import unpacked


@dataclass(frozen=True, slots=True)
class Cursor:
    """Which kind of the stream is read (`part`, None when the pass is done), and what comes after which id of it.

    `until` is when the pass began, `since` from when on an increment looks for changes; without it the pass goes over everything.
    `meaning` is a digest of what the settings say the records mean: after a change of it everything is read again.
    `ids` tells of each kind which records are known to be there, by which those are found that are gone.
    """

    until: str
    since: str = ""
    part: int | None = 0
    after: int = 0
    ids: tuple[str, ...] = ()
    is_comparing: bool = False
    meaning: str = ""

    @classmethod
    def parse(cls, text: str | None, parts: int, meaning: str = "") -> "Cursor | None":
        """Read a cursor; None for none, for one that is not ours, and for one of other settings, so that the stream starts again."""
        if text is None:
            return None
        try:
            found = json.loads(text)
            cursor = cls(**{**found, "ids": tuple(found["ids"])})
            _ = cursor.ends_at, cursor.since and datetime.fromisoformat(cursor.since), [unpacked(one) for one in cursor.ids]
        except (ValueError, TypeError, KeyError):
            return None
        return cursor if (len(cursor.ids), cursor.meaning) == (parts, meaning) else None

    @property
    def text(self) -> str:
        """The form that is stored."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @property
    def ends_at(self) -> datetime:
        """Up to when this pass sees changes."""
        return datetime.fromisoformat(self.until)

    @property
    def is_full(self) -> bool:
        """Whether the pass goes over everything."""
        return not self.since

    @property
    def is_done(self) -> bool:
        """Whether the pass is through."""
        return self.part is None
