"""Token, scopes, rate limits, faults, clock and counts."""

import time
from collections.abc import Callable

import httpx
import pytest

from connector.sandbox.hubspot import Portal

DEALS = "/crm/objects/2026-09/deals"
Opener = Callable[..., tuple[httpx.Client, Portal]]


@pytest.mark.parametrize("header", ["Bearer pat-na1-other", "Basic pat-na1-sandbox", ""])
def test_a_wrong_token_is_refused(web: httpx.Client, header: str):
    """Any other token, or none, is a 401 with an error body."""
    answer = web.get(DEALS, headers={"Authorization": header})
    assert (answer.status_code, answer.json()["category"]) == (401, "INVALID_AUTHENTICATION")


@pytest.mark.parametrize(
    ("scope", "method", "path", "body"),
    [
        ("crm.objects.deals.read", "GET", DEALS, None),
        ("crm.objects.deals.read", "POST", f"{DEALS}/search", {}),
        ("crm.objects.deals.read", "POST", "/crm/v4/associations/line_items/deals/batch/read", {"inputs": []}),
        ("crm.objects.deals.write", "POST", f"{DEALS}/batch/update", {"inputs": []}),
        ("crm.objects.companies.read", "GET", f"{DEALS}?associations=companies", None),
        ("crm.schemas.deals.write", "POST", "/crm/properties/2026-09/deals", {}),
        ("crm.objects.users.write", "POST", "/crm/properties/2026-09/users", {}),
        ("crm.objects.goals.write", "POST", "/crm/objects/2026-09/goal_targets/batch/create", {"inputs": []}),
        ("crm.objects.owners.read", "GET", "/crm/owners/2026-09", None),
        ("settings.users.teams.read", "GET", "/settings/v3/users/teams", None),
    ],
)
def test_a_revoked_scope_is_named(web: httpx.Client, scope: str, method: str, path: str, body: object):
    """Without its scope a call is a 403 that lists what is needed; given back, it passes that door."""
    web.post("/sandbox/scopes", json={"revoked": [scope]})
    answer = web.request(method, path, json=body)
    assert (answer.status_code, answer.json()["category"]) == (403, "MISSING_SCOPES")
    assert scope in answer.json()["errors"][0]["context"]["requiredGranularScopes"]
    web.post("/sandbox/scopes", json={"revoked": []})
    assert web.request(method, path, json=body).status_code != 403


def test_schemas_open_to_any_of_their_scopes(web: httpx.Client):
    """Property definitions are readable as long as one of several scopes is there."""
    web.post("/sandbox/scopes", json={"revoked": ["crm.objects.deals.read", "crm.objects.deals.write"]})
    assert web.get("/crm/properties/2026-09/deals").status_code == 200


