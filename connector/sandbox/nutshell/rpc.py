"""The older JSON-RPC, as far as teams and the common finders go (nutshell.md 9 [PHP])."""

from collections.abc import Mapping, Sequence
from typing import Any

from connector.sandbox.nutshell.account import Account, Raw, Team, number

_FINDERS = {
    "findUsers": ("users", "Users"),
    "findLeads": ("leads", "Leads"),
    "findAccounts": ("accounts", "Accounts"),
    "findContacts": ("contacts", "Contacts"),
}
_MOST = 100


def answered(account: Account, body: Mapping[str, Any], host: str) -> Raw:
    """Carry out one call; parameters are named."""
    method, given, key = str(body.get("method")), body.get("params") or {}, body.get("id")
    parameters: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    if method == "getApiForUsername":
        return {"result": {"api": host}, "error": None, "id": key}
    if method == "findTeams":
        return {"result": _paged([_team(team) for team in account.teams], parameters), "error": None, "id": key}
    if method == "getTeam":
        found = [_team(team) | {"users": _members(account, team)} for team in account.teams if team.id == parameters.get("teamId")]
        if found:
            return {"result": found[0], "error": None, "id": key}
        return _refused(key, 404, "No such team.")
    if method in _FINDERS:
        kind, entity = _FINDERS[method]
        rows = [row.raw for row in account.table(kind).values() if row.deleted is None]
        return {"result": _paged([_stub(raw, entity) for raw in rows], parameters), "error": None, "id": key}
    return _refused(key, 404, f"Unknown method: {method}")


def _refused(key: object, code: int, message: str) -> Raw:
    return {"result": None, "error": {"code": code, "message": message, "data": None}, "id": key}


def _paged(rows: Sequence[Raw], parameters: Mapping[str, Any]) -> list[Raw]:
    limit, page = min(int(parameters.get("limit") or 10), _MOST), int(parameters.get("page") or 1)
    return list(rows[(page - 1) * limit : page * limit])


def _team(team: Team) -> Raw:
    return {"id": team.id, "entityType": "Teams", "rev": "1", "name": team.name}


def _members(account: Account, team: Team) -> list[Raw]:
    return [_stub(row.raw, "Users") for row in account.table("users").values() if number(row.raw["id"]) in team.users]


def _stub(raw: Raw, entity: str) -> Raw:
    return {"id": number(raw["id"]), "entityType": entity, "rev": "1", "name": raw["name"]}
