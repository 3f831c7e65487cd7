"""Whose account this is, and the lists by which its records are read: stages, sources, outcomes, industries, kinds of activities."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from connector.adapters.nutshell.objects import Objects, rows_of, together
from connector.errors import AccessRefused, ConnectorError
from connector.http import Body, Refused
from connector.model import Tenant

_NAMED = ("sources", "outcomes", "industries", "activityTypes")
_CURRENCY = "USD"
"""What an account's money is in that shows no markets."""


@dataclass(frozen=True, slots=True)
class Account:
    """What reading a record needs to know beyond the record itself; `names` are those of each list by id."""

    tenant: Tenant
    zone: ZoneInfo
    names: Mapping[str, str]


async def tenant_of(objects: Objects, zone: ZoneInfo | None) -> Tenant:
    """Ask whose account this is. Nutshell tells no time zone: without one in the settings days are those of UTC.

    Raises:
        ConnectorError: the answer names no account.
    """
    body = await objects.client.get("/rest/users", {"page[page]": "0", "page[limit]": "1"})
    instance = (body.get("meta") or {}).get("instanceId")
    if not instance:
        raise ConnectorError("Nutshell's answers name no account (meta.instanceId is missing).")
    return Tenant(str(instance), f"Nutshell {instance}", zone.key if zone else "UTC", await _currency(objects))


async def _currency(objects: Objects) -> str:
    try:
        markets = rows_of(await objects.client.get("/rest/markets"), "markets")
    except (AccessRefused, Refused):
        return _CURRENCY
    usual = [market for market in markets if market.get("isDefault")] or markets
    return next((str(market["currency"]) for market in usual if market.get("currency")), _CURRENCY)


async def account_of(objects: Objects, zone: ZoneInfo | None) -> Account:
    """Read what the records are read by; a list that the key may not see leaves what it names empty."""
    tenant = await tenant_of(objects, zone)
    lists = await together(_list(objects, kind) for kind in _NAMED)
    names = {str(row["id"]): str(row["name"]) for rows in lists for row in rows if row.get("id") and row.get("name")}
    return Account(tenant, zone or ZoneInfo("UTC"), names)


async def _list(objects: Objects, kind: str) -> list[Body]:
    try:
        return await objects.all(kind)
    except (AccessRefused, Refused):
        return []
