"""When a contact was first assigned and first reached each step of the lifecycle."""

from datetime import UTC, datetime
from typing import Any

import pytest

from connector.adapters.hubspot.contacts import contact_of
from connector.adapters.hubspot.lifecycle import Lifecycle
from connector.model import Contact
from tests.adapters.hubspot.rows import CREATED, history, row_of

NAMES = (
    "hs_lifecyclestage_customer_date",
    "hs_lifecyclestage_lead_date",
    "hs_lifecyclestage_opportunity_date",
    "hs_lifecyclestage_salesqualifiedlead_date",
    "hs_v2_date_entered_1830432",
    "hs_v2_date_entered_customer",
    "hs_v2_date_entered_lead",
    "hs_v2_date_entered_main_opportunity_2058487257",
    "hs_v2_date_entered_marketingqualifiedlead",
    "hs_v2_date_exited_customer",
    "lifecyclestage",
)


def day(number: int) -> datetime:
    """Return a noon of March 2017."""
    return datetime(2017, 3, number, 12, tzinfo=UTC)


def iso(number: int) -> str:
    """Write a noon of March 2017."""
    return f"2017-03-{number:02}T12:00:00Z"


def contact(properties: dict[str, Any], qualified: str = "salesqualifiedlead", **histories: list[dict[str, Any]]) -> Contact:
    """Read a contact of a portal that has these names."""
    row = row_of({"createdate": CREATED, "lastmodifieddate": iso(30)} | properties, propertiesWithHistory=histories)
    return contact_of(row, Lifecycle.of(NAMES, qualified))


def test_dates_are_found_by_name():
    """What a portal calls its dates is found by their beginning and the step as a whole word: `lead` is no `marketingqualifiedlead`."""
    assert set(Lifecycle.of(NAMES).properties) == {
        "hs_lifecyclestage_customer_date",
        "hs_lifecyclestage_opportunity_date",
        "hs_lifecyclestage_salesqualifiedlead_date",
        "hs_v2_date_entered_customer",
        "hs_v2_date_entered_main_opportunity_2058487257",
    }
    assert "hs_v2_date_entered_lead" in Lifecycle.of(NAMES, "lead").properties
    assert "hs_v2_date_entered_1830432" in Lifecycle.of(NAMES, "1830432").properties
    assert Lifecycle.of(()).properties == ()


def test_history_counts_first():
    """The first time in each step counts, whatever came after and whatever the dates say."""
    found = contact(
        {"lifecyclestage": "customer", "hs_v2_date_entered_customer": iso(1)},
        lifecyclestage=history(
            (iso(2), "lead"),
            (iso(4), "salesqualifiedlead"),
            (iso(5), "lead"),
            (iso(6), "salesqualifiedlead"),
            (iso(8), "opportunity"),
            (iso(9), "customer"),
        ),
    )
    assert (found.qualified_at, found.opportunity_at, found.customer_at) == (day(4), day(8), day(9))
    assert found.lifecycle == "customer"


def test_who_skips_a_step_has_passed_it():
    """A lead that became a customer at once was qualified and an opportunity at that moment; a step of the portal's own is none of ours."""
    found = contact({"lifecyclestage": "customer"}, lifecyclestage=history((iso(2), "lead"), (iso(3), "1830432"), (iso(9), "customer")))
    assert (found.qualified_at, found.opportunity_at, found.customer_at) == (day(9), day(9), day(9))
    mine = contact({"lifecyclestage": "1830432"}, "1830432", lifecyclestage=history((iso(2), "lead"), (iso(3), "1830432")))
    assert (mine.qualified_at, mine.opportunity_at) == (day(3), None)


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"hs_v2_date_entered_main_opportunity_2058487257": iso(3), "hs_lifecyclestage_opportunity_date": iso(2)}, (day(3), day(3), None)),
        ({"hs_lifecyclestage_opportunity_date": iso(2), "hs_lifecyclestage_salesqualifiedlead_date": iso(1)}, (day(1), day(2), None)),
        ({"hs_v2_date_entered_customer": "1489060800000"}, (day(9), day(9), day(9))),
        ({}, (None, None, None)),
    ],
)
def test_without_history_the_dates_tell(properties: dict[str, str], wanted: tuple[datetime | None, ...]):
    """Without a history the newest generation of dates tells, then the older one; where nothing tells, nobody knows."""
    found = contact({"lifecyclestage": "lead"} | properties)
    assert (found.qualified_at, found.opportunity_at, found.customer_at) == wanted


def test_the_first_assignment():
    """The first owner in the history counts; without one the date that HubSpot keeps."""
    owners = history((CREATED, ""), (iso(2), "5"), (iso(3), ""), (iso(4), "6"))
    assert contact({"hubspot_owner_id": "6", "hubspot_owner_assigneddate": iso(4)}, hubspot_owner_id=owners).assigned_at == day(2)
    assert contact({"hubspot_owner_id": "6", "hubspot_owner_assigneddate": iso(4)}).assigned_at == day(4)
    assert contact({}).assigned_at is None


def test_where_a_contact_comes_from():
    """Source, first campaign and bulk import are told."""
    properties = {"hs_analytics_source": "PAID_SEARCH", "hs_analytics_first_touch_converting_campaign": "c-1", "hs_object_source": "IMPORT"}
    found = contact(properties)
    assert (found.source, found.campaign, found.is_imported) == ("PAID_SEARCH", "c-1", True)
    assert not contact({"hs_object_source": "FORMS"}).is_imported
