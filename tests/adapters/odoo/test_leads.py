"""What a lead is read as."""

from typing import Any

import pytest

from connector.adapters.odoo.deals import lead_of
from connector.model import Outcome


def row(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - what Odoo gives
    """Return a lead of nobody who is known, as Odoo 14 gives it."""
    return {
        "id": 7,
        "type": "lead",
        "active": True,
        "user_id": [2, "Anna"],
        "partner_id": False,
        "source_id": False,
        "campaign_id": False,
        "date_conversion": False,
        "date_open": False,
        "create_date": "2017-03-01 12:00:00",
        "write_date": "2017-05-01 12:00:00",
        **more,
    }


@pytest.mark.parametrize("more", [{}, {"type": "opportunity", "date_conversion": "2017-04-01 12:00:00"}], ids=["lead", "opportunity"])
def test_a_lead_is_the_record_that_its_activities_name(more: dict[str, Any]):
    """What people do about a lead names its record, which the deal has when there is one: so it is known whether they answered it."""
    found = lead_of(row(**more), {})
    assert (found.id, found.deal, found.outcome is Outcome.WON) == ("7", "7", bool(more))
