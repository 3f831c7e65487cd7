"""What the people in a CRM do on a day, chosen by a seed and always at the same instant of the portal's clock."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.road.place import Crm

DAYBREAK = datetime(2017, 12, 31, 23, tzinfo=UTC)
"""18:00 in New York on the data's last day: when the portal's clock starts."""
BETWEEN = timedelta(minutes=25)
"""From one day's work to the next on the portal's clock; more than a day's runs take, and five of them end before midnight."""
LINES = {"deals": "associations", "companies": "associations"}
COMPANY_OF_DEAL = 5
SHORT_LIVED = "Here for a day"


def work_for_a_day(crm: Crm, dice: random.Random, day: int) -> None:
    """Let deals grow, move, close, change hands, come and go, and companies and contacts change."""
    crm.send("POST", "/sandbox/clock", {"at": f"{DAYBREAK + day * BETWEEN:%Y-%m-%dT%H:%M:%SZ}"})
    deals = sorted(crm.records("deals", "dealstage", "amount"), key=lambda row: int(row["id"]))
    companies = sorted(int(row["id"]) for row in crm.records("companies"))
    owners = sorted(row["id"] for row in crm.get("/crm/v3/owners", limit=100)["results"])
    still_open = [row for row in deals if not row["properties"]["dealstage"].startswith("closed")]
    for row in dice.sample(deals, 8):
        _change(crm, row, amount=str(dice.randrange(100, 30_000)))
    for row in dice.sample(still_open, 6):
        _change(crm, row, dealstage=dice.choice(["prospecting", "engaging", "closedwon", "closedlost"]))
    for row in dice.sample(deals, 3):
        _change(crm, row, hubspot_owner_id=dice.choice(owners))
    for row in dice.sample(still_open, 2):
        _change(crm, row, closedate=f"2018-0{dice.randrange(1, 9)}-15T17:00:00Z")
    gone = dice.choice(deals)
    crm.client.delete(f"/crm/v3/objects/deals/{gone['id']}").raise_for_status()
    if day == 1:
        companies.append(int(crm.send("POST", "/crm/v3/objects/companies", {"properties": {"name": SHORT_LIVED}})["id"]))
    _new_deal(crm, dice, day, str(companies[-1] if day == 1 else dice.choice(companies)))
    crm.send(
        "PATCH", f"/crm/v3/objects/companies/{dice.choice(companies)}", {"properties": {"industry": dice.choice(["retail", "medical"])}}
    )
    if day == 2:
        # One without old deals: a closed deal shows the loss of its company in the next pass over everything, whenever that is.
        crm.client.delete(f"/crm/v3/objects/companies/{companies[-1]}").raise_for_status()
    crm.send("POST", "/sandbox/clock", {"tick": True})


def _change(crm: Crm, row: dict[str, Any], **properties: str) -> None:
    crm.send("PATCH", f"/crm/v3/objects/deals/{row['id']}", {"properties": properties})


def _new_deal(crm: Crm, dice: random.Random, day: int, company: str) -> None:
    properties = {
        "dealname": f"New on day {day}",
        "pipeline": "default",
        "dealstage": "engaging",
        "amount": str(dice.randrange(100, 9_000)),
        "closedate": "2018-02-15T17:00:00Z",
    }
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": COMPANY_OF_DEAL}]
    crm.send("POST", "/crm/v3/objects/deals", {"properties": properties, "associations": [{"to": {"id": company}, "types": types}]})
