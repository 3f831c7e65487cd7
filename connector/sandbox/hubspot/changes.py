"""The journal of webhooks: changes written down in entries, each a file that lies elsewhere (hubspot.md 12.3 [S] [D])."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

from connector.sandbox.hubspot.clock import Clock, iso
from connector.sandbox.hubspot.kinds import kind_named

RETENTION = 3 * 86_400_000
"""Milliseconds for which an entry is kept: three days [D]."""
MOST = 10_000
"""Events of one entry at most [C]."""
_ACTIONS = {
    "creation": "CREATE",
    "deletion": "DELETE",
    "propertyChange": "UPDATE",
    "merge": "MERGE",
    "restore": "RESTORE",
    "privacyDeletion": "GDPR_DELETE",
}
Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its place in the journal, when it was closed, what it holds."""

    offset: str
    at: int
    events: Sequence[Event]

    def body(self) -> dict[str, object]:
        """Return the file that an entry's address leads to."""
        return {"offset": self.offset, "journalEvents": list(self.events), "publishedAt": iso(self.at)}


class Changes:
    """What was subscribed to, and the entries that came of it.

    Events wait until somebody asks, then they are one entry; with `doubles` each stands there twice, with `shuffles` in disorder.
    """

    def __init__(self, portal: int, clock: Clock) -> None:
        self._portal = portal
        self._clock = clock
        self._random = Random(0)  # noqa: S311  # disorder, no secret
        self._lock = threading.Lock()
        self._waiting: list[Event] = []
        self._entries: list[Entry] = []
        self._number = 0
        self.subscriptions: list[dict[str, Any]] = []
        self.doubles = False
        self.shuffles = False

    def note(self, kind: str, happened: str, about: dict[str, Any]) -> None:
        """Write a change of one kind of record down, where somebody has subscribed to it."""
        if not self.subscriptions:
            return
        event = self._link(about) if happened == "associationChange" else self._record(kind_named(kind).type_id, happened, about)
        if any(_fits(subscription, event) for subscription in self.subscriptions):
            with self._lock:
                self._waiting.append({"portalId": self._portal, "occurredAt": iso(self._clock.now()), **event})

    @staticmethod
    def _record(type_id: str, happened: str, about: dict[str, Any]) -> Event:
        event: Event = {"type": "crmObject", "action": _ACTIONS[happened], "objectTypeId": type_id, "objectId": about["objectId"]}
        if happened == "propertyChange":
            event["propertyChanges"] = {about["propertyName"]: about["propertyValue"]}
        # How a merge names its records is [recall].
        return event | {name: about[name] for name in ("mergedObjectIds", "newObjectId") if name in about}

    @staticmethod
    def _link(about: dict[str, Any]) -> Event:
        # The fields of both ends are [recall].
        action = "ASSOCIATION_REMOVED" if about["associationRemoved"] else "ASSOCIATION_ADDED"
        one, other = (kind_named(word).type_id for word in about["associationType"].lower().split("_to_"))
        ends = {"fromObjectTypeId": one, "fromObjectId": about["fromObjectId"], "toObjectTypeId": other, "toObjectId": about["toObjectId"]}
        return {"type": "association", "action": action, "objectTypeId": one, **ends}

    def entries(self) -> Sequence[Entry]:
        """Return what the journal holds now, what was waiting as its newest entry."""
        now = self._clock.now()
        with self._lock:
            while self._waiting:
                events, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                self._number += 1
                self._entries.append(Entry(str(UUID(int=self._number)), now, self._spoilt(events)))
            self._entries = [entry for entry in self._entries if entry.at > now - RETENTION]
            return tuple(self._entries)

    def _spoilt(self, events: Sequence[Event]) -> Sequence[Event]:
        found = [*events, *events] if self.doubles else list(events)
        return self._random.sample(found, len(found)) if self.shuffles else found


def _fits(subscription: dict[str, Any], event: Event) -> bool:
    kind = "ASSOCIATION" if event["type"] == "association" else "OBJECT"
    if (subscription["subscriptionType"], subscription["objectTypeId"]) != (kind, event["objectTypeId"]):
        return False
    changed: Iterable[str] = event.get("propertyChanges", ())
    wanted = subscription.get("properties") or ()
    return event["action"] in subscription["actions"] and (event["action"] != "UPDATE" or any(name in wanted for name in changed))
