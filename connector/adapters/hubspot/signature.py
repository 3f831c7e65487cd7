"""Whether a request comes from HubSpot: signature version 3, over method, address, body and time (docs/hubspot-facts.md)."""

import base64
import hmac
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from pydantic import BaseModel

from connector.adapters.hubspot.settings import HubSpotSettings
from connector.adapters.sender import Sender
from connector.http import Incoming

SIGNATURE = "x-hubspot-signature-v3"
TIMESTAMP = "x-hubspot-request-timestamp"
REPLAY_WINDOW = timedelta(minutes=5)
"""How far a request's time may be from ours, either way."""
_ESCAPES = re.compile("%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)
"""The escapes that HubSpot undoes before it signs; all others stay as they were sent."""
_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def sender_of(settings: BaseModel, request: Incoming, now: datetime) -> Sender | None:
    """Return the portal whose app has signed the request, None where nobody has, or not with the secret of these settings.

    A card's request names its portal in the address, where HubSpot puts it beside what the card asked for.
    """
    secret = HubSpotSettings.model_validate(settings).client_secret
    if secret is None or not is_signed(request, secret.get_secret_value(), now):
        return None
    return Sender(frozenset(parse_qs(urlsplit(request.url).query).get("portalId", ())))


def is_signed(request: Incoming, secret: str, now: datetime) -> bool:
    """Whether the app whose client secret this is has sent the request within the last five minutes."""
    given, stamp = request.headers.get(SIGNATURE, ""), request.headers.get(TIMESTAMP, "")
    if not _is_fresh(stamp, now) or not secret:
        return False
    # Who signs the address as it was sent proves the same secret; the list of escapes is told by others only.
    forms = [_unescaped(request.url), request.url]
    return any([hmac.compare_digest(signature(request, url, stamp, secret).encode(), given.encode()) for url in forms])  # noqa: C419 - both, always


def signature(request: Incoming, url: str, stamp: str, secret: str) -> str:
    """Return the signature of a request that calls this address at this time (milliseconds, as text)."""
    text = request.method.encode() + url.encode() + request.body + stamp.encode()
    return base64.b64encode(hmac.digest(secret.encode(), text, "sha256")).decode()


def _is_fresh(stamp: str, now: datetime) -> bool:
    # Ten thousand years of milliseconds have 15 digits; a longer number is no time.
    if not re.fullmatch(r"[0-9]{1,15}", stamp):
        return False
    return abs((now - _EPOCH) // _MILLISECOND - int(stamp)) <= REPLAY_WINDOW // _MILLISECOND


def _unescaped(url: str) -> str:
    return _ESCAPES.sub(lambda found: chr(int(found[1], 16)), url)
