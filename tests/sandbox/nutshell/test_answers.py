"""The box answers in the shapes of recorded answers of the real CRM, and refuses what that refuses."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

RECORDED = Path(__file__).parents[2] / "data" / "nutshell"


def recorded(name: str) -> Any:  # noqa: ANN401 - any JSON
    """Return a recorded answer."""
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))


def patch(box: httpx.Client, lead: str, path: str, value: object) -> httpx.Response:
    """Send one operation."""
    body = json.dumps([{"op": "replace", "path": path, "value": value}])
    return box.patch(f"/rest/leads/{lead}", content=body, headers={"content-type": "application/json-patch+json"})


def test_a_list_has_the_recorded_envelope(box: httpx.Client):
    """An account stands in the envelope of a real one, and links as that one does."""
    real, ours = recorded("read_accounts_1-first-page"), box.get("/rest/accounts").json()

    assert {"meta", "links", "accounts"} <= real.keys() & ours.keys()
    assert ours["meta"]["instanceId"] == real["meta"]["instanceId"]
    assert ours["accounts"][0]["id"].endswith("-accounts")
    assert ours["accounts"][0].keys() - real["accounts"][0].keys() == set()
    assert ours["accounts"][0]["links"].keys() - real["accounts"][0]["links"].keys() == set()


def test_pages_begin_with_nought_and_end_empty(box: httpx.Client):
    """Pages are counted from nought, each account comes once, and the page after the last is empty."""
    total = box.get("/rest/accounts").json()["meta"]["total"]
    pages = [box.get("/rest/accounts", params={"page[page]": page, "page[limit]": 40}).json()["accounts"] for page in range(4)]

    found = [row["id"] for page in pages for row in page]
    assert len(found) == len(set(found)) == total
    assert pages[-1] == []


@pytest.mark.parametrize("parameters", [{"page[page]": -1}, {"page[limit]": 10_001}, {"modifiedTime": 1}])
def test_what_is_unknown_is_refused(box: httpx.Client, parameters: dict[str, int]):
    """A page below nought, one that is too large and a filter that nobody knows are refused, in the recorded shape."""
    answer = box.get("/rest/accounts", params=parameters)

    assert answer.status_code == 400
    assert answer.json().keys() == recorded("read_err-page-size").keys()
    assert answer.json()["errors"][0].keys() == recorded("read_err-page-size")["errors"][0].keys()


def test_there_are_four_shapes_of_errors(box: httpx.Client):
    """A refusal is a list in the envelope, a code with a message, a page, or a bare text."""
    lead = box.get("/rest/leads").json()["leads"][0]["id"]
    box.post("/sandbox/faults", json={"faults": [{"path": "/rest/users", "status": 500}]})

    assert box.get("/rest/users").json() == recorded("err-internal-server")
    assert "<title>An Error Occurred: Not Found</title>" in box.get("/rest/leads/1-leads").text
    assert box.patch(f"/rest/leads/{lead}", json=[]).json() == recorded("write_err-media-type")
    assert box.post("/rest/leads", json={"leads": [{}, {}]}).json()["errors"][0]["title"].startswith("You may only create one leads")
    assert httpx.get(f"{box.base_url}/rest/users").status_code == 401


def test_events_go_both_ways(box: httpx.Client):
    """The feed is read back to its beginning, each event once, and from its newest on brings just what happened since."""
    page = box.get("/rest/events", params={"limit": 100}).json()
    newest, found = page["meta"]["next"], [row["id"] for row in page["events"]]
    while page["events"]:
        page = box.get(page["meta"]["previous"]).json()
        found += [row["id"] for row in page["events"]]
        if not page["events"]:
            break
    lead = box.get("/rest/leads").json()["leads"][0]["id"]
    assert box.get(newest).json()["events"] == []
    assert patch(box, lead, "/leads/0/stage", "3-stages").status_code == 204

    since = box.get(newest).json()

    assert len(found) == len(set(found))
    assert [row["action"] for row in since["events"]] == ["edit", "stagechange"]
    assert since["events"][1].keys() == recorded("read_events_1-first-page")["events"][1].keys()
    assert [row["id"] for row in since["payloads"]] == [lead]


def test_a_deletion_is_told_apart(box: httpx.Client):
    """A deleted lead is out of the list, and only the list of deletions tells of it."""
    lead = box.get("/rest/leads").json()["leads"][0]["id"]
    assert box.delete(f"/rest/leads/{lead}").status_code == 204

    gone = box.get("/rest/events/deleted", params={"filter[types]": "leads"}).json()

    assert [row["links"]["payloads"] for row in gone["events"]] == [[lead]]
    assert lead not in {row["id"] for row in box.get("/rest/leads", params={"page[limit]": 10_000}).json()["leads"]}


@pytest.mark.parametrize(("path", "held"), [("customFields/KPI: a~1b", "7"), ("KPI: a~1b", None)])
def test_one_form_of_path_is_taken(box: httpx.Client, path: str, held: str | None):
    """A custom field is written by the one form that the account takes; another is answered like it and changes nothing."""
    lead = box.get("/rest/leads").json()["leads"][0]["id"]
    assert box.post("/rest/leads/customfield", json={"name": "KPI: a/b", "type": "Text"}).status_code == 200

    assert patch(box, lead, f"/leads/0/{path}", "7").status_code == 204

    assert box.get(f"/rest/leads/{lead}/customfields").json()["customFields"][0]["value"] == held


def test_won_and_lost_is_a_status(box: httpx.Client):
    """A lead that is closed keeps its stage and gets a status, a time and an outcome."""
    lead = next(row for row in box.get("/rest/leads", params={"page[limit]": 100}).json()["leads"] if row["status"] == "open")
    outcome = next(row["id"] for row in box.get("/rest/outcomes").json()["outcomes"] if row["status"] == "lost")

    box.post(f"/rest/leads/{lead['id']}/status", json={"outcomeId": outcome}).raise_for_status()

    after = box.get(f"/rest/leads/{lead['id']}").json()["leads"][0]
    assert (after["status"], after["links"]["outcome"], after["links"]["stage"]) == ("lost", outcome, lead["links"]["stage"])
    assert after["closedTime"]["timestamp"]