def test_a_burst_is_limited(open_portal: Opener):
    """Beyond the rolling limit comes a 429 with its policy and no hint when to return; headers count down before."""
    web, _ = open_portal(burst=5)
    answers = [web.get("/account-info/v3/details") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert [answer.headers["X-HubSpot-RateLimit-Remaining"] for answer in answers[:5]] == ["4", "3", "2", "1", "0"]
    assert answers[0].headers["X-HubSpot-RateLimit-Max"] == "5"
    assert answers[0].headers["X-HubSpot-RateLimit-Interval-Milliseconds"] == "10000"
    body = answers[5].json()
    assert (body["policyName"], body["errorType"]) == ("TEN_SECONDLY_ROLLING", "RATE_LIMIT")
    assert "Retry-After" not in answers[5].headers


def test_search_has_its_own_limit_and_no_headers(open_portal: Opener):
    """The sixth search within a second is refused; a second later it passes; searches carry no rate headers."""
    web, _ = open_portal(search_per_second=5)
    answers = [web.post(f"{DEALS}/search", json={"limit": 1}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[5].json()["policyName"] == "SECONDLY"
    assert not any(name.lower().startswith("x-hubspot-ratelimit") for answer in answers for name in answer.headers)
    time.sleep(1.05)
    assert web.post(f"{DEALS}/search", json={"limit": 1}).status_code == 200


def test_the_daily_limit_ends_at_midnight_of_the_account(open_portal: Opener):
    """A used-up day refuses with its policy until the account's own midnight."""
    web, _ = open_portal(daily=3)
    answers = [web.get("/account-info/v3/details") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3].json()["policyName"] == "DAILY"
    assert answers[2].headers["X-HubSpot-RateLimit-Daily-Remaining"] == "0"
    web.post("/sandbox/clock", json={"advance": 5 * 3600})
    assert web.get("/account-info/v3/details").status_code == 429
    web.post("/sandbox/clock", json={"advance": 3600})
    assert web.get("/account-info/v3/details").status_code == 200


def test_the_date_header_tells_the_portals_time(web: httpx.Client):
    """Answers are dated by the portal's clock, which can be moved."""
    assert web.get("/account-info/v3/details").headers["Date"].startswith("Sun, 31 Dec 2017 23:0")
    web.post("/sandbox/clock", json={"advance": 86_400})
    assert web.get("/nowhere").headers["Date"].startswith("Mon, 01 Jan 2018 23:0")


def _plan(web: httpx.Client, **fault: object) -> None:
    assert web.post("/sandbox/faults", json={"faults": [fault]}).json() == {"planned": 1}


def test_a_fault_waits_for_its_turn(web: httpx.Client):
    """A plan concerns its method and path alone, after as many requests and for as many as it says."""
    _plan(web, method="GET", path=DEALS, after=1, count=2, status=503)
    assert web.get("/crm/v3/owners").status_code == 200
    assert [web.get(DEALS).status_code for _ in range(4)] == [200, 503, 503, 200]


def test_faults_come_in_many_forms(web: httpx.Client):
    """An answer may be a limit, a page, half a body, late, or none."""
    _plan(web, status=429, policy="DAILY")
    assert web.get(DEALS).json()["policyName"] == "DAILY"
    _plan(web, kind="html")
    assert (web.get(DEALS).status_code, web.get(DEALS).status_code) == (502, 200)
    _plan(web, kind="truncate")
    half = web.get(DEALS)
    with pytest.raises(ValueError, match=r"."):
        half.json()
    _plan(web, kind="timeout", seconds=5)
    with pytest.raises(httpx.ReadTimeout):
        web.get(DEALS, timeout=0.2)
    _plan(web, kind="drop")
    with pytest.raises(httpx.RemoteProtocolError):
        web.get(DEALS)
    assert web.get(DEALS).status_code == 200


@pytest.mark.parametrize(("applied", "amount"), [(True, "5"), (False, "1054")])
def test_a_spoiled_write_is_carried_out_or_not(web: httpx.Client, deal: str, applied: bool, amount: str):  # noqa: FBT001  # a parameter of the test
    """A write whose answer is lost may or may not have happened, as planned."""
    _plan(web, kind="drop", method="PATCH", applied=applied)
    with pytest.raises(httpx.RemoteProtocolError):
        web.patch(f"{DEALS}/{deal}", json={"properties": {"amount": "5"}})
    assert web.get(f"{DEALS}/{deal}").json()["properties"]["amount"] == amount


def test_unknown_faults_are_refused(web: httpx.Client):
    """A plan with an unknown kind or field is a mistake of the test and says so."""
    assert web.post("/sandbox/faults", json={"faults": [{"kind": "gremlin"}]}).status_code == 400
    assert web.post("/sandbox/faults", json={"faults": [{"kinds": "drop"}]}).status_code == 400


def test_requests_and_writes_are_counted(web: httpx.Client, deal: str):
    """Reads, searches and batch reads are no writes; what writes changed is counted in records and values."""
    web.get(DEALS)
    web.post(f"{DEALS}/search", json={})
    web.post(f"{DEALS}/batch/read", json={"properties": [], "inputs": [{"id": deal}]})
    assert web.get("/sandbox/requests", headers={"Authorization": ""}).json()["writes"] == 0
    row = {"id": deal, "properties": {"amount": "5", "dealname": "Renamed", "pipeline": "default"}}
    web.post(f"{DEALS}/batch/update", json={"inputs": [row]})
    counts = web.get("/sandbox/requests").json()
    assert (counts["total"], counts["writes"], counts["records_written"], counts["values_changed"]) == (4, 1, 1, 2)
    assert counts["write_requests"] == {"POST objects/deals/batch/update": 1}
    web.delete("/sandbox/requests")
    assert web.get("/sandbox/requests").json()["total"] == 0
