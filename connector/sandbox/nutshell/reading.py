"""Lists, single records, custom fields and the feed of events."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from connector.sandbox.nutshell.account import Account, Raw, Row, number
from connector.sandbox.nutshell.errors import Refusal, bad, lost

KINDS: Mapping[str, str] = {
    name.lower(): name
    for name in (
        "users",
        "stagesets",
        "stages",
        "sources",
        "outcomes",
        "products",
        "productMaps",
        "markets",
        "industries",
        "activityTypes",
        "accounts",
        "contacts",
        "leads",
        "activities",
        "emails",
    )
}
"""The name in the envelope by the name in the path, in which capitals are lost (nutshell.md 6 [O])."""
LARGEST_PAGE = 10_000
_DEFAULT_PAGE = 50
_EVENTS_PAGE = 20
_COMPANIONS = {"leads": ("contacts", "users", "accounts"), "contacts": ("accounts",), "activities": ("contacts", "users")}
_EVENT_PARAMETERS = (
    "limit",
    "since_time",
    "max_time",
    "since_id",
    "max_id",
    "entity_id",
    "events[]",
    "filters[payload][]",
    "filters[creator][]",
)


@dataclass(frozen=True, slots=True)
class Query:
    """What stands behind the question mark, every parameter with all of its values."""

    values: Mapping[str, Sequence[str]]

    def only(self, *names: str) -> None:
        """Refuse parameters that nobody knows.

        Raises:
            Refusal: there is one.
        """
        for name in self.values:
            if name not in names:
                raise bad("Invalid filter", f"Unknown parameter: {name}")

    def whole(self, name: str, default: int) -> int:
        """Return a number.

        Raises:
            Refusal: it is none.
        """
        text = self.values.get(name, [str(default)])[0]
        if not text.lstrip("-").isdigit():
            raise bad("Invalid filter", f"{name} is no number: {text}")
        return int(text)

    def word(self, name: str) -> str:
        """Return a text, empty where there is none."""
        return self.values.get(name, [""])[0]


def listed(account: Account, kind: str, query: Query) -> Raw:
    """Answer one page of a list; deleted records are not in it."""
    query.only("page[page]", "page[limit]", *(("filter[stageset]",) if kind == "leads" else ()))
    page, limit = query.whole("page[page]", 0), query.whole("page[limit]", _DEFAULT_PAGE)
    if kind == "emails":
        # No list tells of e-mails, only their own addresses (nutshell.md 6 [O]).
        raise lost()
    if page < 0:
        raise bad("Invalid filter", f"Invalid page number: {page}")
    if not 0 < limit <= LARGEST_PAGE:
        raise bad("Invalid filter", f"Invalid page limit: {limit}")
    rows = [row for row in account.table(kind).values() if row.deleted is None]
    # The key is the vendor's (nutshell.md 3 [F]); that its value is an id as elsewhere is [recall].
    if pipeline := query.word("filter[stageset]"):
        rows = [row for row in rows if row.raw["links"]["stageset"] == pipeline]
    return envelope(account, kind, rows[page * limit : (page + 1) * limit], {"count": len(rows), "total": len(rows)})


def some(account: Account, kind: str, words: str) -> Raw:
    """Answer records by a list of ids, deleted ones too [recall]; ids that nobody has are passed over, one alone is not found."""
    rows = [row for word in words.split(",") if (row := account.table(kind).get(word))]
    if not rows:
        raise lost()
    return envelope(account, kind, rows)


def envelope(account: Account, kind: str, rows: Iterable[Row], meta: Raw | None = None) -> Raw:
    """Wrap records, with those that they point to."""
    raws = [row.raw for row in rows]
    companions = {other: _pointed(account, raws, other) for other in _COMPANIONS.get(kind, ())}
    return {"meta": {**(meta or {}), **account.meta}, "links": {}, kind: raws, **companions}


def _pointed(account: Account, raws: Iterable[Raw], kind: str) -> list[Raw]:
    words = dict.fromkeys(word for raw in raws for word in _words(raw["links"]) if word.endswith(f"-{kind}"))
    return [account.table(kind)[word].raw for word in words if word in account.table(kind)]


def _words(links: Mapping[str, object]) -> Iterable[str]:
    for value in links.values():
        yield from value if isinstance(value, list) else [str(value)]


def attributes(account: Account, kind: str) -> object:
    """List the custom fields of a kind; a bare list but for accounts (nutshell.md 7 [O])."""
    found = list(account.fields[kind].values())
    return {"customFields": found} if kind == "accounts" else found


def custom_values(account: Account, kind: str, word: str) -> Raw:
    """Answer the custom fields of one record with their values."""
    row = account.table(kind).get(word)
    if row is None or row.deleted is not None:
        raise lost()
    return {"customFields": [{**field, "value": row.custom.get(title)} for title, field in account.fields[kind].items()]}


def events(account: Account, base: str, query: Query) -> Raw:
    """Answer a page of what happened, newest first (nutshell.md 5 [O][AMP])."""
    query.only(*_EVENT_PARAMETERS)
    return _feed(account, [one for one in account.events if _fits(one, query)], base, query)


def deletions(account: Account, base: str, query: Query) -> Raw:
    """Answer a page of what was deleted; that it is paged as events are is [recall]."""
    query.only("filter[types]", "limit", "since_time", "max_time", "since_id", "max_id")
    kind = query.word("filter[types]")
    if not kind:
        raise bad("Invalid filter", "filter[types] is needed")
    return _feed(account, [one for one in account.deleted if one["payloadType"] == kind], base, query)


def _fits(event: Raw, query: Query) -> bool:
    kinds, entity = query.values.get("filters[payload][]"), query.word("entity_id")
    return (not kinds or event["payloadType"] in kinds) and (not entity or entity in event["links"]["payloads"])


def _feed(account: Account, rows: Sequence[Raw], base: str, query: Query) -> Raw:
    limit = query.whole("limit", _EVENTS_PAGE)
    since, most = query.word("since_id"), query.word("max_id")
    found = [one for one in rows if _within(one, since, most, query)]
    # Newer pages go on where the one before ended, so they hold the oldest of what is newer.
    page = (found[:limit] if since else found[-limit:])[::-1]
    newest, oldest = (page[0], page[-1]) if page else (None, None)
    meta: Raw = {"last": page[-1]["id"] if page else None, **account.meta}
    if newest and oldest:
        meta["next"] = _address(base, {"limit": limit, "since_id": newest["id"], "since_time": newest["createdTime"]})
        meta["previous"] = _address(base, {"limit": limit, "max_id": oldest["id"], "max_time": oldest["createdTime"]})
    return page_of_events(account, page) | {"meta": meta}


def page_of_events(account: Account, events: Sequence[Raw]) -> Raw:
    """Wrap events, with the records that they are about."""
    words = dict.fromkeys(word for one in events for word in one["links"]["payloads"])
    rows_of: Callable[[str], Row | None] = lambda word: account.table(word.partition("-")[2]).get(word)  # noqa: E731 - two words
    payloads = [row.raw for word in words if (row := rows_of(word))]
    others = {"actors": [], "payloads": payloads, "users": [], "activityTypes": []}
    return {"meta": account.meta, "links": {}, "events": list(events), **others}


def _within(event: Raw, since: str, most: str, query: Query) -> bool:
    key = number(event["id"])
    times = query.whole("since_time", 0) <= event["createdTime"] <= query.whole("max_time", 2**40)
    return times and (not since or key > number(since)) and (not most or key < number(most))


def _address(base: str, parameters: Raw) -> str:
    return f"{base}?{urlencode(parameters)}"


def refuse_hidden(account: Account, kind: str) -> None:
    """Refuse a kind that the key may not see; the shape of that answer is [recall].

    Raises:
        Refusal: it is hidden.
    """
    if kind in account.revoked:
        raise Refusal(403, "You do not have permission to do this.", f"No access to {kind}")
