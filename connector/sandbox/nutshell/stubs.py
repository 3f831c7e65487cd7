"""How records look in the older JSON-RPC: short ("stubs") and whole, as the recorded answers of a third party's client have them [NPY].

[NPY] is the client `nutshell` 0.4.4 from the Python package index: its models, and the answers that lie beside its tests.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from connector.sandbox.nutshell.account import Account, Raw, Row, Team, number

ENTITIES: Mapping[str, str] = {
    "users": "Users",
    "leads": "Leads",
    "accounts": "Accounts",
    "contacts": "Contacts",
    "activities": "Activities",
    "activityTypes": "Activity_Types",
    "stagesets": "Stagesets",
    "stages": "Milestones",
    "products": "Products",
}
"""What a kind of records is called here; stages are milestones (nutshell.md 9 [PHP])."""
STATUS: Mapping[str, int] = {"open": 0, "pending": 1, "won": 10, "lost": 11, "cancelled": 12}
"""Numbers of a lead's status (nutshell.md 6 [PHP])."""
OVERDUE, SCHEDULED, LOGGED, CANCELLED = -1, 0, 1, 2
"""Numbers of an activity's status [NPY]."""
_TAKES_PART = 3


def written(at: int | None) -> str | None:
    """Write unix seconds as the recorded answers do."""
    return None if at is None else f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%S}+0000"


def seconds(value: object) -> int | None:
    """Return a time of a record in unix seconds."""
    found = value.get("timestamp") if isinstance(value, Mapping) else value
    return None if found is None else int(str(found))


def stub(account: Account, row: Row) -> Raw:
    """Describe a record in short, as lists and other records show it."""
    return {"stub": True, **_short(account, row)}


def whole(account: Account, row: Row) -> Raw:
    """Describe a record in full."""
    kind = row.raw["type"]
    return _WHOLE[kind](account, row) if kind in _WHOLE else _short(account, row)


def team_of(account: Account, team: Team) -> Raw:
    """Describe a team in short."""
    return {"stub": True, "id": team.id, "entityType": "Teams", "rev": "0", **_made(account.founded), "name": team.name}


def _short(account: Account, row: Row) -> Raw:
    kind = row.raw["type"]
    return _SHORT[kind](account, row) if kind in _SHORT else _plain(row)


def _plain(row: Row) -> Raw:
    name = row.raw.get("name")
    return {"id": number(row.raw["id"]), "rev": str(row.rev), "entityType": ENTITIES[row.raw["type"]], "name": name}


def _made(made: int, changed: int | None = None) -> Raw:
    return {"modifiedTime": written(changed or made), "createdTime": written(made)}


def _dates(account: Account, row: Row) -> Raw:
    created = seconds(row.raw.get("createdTime"))
    return _made(account.founded if created is None else created, row.changed)


def _dated(account: Account, row: Row) -> Raw:
    return _plain(row) | _dates(account, row)


def _user(account: Account, row: Row) -> Raw:
    return _dated(account, row) | {name: row.raw[name] for name in ("emails", "isEnabled", "isAdministrator")}


def _whole_user(account: Account, row: Row) -> Raw:
    first = row.raw["firstName"]
    return _user(account, row) | {"firstName": first, "lastName": row.raw["name"].removeprefix(first).strip()}


def _stageset(_account: Account, row: Row) -> Raw:
    return {**_plain(row), "default": int(row.raw["default"]), "position": number(row.raw["id"])}


def _milestone(_account: Account, row: Row) -> Raw:
    return {**_plain(row), "position": row.raw["position"], "stagesetId": number(row.raw["links"]["stageset"])}


def _lead(account: Account, row: Row) -> Raw:
    raw = row.raw
    shown = {"description": raw["description"], "status": STATUS[raw["status"]], "completion": raw["confidence"], "value": _money(raw)}
    return {**_dated(account, row), **shown, "dueTime": written(seconds(raw.get("dueTime")))}


def _money(raw: Raw) -> Raw | None:
    return raw["value"] and {name: raw["value"][name] for name in ("currency", "amount")}


def _whole_lead(account: Account, row: Row) -> Raw:
    raw, links = row.raw, row.raw["links"]
    companies, value = _linked(account, links.get("accounts")), _money(raw)
    items = [account.table("productMaps")[word].raw for word in links["productMaps"]]
    return {
        **_lead(account, row),
        "htmlUrl": raw.get("htmlUrl"),
        "creator": None,
        "primaryAccount": companies[0] if companies else None,
        "milestone": _one(account, links["stage"]),
        "stageset": _one(account, links["stageset"]),
        "confidence": raw["confidence"],
        "assignee": _one(account, links["owner"]),
        "sources": [],
        "competitors": [],
        "products": [
            {**(_one(account, item["links"]["product"]) or {}), "price": _price(item), "quantity": item["quantity"]} for item in items
        ],
        "contacts": _linked(account, links.get("contacts")),
        "accounts": companies[1:],
        "tags": [],
        "channels": [],
        "priority": raw.get("priority", 0),
        "closedTime": written(seconds(raw.get("closedTime"))),
        "normalizedValue": value,
        "estimatedValue": value,
        "notes": [],
    }


def _price(item: Raw) -> Raw:
    return {name: item["price"][name] for name in ("currency", "amount")}


def _one(account: Account, word: str | None) -> Raw | None:
    return next(iter(_linked(account, [word] if word else [])), None)


def _linked(account: Account, words: object) -> list[Raw]:
    """Describe what a relation holds."""
    found = words if isinstance(words, list) else []
    rows = (account.table(word.partition("-")[2]).get(word) for word in found)
    return [stub(account, row) for row in rows if row is not None]


def status_of(account: Account, raw: Raw) -> int:
    """Return where an activity is: what should have been logged and was not is overdue."""
    if raw.get("isCancelled"):
        return CANCELLED
    if raw.get("isLogged"):
        return LOGGED
    return OVERDUE if raw["startTime"] < account.now() else SCHEDULED


def _activity(account: Account, row: Row) -> Raw:
    raw = row.raw
    return {
        **_dated(account, row),
        "startTime": written(raw["startTime"]),
        "endTime": written(raw["endTime"]),
        "isAllDay": bool(raw.get("isAllDay")),
        "isTimed": not raw.get("isAllDay"),
        "isFlagged": bool(raw.get("isFlagged")),
        "activityType": _one(account, raw["links"]["activityType"]),
        "status": status_of(account, raw),
        "logNote": None,
    }


def _whole_activity(account: Account, row: Row) -> Raw:
    links, leads = row.raw["links"], _linked(account, row.raw["links"].get("leads"))
    people = _linked(account, links.get("contacts")) + _linked(account, links.get("users"))
    return {
        **_activity(account, row),
        "description": row.raw.get("agenda"),
        "lead": leads[0] if leads else None,
        "leads": leads,
        "loggedBy": None,
        "participants": [{**one, "status": _TAKES_PART} for one in people],
        "logDescription": None,
    }


_SHORT: Mapping[str, Callable[[Account, Row], Raw]] = {
    "users": _user,
    "accounts": _dated,
    "contacts": _dated,
    "products": _dated,
    "stagesets": _stageset,
    "stages": _milestone,
    "leads": _lead,
    "activities": _activity,
}
_WHOLE: Mapping[str, Callable[[Account, Row], Raw]] = {"users": _whole_user, "leads": _whole_lead, "activities": _whole_activity}
