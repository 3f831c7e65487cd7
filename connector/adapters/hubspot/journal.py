"""HubSpot's journal of webhooks, read instead of received: entry by entry from where we stopped (docs/hubspot-facts.md)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

from connector.adapters.hubspot.hints import OURS, TYPES, ids, streamed
from connector.adapters.hubspot.kinds import COMPANIES, CONTACTS, DEALS, LINE_ITEMS, PRODUCTS
from connector.adapters.hubspot.mapping import DealMapping
from connector.adapters.hubspot.oauth import app_of
from connector.adapters.hubspot.settings import HubSpotSettings
from connector.adapters.hubspot.vendor import VENDOR
from connector.adapters.hubspot.words import TITLE
from connector.adapters.journal import News
from connector.errors import ConnectorError
from connector.http import AppToken, Body, Client, Limit, Limiter, Meaning, Patience, Refused, Vendor
from connector.model import Hint

SCOPES = (
    "developer.webhooks_journal.read",
    "developer.webhooks_journal.subscriptions.read",
    "developer.webhooks_journal.subscriptions.write",
)
"""What the app itself needs; no account is asked for these."""
MOST = 50
"""How many entries are read at once; the others wait for the next time."""
EMPTY = "-"
"""The place of a journal in which nothing stood yet."""
_ACTIONS = ("CREATE", "UPDATE", "DELETE", "MERGE", "RESTORE")
_LINKS = ("ASSOCIATION_ADDED", "ASSOCIATION_REMOVED")
_IDS = ("objectId", "newObjectId", "primaryObjectId")
_ENDS = (("fromObjectTypeId", "fromObjectId"), ("toObjectTypeId", "toObjectId"), ("objectTypeId", "objectId"))
_PER_SECOND = Limit(10, 1.0)
"""A tenth of what HubSpot lets an app ask, because other accounts may be served by the same app."""
_FILES = Vendor(f"{TITLE}'s journal", meanings={HTTPStatus.FORBIDDEN: Meaning.LATER, HTTPStatus.NOT_FOUND: Meaning.LATER})
"""Where the entries lie: an address that has run out is replaced by asking for the entry anew."""


class HubSpotJournal:
    """The journal of one account, see `Journal`; it is the app that asks, with a token of its own."""

    def __init__(self, settings: HubSpotSettings) -> None:
        app = app_of(settings)
        self._patience = Patience(timeout=settings.timeout_seconds, budget=settings.patience_seconds)
        version = settings.version if settings.version != "v3" else "2026-03"
        self._journal = f"/webhooks-journal/journal-local/{version}"
        self._subscriptions = f"/webhooks-journal/subscriptions/{version}"
        bearer = AppToken(replace(app, scopes=SCOPES), self._patience)
        self._client = Client(
            app.base_url, bearer=bearer, vendor=VENDOR, limiter=Limiter({"general": _PER_SECOND}, headroom=0), patience=self._patience
        )
        self._files: Client | None = None
        self._properties = {DEALS.name: DealMapping(settings).properties}
        self._subscribed = ""
        self.every = timedelta(seconds=settings.journal_seconds)

    async def news(self, tenant: str, place: str | None) -> News:
        """Read the entries that follow a place, see `Journal`."""
        if self._subscribed != tenant:
            await self._subscribe(tenant)
            self._subscribed = tenant
        if place is None:
            return News((), await self._latest(tenant))
        try:
            return await self._following(tenant, place)
        except Refused as refused:
            if refused.status != HTTPStatus.NOT_FOUND:
                raise
            return News((), await self._latest(tenant), "HubSpot keeps its journal for three days, and we asked for what is older")

    async def close(self) -> None:
        """Give back connections, see `Journal`."""
        await self._client.close()
        await self._close_files()

    async def _latest(self, tenant: str) -> str:
        return str((await self._entry("latest", tenant)).get("currentOffset") or EMPTY)

    async def _following(self, tenant: str, place: str) -> News:
        found: dict[tuple[str, str], Hint] = {}
        gap = ""
        for _ in range(MOST):
            entry = await self._entry("earliest" if place == EMPTY else f"offset/{place}/next", tenant)
            following = str(entry.get("currentOffset") or place)
            if following == place:
                break
            try:
                found |= {(hint.stream, hint.record): hint for hint in hints_in(await self._file(str(entry.get("url"))))}
            except ValueError:
                gap = f"the entry {following} could not be read"
            place = following
        return News([hint for hint in found.values() if hint.tenant == tenant], place, gap)

    async def _entry(self, which: str, tenant: str) -> Body:
        """Ask for one entry; an empty answer says that there is none."""
        return await self._client.get(f"{self._journal}/{which}", {"installPortalId": tenant})

    async def _file(self, url: str) -> Body:
        """Fetch an entry from where it lies, which is not the API: no token goes there."""
        parts = urlsplit(url)
        base = f"{parts.scheme}://{parts.netloc}"
        if parts.scheme != "https" and base != self._client.base_url:
            raise ConnectorError(f"{TITLE} names {base} as the place of its journal, which is not safe to ask.")
        if self._files is None or self._files.base_url != base:
            await self._close_files()
            self._files = Client(
                base, bearer=None, vendor=_FILES, limiter=Limiter({"all": _PER_SECOND}, headroom=0), patience=self._patience
            )
        return await self._files.get(parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)))

    async def _close_files(self) -> None:
        if self._files is not None:
            await self._files.close()

    async def _subscribe(self, tenant: str) -> None:
        """Have the changes written down that we would read again, where that is not done yet."""
        standing = await self._client.get(self._subscriptions)
        have = {_what(row) for row in standing.get("results") or () if str(row.get("portalId")) == tenant}
        for wanted in self._wanted(tenant):
            if _what(wanted) not in have:
                await self._client.send("POST", self._subscriptions, wanted, is_repeatable=True)

    def _wanted(self, tenant: str) -> Iterator[Body]:
        kinds = {"0-1": CONTACTS, "0-2": COMPANIES, "0-3": DEALS, "0-7": PRODUCTS, "0-8": LINE_ITEMS}
        for type_id, kind in kinds.items():
            names = list(dict.fromkeys((*kind.properties, *self._properties.get(kind.name, ()))))
            shared = {"portalId": int(tenant), "objectTypeId": type_id}
            yield shared | {"subscriptionType": "OBJECT", "actions": list(_ACTIONS), "properties": names}
        ends = {"associatedObjectTypeIds": ["0-1", "0-2", "0-8"], "objectTypeId": "0-3", "portalId": int(tenant)}
        yield ends | {"subscriptionType": "ASSOCIATION", "actions": list(_LINKS)}


def _what(row: Mapping[str, object]) -> tuple[str, str]:
    return str(row.get("subscriptionType")), str(row.get("objectTypeId"))


def hints_in(entry: Body) -> list[Hint]:
    """Read one entry: what its events name, each record once, whatever their order.

    Raises:
        ValueError: this is no entry.
    """
    events = entry.get("journalEvents")
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise ValueError("The entry holds no list of events.")
    found = [hint for event in events for hint in _hints(event)]
    return list({(hint.tenant, hint.stream, hint.record): hint for hint in found}.values())


def _hints(event: Body) -> Iterator[Hint]:
    action = str(event.get("action", ""))
    if action == "UPDATE" and _is_ours(event.get("propertyChanges")):
        return
    for type_id, record in _named(event):
        if stream := streamed(TYPES.get(type_id, "")):
            yield Hint(str(event.get("portalId", "")), stream, record, f"{TYPES[type_id]}.{action}")


def _named(event: Body) -> Iterator[tuple[str, str]]:
    """Yield the records of an event by type: of a merge all that took part, of a link both ends."""
    others = event.get("mergedObjectIds")
    numbers = [*(event.get(name) for name in _IDS), *(others if isinstance(others, list) else ())]
    yield from ((str(event.get("objectTypeId")), record) for record in ids(numbers))
    for kind, name in _ENDS:
        yield from ((str(event.get(kind)), record) for record in ids([event.get(name)]))


def _is_ours(changes: object) -> bool:
    """Whether all that changed are properties of ours; nothing told is something."""
    names: Iterable[object] = changes.keys() if isinstance(changes, dict) else _listed(changes)
    found = [str(name) for name in names]
    return bool(found) and all(name.startswith(OURS) for name in found)


def _listed(changes: object) -> Sequence[object]:
    rows = changes if isinstance(changes, list) else []
    return [row.get("name") or row.get("propertyName") if isinstance(row, dict) else row for row in rows]
