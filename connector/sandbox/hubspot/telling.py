"""Tells an app of changes as they happen: webhooks, signed, in batches, sent again when refused (hubspot.md 12.1 [D], [N1]; 12.2 [D])."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.error import URLError
from urllib.parse import unquote
from urllib.request import Request, urlopen

from connector.sandbox.hubspot.changes import Changes
from connector.sandbox.hubspot.clock import Clock

BATCH = 99
"""Events of one delivery: fewer than 100 (hubspot.md 12.1 [D])."""
ATTEMPTS = 11
"""The first one and ten repetitions, which the vendor spreads over a day (hubspot.md 12.1 [D])."""
ANSWER_SECONDS = 5.0
_GATHER_SECONDS = 0.05
_APP, _SUBSCRIPTION = 1057203, 44
Event = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where changes are told.

    `retry` is how many seconds pass before a refused delivery comes again; with `doubles` every delivery comes twice, with `shuffles` its
    events in disorder (hubspot.md 12.1: both happen [D]).
    """

    url: str
    secret: str
    retry: float = 1.0
    doubles: bool = False
    shuffles: bool = False


class Teller:
    """The subscriptions of the portal's app: to everything, at one address."""

    def __init__(self, portal: int, clock: Clock, changes: Changes | None = None) -> None:
        self._changes = changes
        self._portal = portal
        self._clock = clock
        self._target: Target | None = None
        self._waiting: list[Event] = []
        self._there = threading.Condition()
        self._thread: threading.Thread | None = None
        self._random = Random(0)  # noqa: S311  # disorder, no secret
        self._number = 0
        self.told: list[int] = []
        """The status of every delivery so far; 0 where nobody answered."""

    def subscribe(self, target: Target | None) -> None:
        """Tell this target from now on, or nobody; what is still waiting is forgotten."""
        with self._there:
            self._target, self._waiting = target, []
            self.told.clear()
            self._there.notify_all()
            if target and self._thread is None:
                self._thread = threading.Thread(target=self._deliver, name="webhooks", daemon=True)
                self._thread.start()

    def tell(self, kind: str, happened: str, **about: object) -> None:
        """Tell of a change, if anybody wants to know: of `kind` (one record's name, such as deal) this has `happened`."""
        if self._changes is not None:
            self._changes.note(kind, happened, about)
        if self._target is None:
            return
        with self._there:
            self._number += 1
            self._waiting.append(
                {
                    "eventId": self._number,
                    "subscriptionId": _SUBSCRIPTION,
                    "portalId": self._portal,
                    "appId": _APP,
                    "occurredAt": self._clock.now(),
                    "subscriptionType": f"{kind.replace(' ', '_')}.{happened}",
                    "attemptNumber": 0,
                    **about,
                }
            )
            self._there.notify()

    def _deliver(self) -> None:
        while True:
            with self._there:
                self._there.wait_for(lambda: self._waiting)
            time.sleep(_GATHER_SECONDS)
            with self._there:
                events, self._waiting, target = self._waiting[:BATCH], self._waiting[BATCH:], self._target
            if target and events:
                self._send(target, events)

    def _send(self, target: Target, events: Sequence[Event]) -> None:
        sent = self._random.sample(events, len(events)) if target.shuffles else list(events)
        if target.doubles:
            self.told.append(_post(target, sent))
        for attempt in range(ATTEMPTS):
            self.told.append(_post(target, [{**event, "attemptNumber": attempt} for event in sent]))
            with self._there:
                # Over when it was taken, or when nobody at this address wants it any more.
                if 200 <= self.told[-1] < 300 or self._there.wait_for(lambda: self._target is not target, timeout=target.retry):  # noqa: PLR2004
                    return


def signature(secret: str, url: str, body: bytes, stamp: str) -> str:
    """Sign a delivery: version 3, over method, address (its escapes undone), raw body and time (hubspot.md 12.2 [D])."""
    text = b"POST" + unquote(url).encode() + body + stamp.encode()
    return base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()).decode()


def _post(target: Target, events: Sequence[Event]) -> int:
    body, stamp = json.dumps(events, separators=(",", ":")).encode(), str(int(time.time() * 1000))
    signed = {"X-HubSpot-Signature-v3": signature(target.secret, target.url, body, stamp), "X-HubSpot-Request-Timestamp": stamp}
    request = Request(target.url, body, {"Content-Type": "application/json", **signed}, method="POST")  # noqa: S310  # checked on subscribing
    try:
        with urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310  # the same
            return int(answer.status)
    except URLError as error:
        return int(getattr(error, "code", 0))
    except OSError:
        return 0
