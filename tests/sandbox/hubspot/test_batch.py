"""Batches of records."""

import json

import httpx
import pytest

from connector.sandbox.hubspot import Portal

DEALS = "/crm/objects/2026-09/deals"


@pytest.fixture
def ids(portal: Portal) -> list[str]:
    """The ids of all deals."""
    return [str(record.id) for record in portal.tables["deals"]]


def _read(ids: list[str], **more: object) -> dict[str, object]:
    return {"properties": ["amount"], "inputs": [{"id": word} for word in ids], **more}


def test_a_read_brings_up_to_a_hundred(web: httpx.Client, ids: list[str]):
    """A hundred records are read at once, fifty with history, and no more."""
    assert len(web.post(f"{DEALS}/batch/read", json=_read(ids[:100])).json()["results"]) == 100
    assert web.post(f"{DEALS}/batch/read", json=_read(ids[:101])).status_code == 400
    history = {"propertiesWithHistory": ["dealstage"]}
    assert len(web.post(f"{DEALS}/batch/read", json=_read(ids[:50], **history)).json()["results"]) == 50
    refusal = web.post(f"{DEALS}/batch/read", json=_read(ids[:51], **history))
    assert (refusal.status_code, refusal.json()["message"]) == (
        400,
        "The maximum number of inputs supported in a batch request for property histories is 50.",
    )


def test_missing_records_are_left_out_of_a_207(web: httpx.Client, ids: list[str]):
    """What is not there is absent from the results and named among the errors; archived ones are read as such."""
    web.delete(f"{DEALS}/{ids[1]}")
    answer = web.post(f"{DEALS}/batch/read", json=_read([ids[0], ids[1], "17"]))
    body = answer.json()
    assert (answer.status_code, [row["id"] for row in body["results"]], body["numErrors"]) == (207, [ids[0]], 1)
    assert body["errors"][0]["context"]["ids"] == [ids[1], "17"]
    archived = web.post(f"{DEALS}/batch/read?archived=true", json=_read([ids[1]]))
    assert (archived.status_code, [row["id"] for row in archived.json()["results"]]) == (200, [ids[1]])


def test_a_batch_read_knows_no_associations(web: httpx.Client, ids: list[str]):
    """Associations are refused, as any unknown field."""
    assert web.post(f"{DEALS}/batch/read", json=_read(ids[:1], associations=["companies"])).status_code == 400


def _writes(ids: list[str], **special: dict[str, object]) -> list[dict[str, object]]:
    return [{"id": word, "properties": special.get(f"row{number}", {"amount": str(number)})} for number, word in enumerate(ids)]


def test_an_update_without_traces_fails_whole(web: httpx.Client, ids: list[str]):
    """One wrong value fails a batch whose inputs carry no trace ids, and nothing is written."""
    refusal = web.post(f"{DEALS}/batch/update", json={"inputs": _writes(ids[:3], row1={"missing": "1"})})
    assert refusal.status_code == 400
    assert json.loads(refusal.json()["message"].partition(": ")[2])[0]["error"] == "PROPERTY_DOESNT_EXIST"
    assert web.get(f"{DEALS}/{ids[0]}").json()["properties"]["amount"] != "0"


def test_an_update_with_traces_succeeds_in_part(web: httpx.Client, ids: list[str]):
    """With a trace id on every input the good rows are written and the others named by theirs in a 207."""
    rows = _writes([*ids[:3], "17"], row1={"missing": "1"})
    answer = web.post(f"{DEALS}/batch/update", json={"inputs": [{**row, "objectWriteTraceId": f"t{row['id']}"} for row in rows]})
    body = answer.json()
    assert (answer.status_code, body["status"], body["numErrors"]) == (207, "COMPLETE", 2)
    assert [row["id"] for row in body["results"]] == [ids[0], ids[2]]
    assert [error["context"]["objectWriteTraceId"] for error in body["errors"]] == [[f"t{ids[1]}"], ["t17"]]
    assert [error["category"] for error in body["errors"]] == ["VALIDATION_ERROR", "OBJECT_NOT_FOUND"]
    assert web.get(f"{DEALS}/{ids[2]}").json()["properties"]["amount"] == "2"


def test_traces_must_differ(web: httpx.Client, ids: list[str]):
    """The same trace id on two inputs buys no partial success."""
    rows = [{**row, "objectWriteTraceId": "same"} for row in _writes(ids[:2], row1={"missing": "1"})]
    assert web.post(f"{DEALS}/batch/update", json={"inputs": rows}).status_code == 400


@pytest.mark.parametrize("spoil", ["twice", "id property", "too many"])
def test_batches_are_refused_whole(web: httpx.Client, ids: list[str], spoil: str):
    """A record named twice, record ids given as a unique property, and 101 inputs fail whatever the traces."""
    rows = {
        "twice": _writes([ids[0], ids[0]]),
        "id property": [{**row, "idProperty": "hs_object_id"} for row in _writes(ids[:1])],
        "too many": _writes(ids[:101]),
    }[spoil]
    assert web.post(f"{DEALS}/batch/update", json={"inputs": rows}).status_code == 400


def test_a_unique_property_names_records(web: httpx.Client, deal: str):
    """An update may name its record by a unique property."""
    row = {"id": "1C1I7A6R", "idProperty": "opportunity_id", "properties": {"amount": "7"}}
    (result,) = web.post(f"{DEALS}/batch/update", json={"inputs": [row]}).json()["results"]
    assert (result["id"], result["properties"]["amount"]) == (deal, "7")


def test_a_create_succeeds_in_part_too(web: httpx.Client, portal: Portal):
    """Good inputs of a create are made, the others named."""
    good = {"properties": {"dealname": "A"}, "associations": [], "objectWriteTraceId": "a"}
    rows = [good, {"properties": {"nope": "1"}, "objectWriteTraceId": "b"}]
    count = len(portal.tables["deals"])
    body = web.post(f"{DEALS}/batch/create", json={"inputs": rows}).json()
    assert [row["objectWriteTraceId"] for row in body["results"]] == ["a"]
    assert body["errors"][0]["context"]["objectWriteTraceId"] == ["b"]
    assert len(portal.tables["deals"]) == count + 1


def test_an_archive_passes_over_what_is_gone(web: httpx.Client, ids: list[str]):
    """Archiving is answered with 204, twice as once."""
    body = {"inputs": [{"id": word} for word in [*ids[:2], "17"]]}
    assert [web.post(f"{DEALS}/batch/archive", json=body).status_code for _ in range(2)] == [204, 204]
    assert len(web.get(DEALS, params={"archived": "true"}).json()["results"]) == 2


def test_histories_come_in_the_order_asked(full: httpx.Client):
    """Fifty histories of the youngest deals come as asked, each with the one stage it ever was in."""
    body = {"limit": 50, "sorts": [{"propertyName": "hs_object_id", "direction": "DESCENDING"}]}
    ids = [row["id"] for row in full.post(f"{DEALS}/search", json=body).json()["results"]]
    rows = full.post(f"{DEALS}/batch/read", json=_read(ids, propertiesWithHistory=["dealstage"])).json()["results"]
    assert [row["id"] for row in rows] == ids
    assert {entry["value"] for row in rows for entry in row["propertiesWithHistory"]["dealstage"]} == {"prospecting"}
