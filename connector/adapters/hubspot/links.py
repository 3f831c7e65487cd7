"""Where people look at a record: HubSpot's pages, by account and object type."""

from collections.abc import Mapping

from connector.model import Entity, Tenant

_TYPES: Mapping[Entity, str] = {Entity.CONTACTS: "0-1", Entity.COMPANIES: "0-2", Entity.DEALS: "0-3", Entity.TICKETS: "0-5"}
_PLACE = "app.hubspot.com"


def link_of(tenant: Tenant, entity: Entity, record: str) -> str | None:
    """Return a record's page; None for kinds that have none, and for what HubSpot did not make (its ids are numbers).

    Accounts outside of the United States have a domain of their own, with which their name begins.
    """
    if entity not in _TYPES or not record.isdecimal():
        return None
    domain = tenant.name.partition(" ")[0]
    place = domain if domain.endswith(".hubspot.com") else _PLACE
    return f"https://{place}/contacts/{tenant.id}/record/{_TYPES[entity]}/{record}"
