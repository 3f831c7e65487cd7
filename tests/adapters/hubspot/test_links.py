"""Faults lead to the record's own page."""

import pytest

from connector.adapters.hubspot.account import tenant_of
from connector.adapters.hubspot.links import link_of
from connector.model import Entity


@pytest.mark.parametrize(
    ("domain", "entity", "record", "link"),
    [
        ("app.hubspot.com", Entity.DEALS, "77", "https://app.hubspot.com/contacts/123/record/0-3/77"),
        ("app-eu1.hubspot.com", Entity.COMPANIES, "77", "https://app-eu1.hubspot.com/contacts/123/record/0-2/77"),
        (None, Entity.CONTACTS, "77", "https://app.hubspot.com/contacts/123/record/0-1/77"),
        ("app.hubspot.com", Entity.TICKETS, "77", "https://app.hubspot.com/contacts/123/record/0-5/77"),
        ("app.hubspot.com", Entity.LINE_ITEMS, "77", None),
        ("app.hubspot.com", Entity.DEALS, "imported-7", None),
    ],
)
def test_a_record_has_a_page(domain: str | None, entity: Entity, record: str, link: str | None):
    """The account's own domain, its id, the object type and the record; nothing where there is no page."""
    assert link_of(tenant_of({"portalId": 123, "uiDomain": domain}), entity, record) == link
