"""Changing records: patches, custom fields, deletions, won and lost."""

from collections.abc import Mapping
from typing import Any

from connector.sandbox.nutshell.account import Account, Raw, Row, stamp
from connector.sandbox.nutshell.errors import Refusal, bad, lost
from connector.sandbox.nutshell.reading import envelope
from connector.sandbox.nutshell.seed import stage_change

PATCH_TYPE = "application/json-patch+json"
TYPES = ("Text", "LongText", "Currency", "Date", "Decision", "Email", "Phone", "URL", "Location")
_ONLY_LEADS = ("Email", "Phone", "URL", "Location")


def _live(account: Account, kind: str, word: str) -> Row:
    row = account.table(kind).get(word)
    if row is None or row.deleted is not None:
        raise lost()
    return row


def patch(account: Account, kind: str, word: str, sent: tuple[str, object]) -> None:
    """Carry out the operations of a patch, all or none (nutshell.md 7 [O])."""
    media, operations = sent
    if media.partition(";")[0] != PATCH_TYPE:
        raise Refusal(415, f"{PATCH_TYPE} is required, see http://jsonapi.org", shape="text")
    row = _live(account, kind, word)
    if not isinstance(operations, list) or not operations:
        raise bad("Invalid patch", "An array of operations is required.")
    changes = [_change(account, kind, one) for one in operations]
    for where, name, value in changes:
        if where == "custom":
            row.custom[name] = value
        elif where == "record":
            _set(account, row, name, value)
    account.happen(row.raw, "edit", account.now())


def _change(account: Account, kind: str, operation: object) -> tuple[str, str, object]:
    if not isinstance(operation, Mapping) or operation.get("op") not in ("add", "replace") or set(operation) != {"op", "path", "value"}:
        raise bad("Invalid patch", "Only add and replace are known, with a path and a value.")
    parts = [part.replace("~1", "/").replace("~0", "~") for part in str(operation["path"]).split("/")]
    if parts[:3] != ["", kind, "0"] or len(parts) < 4:  # noqa: PLR2004 - the path's three first parts
        raise bad("Invalid patch", f"Unknown path: {operation['path']}")
    return _place(account, kind, parts[3:], operation["value"])


def _place(account: Account, kind: str, names: list[str], value: object) -> tuple[str, str, object]:
    form, known = account.options.form, account.fields[kind]
    if names[0] == "customFields":
        if form == "members" and len(names) > 1:
            return _custom(known, names[1], value)
        if form == "object" and len(names) == 1 and isinstance(value, Mapping):
            name, one = next(iter(value.items()))
            return _custom(known, name, one)
        return "nowhere", "", None
    if names[0] in known:
        return _custom(known, names[0], value) if form == "field" else ("nowhere", "", None)
    if kind == "leads" and names[0] in ("manualValue", "description", "dueTime", "stage"):
        return "record", names[0], value
    raise bad("Invalid patch", f"Unknown attribute: {names[0]}")


def _custom(known: Mapping[str, Raw], title: str, value: object) -> tuple[str, str, object]:
    if title not in known:
        raise bad("Invalid patch", f"Unknown custom field: {title}")
    return "custom", title, value


def _set(account: Account, row: Row, name: str, value: object) -> None:
    if name == "manualValue":
        row.raw["value"] = {"amount": value, "currency": "USD", "formatted": ""}
    elif name == "stage":
        stages = account.table("stages")
        change = stage_change(stages[row.raw["links"]["stage"]].raw, stages[str(value)].raw)
        row.raw["links"]["stage"] = str(value)
        account.happen(row.raw, "stagechange", account.now(), [change])
    else:
        row.raw[name] = value


def make_field(account: Account, kind: str, body: Mapping[str, Any]) -> Raw:
    """Create a custom field (nutshell.md 7 [O]); a title is there once [recall]."""
    title, form = str(body.get("name") or ""), body.get("type")
    if set(body) - {"name", "type", "choices", "isMultiple"} or not title:
        raise bad("Invalid custom field", "name and type are needed, choices and isMultiple are allowed.")
    if form not in TYPES or (form in _ONLY_LEADS and kind != "leads"):
        raise bad("Invalid custom field", f"Unknown type: {form}")
    if title in account.fields[kind]:
        raise Refusal(409, "A custom field of this name exists already.")
    field = {"id": account.next_id("customFields"), "type": form, "title": title, "name": title, "isMultiple": False}
    account.fields[kind][title] = field
    return {"customFields": [field]}


def create(account: Account, kind: str, body: Mapping[str, Any]) -> Raw:
    """Create one lead or account."""
    given = body.get(kind)
    if not isinstance(given, list) or len(given) != 1:
        raise bad(f"You may only create one {kind} resource per request.")
    one, at = given[0], account.now()
    row = account.add(kind, {"name": one.get("description") or one.get("name"), "links": {"owner": None, **(one.get("links") or {})}})
    if kind == "leads":
        row.raw |= {
            "number": str(1000 + len(account.table("leads"))),
            "status": "open",
            "confidence": 0,
            "closedTime": None,
            "dueTime": None,
        }
        row.raw |= {
            "value": {"amount": one.get("manualValue"), "currency": "USD", "formatted": ""},
            "createdTime": stamp(at),
            "ownerType": "users",
        }
        row.raw["links"] = {
            "stage": "3-stages",
            "stageset": "3-stagesets",
            "sources": [],
            "productMaps": [],
            "accounts": [],
            "contacts": [],
        } | row.raw["links"]
    account.happen(row.raw, "create", at)
    return envelope(account, kind, [row])


def close(account: Account, word: str, body: Mapping[str, Any]) -> Raw:
    """Win, lose or cancel a lead by an outcome (nutshell.md 7 [O])."""
    row, outcome = _live(account, "leads", word), account.table("outcomes").get(str(body.get("outcomeId")))
    if outcome is None:
        raise bad("Unknown outcome")
    row.raw |= {"status": outcome.raw["status"], "closedTime": stamp(account.now())}
    row.raw["links"]["outcome"] = outcome.raw["id"]
    account.happen(row.raw, outcome.raw["status"], account.now())
    return envelope(account, "leads", [row])


def delete(account: Account, kind: str, word: str) -> None:
    """Delete a record."""
    _live(account, kind, word)
    account.bury(kind, word)
