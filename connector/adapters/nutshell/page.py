"""Turns rows into pages: a value that cannot be read counts as empty and is noted, a record that cannot is set aside with the reason."""

import json
from collections.abc import Callable, Iterable, Sequence

from connector.adapters.nutshell.parse import Row, Unreadable
from connector.http import Body
from connector.model import FILLS, Page, Record, Rejected, Stream, Unread

Read = Callable[[Row], Iterable[Record]]
_RAW_SIZE = 20_000
"""How much of an unreadable record is kept."""


def _nobody() -> Iterable[Record]:
    raise Unreadable("the record has no id")


def page_of(stream: Stream, rows: Sequence[Body], read: Read) -> Page:
    """Read rows into a page that is not part of a pass yet."""
    records: list[Record] = []
    rejected: list[Rejected] = []
    unread: list[Unread] = []
    entity = FILLS[stream][0]
    for raw in rows:
        row = Row(raw)
        try:
            records += read(row) if raw.get("id") else _nobody()
        except (Unreadable, AttributeError, TypeError) as error:
            kept = json.dumps(_spared(stream, raw), default=str, ensure_ascii=False)[:_RAW_SIZE]
            rejected.append(Rejected(entity, row.id, f"{error}.", kept))
        else:
            unread += (Unread(entity, row.id, name, why) for name, why in row.notes.items())
    return Page(tuple(records), "", is_last=True, is_full=True, rejected=tuple(rejected), unread=tuple(unread))


def _spared(stream: Stream, raw: Body) -> Body:
    """Return what is kept of an unreadable record: of a person no names, e-mails and phones."""
    return {name: raw[name] for name in ("id", "type", "links") if name in raw} if stream is Stream.CONTACTS else raw
