"""What BottleCRM's deliveries name, and by what they are known."""

import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest

from connector.adapters.bottlecrm import BottleCrmSettings
from connector.adapters.bottlecrm.hints import hints_of, sender_of
from connector.http import Incoming
from connector.model import Hint, Stream

SECRET = "whsec_of-the-webhook"
NOW = datetime(2018, 1, 1, tzinfo=UTC)
URL = "https://kpi.example.com/hooks/bottlecrm"
DEAL = "0a4b31f6-1f0e-4a10-9c61-7be0d2f2b3aa"
BODY = json.dumps({"id": "1", "event": "deal.updated", "org_id": "maven", "data": {"id": DEAL}}).encode()


def signed(body: bytes = BODY, secret: str = SECRET, *, ago: int = 0) -> str:
    """Return a signature as BottleCRM makes it, of the time and the body."""
    at = int(NOW.timestamp()) - ago
    return f"t={at},v1={hmac.new(secret.encode(), f'{at}.'.encode() + body, hashlib.sha256).hexdigest()}"


def settings(secret: str | None = SECRET) -> BottleCrmSettings:
    """Return the settings of an account with this secret."""
    return BottleCrmSettings.model_validate({"url": "https://crm.example.com", "token": "t", "webhook_secret": secret})


@pytest.mark.parametrize(
    ("secret", "url", "sign", "is_known"),
    [
        (SECRET, URL, signed(), True),
        (SECRET, URL, signed(ago=299), True),
        (SECRET, URL, signed(ago=301), False),
        (SECRET, URL, signed(ago=-301), False),
        (SECRET, URL, signed(BODY + b" "), False),
        (SECRET, URL, signed(secret="another-secret"), False),
        (SECRET, URL, signed().partition(",")[0], False),
        (SECRET, URL, signed().replace("t=", "t=x"), False),
        (SECRET, URL, "t=" + "9" * 5000 + ",v1=00", False),
        (SECRET, URL, "", False),
        (SECRET, "https://kpi.example.com/api/records", signed(), False),
        (None, URL, signed(secret=""), False),
    ],
    ids=[
        *("signed", "just fresh", "too old", "of the future", "another body", "another secret", "no signature", "no time", "a huge time"),
        *("unsigned", "another address", "no secret set"),
    ],
)
def test_only_what_the_webhook_s_secret_has_signed_lately_is_known(secret: str | None, url: str, sign: str, *, is_known: bool) -> None:
    """The signature is over the time and the raw body, good for five minutes and at one address only."""
    request = Incoming("POST", url, {"x-bottlecrm-signature": sign}, BODY)
    assert (sender_of(settings(secret), request, NOW) is not None) is is_known


@pytest.mark.parametrize(
    ("event", "data", "streams"),
    [
        ("deal.won", {"id": DEAL}, [Stream.DEALS, Stream.LINE_ITEMS]),
        ("account.deleted", {"id": DEAL}, [Stream.COMPANIES]),
        ("ticket.comment_added", {"id": "1", "ticket_id": DEAL}, [Stream.TICKETS]),
        ("invoice.paid", {"id": DEAL}, []),
        ("deal.updated", {"id": "../../org"}, []),
        ("deal.updated", {}, []),
    ],
)
def test_a_delivery_names_what_to_read_again(event: str, data: dict[str, str], streams: list[Stream]) -> None:
    """Each record is named for the streams that read it, under the organisation's id; what is no id is never asked for."""
    body = json.dumps({"event": event, "org_id": "maven", "data": data}).encode()
    assert hints_of(body) == [Hint("maven", stream, DEAL, event) for stream in streams]


@pytest.mark.parametrize("body", [b"", b"[]", b'{"text": "for Slack"}', b'{"event": 7, "data": {}}', b"[" * 100_000])
def test_what_is_no_event_is_refused(body: bytes) -> None:
    """Anything else than one event is an error that names it."""
    with pytest.raises(ValueError, match="The body is"):
        hints_of(body)
