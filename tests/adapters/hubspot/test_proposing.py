"""What an account suggests for its own mapping: by names and counts, never by writing, and never more than it shows."""

import pytest

from connector.adapters.business import kind_of
from connector.adapters.hubspot import HubSpotSettings
from connector.model import Proposal
from tests.adapters.boxes import HubSpotBox

OBJECTS, PROPERTIES = "/crm/objects/2026-09", "/crm/properties/2026-09"


async def proposed(box: HubSpotBox, **settings: object) -> dict[str, Proposal]:
    """Return what the account suggests, by setting."""
    found = {one.setting: one for one in await (await box.adapter(**settings)).proposals()}
    assert not (await box.call("GET", "/sandbox/requests"))["write_requests"]
    assert found.keys() <= HubSpotSettings.model_fields.keys()
    return found


async def test_an_account_as_it_comes_is_mapped_already(hubspot: HubSpotBox):
    """The defaults fit an account that nobody changed: the proposals are what is set, with the figures to see why."""
    found = await proposed(hubspot)
    assert {name: one.value for name, one in found.items()} == {
        "pipelines": None,
        "deal_kinds": ("newbusiness=new", "existingbusiness=upsell", "renewal=renewal"),
        "segment_property": "industry",
        "qualified_stage": "salesqualifiedlead",
    }
    is_open = [{"propertyName": "hs_is_closed", "operator": "EQ", "value": "false"}]
    counted = await hubspot.call("POST", f"{OBJECTS}/deals/search", {"filterGroups": [{"filters": is_open}], "limit": 1})
    assert sum(count or 0 for _, count in found["pipelines"].seen) == counted["total"] > 0


async def test_contract_dates_are_found_by_name(hubspot: HubSpotBox):
    """Date properties that speak of the beginning and the end of a contract are proposed when some deal has them, others never."""
    for name, label in (
        ("vertrag_x", "Contract start date"),
        ("avtal_slut", "Avtalets slutdatum"),
        ("unused_contract_start", "Contract start (old)"),
        ("kick_off", "Project kick-off"),
    ):
        body = {"name": name, "label": label, "groupName": "dealinformation", "type": "date", "fieldType": "date"}
        await hubspot.call("POST", f"{PROPERTIES}/deals", body)
    deal = (await hubspot.call("GET", f"{OBJECTS}/deals?limit=1"))["results"][0]["id"]
    values = {"vertrag_x": "2017-01-01", "avtal_slut": "2017-12-31", "kick_off": "2017-01-01"}
    await hubspot.call("PATCH", f"{OBJECTS}/deals/{deal}", {"properties": values})
    await hubspot.call("DELETE", "/sandbox/requests")
    found = await proposed(hubspot)
    assert (found["contract_start_property"].value, found["contract_end_property"].value) == ("vertrag_x", "avtal_slut")
    assert found["contract_start_property"].seen == (("vertrag_x (Contract start date)", 1),)


async def test_a_property_that_is_set_and_gone_is_named(hubspot: HubSpotBox):
    """A mapping to a property that the account does not have would silently bring nothing; the check says so."""
    found = await proposed(hubspot, contract_start_property="start_on", deal_kind_property="art")
    assert found["contract_start_property"].because == "The account has no property start_on, which is set."
    assert found["deal_kind_property"].value is None


async def test_what_the_token_may_not_see_is_left_out(hubspot: HubSpotBox):
    """Without companies nothing is proposed for segments, and the rest is."""
    scopes = ["crm.objects.companies.read", "crm.objects.companies.write", "crm.schemas.companies.read"]
    await hubspot.call("POST", "/sandbox/scopes", {"revoked": scopes})
    found = await proposed(hubspot)
    assert "segment_property" not in found
    assert {"pipelines", "deal_kinds", "qualified_stage"} <= found.keys()


@pytest.mark.parametrize(
    ("value", "label", "kind"),
    [
        ("newbusiness", "New Business", "new"),
        ("existingbusiness", "Existing Business", "upsell"),
        ("17", "Renewal", "renewal"),
        ("18", "Förnyelse", "renewal"),
        ("19", "Поновлення договору", "renewal"),
        ("20", "Cross-sell", "cross_sell"),
        ("21", "Merförsäljning", "upsell"),
        ("22", "Something of theirs", "new"),
    ],
)
def test_the_kind_of_business_by_its_name(value: str, label: str, kind: str):
    """Deal types are told apart by their names in the languages of the house; what nobody can tell is new business."""
    assert kind_of(value, label) == kind
