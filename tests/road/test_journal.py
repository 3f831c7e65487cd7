"""A change in the CRM comes to its record without any address of ours: the service reads what the CRM has written down."""

import signal
from collections.abc import Iterator

import pytest

from tests.road.consent import browse, by_oauth, connect
from tests.road.place import Crm, Desk
from tests.road.test_webhooks import held, wait_until


@pytest.fixture
def served(crm: Crm, desk: Desk) -> Iterator[Desk]:
    """Serve an account that is connected by OAuth, until no run is due any more and the journal was asked."""
    made = Desk(desk.folder, by_oauth(desk.environ))
    made.environ |= {"CRM_KPI_HUBSPOT__JOURNAL": "true", "CRM_KPI_HUBSPOT__JOURNAL_SECONDS": "1", "CRM_KPI_SCHEDULE": "daily"}
    assert connect(made, browse)[0] == 0
    made.run("run", "--yes")
    process = made.start("serve")
    try:
        wait_until(lambda: "GET journal/latest" in crm.get("/sandbox/requests")["requests"])
        wait_until(lambda: whole_runs(made) == ["done", "done"])
        yield made
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def whole_runs(desk: Desk) -> list[str]:
    """Return how the runs over everything ended."""
    return [run["status"] for run in desk.json("status")["runs"] if run["kind"] == "run"]


def test_a_change_is_read_from_the_journal(crm: Crm, served: Desk):
    """A deal that a person wins shows it soon, without a whole run."""
    deal = next(row["id"] for row in crm.records("deals", "dealstage") if row["properties"]["dealstage"] == "engaging")
    place = ("deals", deal, "kpi_expected_value")
    assert held(crm, place)
    crm.send("PATCH", f"/crm/objects/2026-09/deals/{deal}", {"properties": {"dealstage": "closedwon"}})
    wait_until(lambda: not held(crm, place))
    assert whole_runs(served) == ["done", "done"]
