"""BottleCRM's deliveries: signed with their webhook's secret and the time, and believed in nothing but what to read again."""

import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import BaseModel

from connector.adapters.bottlecrm.settings import BottleCrmSettings
from connector.adapters.sender import Sender
from connector.http import Body, Incoming
from connector.model import Hint, Stream

PLACE = "/hooks/bottlecrm"
"""How the address of deliveries ends."""
SIGNATURE = "x-bottlecrm-signature"
FRESH = timedelta(minutes=5)
"""How old a signature may be; each attempt to deliver is signed anew."""
_STREAMS: Mapping[str, tuple[Stream, ...]] = {
    "deal": (Stream.DEALS, Stream.LINE_ITEMS),
    "account": (Stream.COMPANIES,),
    "contact": (Stream.CONTACTS,),
    "ticket": (Stream.TICKETS,),
    "task": (Stream.TASKS,),
}
"""The streams that read a record again, by what the names of events begin with."""


def sender_of(settings: BaseModel, request: Incoming, now: datetime) -> Sender | None:
    """Return an account whose webhook has signed the time and the raw body of a delivery, not long ago."""
    secret = BottleCrmSettings.model_validate(settings).webhook_secret
    parts = dict(part.strip().partition("=")[::2] for part in request.headers.get(SIGNATURE, "").split(","))
    at, given = parts.get("t", ""), parts.get("v1", "").lower()
    if secret is None or not urlsplit(request.url).path.endswith(PLACE) or not (at.isascii() and at.isdecimal()):
        return None
    wanted = hmac.digest(secret.get_secret_value().encode(), f"{at}.".encode() + request.body, "sha256").hex()
    is_fresh = abs(now.timestamp() - int(at[:12])) <= FRESH.total_seconds()
    return Sender(frozenset()) if is_fresh and hmac.compare_digest(wanted.encode(), given.encode()) else None


def hints_of(body: bytes) -> Sequence[Hint]:
    """Read one delivery, which is one event about one record of the organisation that it names.

    Raises:
        ValueError: this is no event.
    """
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError("The body is no JSON.") from None
    match event:
        case {"event": str(name), "data": dict(data)}:
            return _hints(str(event.get("org_id") or ""), name, data)
    raise ValueError("The body is no event.")


def _hints(tenant: str, name: str, data: Body) -> list[Hint]:
    kind = name.partition(".")[0]
    # An event about a comment names its ticket apart.
    record = _key(data.get("ticket_id") or data.get("id"))
    return [Hint(tenant, stream, record, name) for stream in _STREAMS.get(kind, ())] if record and tenant else []


def _key(value: object) -> str | None:
    """Return an id as it may stand in an address, whatever came."""
    try:
        return str(UUID(str(value)))
    except ValueError:
        return None
