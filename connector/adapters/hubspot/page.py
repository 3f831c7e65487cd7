"""Turns rows into pages: a value that cannot be read counts as empty and is noted, a record that cannot is set aside with the reason."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence

from connector.adapters.hubspot.merges import merges_of
from connector.adapters.hubspot.objects import Row
from connector.adapters.hubspot.parse import note, noted
from connector.adapters.hubspot.passes import Batch
from connector.adapters.rows import RAW_SIZE
from connector.adapters.values import Unreadable
from connector.http import Body
from connector.model import FILLS, Held, Page, Record, Rejected, Stream, Unread

Read = Callable[[Row], Iterable[Record]]


def page_of(stream: Stream, batch: Batch, read: Read, held_in: Callable[[Row], Iterable[Held]], *, same: Sequence[Row] = ()) -> Page:
    """Read the rows of a batch; a row is set aside whole where nothing tells which record it is, or of when.

    Of the rows that are the `same` as they are known only our fields are read.
    """
    records: list[Record] = []
    rejected: list[Rejected] = []
    unread: list[Unread] = []
    held: list[Held] = []
    entity = FILLS[stream][0]
    for row in batch.rows:
        try:
            with noted() as notes:
                whole = shaped(row)
                found = [*read(whole), *merges_of(entity, whole)]
        except Unreadable as error:
            raw = json.dumps(row, default=str, ensure_ascii=False)[:RAW_SIZE]
            rejected.append(Rejected(entity, _id_of(row), f"{error}.", raw))
        else:
            records += found
            unread += (Unread(entity, _id_of(row), name, reason) for name, reason in notes.items())
            held += held_in(row)
    for row in same:
        held += held_in(row)
    return Page(
        tuple(records),
        batch.cursor.text,
        is_last=batch.is_last,
        is_full=batch.is_full,
        rejected=tuple(rejected),
        unread=tuple(unread),
        held=tuple(held),
        total=batch.total,
        counted=batch.counted,
        same=tuple(str(row["id"]) for row in same),
    )


def shaped(row: object) -> Row:
    """Return the row if it is built like a record, without what in it is not.

    Raises:
        Unreadable: it is not, so that nothing in it can be trusted.
    """
    if not isinstance(row, dict) or not _is_id(row.get("id")):
        raise Unreadable("the record has no id")
    if not isinstance(row.get("properties") or {}, dict):
        raise Unreadable("properties: they are no table of names and values")
    parts = {name: _only(row, name, fits) for name, fits in _PARTS.items() if row.get(name)}
    return row | parts


def _is_id(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and bool(value)


def _only(row: Row, name: str, fits: Callable[[object], bool]) -> Body:
    """Return a part of a record with those of its members that fit; the others are noted."""
    part = row[name]
    if not isinstance(part, dict):
        note(name, "it is no table of names and values")
        return {}
    if all(map(fits, part.values())):
        return part
    for member in (member for member, value in part.items() if not fits(value)):
        note(member, "it is built otherwise than HubSpot says")
    return {member: value for member, value in part.items() if fits(value)}


def _is_plain(value: object) -> bool:
    return not isinstance(value, dict | list)


def _is_history(entries: object) -> bool:
    return isinstance(entries, list) and all(map(_is_entry, entries))


def _is_entry(entry: object) -> bool:
    return isinstance(entry, dict) and _is_plain(entry.get("value")) and _is_plain(entry.get("timestamp"))


def _is_linked(found: object) -> bool:
    results = (found.get("results") or []) if isinstance(found, dict) else None
    return isinstance(results, list) and all(isinstance(one, dict) and _is_id(one.get("id")) for one in results)


_PARTS: Mapping[str, Callable[[object], bool]] = {
    "properties": _is_plain,
    "propertiesWithHistory": _is_history,
    "associations": _is_linked,
}


def _id_of(row: object) -> str:
    return str(row.get("id") or "unknown") if isinstance(row, dict) else "unknown"
