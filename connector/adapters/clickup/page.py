"""Turns tasks into pages: a value that cannot be read counts as empty and is noted, a task that cannot is set aside with the reason."""

import json
from collections.abc import Callable, Iterable, Sequence

from connector.adapters.clickup.parse import Row, Unreadable
from connector.http import Body
from connector.model import FILLS, Page, Record, Rejected, Stream, Unread

Read = Callable[[Row], Iterable[Record]]
_RAW_SIZE = 20_000
"""How much of an unreadable task is kept."""


def _nobody() -> Iterable[Record]:
    raise Unreadable("the task has no id")


def page_of(stream: Stream, rows: Sequence[Body], read: Read) -> Page:
    """Read tasks into a page that is not part of a pass yet."""
    records: list[Record] = []
    rejected: list[Rejected] = []
    unread: list[Unread] = []
    entity = FILLS[stream][0]
    for raw in rows:
        row = Row(raw)
        try:
            records += list(read(row)) if raw.get("id") else _nobody()
        except (Unreadable, AttributeError, TypeError) as error:
            kept = json.dumps(_spared(stream, raw), default=str, ensure_ascii=False)[:_RAW_SIZE]
            rejected.append(Rejected(entity, row.id, f"{error}.", kept))
        else:
            unread += (Unread(entity, row.id, name, why) for name, why in row.notes.items())
    return Page(tuple(records), "", is_last=True, is_full=True, rejected=tuple(rejected), unread=tuple(unread))


def _spared(stream: Stream, raw: Body) -> Body:
    """Return what is kept of an unreadable task: of a person no names, addresses and texts."""
    return {name: raw[name] for name in ("id", "list", "status") if name in raw} if stream is Stream.CONTACTS else raw
