"""Tickets, activities, leads and answers to surveys: found, searched, written and guarded like everything else."""

from collections.abc import Callable

import httpx
import pytest

from connector.sandbox.hubspot import Portal

V = "2026-09"
ACTIVITIES = ("calls", "emails", "meetings", "notes", "tasks", "communications")
KINDS = {
    "tickets": "0-5",
    "leads": "0-136",
    "feedback_submissions": "0-19",
    "calls": "0-48",
    "emails": "0-49",
    "meetings": "0-47",
    "notes": "0-46",
    "tasks": "0-27",
    "communications": "0-18",
}
SCOPES = {kind: f"crm.objects.{kind}.read" for kind in KINDS} | {"tickets": "tickets", "communications": "crm.objects.contacts.read"}
Opener = Callable[..., tuple[httpx.Client, Portal]]
Walk = Callable[..., list[dict]]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_listed_searched_and_read_in_batches(whole: tuple[httpx.Client, Portal], walk: Walk, kind: str):
    """List, search and batch read agree, by name and by type id, in every version."""
    web, _ = whole
    listed = [row["id"] for row in walk(web, f"/crm/v3/objects/{KINDS[kind]}", limit="100")]
    found = web.post(f"/crm/objects/{V}/{kind}/search", json={"limit": 200, "sorts": [{"propertyName": "hs_object_id"}]}).json()
    read = web.post(f"/crm/objects/2026-03/{kind}/batch/read", json={"inputs": [{"id": word} for word in listed[:50]]}).json()
    assert found["total"] == len(listed) > 0
    assert [row["id"] for row in found["results"]] == listed[:200]
    assert [row["id"] for row in read["results"]] == listed[:50]
    assert web.get(f"/crm/v3/objects/{kind}", params={"archived": "true"}).json()["results"] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_dates_and_properties(whole: tuple[httpx.Client, Portal], kind: str):
    """Tickets and leads say createdate, the others hs_createdate; all of them hs_lastmodifieddate, unasked too."""
    web, _ = whole
    shown = web.get(f"/crm/objects/{V}/{kind}", params={"limit": "1"}).json()["results"][0]["properties"]
    created = "createdate" if kind in {"tickets", "leads"} else "hs_createdate"
    names = {row["name"] for row in web.get(f"/crm/properties/{V}/{kind}").json()["results"]}
    assert {created, "hs_lastmodifieddate", "hs_object_id"} <= set(shown) & names


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_scope_of_its_own(open_portal: Opener, kind: str):
    """Without the scope of a kind its records are refused and named, those of others are not."""
    web, _ = open_portal(revoked=[SCOPES[kind]])
    refusal = web.get(f"/crm/objects/{V}/{kind}")
    assert (refusal.status_code, refusal.json()["category"]) == (403, "MISSING_SCOPES")
    assert refusal.json()["errors"][0]["context"]["requiredGranularScopes"] == [SCOPES[kind]]
    assert web.get(f"/crm/objects/{V}/deals").status_code == 200


def test_answers_take_one_scope_of_two_and_lately_both(open_portal: Opener):
    """Feedback is read with its own scope or that of contacts, under 2026-09 with both."""
    web, _ = open_portal(revoked=["crm.objects.contacts.read"])
    assert web.get("/crm/v3/objects/feedback_submissions").status_code == 200
    assert web.get("/crm/objects/2026-03/feedback_submissions").status_code == 200
    assert web.get("/crm/objects/2026-09/feedback_submissions").status_code == 403


def test_nobody_writes_answers(web: httpx.Client):
    """Feedback can be read only: no record and no property is made or changed."""
    base = f"/crm/objects/{V}/feedback_submissions"
    assert web.post(base, json={"properties": {}}).status_code == 405
    assert web.post(f"{base}/batch/update", json={"inputs": []}).status_code == 405
    assert web.delete(f"{base}/1").status_code == 405
    field = {"name": "kpi_x", "label": "x", "groupName": "feedback_submission_information", "type": "number", "fieldType": "number"}
    assert web.post(f"/crm/properties/{V}/feedback_submissions", json=field).status_code == 400


