"""Associations."""

import httpx
import pytest

from connector.sandbox.hubspot import Portal


@pytest.fixture
def crowd(web: httpx.Client, portal: Portal) -> str:
    """A company with 650 more contacts than it had."""
    company = str(next(iter(portal.tables["companies"])).id)
    tie = {"to": {"id": company}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}]}
    for start in range(0, 650, 50):
        rows = [{"properties": {"email": f"{number}@example.com"}, "associations": [tie]} for number in range(start, start + 50)]
        assert web.post("/crm/v3/objects/contacts/batch/create", json={"inputs": rows}).status_code == 201
    return company


def test_a_pair_comes_once_for_each_label(web: httpx.Client, deal: str):
    """The primary company is there as primary and as unlabeled, in the embedded form and in the labeled one."""
    embedded = web.get(f"/crm/objects/2026-09/deals/{deal}", params={"associations": "companies,line_items"}).json()["associations"]
    assert [row["type"] for row in embedded["companies"]["results"]] == ["deal_to_company", "deal_to_company_unlabeled"]
    assert list(embedded) == ["companies", "line items"]
    (row,) = web.get(f"/crm/objects/2026-09/deals/{deal}/associations/companies").json()["results"]
    assert [(kind["typeId"], kind["label"]) for kind in row["associationTypes"]] == [(5, "Primary"), (341, None)]


def test_ids_are_numbers_in_v4_and_text_in_dated_paths(web: httpx.Client, deal: str):
    """The same field has two types, depending on the path; v3 has another shape."""
    (old,) = web.get(f"/crm/v4/objects/deals/{deal}/associations/contacts").json()["results"]
    (new,) = web.get(f"/crm/objects/2026-03/deals/{deal}/associations/contacts").json()["results"]
    (plain,) = web.get(f"/crm/v3/objects/deals/{deal}/associations/contacts").json()["results"]
    assert str(old["toObjectId"]) == new["toObjectId"] == plain["id"]
    assert isinstance(old["toObjectId"], int)


def test_only_a_hundred_come_embedded(web: httpx.Client, crowd: str):
    """A record brings its first hundred associations and a link that leads through the rest."""
    found = web.get(f"/crm/objects/2026-09/companies/{crowd}", params={"associations": "contacts"}).json()["associations"]["contacts"]
    ids = {row["id"] for row in found["results"]}
    assert len(ids) == 100
    link = found["paging"]["next"]["link"]
    while link:
        page = web.get(link).json()
        ids |= {row["toObjectId"] for row in page["results"]}
        link = page.get("paging", {}).get("next", {}).get("link")
    assert 652 <= len(ids) <= 654


def test_a_batch_read_pages_each_record(web: httpx.Client, portal: Portal, crowd: str):
    """More than a page of one record's associations is fetched by sending the cursor back with its id."""
    path = "/crm/associations/2026-09/companies/contacts/batch/read"
    (first,) = web.post(path, json={"inputs": [{"id": crowd}]}).json()["results"]
    after = first["paging"]["next"]["after"]
    (second,) = web.post(path, json={"inputs": [{"id": crowd, "after": after}]}).json()["results"]
    ids = [row["toObjectId"] for row in [*first["to"], *second["to"]]]
    assert len(first["to"]) == 500
    assert "paging" not in second
    assert len(ids) == len(set(ids)) == len(portal.links.of(portal.tables["companies"].kind, int(crowd), portal.tables["contacts"].kind))


def test_records_without_any_are_errors_of_a_207(web: httpx.Client, portal: Portal, deal: str):
    """A deal without company is named among the errors, the others are results."""
    alone = next(str(record.id) for record in portal.tables["deals"] if record.values["dealname"].startswith("New prospect"))
    answer = web.post("/crm/v4/associations/deals/companies/batch/read", json={"inputs": [{"id": deal}, {"id": alone}]})
    assert (answer.status_code, [row["from"]["id"] for row in answer.json()["results"]]) == (207, [deal])
    assert answer.json()["errors"][0]["context"]["fromObjectId"] == [alone]


def test_a_batch_read_takes_a_thousand(web: httpx.Client):
    """1,000 inputs are read, 1,001 are not."""
    path = "/crm/associations/2026-09/deals/companies/batch/read"
    assert web.post(path, json={"inputs": [{"id": str(number)} for number in range(1000)]}).status_code == 207
    assert web.post(path, json={"inputs": [{"id": str(number)} for number in range(1001)]}).status_code == 400


def test_links_change_without_touching_the_record(web: httpx.Client, portal: Portal, deal: str):
    """Linking and unlinking is seen from both sides and leaves the modification date alone."""
    company = [str(record.id) for record in portal.tables["companies"]][-1]
    before = web.get(f"/crm/v3/objects/deals/{deal}").json()["updatedAt"]
    path = f"/crm/objects/2026-09/deals/{deal}/associations"
    assert web.put(f"{path}/default/companies/{company}").status_code == 200
    rows = web.get(f"{path}/companies").json()["results"]
    assert {row["toObjectId"]: [kind["typeId"] for kind in row["associationTypes"]] for row in rows}[company] == [341]
    back = web.get(f"/crm/v4/objects/companies/{company}/associations/deals", params={"limit": 500}).json()["results"]
    assert int(deal) in {row["toObjectId"] for row in back}
    assert web.delete(f"{path}/companies/{company}").status_code == 204
    assert company not in {row["toObjectId"] for row in web.get(f"{path}/companies").json()["results"]}
    assert web.get(f"/crm/v3/objects/deals/{deal}").json()["updatedAt"] == before


def test_archived_records_are_not_linked_to(web: httpx.Client, portal: Portal, deal: str):
    """A deal whose contact is archived shows none, and counts none."""
    (contact,) = web.get(f"/crm/v3/objects/deals/{deal}/associations/contacts").json()["results"]
    web.delete(f"/crm/v3/objects/contacts/{contact['id']}")
    assert web.get(f"/crm/v3/objects/deals/{deal}/associations/contacts").json()["results"] == []
    found = web.get(f"/crm/v3/objects/deals/{deal}", params={"properties": "num_associated_contacts"}).json()
    assert found["properties"]["num_associated_contacts"] == "0"


def test_labels_are_listed(web: httpx.Client):
    """The types between two kinds come with their labels."""
    rows = web.get("/crm/associations/2026-09/deals/companies/labels").json()["results"]
    assert {(row["typeId"], row["label"]) for row in rows} == {(341, None), (5, "Primary")}


def test_kinds_that_do_not_meet_are_refused(web: httpx.Client, deal: str):
    """Users have no associations with deals, and a made-up type is unknown."""
    assert web.post("/crm/v4/associations/deals/users/batch/read", json={"inputs": [{"id": deal}]}).status_code == 400
    tie = {"to": {"id": deal}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 5}]}
    assert web.post("/crm/v3/objects/contacts", json={"properties": {}, "associations": [tie]}).status_code == 400
