"""A change in the CRM comes to its record while the service runs: real process, real sockets, real signatures."""

import signal
import time
from collections.abc import Iterator

import pytest

from tests.road.place import Crm, Desk

SECRET = "secret-of-the-app"
PATIENCE = 180.0


@pytest.fixture
def hooks(crm: Crm, desk: Desk) -> Iterator[str]:
    """Serve an account whose first push was let through, and yield the address for deliveries."""
    desk.environ |= {"CRM_KPI_HUBSPOT__CLIENT_SECRET": SECRET, "CRM_KPI_SCHEDULE": "daily"}
    desk.run("run", "--yes")
    process = desk.start("serve")
    assert process.stdout is not None
    yield f"{process.stdout.readline().split()[-1].rstrip('.')}/hooks/hubspot"
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)


def told(crm: Crm) -> list[int]:
    """Return how each delivery was answered."""
    return list(crm.get("/sandbox/webhooks")["told"])


def test_a_change_comes_to_its_record_and_its_company(crm: Crm, desk: Desk, hooks: str):
    """A deal that a person wins shows it, and its company the money, whether deliveries come twice, in disorder, or first unsigned."""
    deal = next(row for row in crm.records("deals", "dealstage", "amount") if row["properties"]["dealstage"] == "engaging")
    links = crm.get(f"/crm/objects/2026-09/deals/{deal['id']}/associations/companies")["results"]
    places = [("deals", deal["id"], "kpi_expected_value"), *(("companies", str(link["toObjectId"]), "kpi_orders") for link in links[:1])]
    before = [held(crm, place) for place in places]
    crm.send("POST", "/sandbox/webhooks", {"url": hooks, "secret": "guessed", "retry": 60})
    crm.send("PATCH", f"/crm/objects/2026-09/deals/{deal['id']}", {"properties": {"dealstage": "closedwon"}})
    wait_until(lambda: bool(told(crm)))
    refused = told(crm)
    crm.send("POST", "/sandbox/webhooks", {"url": hooks, "secret": SECRET, "doubles": True, "shuffles": True})
    crm.send("PATCH", f"/crm/objects/2026-09/deals/{deal['id']}", {"properties": {"amount": "777"}})
    wait_until(lambda: held(crm, places[0]) != before[0])
    wait_until(lambda: all(held(crm, place) != was for place, was in zip(places, before, strict=True)))
    after = [held(crm, place) for place in places]
    # The fields are there before their run says that it is done.
    wait_until(lambda: {run["status"] for run in desk.json("status")["runs"] if run["kind"] == "records"} == {"done"})

    assert refused == [401]
    assert set(told(crm)) == {204}
    assert before[0]
    assert not after[0]
    assert [int(now or 0) for now in after[1:]] == [int(was or 0) + 1 for was in before[1:]]


def held(crm: Crm, place: tuple[str, str, str]) -> str | None:
    """Return what one field of one record holds."""
    kind, record, name = place
    found: str | None = crm.get(f"/crm/objects/2026-09/{kind}/{record}", properties=name)["properties"].get(name)
    return found


def wait_until(holds: object) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + PATIENCE
    while not (callable(holds) and holds()):
        assert time.monotonic() < deadline, f"not yet after {PATIENCE} s"
        time.sleep(0.5)
