"""Nutshell's deliveries: known by a secret in their address, for nothing is signed, and believed in nothing but what to read again."""

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel

from connector.adapters.nutshell.objects import payloads_of
from connector.adapters.nutshell.settings import NutshellSettings
from connector.adapters.sender import Sender
from connector.http import Body, Incoming
from connector.model import Hint, Stream

PLACE = "/hooks/nutshell/"
"""What stands before the secret in the address of deliveries."""
_STREAMS: Mapping[str, tuple[Stream, ...]] = {
    "leads": (Stream.DEALS, Stream.LINE_ITEMS),
    "accounts": (Stream.COMPANIES,),
    "contacts": (Stream.CONTACTS,),
    "emails": (Stream.EMAILS,),
    "activities": (Stream.CALLS, Stream.MEETINGS),
}
"""Which streams read a record again; of an activity nobody says here which kind it is, and the other stream leaves it out."""


def sender_of(settings: BaseModel, request: Incoming, now: datetime) -> Sender | None:  # noqa: ARG001 - as promised
    """Know an account by the secret of its own that ends the address; whose records are meant, the body alone says."""
    own = NutshellSettings.model_validate(settings).hook_secret
    place, given = urlsplit(request.url).path, ""
    if PLACE in place:
        given = unquote(place.rpartition(PLACE)[2])
    if own is None or not secrets.compare_digest(given.encode(), own.get_secret_value().encode()):
        return None
    return Sender(frozenset())


def hints_of(body: bytes) -> Sequence[Hint]:
    """Read one delivery, which has the shape of a page of events: each record that it names once.

    Raises:
        ValueError: this is no such page.
    """
    try:
        page = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError("The body is no JSON.") from None
    events = page.get("events") if isinstance(page, dict) else None
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise ValueError("The body holds no list of events.")
    meta = page.get("meta")
    tenant = str(meta.get("instanceId") or "") if isinstance(meta, dict) else ""
    found = [hint for event in events for hint in _hints(tenant, event)]
    return list({(hint.stream, hint.record): hint for hint in found}.values())


def _hints(tenant: str, event: Body) -> Iterator[Hint]:
    links = event.get("links")
    for record in payloads_of(event) if isinstance(links, dict) else ():
        number, _, kind = record.partition("-")
        if number.isascii() and number.isdecimal():
            yield from (Hint(tenant, stream, record, f"{kind}.{event.get('action')}") for stream in _STREAMS.get(kind, ()))
