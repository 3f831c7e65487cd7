"""The older JSON-RPC, as far as teams, finders, single records, activities and one report go (nutshell.md 9 [PHP][SL], stubs.py [NPY])."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from connector.sandbox.nutshell.account import Account, Raw, Row, Team, number
from connector.sandbox.nutshell.effort import report
from connector.sandbox.nutshell.errors import Denied
from connector.sandbox.nutshell.matching import QUERIES
from connector.sandbox.nutshell.older import changed_activity, changed_lead, current_user, deleted_activity, found, new_activity
from connector.sandbox.nutshell.stubs import stub, team_of, whole

Given = Mapping[str, Any]
_FINDERS: Mapping[str, str] = {
    "findUsers": "users",
    "findLeads": "leads",
    "findAccounts": "accounts",
    "findContacts": "contacts",
    "findActivities": "activities",
    "findActivityTypes": "activityTypes",
    "findStagesets": "stagesets",
    "findMilestones": "stages",
}
_FIND = ("query", "orderBy", "orderDirection", "limit", "page", "stubResponses")
_ORDERS: Mapping[str, str] = {"last_name": "lastName", "first_name": "firstName"}
_WITH_WHOLE = ("leads", "activities")
"""The kinds whose finders give whole records where stubs are declined [NPY]."""
_MOST, _USUAL = 100, 10


def answered(account: Account, body: Given, host: str) -> Raw:
    """Carry out one call; parameters are named."""
    method, given, key = str(body.get("method")), body.get("params") or {}, body.get("id")
    try:
        if method == "getApiForUsername":
            return _result(key, {"api": host})
        return _result(key, _called(account, method, given if isinstance(given, Mapping) else {}))
    except Denied as denied:
        return {"result": None, "error": {"code": denied.code, "message": denied.message, "data": None}, "id": key}


def _result(key: object, result: object) -> Raw:
    return {"result": result, "error": None, "id": key}


def _called(account: Account, method: str, given: Given) -> object:
    if method in _FINDERS:
        return _found(account, _FINDERS[method], _only(given, _FIND))
    if method not in _METHODS:
        raise Denied(404, f"Unknown method: {method}")
    call, names = _METHODS[method]
    return call(account, _only(given, names))


def _only(given: Given, names: Collection[str]) -> Given:
    if unknown := [name for name in given if name not in names]:
        raise Denied(400, f"Unknown parameter: {unknown[0]}")
    return given


def _found(account: Account, kind: str, given: Given) -> list[Raw]:
    if kind in account.revoked:
        raise Denied(403, f"No access to {kind}")
    rows = [row for row in account.table(kind).values() if row.deleted is None]
    for name, wanted in (given.get("query") or {}).items():
        fits = QUERIES.get((kind, name))
        if fits is None:
            raise Denied(400, f"Unknown query: {name}")
        rows = [row for row in rows if fits(account, row, wanted)]
    describe = whole if kind in _WITH_WHOLE and given.get("stubResponses") is False else stub
    name = str(given.get("orderBy") or "id")
    ordered = sorted(rows, key=lambda row: _place(account, row, name), reverse=given.get("orderDirection") == "DESC")
    return [describe(account, row) for row in _paged(ordered, given)]


def _place(account: Account, row: Row, name: str) -> tuple[str, int]:
    """Return where a record stands in an order; what it does not have leaves the order of ids."""
    key = _ORDERS.get(name, name)
    return "" if key == "id" else str(whole(account, row).get(key) or ""), number(row.raw["id"])


def _paged(rows: Sequence[Any], given: Given) -> Sequence[Any]:
    limit, page = min(int(given.get("limit") or _USUAL), _MOST), int(given.get("page") or 1)
    return rows[(page - 1) * limit : page * limit]


def _teams(account: Account, given: Given) -> list[Raw]:
    return [team_of(account, team) for team in _paged(account.teams, given)]


def _team(account: Account, given: Given) -> Raw:
    team = next((one for one in account.teams if one.id == given.get("teamId")), None)
    if team is None:
        raise Denied(404, "No such team.")
    return team_of(account, team) | {"users": _members(account, team)}


def _members(account: Account, team: Team) -> list[Raw]:
    return [stub(account, row) for row in account.table("users").values() if number(row.raw["id"]) in team.users]


def _user(account: Account, given: Given) -> Raw:
    key = given.get("userId")
    return whole(account, current_user(account) if key is None else found(account, "users", key))


_METHODS: Mapping[str, tuple[Callable[[Account, Given], object], Sequence[str]]] = {
    "findTeams": (_teams, _FIND),
    "getTeam": (_team, ("teamId", "rev")),
    "getUser": (_user, ("userId", "rev")),
    "getLead": (lambda account, given: whole(account, found(account, "leads", given.get("leadId"))), ("leadId", "rev")),
    "getActivity": (lambda account, given: whole(account, found(account, "activities", given.get("activityId"))), ("activityId", "rev")),
    "editLead": (changed_lead, ("leadId", "rev", "lead")),
    "newActivity": (new_activity, ("activity",)),
    "editActivity": (changed_activity, ("activityId", "rev", "activity")),
    "deleteActivity": (deleted_activity, ("activityId", "rev")),
    "getAnalyticsReport": (report, ("reportType", "period", "filter", "options")),
}
