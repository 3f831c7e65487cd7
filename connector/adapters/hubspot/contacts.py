"""Contacts in our words: links, sources and milestones; names and addresses are never read."""

from connector.adapters.hubspot.history import changes_of
from connector.adapters.hubspot.lifecycle import CUSTOMER, OPPORTUNITY, Lifecycle, assigned_at
from connector.adapters.hubspot.objects import Row
from connector.adapters.hubspot.parse import identifier, text
from connector.adapters.hubspot.records import dates_of, properties_of
from connector.model import Contact


def contact_of(row: Row, lifecycle: Lifecycle, segment: str | None = None) -> Contact:
    """Read a contact; `lifecycle` knows which of the portal's properties hold the dates of its steps.

    `segment` names the property for the breakdown by segment of people without a company.

    Raises:
        Unreadable: nothing tells when it was created.
    """
    raw, dates = properties_of(row), dates_of(row, "lastmodifieddate")
    history = changes_of(row, "lifecyclestage", dates["updated_at"])
    return Contact(
        id=str(row["id"]),
        company=identifier(raw.get("associatedcompanyid")),
        owner=identifier(raw.get("hubspot_owner_id")),
        source=text(raw.get("hs_analytics_source")),
        campaign=text(raw.get("hs_analytics_first_touch_converting_campaign")),
        lifecycle=text(raw.get("lifecyclestage")),
        qualified_at=lifecycle.reached(lifecycle.qualified, raw, history),
        opportunity_at=lifecycle.reached(OPPORTUNITY, raw, history),
        customer_at=lifecycle.reached(CUSTOMER, raw, history),
        assigned_at=assigned_at(row, dates["updated_at"]),
        segment=text(raw.get(segment)) if segment else None,
        is_imported=raw.get("hs_object_source") == "IMPORT",
        **dates,
    )
