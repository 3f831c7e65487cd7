"""Turns rows into pages; what cannot be read is set aside with the reason, so that one bad record never stops a stream."""

import json
from collections.abc import Callable, Iterable

from connector.adapters.hubspot.objects import Row
from connector.adapters.hubspot.parse import Unreadable
from connector.adapters.hubspot.passes import Batch
from connector.model import FILLS, Held, Page, Record, Rejected, Stream

Read = Callable[[Row], Iterable[Record]]
_RAW_SIZE = 20_000
"""How much of an unreadable record is kept."""


def page_of(stream: Stream, batch: Batch, read: Read, held_in: Callable[[Row], Iterable[Held]]) -> Page:
    """Read the rows of a batch; a row that cannot be read is set aside whole."""
    records: list[Record] = []
    rejected: list[Rejected] = []
    held: list[Held] = []
    for row in batch.rows:
        try:
            found = list(read(shaped(row)))
        except Unreadable as error:
            raw = json.dumps(row, default=str, ensure_ascii=False)[:_RAW_SIZE]
            rejected.append(Rejected(FILLS[stream][0], _id_of(row), f"{error}.", raw))
        else:
            records += found
            held += held_in(row)
    return Page(
        tuple(records),
        batch.cursor.text,
        is_last=batch.is_last,
        is_full=batch.is_full,
        rejected=tuple(rejected),
        held=tuple(held),
        total=batch.total,
    )


def shaped(row: object) -> Row:
    """Return the row if it is built like a record.

    Raises:
        Unreadable: it is not, so that nothing in it can be trusted.
    """
    if not isinstance(row, dict) or not row.get("id"):
        raise Unreadable("the record has no id")
    if not isinstance(row.get("properties", {}), dict):
        raise Unreadable("properties: they are no table of names and values")
    histories = row.get("propertiesWithHistory") or {}
    if not isinstance(histories, dict) or not all(_is_history(entries) for entries in histories.values()):
        raise Unreadable("propertiesWithHistory: a history is no list of dated values")
    return row


def _is_history(entries: object) -> bool:
    return isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)


def _id_of(row: object) -> str:
    return str(row.get("id") or "unknown") if isinstance(row, dict) else "unknown"
