"""What finders of the older JSON-RPC can look for; the names are those that a third party's client sends [NPY]."""

from collections.abc import Callable, Mapping
from typing import Any

from connector.sandbox.nutshell.account import Account, Row
from connector.sandbox.nutshell.errors import Denied
from connector.sandbox.nutshell.stubs import STATUS, status_of

Fits = Callable[[Account, Row, Any], bool]
ALL_LEADS = 2
"""The filter that leaves nothing out; those of one's own and of one's team's leads are not in this box."""


def _linked(name: str, kind: str) -> Fits:
    def fits(_account: Account, row: Row, wanted: object) -> bool:
        held = row.raw["links"].get(name) or []
        keys = {f"{one}-{kind}" for one in (wanted if isinstance(wanted, list) else [wanted])}
        return bool(keys & {*([held] if isinstance(held, str) else held)})

    return fits


def _assigned(_account: Account, row: Row, wanted: Any) -> bool:  # noqa: ANN401 - a list of people and teams
    return any(row.raw["links"]["owner"] == f"{one['id']}-{str(one['entityType']).lower()}" for one in wanted)


def _all_leads(_account: Account, _row: Row, wanted: object) -> bool:
    if wanted != ALL_LEADS:
        raise Denied(400, f"Unknown filter: {wanted}")
    return True


QUERIES: Mapping[tuple[str, str], Fits] = {
    ("users", "email"): lambda _, row, wanted: wanted in row.raw["emails"],
    ("leads", "status"): lambda _, row, wanted: STATUS[row.raw["status"]] == wanted,
    ("leads", "filter"): _all_leads,
    ("leads", "milestoneId"): _linked("stage", "stages"),
    ("leads", "milestoneIds"): _linked("stage", "stages"),
    ("leads", "stagesetId"): _linked("stageset", "stagesets"),
    ("leads", "stagesetIds"): _linked("stageset", "stagesets"),
    ("leads", "assignee"): _assigned,
    ("leads", "number"): lambda _, row, wanted: row.raw["number"] == str(wanted),
    ("activities", "leadId"): _linked("leads", "leads"),
    ("activities", "contactId"): _linked("contacts", "contacts"),
    ("activities", "accountId"): _linked("accounts", "accounts"),
    ("activities", "userId"): _linked("users", "users"),
    ("activities", "activityTypeId"): _linked("activityType", "activityTypes"),
    ("activities", "status"): lambda account, row, wanted: status_of(account, row.raw) == wanted,
    ("activities", "isFlagged"): lambda _, row, wanted: bool(row.raw.get("isFlagged")) == wanted,
}
"""Whether a record fits, by its kind and what is asked for."""
