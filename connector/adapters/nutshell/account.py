"""Whose account this is, and the lists by which its records are read: stages, sources, outcomes, industries, kinds of activities."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from connector.adapters.nutshell.mapping import DealMapping
from connector.adapters.nutshell.objects import Objects, rows_of
from connector.errors import AccessRefused, ConnectorError
from connector.http import Body, Refused, together
from connector.model import Tenant

ACTIVITY_TYPES = "activityTypes"
_NAMED = ("sources", "outcomes", "industries", ACTIVITY_TYPES)
NO_CURRENCY = "N/A"
"""The home currency where none is known: guessing one would make sums of it."""


@dataclass(frozen=True, slots=True)
class Home:
    """What the settings say of the company: Nutshell tells no time zone, and not every key sees the markets with their currencies."""

    zone: ZoneInfo | None
    currency: str | None = None
    mapping: DealMapping = field(default_factory=DealMapping)


@dataclass(frozen=True, slots=True)
class Account:
    """What reading a record needs to know beyond the record itself; `names` are those of each list by id."""

    tenant: Tenant
    zone: ZoneInfo
    names: Mapping[str, str]
    mapping: DealMapping = field(default_factory=DealMapping)


async def tenant_of(objects: Objects, home: Home) -> Tenant:
    """Ask whose account this is; without a time zone in the settings days are those of UTC.

    Raises:
        ConnectorError: the answer names no account.
    """
    body = await objects.client.get("/rest/users", {"page[page]": "0", "page[limit]": "1"})
    instance = (body.get("meta") or {}).get("instanceId")
    if not instance:
        raise ConnectorError("Nutshell's answers name no account (meta.instanceId is missing).")
    return Tenant(str(instance), f"Nutshell {instance}", home.zone.key if home.zone else "UTC", home.currency or await _currency(objects))


async def _currency(objects: Objects) -> str:
    try:
        markets = rows_of(await objects.client.get("/rest/markets"), "markets")
    except (AccessRefused, Refused):
        return NO_CURRENCY
    usual = [market for market in markets if market.get("isDefault")] or markets
    return next((str(market["currency"]) for market in usual if market.get("currency")), NO_CURRENCY)


async def account_of(objects: Objects, home: Home, needed: Collection[str] = ()) -> Account:
    """Read what the records are read by; a list that the key may not see leaves what it names empty.

    Raises:
        AccessRefused: a list that is `needed` is refused.
    """
    tenant = await tenant_of(objects, home)
    lists = await together(_list(objects, kind, is_needed=kind in needed) for kind in _NAMED)
    names = {str(row["id"]): str(row["name"]) for rows in lists for row in rows if row.get("id") and row.get("name")}
    return Account(tenant, home.zone or ZoneInfo("UTC"), names, home.mapping)


async def _list(objects: Objects, kind: str, *, is_needed: bool) -> list[Body]:
    try:
        return await objects.all(kind)
    except (AccessRefused, Refused) as error:
        if is_needed:
            raise AccessRefused(str(error), (f"an API key that may see {kind}",)) from error
        return []
