"""Our records as one CRM holds them: grouped by the record that they come and go with, with a count of changes for increments."""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime

from connector.model import FILLS, Entity, FieldHistory, Membership, Record, Stage, StageChange, Stream, User

STREAM_OF = {entity: stream for stream, entities in FILLS.items() for entity in entities}
"""The stream that brings each kind of record."""


def parent_of(record: Record) -> str:
    """Return the id of the record that this one comes and goes with."""
    if isinstance(record, StageChange):
        return record.deal
    if isinstance(record, FieldHistory):
        return record.record
    if isinstance(record, Membership):
        return record.team
    return record.pipeline if isinstance(record, Stage) else record.id


def home_of(row: Record) -> str:
    """Return the id that our fields on this record are written to."""
    return (row.record or row.id) if isinstance(row, User) else row.id


class Shelf:
    """Everything there is, deleted records included."""

    def __init__(self) -> None:
        self.now = 0
        self._rows: dict[Stream, dict[str, dict[tuple[Entity, str], Record]]] = defaultdict(lambda: defaultdict(dict))
        self._changed: dict[tuple[Stream, str], int] = {}

    def put(self, *records: Record) -> None:
        """Create or replace records."""
        for record in records:
            group = parent_of(record)
            self._rows[STREAM_OF[record.entity]][group][record.entity, record.id] = record
            self.touch(STREAM_OF[record.entity], group)

    def remove(self, entity: Entity, record: str, at: datetime) -> None:
        """Delete a record; it stays to be told of."""
        self.put(replace(self._rows[STREAM_OF[entity]][record][entity, record], deleted_at=at))

    def forget(self, entity: Entity, record: str) -> None:
        """Delete a record without a trace."""
        del self._rows[STREAM_OF[entity]][record]
        del self._changed[STREAM_OF[entity], record]

    def get(self, entity: Entity, record: str) -> Record | None:
        """Return a record, deleted ones included."""
        return next((row for row in self.all(entity) if row.id == record), None)

    def all(self, entity: Entity) -> list[Record]:
        """Return all records of a kind, deleted ones included."""
        groups = self._rows[STREAM_OF[entity]].values()
        return [row for group in groups for (kind, _), row in group.items() if kind is entity]

    def live(self, entity: Entity) -> dict[str, Record]:
        """Return the records that are not deleted, by the id that our fields are written to."""
        return {home_of(row): row for row in self.all(entity) if row.deleted_at is None}

    def group(self, stream: Stream, group: str) -> list[Record]:
        """Return a record with those that come and go with it."""
        return list(self._rows[stream][group].values())

    def touch(self, stream: Stream, group: str) -> None:
        """Note that something about a record has changed."""
        self.now += 1
        self._changed[stream, group] = self.now

    def changed(self, stream: Stream, since: int) -> list[str]:
        """Return in order the ids of what changed after a moment that `now` told."""
        return sorted(group for (kind, group), tick in self._changed.items() if kind is stream and tick > since)
