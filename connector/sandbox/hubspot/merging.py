"""Merging two records into one, and purging one for good: neither leaves an archived record behind (hubspot.md 15)."""

from connector.sandbox.hubspot.calls import Answer, Call
from connector.sandbox.hubspot.errors import Refusal, gone, invalid
from connector.sandbox.hubspot.kinds import COMPANIES, CONTACTS, Kind
from connector.sandbox.hubspot.objects import kind_written
from connector.sandbox.hubspot.portal import Portal
from connector.sandbox.hubspot.records import Entry, Record, Source
from connector.sandbox.hubspot.rendering import view

_MERGED = "hs_merged_object_ids"
_MOST = 250
_NEW_ID = {CONTACTS.name, COMPANIES.name}


def merge(portal: Portal, call: Call) -> Answer:
    """Merge two records: contacts and companies get a new id, others keep that of the primary one (hubspot.md 15 [C])."""
    call.only()
    kind = kind_written(portal, call)
    body = call.body.only("primaryObjectId", "objectIdToMerge")
    primary, other = (_record(portal, kind, body.identifier(name)) for name in ("primaryObjectId", "objectIdToMerge"))
    if primary is other:
        raise invalid(f"Record {primary.id} cannot be merged into itself.")
    ids = [*_merged_ids(primary), *_merged_ids(other), *([primary.id] if kind.name in _NEW_ID else []), other.id]
    if len(ids) > _MOST:
        # hubspot.md 6 [D]
        raise Refusal(414, "VALIDATION_ERROR", f"A record can be merged {_MOST} times at most.")
    record = _united(portal, primary, other, ids)
    portal.journal.records += 1
    portal.teller.tell(kind.singular, "merge", objectId=primary.id, mergedObjectIds=[other.id], newObjectId=record.id)
    return Answer(200, view(portal, kind, ()).record(record))


def _record(portal: Portal, kind: Kind, word: str) -> Record:
    record = portal.table(kind).find(word)
    if record is None:
        raise gone(kind.singular, [word])
    return record


def _merged_ids(record: Record) -> list[int]:
    return [int(word) for word in record.values.get(_MERGED, "").split(";") if word]


def _united(portal: Portal, primary: Record, other: Record, ids: list[int]) -> Record:
    now, source = portal.clock.now(), Source("MERGE_OBJECTS", portal.source.id)
    table = portal.table(primary.kind)
    history = _combined(primary, other, now, source)
    record = primary
    if primary.kind.name in _NEW_ID:
        record = table.create({}, now, source)
        table.retire(primary.id, record.id)
        portal.links.move(primary.kind, primary.id, record.id)
    table.retire(other.id, record.id)
    portal.links.move(primary.kind, other.id, record.id)
    record.created = min(primary.created, other.created)
    record.history = history
    record.values = {name: entries[-1].value for name, entries in history.items()}
    table.change(record, {_MERGED: ";".join(map(str, ids))}, now, source)
    return record


def _combined(primary: Record, other: Record, now: int, source: Source) -> dict[str, tuple[Entry, ...]]:
    """Put two histories together by time (hubspot.md 8.2 [C]); what the primary record holds wins, and gaps are filled from the other."""
    history: dict[str, tuple[Entry, ...]] = {}
    for name in dict.fromkeys((*primary.history, *other.history)):
        entries = (*primary.history.get(name, ()), *other.history.get(name, ()))
        in_time = tuple(sorted(entries, key=lambda entry: entry.at))
        wanted = primary.values.get(name) or other.values.get(name, "")
        history[name] = in_time if in_time[-1].value == wanted else (*in_time, Entry(wanted, now, source))
    return history


def purge(portal: Portal, call: Call) -> Answer:
    """Delete a contact for good, as privacy law asks: no list, no search and no archive knows it any more (hubspot.md 15 [G])."""
    call.only()
    portal.require(CONTACTS.write_scope)
    body = call.body.only("objectId", "idProperty")
    record = _record(portal, CONTACTS, body.identifier("objectId"))
    forget(portal, record)
    portal.teller.tell("contact", "privacyDeletion", objectId=record.id)
    return Answer(204, None)


def forget(portal: Portal, record: Record) -> None:
    """Take a record, its history and its links out of the portal."""
    portal.table(record.kind).forget(record.id)
    portal.links.forget(record.kind, record.id)
    portal.journal.records += 1
