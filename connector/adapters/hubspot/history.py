"""Turns HubSpot's property histories into stays in stages and dated changes of our own fields."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Generic, TypeVar

from connector.adapters.hubspot.parse import instant, or_none, text
from connector.http import Body
from connector.model import Entity, FieldHistory, Scalar, StageChange, text_of

T = TypeVar("T")
ALWAYS = datetime.min.replace(tzinfo=UTC)
"""When a value was set that has no history."""


@dataclass(frozen=True, slots=True)
class Change:
    """A value (None: empty) that held from `at` on, and who set it."""

    at: datetime
    value: str | None
    by: str | None = None


class Timeline(Generic[T]):
    """One property of one record through time; before its first change it was empty."""

    def __init__(self, changes: Sequence[Change], name: str, read: Callable[[object], T | None]) -> None:
        self.changes = changes
        self._moments = [ALWAYS, *(change.at for change in changes)]
        self._values = [None, *(or_none(change.value, name, read) for change in changes)]

    def at(self, moment: datetime) -> T | None:
        """Return the value that held at a moment."""
        return self._values[bisect_right(self._moments, moment) - 1]

    def since(self, moment: datetime) -> datetime:
        """Return when the value that held at a moment was set; `ALWAYS` when nobody knows."""
        return self._moments[bisect_right(self._moments, moment) - 1]


def changes_of(row: Body, name: str, updated_at: datetime | None, read: Callable[[object], object] = text) -> list[Change]:
    """Read a property's history, oldest first; of several values at one moment the last one counts.

    A property without any history has always been what it is; where a history does not end in the present value, that one holds from
    the record's last change on. `read` tells whether two values are the same, because a record may write one otherwise than its history.
    """
    entries = (row.get("propertiesWithHistory") or {}).get(name) or ()
    entered = [Change(at, text(entry.get("value")), text(entry.get("updatedByUserId"))) for entry, at in _dated(entries, name)]
    # HubSpot gives the newest first; reversing before the stable sort keeps the order of changes made at one moment.
    ordered = entered[::-1]
    ordered.sort(key=lambda change: change.at)
    present = text((row.get("properties") or {}).get(name))
    if not ordered:
        return [Change(ALWAYS, present)]
    if updated_at and present != ordered[-1].value and or_none(present, name, read) != or_none(ordered[-1].value, name, read):
        ordered.append(Change(max(updated_at, ordered[-1].at), present))
    return [change for change, later in pairwise([*ordered, None]) if change and (later is None or later.at > change.at)]


def _dated(entries: Sequence[Body], name: str) -> Iterator[tuple[Body, datetime]]:
    """Yield the entries that tell when they were made."""
    for entry in entries:
        at = or_none(entry.get("timestamp"), name, instant)
        if at:
            yield entry, at


def from_the_start(changes: Sequence[Change]) -> list[Change]:
    """Return the changes with the first one as what has always been so, for properties that are never empty."""
    return [replace(changes[0], at=ALWAYS), *changes[1:]]


def stays(deal: str, created_at: datetime, stages: Sequence[Change], pipelines: Timeline[str]) -> Iterator[StageChange]:
    """Yield a deal's stays in stages, the first from its creation; going on in the same stage is one stay."""
    entered = _entries(created_at, stages)
    for place, change in enumerate(entered):
        yield StageChange(
            id=f"{deal}:{place}",
            deal=deal,
            pipeline=pipelines.at(change.at),
            stage=change.value or "",
            entered_at=change.at,
            left_at=entered[place + 1].at if place + 1 < len(entered) else None,
        )


def _entries(created_at: datetime, stages: Sequence[Change]) -> list[Change]:
    entered: list[Change] = []
    for change in stages:
        if not change.value or (entered and entered[-1].value == change.value):
            continue
        at = max(change.at, created_at) if entered else created_at
        if entered and entered[-1].at == at:
            # Set before the creation that the record tells now: only the last of those is a stay.
            entered.pop()
        entered.append(Change(at, change.value))
    return entered


@dataclass(frozen=True, slots=True)
class Field:
    """One of our fields through time."""

    name: str
    value_at: Callable[[datetime], Scalar]


def field_history(deal: str, begin: datetime, fields: Sequence[Field], changes: Sequence[Change]) -> Iterator[FieldHistory]:
    """Yield the changes of our fields after `begin`, when the deal was first seen; `changes` are those of the properties behind them."""
    actors = {change.at: change.by for change in changes if change.at > begin}
    moments = sorted(actors)
    for field in fields if moments else ():
        old, place = text_of(field.value_at(begin)), 0
        for at in moments:
            new = text_of(field.value_at(at))
            if new != old:
                key = f"{deal}:{field.name}:{place}"
                yield FieldHistory(id=key, of=Entity.DEALS, record=deal, field=field.name, old=old, new=new, at=at, by=actors[at])
                old, place = new, place + 1
