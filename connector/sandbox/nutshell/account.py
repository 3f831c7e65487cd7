"""The state of one Nutshell account: its records, what happened to them, its custom fields."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connector.sandbox.hubspot.clock import ZONE, Clock
from connector.sandbox.hubspot.faults import Faults

Raw = dict[str, Any]
FORMS = ("members", "field", "object")
"""How a custom field's path may be written: below `customFields`, as a field of the record, or as the one object of all."""
_FIRST, _STEP = 3, 4
"""Ids of a kind grow by four (recorded answers [AMP])."""
_SECOND = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How an account behaves.

    `now` is where its clock starts; `form` is the only one of `FORMS` in which it takes custom fields, and others are answered like it and
    change nothing. With `is_strict` custom fields are an object that patches change as RFC 6902 says, so that replacing it loses what it
    held; an account that `forgets` loses the others with each patch. `revoked` kinds are not shown to the key; `extras` adds calls,
    meetings and tasks.
    """

    now: datetime = datetime(2017, 12, 31, 18, tzinfo=ZONE)
    form: str = "members"
    is_strict: bool = False
    forgets: bool = False
    revoked: Collection[str] = ()
    extras: bool = False
    instance: str = "379104"


@dataclass(slots=True)
class Row:
    """One record as it is answered, with its custom fields by title; `rev` grows with all that happens to it, the last at `changed`."""

    raw: Raw
    custom: dict[str, object] = field(default_factory=dict)
    deleted: int | None = None
    rev: int = 0
    changed: int | None = None


@dataclass(frozen=True, slots=True)
class Team:
    """A team and the ids of its members."""

    id: int
    name: str
    users: tuple[int, ...]


class Account:
    """Everything that the endpoints read and change."""

    def __init__(self, user: str, key: str, options: Options) -> None:
        self.user = user
        self.key = key
        self.options = options
        self.clock = Clock(options.now)
        self.faults = Faults()
        self.revoked = set(options.revoked)
        self.tables: dict[str, dict[str, Row]] = {}
        self.events: list[Raw] = []
        self.deleted: list[Raw] = []
        self.fields: dict[str, dict[str, Raw]] = {"accounts": {}, "contacts": {}, "leads": {}}
        self.teams: list[Team] = []
        self.founded = 0
        self.requests: Counter[str] = Counter()
        self.hook = ""
        self.untold: list[Raw] = []
        self.told: list[int] = []
        self._numbers: Counter[str] = Counter()

    @property
    def meta(self) -> Raw:
        """What stands in every answer about the account itself."""
        return {"instanceId": self.options.instance, "siteId": "sandbox"}

    def now(self) -> int:
        """Return the present in unix seconds."""
        return self.clock.now() // _SECOND

    def table(self, kind: str) -> dict[str, Row]:
        """Return the records of a kind by id."""
        return self.tables.setdefault(kind, {})

    def next_id(self, kind: str) -> str:
        """Return the next id of a kind."""
        self._numbers[kind] += 1
        return f"{_FIRST + _STEP * (self._numbers[kind] - 1)}-{kind}"

    def add(self, kind: str, values: Raw) -> Row:
        """Add a record."""
        key = self.next_id(kind)
        row = self.table(kind)[key] = Row({"id": key, "type": kind, **values})
        return row

    def happen(self, record: Raw, action: str, at: int, changes: Collection[Raw] = ()) -> Raw:
        """Note that something happened to a record."""
        event = self._event(record, action, at)
        event["changes"] = list(changes)
        self.events.append(event)
        self._note(event)
        if row := self.table(record["type"]).get(record["id"]):
            row.rev += 1
            row.changed = at
        return event

    def bury(self, kind: str, key: str) -> None:
        """Delete a record; only the list of deletions tells of it."""
        row, at = self.table(kind)[key], self.now()
        row.deleted = at
        row.raw["deletedTime"] = stamp(at) if kind == "leads" else at
        self.deleted.append(self._event(row.raw, "delete", at))
        self._note(self.deleted[-1])

    def _note(self, event: Raw) -> None:
        """Keep an event for the next delivery, if anybody wants to know it."""
        if self.hook:
            self.untold.append(event)

    def _event(self, record: Mapping[str, Any], action: str, at: int) -> Raw:
        return {
            "id": self.next_id("events"),
            "type": "events",
            "createdTime": at,
            "actorType": "users",
            "payloadType": record["type"],
            "action": action,
            "changes": [],
            "count": None,
            "links": {"comments": [], "actor": (record.get("links") or {}).get("owner") or "3-users", "payloads": [record["id"]]},
        }


def stamp(at: int | None) -> Raw | None:
    """Write a time of a lead (nutshell.md 3 [AMP]): an object with unix seconds."""
    return None if at is None else {"absoluteLocalizedString": "", "timestamp": at, "value": ""}


def number(key: str) -> int:
    """Return the number in an id."""
    return int(key.partition("-")[0])
