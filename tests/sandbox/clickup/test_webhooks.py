"""Changes are told to who subscribed, signed with the secret of the subscription."""

import hashlib
import hmac
import json
import queue
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tests.sandbox.clickup.box import Box

Told = tuple[str, bytes]


class Ear:
    """An address that takes deliveries, each answered with the next of `answers`, else taken."""

    def __init__(self) -> None:
        self.told: queue.Queue[Told] = queue.Queue()
        self.answers: list[int] = []
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(ear.answers.pop(0) if ear.answers else 200)
                self.end_headers()
                ear.told.put((self.headers["X-Signature"], body))

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def next(self) -> tuple[Any, Told]:
        """Return what is told next, and how it came."""
        told = self.told.get(timeout=10)
        return json.loads(told[1]), told


@pytest.fixture
def ear() -> Iterator[Ear]:
    """Listen on a free port."""
    made = Ear()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def test_a_change_of_status_is_told_with_before_and_after(box: Box, ear: Ear):
    """A delivery says what the status was and is, and carries the signature of its raw body."""
    body = {"endpoint": ear.url, "events": ["taskStatusUpdated", "taskDeleted"], "list_id": int(box.list_named("Deals"))}
    hook = box.send("POST", "team/512/webhook", json=body).json()["webhook"]
    deal = next(task["id"] for task in box.deals() if task["status"]["status"] == "engaging")
    other = box.get(f"list/{box.list_named('Companies')}/task")["tasks"][0]["id"]

    box.send("PUT", f"task/{other}", json={"status": "complete"})
    box.send("PUT", f"task/{deal}", json={"status": "won", "due_date": 1})
    box.send("DELETE", f"task/{deal}")
    told, (signature, raw) = ear.next()

    assert (told["event"], told["task_id"], told["webhook_id"]) == ("taskStatusUpdated", deal, hook["id"])
    item = told["history_items"][0]
    assert (item["field"], item["before"]["status"], item["after"]["status"]) == ("status", "engaging", "won")
    assert signature == hmac.new(hook["secret"].encode(), raw, hashlib.sha256).hexdigest()
    assert ear.next()[0]["event"] == "taskDeleted"


def test_a_refused_delivery_comes_again(boxed: Callable[..., Box], ear: Ear):
    """What the address refuses is delivered again, and the hook's health tells of it."""
    box = boxed(retry=0.01)
    ear.answers = [500, 500]
    hook = box.send("POST", "team/512/webhook", json={"endpoint": ear.url, "events": "*"}).json()["id"]

    box.send("POST", "team/512/goal", json={"name": "Goal"})
    bodies = {ear.next()[1][1] for _ in range(3)}

    assert len(bodies) == 1
    assert box.get("team/512/webhook")["webhooks"][0]["health"]["fail_count"] == 2
    box.send("DELETE", f"webhook/{hook}")
    assert box.get("team/512/webhook") == {"webhooks": []}


def test_a_hook_is_changed_and_limited_to_one_place(box: Box, ear: Ear):
    """Events and address are changed; two locations, an unknown event and no address are refused."""
    hook = box.send("POST", "team/512/webhook", json={"endpoint": ear.url, "events": ["taskUpdated"]}).json()["id"]
    changed = box.send("PUT", f"webhook/{hook}", json={"endpoint": ear.url, "events": ["goalUpdated"], "status": "inactive"}).json()[
        "webhook"
    ]

    assert (changed["events"], changed["health"]["status"]) == (["goalUpdated"], "inactive")
    for wrong in ({"events": ["taskEaten"]}, {"endpoint": "nowhere"}, {"list_id": 1, "space_id": 2}):
        assert box.refused("POST", "team/512/webhook", json={"endpoint": ear.url, "events": "*", **wrong})[0] == 400
