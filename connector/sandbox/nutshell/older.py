"""Single records by the older JSON-RPC: found, made, and changed where nobody else changed them meanwhile (nutshell.md 9 [SL])."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from connector.sandbox.nutshell.account import Account, Raw, Row, stamp
from connector.sandbox.nutshell.errors import Denied
from connector.sandbox.nutshell.stubs import CANCELLED, LOGGED, whole

Given = Mapping[str, Any]
_LEAD = ("description", "confidence", "priority", "dueTime")
_ACTIVITY = ("name", "description", "activityTypeId", "startTime", "endTime", "isAllDay", "isFlagged", "status", "participants", "leads")


def found(account: Account, kind: str, key: object) -> Row:
    """Return a record by its number.

    Raises:
        Denied: it is not there, or hidden.
    """
    if kind in account.revoked:
        raise Denied(403, f"No access to {kind}")
    row = account.table(kind).get(f"{key}-{kind}")
    if row is None or row.deleted is not None:
        raise Denied(404, f"No such record: {key}")
    return row


def current_user(account: Account) -> Row:
    """Return who signs in, by the e-mail address; a box whose people do not sign in lets its first one speak [recall]."""
    users = [row for row in account.table("users").values() if row.deleted is None]
    return next((row for row in users if account.user in row.raw["emails"]), users[0])


def _unchanged(row: Row, given: Given) -> Row:
    """Return a record that is still as the caller has seen it.

    Raises:
        Denied: it has changed since.
    """
    if given.get("rev") != str(row.rev):
        raise Denied(409, "rev key is out-of-date")
    return row


def changed_lead(account: Account, given: Given) -> Raw:
    """Change a lead."""
    row = _unchanged(found(account, "leads", given.get("leadId")), given)
    for name, value in _known(given.get("lead"), _LEAD).items():
        row.raw[name] = stamp(_seconds(value)) if name == "dueTime" else value
    account.happen(row.raw, "edit", account.now())
    return whole(account, row)


def new_activity(account: Account, given: Given) -> Raw:
    """Make an activity; who makes it takes part in it [recall]."""
    now, user = account.now(), current_user(account).raw["id"]
    links: Raw = {"activityType": "3-activityTypes", "users": [user], "creator": user, "leads": [], "contacts": [], "accounts": []}
    values: Raw = {"name": None, "createdTime": now, "modifiedTime": now, "deletedTime": None, "isLogged": False, "isCancelled": False}
    row = account.add("activities", {**values, "links": links})
    _put(row, given.get("activity"))
    account.happen(row.raw, "create", now)
    return whole(account, row)


def changed_activity(account: Account, given: Given) -> Raw:
    """Change an activity."""
    row = _unchanged(found(account, "activities", given.get("activityId")), given)
    _put(row, given.get("activity"))
    row.raw["modifiedTime"] = account.now()
    account.happen(row.raw, "edit", account.now())
    return whole(account, row)


def deleted_activity(account: Account, given: Given) -> bool:
    """Delete an activity."""
    row = _unchanged(found(account, "activities", given.get("activityId")), given)
    account.bury("activities", row.raw["id"])
    return True


def _put(row: Row, values: object) -> None:
    for name, value in _known(values, _ACTIVITY).items():
        if name in ("startTime", "endTime"):
            row.raw[name] = _seconds(value)
        elif name == "activityTypeId":
            row.raw["links"]["activityType"] = f"{value}-activityTypes"
        elif name == "leads":
            row.raw["links"]["leads"] = [f"{one['id']}-leads" for one in value]
        elif name == "participants":
            for kind in ("users", "contacts"):
                row.raw["links"][kind] = [f"{one['id']}-{kind}" for one in value if one["entityType"].lower() == kind]
        elif name == "status":
            row.raw |= {"isLogged": value == LOGGED, "isCancelled": value == CANCELLED}
        else:
            row.raw["agenda" if name == "description" else name] = value


def _known(values: object, names: tuple[str, ...]) -> Given:
    if not isinstance(values, Mapping):
        raise Denied(400, "An object with what is to change is needed.")
    if unknown := [name for name in values if name not in names]:
        raise Denied(400, f"Unknown field: {unknown[0]}")
    return values


def _seconds(text: object) -> int:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        raise Denied(400, f"This is no time: {text}") from None
    return int(found.replace(tzinfo=found.tzinfo or UTC).timestamp())
