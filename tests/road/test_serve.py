"""serve goes the road by itself, once a slot, one process at a time, and ends when told to."""

import json
import signal
import subprocess
import time
import urllib.request
from itertools import pairwise

import pytest

from tests.road.place import Crm, Desk

PATIENCE = 300.0
"""A slot comes within a minute; the rest is for a machine that has other work."""


@pytest.fixture
def served(crm: Crm, desk: Desk) -> Desk:
    """A terminal whose first push was let through, set to run every minute."""
    desk.run("run", "--yes")
    desk.environ["CRM_KPI_SCHEDULE"] = "every 1 minutes"
    return desk


def runs(desk: Desk, *, scheduled: bool = True) -> list[dict[str, object]]:
    """Return the runs that are over, oldest first; only those of a schedule's slots where `scheduled`."""
    found = desk.json("status")["runs"]
    return [run for run in reversed(found) if run["status"] != "running" and bool(run["slot"]) == scheduled]


def wait_for(count: int, desk: Desk) -> list[dict[str, object]]:
    """Wait until so many scheduled runs are over."""
    deadline = time.monotonic() + PATIENCE
    while len(found := runs(desk)) < count:
        assert time.monotonic() < deadline, f"only {found} after {PATIENCE} s"
        time.sleep(3)
    return found


def stop(process: subprocess.Popen[str]) -> str:
    """End a process as the system does, and return what it said."""
    process.send_signal(signal.SIGTERM)
    out, error = process.communicate(timeout=60)
    assert process.returncode == 0, error
    return out + error


def test_serving_runs_by_itself_and_survives_a_restart(crm: Crm, served: Desk):
    """A slot is run once, however often the process is restarted, and the next one when its minute comes."""
    first = served.start("serve")
    wait_for(1, served)
    stop(first)
    second = served.start("serve")
    found = wait_for(2, served)
    said = stop(second)

    # The first process may have been stopped in the middle of a later slot, which is then run again.
    slots = [run["slot"] for run in found if run["status"] == "done"]
    assert len(slots) == len(set(slots)) > 0
    assert {run["status"] for run in found} <= {"done", "interrupted"}
    assert "Stopped; what was done is kept." in said


def test_two_processes_share_the_work(crm: Crm, served: Desk):
    """Two of them on one store never run the same slot, nor the same account at once."""
    both = [served.start("serve"), served.start("serve")]
    wait_for(2, served)
    for process in both:
        stop(process)

    found = runs(served)
    slots = [run["slot"] for run in found if run["status"] == "done"]
    assert len(slots) == len(set(slots)) > 0
    spans = [(str(run["started_at"]), str(run["finished_at"])) for run in found]
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))


def test_a_run_that_is_told_to_stop_ends_after_the_batch_in_hand(crm: Crm, desk: Desk):
    """SIGTERM in the middle of a pull keeps what was stored, says so, and leaves the rest to the next run."""
    slow = {"kind": "timeout", "path": "/crm/objects", "after": 3, "count": 1000, "seconds": 0.5, "applied": True}
    crm.send("POST", "/sandbox/faults", {"faults": [slow]})
    process = desk.start("run", "--yes")
    time.sleep(4)
    process.send_signal(signal.SIGTERM)
    _, error = process.communicate(timeout=60)
    crm.send("POST", "/sandbox/faults", {"faults": []})

    assert process.returncode == 6
    assert "Stopped on request" in error
    assert [run["status"] for run in runs(desk, scheduled=False)] == ["interrupted"]
    desk.run("run", "--yes")


def test_the_status_page_and_health_answer(crm: Crm, served: Desk):
    """While serving, the page shows the account and health says that all is well."""
    process = served.start("serve")
    try:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1].rstrip(".")
        wait_for(1, served)
        with urllib.request.urlopen(f"{url}/health") as answer:  # noqa: S310 - loopback
            health = json.load(answer)
        with urllib.request.urlopen(url) as answer:  # noqa: S310 - loopback
            page = answer.read().decode()
    finally:
        stop(process)

    assert health["status"] == "ok"
    assert "Revenue won" in page
    assert "pat-na1" not in page
