"""What HubSpot's webhooks name, as hints what to read again (docs/hubspot.md); every event says what happened, none is believed."""

import json
from collections.abc import Iterable, Iterator, Mapping

from connector.http import Body
from connector.model import Hint, Stream

_STREAMS: Mapping[str, Stream] = {
    "company": Stream.COMPANIES,
    "contact": Stream.CONTACTS,
    "deal": Stream.DEALS,
    "line_item": Stream.LINE_ITEMS,
    "product": Stream.PRODUCTS,
}
"""The streams whose records can be read again by id, by HubSpot's names of one such record."""
TYPES: Mapping[str, str] = {"0-1": "contact", "0-2": "company", "0-3": "deal", "0-7": "product", "0-8": "line_item"}
OURS = "kpi_"
"""How our own properties begin; that we wrote them is no news."""
_IDS = ("objectId", "newObjectId", "primaryObjectId", "fromObjectId")
_OTHERS = "mergedObjectIds"


def hints_of(body: bytes) -> list[Hint]:
    """Read one delivery: what it names, each record once; an event about anything that we do not read names nothing.

    Raises:
        ValueError: this is no list of events.
    """
    try:
        events = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError("The body is no JSON.") from None
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise ValueError("The body is no list of events.")
    found = [hint for event in events for hint in _hints(event)]
    return list({(hint.tenant, hint.stream, hint.record): hint for hint in found}.values())


def streamed(kind: str) -> Stream | None:
    """Return the stream whose records can be read again by id, by HubSpot's name of one such record."""
    return _STREAMS.get(kind)


def _hints(event: Body) -> Iterator[Hint]:
    what, _, happened = str(event.get("subscriptionType", "")).partition(".")
    kind = TYPES.get(str(event.get("objectTypeId")), what)
    if happened == "propertyChange" and str(event.get("propertyName", "")).startswith(OURS):
        return
    why = f"{kind}.{happened}"
    for name, record in (*_named(kind, event), *_linked(event)):
        # Who shares the app's secret is told only of a portal that is named.
        if event.get("portalId") and (stream := streamed(name)):
            yield Hint(str(event.get("portalId", "")), stream, record, why)


def _named(kind: str, event: Body) -> Iterator[tuple[str, str]]:
    """Yield the records of the event's own kind: of a merge all that took part, of a link the one that it starts from."""
    others = event.get(_OTHERS)
    numbers = [*(event.get(name) for name in _IDS), *(others if isinstance(others, list) else ())]
    yield from ((kind, record) for record in ids(numbers))


def _linked(event: Body) -> Iterator[tuple[str, str]]:
    """Yield the record at the other end of a link, whose kind stands in names such as DEAL_TO_COMPANY."""
    _, _, target = str(event.get("associationType", "")).lower().partition("_to_")
    yield from ((target, record) for record in ids([event.get("toObjectId")]))


def ids(numbers: Iterable[object]) -> Iterator[str]:
    """Yield what can be an id of a record."""
    yield from (str(number) for number in numbers if str(number).isascii() and str(number).isdecimal())
