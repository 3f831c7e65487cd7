"""Changing records: patches, custom fields, deletions, won and lost."""

from collections.abc import Mapping
from typing import Any

from connector.sandbox.nutshell.account import Account, Raw, Row, stamp
from connector.sandbox.nutshell.errors import Refusal, bad, lost
from connector.sandbox.nutshell.reading import envelope
from connector.sandbox.nutshell.seed import stage_change

PATCH_TYPE = "application/json-patch+json"
TYPES = ("Text", "LongText", "Currency", "Date", "Decision", "Email", "Phone", "URL", "Location")
_Change = tuple[str, str, object]
"""Where something changes, under which name, and what stands there then."""
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
    changes = [change for one in operations for change in _changes(account, kind, row, one)]
    if account.options.forgets and any(where == "custom" for where, _, _ in changes):
        row.custom.clear()
    for where, name, value in changes:
        if where == "whole":
            row.custom.clear()
        elif where == "custom":
            row.custom[name] = value
        elif where == "record":
            _set(account, row, name, value)
    account.happen(row.raw, "edit", account.now())


def _changes(account: Account, kind: str, row: Row, operation: object) -> list[_Change]:
    if not isinstance(operation, Mapping) or operation.get("op") not in ("add", "replace") or set(operation) != {"op", "path", "value"}:
        raise bad("Invalid patch", "Only add and replace are known, with a path and a value.")
    parts = [part.replace("~1", "/").replace("~0", "~") for part in str(operation["path"]).split("/")]
    if parts[:3] != ["", kind, "0"] or len(parts) < 4:  # noqa: PLR2004 - the path's three first parts
        raise bad("Invalid patch", f"Unknown path: {operation['path']}")
    known, value, names = account.fields[kind], operation["value"], parts[3:]
    if names[0] == "customFields":
        if account.options.is_strict:
            return _strict(known, row, operation, names)
        return _loose(account.options.form, known, names, value)
    if names[0] in known:
        return [_custom(known, names[0], value)] if account.options.form == "field" else []
    if kind == "leads" and names[0] in ("manualValue", "description", "dueTime", "stage"):
        return [("record", names[0], value)]
    raise bad("Invalid patch", f"Unknown attribute: {names[0]}")


def _loose(form: str, known: Mapping[str, Raw], names: list[str], value: object) -> list[_Change]:
    """Carry out what is addressed in the account's form; the rest is answered alike and changes nothing."""
    if form == "members" and len(names) > 1:
        return [_custom(known, names[1], value)]
    if form == "object" and len(names) == 1 and isinstance(value, Mapping):
        return [_custom(known, name, one) for name, one in value.items()]
    return []


def _strict(known: Mapping[str, Raw], row: Row, operation: Mapping[str, Any], names: list[str]) -> list[_Change]:
    """Carry out an operation on the object of custom fields by the letter of RFC 6902."""
    value = operation["value"]
    if len(names) == 1:
        if not isinstance(value, Mapping):
            raise bad("Invalid patch", "customFields is an object.")
        return [("whole", "", None), *(_custom(known, name, one) for name, one in value.items())]
    if operation["op"] == "replace" and names[1] not in row.custom:
        raise bad("Invalid patch", "The target location must exist.")
    return [_custom(known, names[1], value)]


def _custom(known: Mapping[str, Raw], title: str, value: object) -> _Change:
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
