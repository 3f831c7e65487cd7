"""Turns rows into pages: a value that cannot be read counts as empty and is noted, a record that cannot is set aside with the reason."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from connector.adapters.values import Unreadable, text
from connector.http import Body
from connector.model import FILLS, Page, Record, Rejected, Stream, Unread

RAW_SIZE = 20_000
"""How much of an unreadable record is kept."""


class Row(Protocol):
    """One record as it was answered."""

    @property
    def id(self) -> str:
        """The record's id."""

    @property
    def notes(self) -> Mapping[str, str]:
        """Why something in it could not be read, by name."""


R = TypeVar("R", bound=Row)
T = TypeVar("T")


class Answered:
    """A row of an adapter: one record as it was answered, whose values are read by name; what cannot be read is empty, and noted."""

    def __init__(self, raw: Body) -> None:
        self.raw = raw
        self.notes: dict[str, str] = {}

    @property
    def id(self) -> str:
        """The record's id."""
        return str(self.raw.get("id") or "unknown")

    def text(self, name: str) -> str | None:
        """Return a text; None for what holds others."""
        found = self.raw.get(name)
        return None if isinstance(found, dict | list) else text(found)

    def read(self, name: str, parse: Callable[[object], T | None]) -> T | None:
        """Return a value as it is parsed, which raises `ValueError` for what it cannot read."""
        return self.parsed(name, self.raw.get(name), parse)

    def parsed(self, name: str, value: object, parse: Callable[[object], T | None]) -> T | None:
        """Return a value that stands elsewhere in the record as it is parsed, noted under this name."""
        try:
            return parse(value)
        except ValueError as error:
            self.notes[name] = f"{name}: {error}."
            return None


def _nobody() -> Iterable[Record]:
    raise Unreadable("the record has no id")


def page_of(
    stream: Stream,
    rows: Sequence[Body],
    row_of: Callable[[Body], R],
    read: Callable[[R], Iterable[Record]],
    *,
    of_people: Collection[str],
    hidden: Collection[str] = (),
) -> Page:
    """Read rows into a page that is not part of a pass yet.

    Of unreadable people nothing is kept but the members `of_people`, of other records all but those that are `hidden`.
    """
    records: list[Record] = []
    rejected: list[Rejected] = []
    unread: list[Unread] = []
    entity = FILLS[stream][0]
    for raw in rows:
        row = row_of(raw)
        try:
            records += list(read(row)) if raw.get("id") else _nobody()
        except (Unreadable, AttributeError, TypeError) as error:
            kept = of_people if stream is Stream.CONTACTS else raw.keys() - {*hidden}
            shown = {name: value for name, value in raw.items() if name in kept}
            rejected.append(Rejected(entity, row.id, f"{error}.", json.dumps(shown, default=str, ensure_ascii=False)[:RAW_SIZE]))
        else:
            unread += (Unread(entity, row.id, name, why) for name, why in row.notes.items())
    return Page(tuple(records), "", is_last=True, is_full=True, rejected=tuple(rejected), unread=tuple(unread))
