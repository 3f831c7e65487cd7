"""Webhooks: who wants to know of what, and deliveries, signed with the hook's own secret (clickup.md 9 [O] [D])."""

import hashlib
import hmac
import json
import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.error import URLError
from urllib.request import Request, urlopen

from connector.sandbox.clickup.calls import Raw

ATTEMPTS = 5
"""How often a delivery is tried [recall]."""
ANSWER_SECONDS = 5.0
EVERYTHING = "*"
"""What stands for all events when subscribing."""
EVENTS = (
    *(
        f"task{word}"
        for word in (
            "Created",
            "Updated",
            "Deleted",
            "PriorityUpdated",
            "StatusUpdated",
            "AssigneeUpdated",
            "DueDateUpdated",
            "TagUpdated",
            "Moved",
            "CommentPosted",
            "CommentUpdated",
            "TimeEstimateUpdated",
            "TimeTrackedUpdated",
        )
    ),
    *(f"{thing}{word}" for thing in ("list", "folder", "space", "goal", "keyResult") for word in ("Created", "Updated", "Deleted")),
)


@dataclass(slots=True, kw_only=True)
class Hook:
    """One subscription; `place` is the one location it is limited to, by its parameter's name, if any."""

    id: str
    endpoint: str
    events: Sequence[str]
    place: tuple[str, str] | None
    secret: str
    user: int
    status: str = "active"
    fails: int = 0

    def wants(self, event: str, places: Sequence[str]) -> bool:
        """Whether an event in these places (the task's id among them) is to be told."""
        where = self.place is None or self.place[1] in places
        return self.status == "active" and where and event in self.events

    def shown(self, team: str) -> Raw:
        """Return the subscription as it is answered."""
        places = dict.fromkeys(("task_id", "list_id", "folder_id", "space_id")) | (dict([self.place]) if self.place else {})
        return {
            "id": self.id,
            "userid": self.user,
            "team_id": int(team),
            "endpoint": self.endpoint,
            "client_id": "",
            "events": list(self.events),
            **places,
            "health": {"status": self.status, "fail_count": self.fails},
            "secret": self.secret,
        }


class Teller:
    """Delivers in the background, in order."""

    def __init__(self, retry: float) -> None:
        self.hooks: dict[str, Hook] = {}
        self.told: list[int] = []
        """The status of every delivery so far; 0 where nobody answered."""
        self._retry = retry
        self._queue: queue.Queue[tuple[Hook, Raw]] = queue.Queue()
        self._thread: threading.Thread | None = None

    def tell(self, event: str, places: Sequence[str], about: Raw) -> None:
        """Tell every subscription that wants to know of an event."""
        for hook in self.hooks.values():
            if hook.wants(event, places):
                self._queue.put((hook, {"event": event, **about, "webhook_id": hook.id}))
                self._start()

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._deliver, name="clickup-webhooks", daemon=True)
            self._thread.start()

    def _deliver(self) -> None:
        while True:
            hook, body = self._queue.get()
            for _ in range(ATTEMPTS):
                self.told.append(_post(hook, json.dumps(body, separators=(",", ":")).encode()))
                if 200 <= self.told[-1] < 300:  # noqa: PLR2004 - a success
                    break
                hook.fails += 1
                if hook.id not in self.hooks:
                    break
                time.sleep(self._retry)


def signature(secret: str, body: bytes) -> str:
    """Sign a delivery: the raw body alone, no time in it (clickup.md 9 [D])."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _post(hook: Hook, body: bytes) -> int:
    signed = {"Content-Type": "application/json", "X-Signature": signature(hook.secret, body)}
    request = Request(hook.endpoint, body, signed, method="POST")  # noqa: S310  # checked on subscribing
    try:
        with urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310  # the same
            return int(answer.status)
    except URLError as error:
        return int(getattr(error, "code", 0))
    except OSError:
        return 0
