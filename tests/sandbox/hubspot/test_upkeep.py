"""What changes without a client, and what an index and formats do in the field."""

from collections.abc import Callable

import httpx

from connector.sandbox.hubspot import Portal

DEALS = "/crm/objects/2026-09/deals"
Opener = Callable[..., tuple[httpx.Client, Portal]]


def test_one_batch_gives_all_one_date(web: httpx.Client, portal: Portal):
    """The month-end batch touches every record at one instant and changes no value."""
    at = "2017-12-31T22:00:00Z"
    assert web.post("/sandbox/touch", json={"kind": "deals", "at": at}).json() == {"touched": len(portal.tables["deals"])}
    same = {"filterGroups": [{"filters": [{"propertyName": "hs_lastmodifieddate", "operator": "EQ", "value": at}]}]}
    assert web.post(f"{DEALS}/search", json=same).json()["total"] == len(portal.tables["deals"])


def test_calculations_change_without_a_date(web: httpx.Client, portal: Portal):
    """A stage with another chance to win changes the deals there, and a calculated value set by HubSpot its deal; no date moves."""
    deal = next(record for record in portal.tables["deals"] if record.values["dealstage"] == "engaging")
    names = {"properties": "hs_deal_stage_probability,hs_projected_amount,hs_forecast_probability"}
    before = web.get(f"{DEALS}/{deal.id}", params=names).json()
    web.post("/sandbox/probability", json={"stage": "engaging", "probability": "0.5"})
    web.post("/sandbox/recalculate", json={"kind": "deals", "id": deal.id, "property": "hs_forecast_probability", "value": "0.4"})
    after = web.get(f"{DEALS}/{deal.id}", params=names).json()
    assert after["updatedAt"] == before["updatedAt"]
    assert after["properties"]["hs_deal_stage_probability"] == "0.5" != before["properties"]["hs_deal_stage_probability"]
    assert float(after["properties"]["hs_projected_amount"]) == float(deal.values["amount"]) / 2
    assert after["properties"]["hs_forecast_probability"] == "0.4"
    stages = web.get("/crm/pipelines/2026-09/deals/default/stages").json()["results"]
    assert {stage["id"]: stage["metadata"]["probability"] for stage in stages}["engaging"] == "0.5"


def test_rules_of_the_portal_hold_writes_back(web: httpx.Client, portal: Portal, deal: str):
    """A property required under a condition, or on create, fails the write that leaves it empty, and with trace ids that row alone."""
    rule = {"kind": "deals", "property": "closed_lost_reason", "when": {"dealstage": "closedlost"}}
    web.post("/sandbox/rules", json={"rules": [rule, {"kind": "deals", "property": "amount"}]})
    lost = next(str(record.id) for record in portal.tables["deals"] if record.values["dealstage"] == "closedlost")
    rows = [{"id": word, "properties": {"hs_next_step": "x"}, "objectWriteTraceId": word} for word in (deal, lost)]
    written = web.post(f"{DEALS}/batch/update", json={"inputs": rows})
    (error,) = written.json()["errors"]
    assert (written.status_code, [row["id"] for row in written.json()["results"]]) == (207, [deal])
    assert error["subCategory"] == "MISSING_CONDITIONAL_REQUIRED_PROPERTY"
    assert error["context"] == {"propertyName": ["closed_lost_reason"], "objectWriteTraceId": [lost]}
    made = web.post(DEALS, json={"properties": {"dealname": "New"}})
    assert (made.status_code, made.json()["subCategory"]) == (400, "MISSING_REQUIRED_PROPERTY")
    filled = web.patch(f"{DEALS}/{lost}", json={"properties": {"closed_lost_reason": "Price"}})
    assert filled.status_code == 200


def test_a_late_index_may_know_the_later_change_first(open_portal: Opener):
    """With disorder some records of one moment are found and others not yet; once the lag is over all are."""
    web, portal = open_portal(search_lag=600, search_disorder=True)
    wanted = {"filterGroups": [{"filters": [{"propertyName": "hs_next_step", "operator": "EQ", "value": "x"}]}], "limit": 200}
    words = [str(record.id) for record in portal.tables["deals"]][:40]
    web.post(f"{DEALS}/batch/update", json={"inputs": [{"id": word, "properties": {"hs_next_step": "x"}} for word in words]})
    web.post("/sandbox/clock", json={"advance": 300})
    soon = {row["id"] for row in web.post(f"{DEALS}/search", json=wanted).json()["results"]}
    web.post("/sandbox/clock", json={"advance": 301})
    assert 0 < len(soon) < 40
    assert any(word not in soon for word in words[: words.index(max(soon, key=words.index))])
    assert web.post(f"{DEALS}/search", json=wanted).json()["total"] == 40


def test_forms_drift_from_record_to_record(open_portal: Opener):
    """With drift one property comes as ISO and as milliseconds, as whole number and as double, as null and as empty text; ids never."""
    web, portal = open_portal(drift=True)
    rows = web.get(DEALS, params={"limit": "100", "properties": "amount,closedate,dealtype"}).json()["results"]
    assert {row["properties"]["closedate"].isdigit() for row in rows if row["properties"]["closedate"]} == {True, False}
    assert {"." in row["properties"]["amount"] for row in rows} == {True, False}
    assert {row["properties"]["dealtype"] for row in rows} == {None, ""}
    assert [row["properties"]["hs_object_id"] for row in rows] == [row["id"] for row in rows]
    assert {float(row["properties"]["amount"]) for row in rows} == {
        float(record.values["amount"]) for record in list(portal.tables["deals"])[:100]
    }