@pytest.mark.parametrize("activity", ACTIVITIES)
@pytest.mark.parametrize("kind", ["deals", "contacts", "companies"])
def test_activities_hang_on_deals_contacts_and_companies(whole: tuple[httpx.Client, Portal], activity: str, kind: str):
    """An activity is found from its deal, contact and company and they from it, by one unlabeled type either way."""
    web, portal = whole
    linked = {record.id: portal.links.of(record.kind, record.id, portal.tables[activity].kind) for record in portal.tables[kind]}
    number, others = next((number, found) for number, found in linked.items() if found)
    there = web.post(f"/crm/associations/{V}/{kind}/{activity}/batch/read", json={"inputs": [{"id": str(number)}]}).json()["results"][0]
    back = web.get(f"/crm/v4/objects/{activity}/{next(iter(others))}/associations/{kind}").json()["results"]
    assert {row["toObjectId"] for row in there["to"]} == {str(other) for other in others}
    assert number in {row["toObjectId"] for row in back}


@pytest.mark.parametrize(
    ("ends", "types"),
    [
        ("deals/calls", {205}), ("deals/emails", {209}), ("deals/meetings", {211}), ("deals/notes", {213}), ("deals/tasks", {215}),
        ("contacts/calls", {193}), ("contacts/emails", {197}), ("contacts/meetings", {199}), ("contacts/notes", {201}),
        ("companies/calls", {181}), ("companies/emails", {185}), ("companies/meetings", {187}), ("companies/tasks", {191}),
        ("deals/tickets", {27}), ("tickets/deals", {28}), ("tickets/companies", {26, 339}), ("tickets/contacts", {16}),
    ],
)  # fmt: skip
def test_association_types_are_those_of_the_notes(web: httpx.Client, ends: str, types: set[int]):
    """The ids of association types are HubSpot's own."""
    rows = web.get(f"/crm/associations/{V}/{ends}/labels").json()["results"]
    assert {row["typeId"] for row in rows} == types


def test_tickets_and_leads_have_pipelines(web: httpx.Client):
    """A ticket stage says whether it is OPEN or CLOSED and has no probability; leads have a pipeline too, calls have none."""
    (support,) = web.get(f"/crm/pipelines/{V}/tickets").json()["results"]
    (leads,) = web.get("/crm/v3/pipelines/leads").json()["results"]
    states = {stage["label"]: stage["metadata"].get("ticketState") for stage in support["stages"]}
    assert states == {"New": "OPEN", "Waiting on contact": "OPEN", "Waiting on us": "OPEN", "Closed": "CLOSED"}
    assert all("probability" not in stage["metadata"] for stage in support["stages"])
    assert [stage["id"] for stage in leads["stages"]][-2:] == ["qualified-stage-id", "unqualified-stage-id"]
    assert web.get(f"/crm/pipelines/{V}/calls").json()["results"] == []


def test_closing_a_ticket_dates_it(open_portal: Opener):
    """A ticket moved to its closed stage takes now as its date, and what is calculated follows."""
    web, _ = open_portal()
    values = {"subject": "It broke", "hs_pipeline": "0", "hs_pipeline_stage": "1"}
    made = web.post(f"/crm/objects/{V}/tickets", json={"properties": values}).json()["id"]
    web.patch(f"/crm/objects/{V}/tickets/{made}", json={"properties": {"hs_pipeline_stage": "4"}})
    names = "closed_date,hs_is_closed,time_to_close,hs_v2_date_entered_4,hs_v2_date_entered_1,hs_v2_date_exited_1"
    found = web.get(f"/crm/objects/{V}/tickets/{made}", params={"properties": names}).json()["properties"]
    assert found["hs_is_closed"] == "true"
    assert found["closed_date"] == found["hs_v2_date_entered_4"] == found["hs_v2_date_exited_1"] == found["hs_lastmodifieddate"]
    assert 0 <= int(found["time_to_close"]) < 60_000
