"""Merged and purged records, by which careless connectors count twice or never forget."""

import httpx
import pytest

from connector.sandbox.hubspot import Portal

V = "2026-09"


def ids(web: httpx.Client, kind: str, **query: str) -> list[str]:
    """Return the ids of a list's first page."""
    return [row["id"] for row in web.get(f"/crm/objects/{V}/{kind}", params={"limit": "100", **query}).json()["results"]]


def merge(web: httpx.Client, kind: str, primary: str, other: str) -> dict:
    """Merge two records and return the one that is left."""
    body = {"primaryObjectId": primary, "objectIdToMerge": other}
    return web.post(f"/crm/objects/{V}/{kind}/merge", json=body).raise_for_status().json()


@pytest.mark.parametrize("kind", ["contacts", "companies"])
def test_merged_people_get_a_new_id(web: httpx.Client, kind: str):
    """Both old ids lead to the new record on single and batch reads, which name the new one; neither is listed, live or archived."""
    one, two, *_ = ids(web, kind)
    new = merge(web, kind, one, two)["id"]
    assert new not in {one, two}
    assert [web.get(f"/crm/objects/{V}/{kind}/{word}").json()["id"] for word in (one, two)] == [new, new]
    wanted = {"properties": ["hs_merged_object_ids"], "inputs": [{"id": one}, {"id": two}]}
    read = web.post(f"/crm/objects/{V}/{kind}/batch/read", json=wanted)
    assert [(row["id"], row["properties"]["hs_merged_object_ids"]) for row in read.json()["results"]] == [(new, f"{one};{two}")]
    assert {one, two}.isdisjoint(ids(web, kind))
    assert ids(web, kind, archived="true") == []
    found = web.post(f"/crm/objects/{V}/{kind}/search", json={"limit": 200}).json()
    assert {one, two}.isdisjoint(row["id"] for row in found["results"])


def test_merged_deals_keep_the_primary_id_and_both_histories(web: httpx.Client, portal: Portal):
    """Of other kinds the primary one stays, with its own values, and with what the other went through."""
    first, second, *_ = (record for record in portal.tables["deals"] if record.values["dealstage"] == "closedwon")
    both = len(first.history["dealstage"]) + len(second.history["dealstage"])
    amount, created = first.values["amount"], min(first.created, second.created)
    left = merge(web, "deals", str(first.id), str(second.id))
    assert (left["id"], left["properties"]["amount"]) == (str(first.id), amount)
    names = {"propertiesWithHistory": "dealstage", "properties": "hs_merged_object_ids"}
    read = web.get(f"/crm/objects/{V}/deals/{second.id}", params=names).json()
    entries = [entry["timestamp"] for entry in read["propertiesWithHistory"]["dealstage"]]
    assert (read["id"], read["properties"]["hs_merged_object_ids"]) == (str(first.id), str(second.id))
    assert len(entries) >= both
    assert entries == sorted(entries, reverse=True)
    assert portal.tables["deals"].find(str(first.id)).created == created


def test_links_move_along(web: httpx.Client, portal: Portal):
    """What hung on either company hangs on the new one, once, from both sides."""
    kinds = portal.tables["companies"].kind, portal.tables["contacts"].kind
    one, two, *_ = ids(web, "companies")
    before = {number for word in (one, two) for number in portal.links.of(kinds[0], int(word), kinds[1])}
    new = merge(web, "companies", one, two)["id"]
    assert set(portal.links.of(kinds[0], int(new), kinds[1])) == before
    for number in before:
        linked = web.get(f"/crm/v4/objects/contacts/{number}/associations/companies").json()["results"]
        assert [row["toObjectId"] for row in linked] == [int(new)]
        assert sum(kind["label"] == "Primary" for row in linked for kind in row["associationTypes"]) == 1


def test_merges_of_merges_lead_to_the_last(web: httpx.Client):
    """The list of old ids grows with each merge, and the oldest still leads to the newest."""
    one, two, three, *_ = ids(web, "contacts")
    middle = merge(web, "contacts", one, two)["id"]
    last = merge(web, "contacts", three, middle)["id"]
    read = web.get(f"/crm/objects/{V}/contacts/{one}", params={"properties": "hs_merged_object_ids"}).json()
    assert read["id"] == last
    assert set(read["properties"]["hs_merged_object_ids"].split(";")) == {one, two, three, middle}
    assert web.post(f"/crm/objects/{V}/contacts/merge", json={"primaryObjectId": one, "objectIdToMerge": two}).status_code == 400


def test_a_purged_contact_never_was(web: httpx.Client, portal: Portal):
    """After a privacy deletion nothing knows the contact: no read, list, search, archive or association."""
    kinds = portal.tables["contacts"].kind, portal.tables["deals"].kind
    word = next(str(record.id) for record in portal.tables["contacts"] if portal.links.of(kinds[0], record.id, kinds[1]))
    deal = next(iter(portal.links.of(kinds[0], int(word), kinds[1])))
    assert web.post(f"/crm/objects/{V}/contacts/gdpr-delete", json={"objectId": word}).status_code == 204
    assert web.get(f"/crm/objects/{V}/contacts/{word}").status_code == 404
    assert word not in {*ids(web, "contacts"), *ids(web, "contacts", archived="true")}
    assert int(word) not in portal.links.of(kinds[1], deal, kinds[0])
