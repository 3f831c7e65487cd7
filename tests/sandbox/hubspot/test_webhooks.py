"""The sandbox tells of changes as HubSpot does: signed, in batches, again when refused."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from connector.sandbox.hubspot.clock import Clock, moment
from connector.sandbox.hubspot.telling import Target, Teller

SECRET = "secret-of-the-app"


class Heard(list[tuple[dict[str, str], bytes]]):
    """The deliveries that came, headers and body; the first `refusals` of them are answered 500."""

    refusals = 0

    def __init__(self) -> None:
        super().__init__()
        self.came = threading.Condition()

    def events(self) -> list[list[dict[str, Any]]]:
        """Return the events of each delivery."""
        return [json.loads(body) for _, body in self]

    def wait(self, number: int) -> None:
        """Wait until so many deliveries came."""
        with self.came:
            assert self.came.wait_for(lambda: len(self) >= number, timeout=10)


def answering(heard: Heard) -> type[BaseHTTPRequestHandler]:
    """Return a handler that writes down what comes."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            with heard.came:
                heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(500 if len(heard) <= heard.refusals else 204)
                heard.came.notify_all()
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    return Handler


@contextmanager
def listening(heard: Heard) -> Iterator[str]:
    """Listen on loopback and yield the address."""
    with HTTPServer(("127.0.0.1", 0), answering(heard)) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/hooks?a=%40b"
        server.shutdown()


def tell(url: str, number: int, say: Callable[[Teller], None], **options: Any) -> Teller:  # noqa: ANN401 - options of a target
    """Subscribe an address and tell it of so many changes."""
    teller = Teller(111, Clock(moment(1_514_764_800_000)))
    teller.subscribe(Target(url=url, secret=SECRET, retry=0.05, **options))
    for _ in range(number):
        say(teller)
    return teller


def moved(teller: Teller) -> None:
    """Tell that a deal moved."""
    teller.tell("deal", "propertyChange", objectId=7, propertyName="dealstage", propertyValue="closedwon")


def test_a_delivery_is_signed_over_the_address_with_its_escapes_undone():
    """The signature is HMAC-SHA256 over method, address, raw body and the time in the header."""
    heard = Heard()
    with listening(heard) as url:
        tell(url, 1, moved)
        heard.wait(1)
    headers, body = heard[0]
    text = b"POST" + url.replace("%40", "@").encode() + body + headers["x-hubspot-request-timestamp"].encode()
    assert headers["x-hubspot-signature-v3"] == base64.b64encode(hmac.digest(SECRET.encode(), text, hashlib.sha256)).decode()
    (event,) = json.loads(body)
    assert {name: event[name] for name in ("portalId", "subscriptionType", "objectId", "attemptNumber")} == {
        "portalId": 111,
        "subscriptionType": "deal.propertyChange",
        "objectId": 7,
        "attemptNumber": 0,
    }


def test_a_burst_comes_in_lists_of_fewer_than_a_hundred():
    """Many changes at once come in several deliveries, none longer than 99 events, and each event once."""
    heard = Heard()
    with listening(heard) as url:
        tell(url, 150, moved)
        heard.wait(2)
    assert [len(events) for events in heard.events()] == [99, 51]
    assert len({event["eventId"] for events in heard.events() for event in events}) == 150


def test_a_refused_delivery_comes_again():
    """What is answered with an error is sent once more, with the number of the attempt; what was taken is not."""
    heard = Heard()
    heard.refusals = 2
    with listening(heard) as url:
        teller = tell(url, 1, moved)
        heard.wait(3)
        moved(teller)
        heard.wait(4)
    assert [events[0]["attemptNumber"] for events in heard.events()] == [0, 1, 2, 0]


def test_deliveries_come_twice_and_in_disorder_when_asked_for():
    """With `doubles` and `shuffles` the same events come twice, not in their order."""
    heard = Heard()
    with listening(heard) as url:
        tell(url, 30, moved, doubles=True, shuffles=True)
        heard.wait(2)
    first, second = ([event["eventId"] for event in events] for events in heard.events())
    assert first == second
    assert first != sorted(first)
