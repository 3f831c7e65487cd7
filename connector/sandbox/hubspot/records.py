"""Records with their whole property history, kept in tables that are ordered by record id."""

from bisect import bisect_right, insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from connector.sandbox.hubspot.kinds import Kind


class Source(NamedTuple):
    """Who changed a value (hubspot.md 3 [S] ValueWithTimestamp)."""

    type: str
    id: str
    user: str = ""


class Entry(NamedTuple):
    """One value a property took, when and by whom; `at` is milliseconds since 1970."""

    value: str
    at: int
    source: Source


@dataclass(slots=True)
class Record:
    """One record; `values` are the present ones, `history` the entries of each property, oldest first."""

    id: int
    kind: Kind
    created: int
    modified: int
    values: dict[str, str]
    history: dict[str, tuple[Entry, ...]]
    archived: int | None = None

    def put(self, values: Mapping[str, str], at: int, source: Source) -> int:
        """Set properties and return how many changed; an equal value leaves no entry, but the record counts as modified all the same."""
        changed = 0
        for name, value in values.items():
            if self.values.get(name) != value:
                self.values[name] = value
                self.history[name] = (*self.history.get(name, ()), Entry(value, at, source))
                changed += 1
        self.modified = max(self.modified, at)
        return changed

    def as_of(self, at: int) -> "Record":
        """Return the record as it stood at an instant, for an index that lags behind."""
        history: dict[str, tuple[Entry, ...]] = {}
        for name, entries in self.history.items():
            known = tuple(entry for entry in entries if entry.at <= at)
            if known:
                history[name] = known
        modified = max((entries[-1].at for entries in history.values()), default=self.created)
        return Record(self.id, self.kind, self.created, modified, {name: entries[-1].value for name, entries in history.items()}, history)


class Table:
    """All records of one kind; archived ones are kept apart, as the vendor lists them apart."""

    def __init__(self, kind: Kind, first_id: int) -> None:
        self.kind = kind
        self.version = 0
        """Grows with every change, so that sums over the table can be kept."""
        self._next = first_id
        self._records: dict[int, Record] = {}
        self._live: list[int] = []
        self._archived: list[int] = []
        self._merged: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._live)

    def __iter__(self) -> Iterator[Record]:
        return (self._records[number] for number in self._live)

    def create(self, values: Mapping[str, str], at: int, source: Source) -> Record:
        """Add a record with the next id."""
        history: dict[str, tuple[Entry, ...]] = {name: (Entry(value, at, source),) for name, value in values.items()}
        return self._add(Record(self._next, self.kind, at, at, dict(values), history))

    def repeat(self, pattern: Record, changed: Mapping[str, str]) -> Record:
        """Add a record like another one, from its beginning on; the values of `changed` are its own, and were so from the beginning."""
        first = next(iter(pattern.history.values()))[0]
        own = {name: (Entry(value, pattern.created, first.source),) for name, value in changed.items()}
        values, history = {**pattern.values, **changed}, {**pattern.history, **own}
        return self._add(Record(self._next, self.kind, pattern.created, pattern.modified, values, history))

    def _add(self, record: Record) -> Record:
        self._next += 1
        self._records[record.id] = record
        self._live.append(record.id)
        self.version += 1
        return record

    def change(self, record: Record, values: Mapping[str, str], at: int, source: Source) -> int:
        """Set properties of a record and return how many changed."""
        self.version += 1
        return record.put(values, at, source)

    def archive(self, record: Record, at: int) -> None:
        """Put a record away; its modification date stays as it is (hubspot.md 15 [G])."""
        self._live.remove(record.id)
        insort(self._archived, record.id)
        record.archived = at
        self.version += 1

    def forget(self, number: int) -> None:
        """Take a record out without a trace (hubspot.md 15 [G])."""
        del self._records[number]
        for ids in (self._live, self._archived):
            if number in ids:
                ids.remove(number)
        self.version += 1

    def retire(self, number: int, into: int) -> None:
        """Take a record out that was merged into another; its id leads there from now on (hubspot.md 15 [C])."""
        self.forget(number)
        self._merged[number] = into

    def find(self, word: str, *, archived: bool = False) -> Record | None:
        """Return the live (or the archived) record with this id, or the one into which that was merged."""
        number = int(word) if word.isdigit() else 0
        while number in self._merged:
            number = self._merged[number]
        record = self._records.get(number)
        return record if record and (record.archived is not None) is archived else None

    def is_live(self, number: int) -> bool:
        """Whether there is such a record and it is not archived."""
        record = self._records.get(number)
        return record is not None and record.archived is None

    def after(self, number: int, *, archived: bool = False) -> Iterator[Record]:
        """Yield the live (or the archived) records with a higher id, in order of id."""
        ids = self._archived if archived else self._live
        return (self._records[ids[place]] for place in range(bisect_right(ids, number), len(ids)))
