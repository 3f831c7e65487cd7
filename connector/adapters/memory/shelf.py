"""Our records as one CRM holds them: grouped by the record that they come and go with, with a count of changes for increments."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from connector.model import (
    FILLS,
    Activity,
    ActivityKind,
    Contract,
    Cost,
    Entity,
    FieldHistory,
    Membership,
    Merge,
    Record,
    Stage,
    StageChange,
    Stream,
    User,
)

_ACTIVITIES: Mapping[ActivityKind, Stream] = {
    ActivityKind.CALL: Stream.CALLS,
    ActivityKind.EMAIL: Stream.EMAILS,
    ActivityKind.MEETING: Stream.MEETINGS,
    ActivityKind.NOTE: Stream.NOTES,
    ActivityKind.TASK: Stream.TASKS,
}
"""The streams of activities; every other kind is a message."""


def streams_of(entity: Entity) -> list[Stream]:
    """Return the streams that bring records of a kind: several for activities and merges, none for what is only imported."""
    return [stream for stream, entities in FILLS.items() if entity in entities]


def stream_of(record: Record) -> Stream:
    """Return the stream that brings a record.

    Raises:
        ValueError: records of its kind only arrive by import.
    """
    if isinstance(record, Activity):
        return _ACTIVITIES.get(record.kind, Stream.MESSAGES)
    streams = streams_of(record.of if isinstance(record, Merge) else record.entity)
    if not streams:
        raise ValueError(f"No stream of a CRM brings {record.entity.value}; they are imported.")
    return streams[0]


def parent_of(record: Record) -> str:
    """Return the id of the record that this one comes and goes with."""
    match record:
        case StageChange():
            parent = record.deal
        case FieldHistory():
            parent = record.record
        case Membership():
            parent = record.team
        case Stage():
            parent = record.pipeline
        case Merge():
            parent = record.survivor
        case Contract(deal=str(deal)):
            parent = deal
        case Cost(campaign=str(campaign)):
            parent = campaign
        case _:
            parent = record.id
    return parent


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
            stream, group = stream_of(record), parent_of(record)
            self._rows[stream][group][record.entity, record.id] = record
            self.touch(stream, group)

    def remove(self, entity: Entity, record: str, at: datetime) -> None:
        """Delete a record; it stays to be told of.

        Raises:
            KeyError: there is no such record.
        """
        found = self.get(entity, record)
        if found is None:
            raise KeyError(f"There is no {record} among the {entity}.")
        self.put(replace(found, deleted_at=at))

    def forget(self, entity: Entity, record: str) -> None:
        """Delete a record without a trace, and what came with it."""
        for stream in streams_of(entity):
            self._rows[stream].pop(record, None)
            self._changed.pop((stream, record), None)

    def get(self, entity: Entity, record: str) -> Record | None:
        """Return a record, deleted ones included."""
        return next((row for row in self.all(entity) if row.id == record), None)

    def all(self, entity: Entity) -> list[Record]:
        """Return all records of a kind, deleted ones included."""
        groups = [group for stream in streams_of(entity) for group in self._rows[stream].values()]
        return [row for group in groups for (kind, _), row in group.items() if kind is entity]

    def live(self, entity: Entity) -> dict[str, Record]:
        """Return the records that are not deleted, by the id that our fields are written to."""
        return {home_of(row): row for row in self.all(entity) if row.deleted_at is None}

    def holds(self, stream: Stream, group: str) -> bool:
        """Whether there is such a record, deleted ones included."""
        return group in self._rows[stream]

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
