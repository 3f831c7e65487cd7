"""Random faults: the same ones for the same seed, each kind in its turn, and fair weather afterwards; and a clock that stands still."""

import time
from collections.abc import Callable

import httpx

from connector.sandbox.hubspot import Portal
from connector.sandbox.hubspot.storm import CLOSED_FOR, KINDS, ON_BATCHES

DEALS = "/crm/objects/2026-09/deals"
ALWAYS = {"batches": 1, "others": 1, "seconds": 0}


def begin(web: httpx.Client, **storm: float) -> dict[str, int]:
    """Begin or end a storm; return what has fired so far."""
    fired: dict[str, int] = web.post("/sandbox/storm", json=storm).raise_for_status().json()["fired"]
    return fired


def ask(web: httpx.Client, times: int) -> list[object]:
    """Ask for deals, and return what each request met."""
    met: list[object] = []
    for _ in range(times):
        try:
            answer = web.get(DEALS, params={"limit": 1})
        except httpx.RemoteProtocolError:
            met.append("cut off")
        else:
            met.append((answer.status_code, len(answer.content) > 200))
    return met


def test_a_seed_decides(open_portal: Callable[..., tuple[httpx.Client, Portal]]):
    """The same seed brings the same faults in the same order, another one others."""
    runs = []
    for seed in (1, 1, 2):
        web, _ = open_portal()
        begin(web, seed=seed, **ALWAYS)
        runs.append(ask(web, 12))

    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


def test_every_kind_comes_before_any_comes_again(web: httpx.Client, portal: Portal):
    """What can go wrong with a request goes wrong once before it goes wrong twice, and what cannot waits for one that fits."""
    begin(web, seed=5, **ALWAYS)

    ask(web, len(KINDS) - len(ON_BATCHES) - 1)
    reads = begin(web, seed=5, **ALWAYS)

    # There is no property of ours yet that could be taken away.
    assert reads == dict.fromkeys(set(KINDS) - ON_BATCHES - {"property"}, 1)
    company = portal.tables["companies"].find(str(20_000_000_001), archived=False)
    assert company
    body = {"inputs": [{"id": str(company.id), "properties": {"industry": "retail"}, "objectWriteTraceId": "1"}]}
    answers = [web.post("/crm/objects/2026-09/companies/batch/update", json=body).status_code for _ in range(3)]
    assert sorted(answers) == [207, 400, 409]


def test_a_scope_comes_back(web: httpx.Client, portal: Portal):
    """A scope that a storm withdraws is granted again some requests later, and at once when the storm ends."""
    portal.storm.close(portal, "crm.objects.deals.read")
    begin(web, seed=1, others=1e-9)
    closed = [status for status, _ in ask(web, CLOSED_FOR)]  # type: ignore[misc]  # pairs, as nothing cuts the line
    portal.storm.close(portal, "crm.objects.deals.read")
    begin(web)

    assert closed == [403] * (CLOSED_FOR - 1) + [200]
    assert ask(web, 1) == [(200, True)]


def test_fair_weather_is_the_rule(web: httpx.Client):
    """Without a storm, and after one, nothing goes wrong."""
    before = ask(web, 20)
    begin(web, seed=3, **ALWAYS)
    begin(web)

    assert before == ask(web, 20) == [(200, True)] * 20


def test_a_clock_that_stands_still(web: httpx.Client):
    """What is done while the clock is stopped has exactly the instant it was stopped at; told to tick, it goes on from there."""
    web.post("/sandbox/clock", json={"at": "2018-01-01T04:30:00Z"}).raise_for_status()
    made = [web.post(DEALS, json={"properties": {"dealname": "New"}}).json()["createdAt"] for _ in range(2)]
    web.post("/sandbox/clock", json={"tick": True}).raise_for_status()
    time.sleep(0.01)
    later = web.post("/sandbox/clock", json={}).json()["now"]

    assert made == ["2018-01-01T04:30:00Z"] * 2
    assert "2018-01-01T04:30:00.001Z" <= later < "2018-01-01T04:31"
