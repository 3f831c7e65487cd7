"""Whose organisation this is, and what reading its records needs to know beyond a record itself."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo, available_timezones

from connector.adapters.bottlecrm.objects import Objects
from connector.adapters.bottlecrm.words import ORGANISATION, TITLE
from connector.errors import AccessRefused, ConnectorError
from connector.http import Refused
from connector.model import Tenant


@dataclass(frozen=True, slots=True)
class Account:
    """Whose it is, and where its days begin and end."""

    tenant: Tenant
    zone: ZoneInfo


async def account_of(objects: Objects, zone: ZoneInfo | None) -> Account:
    """Ask whose organisation the token belongs to; `zone` is what the settings say of its time zone.

    Raises:
        ConnectorError: the answer names no organisation.
    """
    body = await objects.client.get(ORGANISATION)
    if not body.get("id"):
        raise ConnectorError(f"{TITLE}'s answer names no organisation.")
    told = str(body.get("timezone") or "")
    found = zone or ZoneInfo(told if told in available_timezones() else "UTC")
    key, name = str(body["id"]), str(body.get("name") or body["id"])
    return Account(Tenant(key, name, found.key, str(body.get("default_currency") or "USD")), found)


async def role_of(objects: Objects) -> str | None:
    """Return what the token's user is in the organisation, None where the token may not see it."""
    try:
        body = await objects.client.get("/api/profile/")
    except (AccessRefused, Refused):
        return None
    found = body.get("user_obj")
    return str(found["role"]) if isinstance(found, dict) and found.get("role") else None
