"""The only way over a list: all of it, because nothing tells what changed.

Pages go by offset, so a record that is deleted meanwhile moves the others up, and one would be passed over. So each page begins with the
last row of the one before; where that is not there any more, the list is begun again.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, replace

from connector.adapters.bottlecrm.objects import Objects
from connector.adapters.bottlecrm.words import TITLE, Listing
from connector.errors import TryLater
from connector.http import Body

_MOST_BEGINNINGS = 5


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a pass is: how many rows of each part were brought, the last of each, and how often it was begun; `is_done` after its end."""

    offset: int = 0
    last: tuple[str, ...] = ()
    begun: int = 1
    is_done: bool = False

    @property
    def text(self) -> str:
        """The cursor as it is kept."""
        return json.dumps(asdict(self))

    @classmethod
    def parse(cls, text: str | None) -> "Cursor":
        """Read a cursor; a pass that has ended is followed by a new one, and so is what is no cursor of ours.

        How often a pass was begun counts anew whenever it goes on, or one that was cut off at its last beginning would never end.
        """
        try:
            found = json.loads(text or "{}")
            cursor = cls(**{**found, "last": tuple(found.get("last", ()))})
        except (ValueError, TypeError, AttributeError):
            return cls()
        return cls() if cursor.is_done else replace(cursor, begun=1)


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows of one page, the cursor of the next one, and how many rows there are in all."""

    rows: list[Body]
    cursor: Cursor
    total: int


async def batches(objects: Objects, listing: Listing, since: str | None, size: int) -> AsyncIterator[Batch]:
    """Yield a list's pages, going on at a cursor of a pass that was cut off.

    Raises:
        TryLater: records are deleted faster than the list is read.
    """
    cursor = Cursor.parse(since)
    while not cursor.is_done:
        batch = await _next(objects, listing, cursor, size)
        yield batch
        cursor = batch.cursor


async def _next(objects: Objects, listing: Listing, cursor: Cursor, size: int) -> Batch:
    lap = 1 if cursor.offset else 0
    parts = await objects.slice(listing, cursor.offset - lap, size + lap)
    total = sum(count for _, count in parts)
    rows, last = [], []
    for (found, _), before in zip(parts, cursor.last or [""] * len(parts), strict=True):
        ids = [str(row.get("id")) for row in found]
        if before and before not in ids:
            return _again(listing, cursor, total)
        # Rows before the seam have moved down since, and were brought already.
        fresh = found[ids.index(before) + 1 :] if before else found if not cursor.offset else []
        rows += fresh
        # A part that came to its end has no seam any more.
        last.append(ids[-1] if len(ids) == size + lap else "")
    is_done = not any(last)
    return Batch(rows, replace(cursor, offset=cursor.offset + size, last=tuple(last), is_done=is_done), total)


def _again(listing: Listing, cursor: Cursor, total: int) -> Batch:
    if cursor.begun == _MOST_BEGINNINGS:
        raise TryLater(f"{TITLE}'s list {listing.path} changed {_MOST_BEGINNINGS} times while it was read.")
    return Batch([], Cursor(begun=cursor.begun + 1), total)
