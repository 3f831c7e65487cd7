"""Runs are numbered per account and told step by step; a slot of the schedule is run once."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from connector.errors import SettingsError
from connector.store import Lease, RunStatus, Store

Open = Callable[..., Store]

AS_OF = datetime(2018, 1, 1, 5, tzinfo=UTC)


def test_a_run_is_told_from_start_to_end(store: Store, lease: Lease):
    """Steps keep their order, a step told again replaces itself, and the end has its message and calls."""
    run = store.runs.start(lease, "run", AS_OF, "2017-12-31T18:00")
    assert run == "r000001"
    store.runs.step(lease, run, "pull", {"deals": 100})
    store.runs.step(lease, run, "measure", {"values": 3, "share": Decimal("0.5")})
    store.runs.step(lease, run, "pull", {"deals": 8800, "by": {"new": [1, 2]}})
    store.runs.finish(lease, run, "done", "", calls=321)
    info = store.runs.get("acme", run)
    assert (info.kind, info.as_of, info.slot, info.status, info.message, info.calls) == ("run", AS_OF, "2017-12-31T18:00", "done", "", 321)
    assert list(info.steps.items()) == [("pull", {"deals": 8800, "by": {"new": [1, 2]}}), ("measure", {"values": 3, "share": "0.5"})]
    assert info.started_at <= info.finished_at <= store.now()


def test_runs_are_numbered_per_account(store: Store, lease: Lease):
    """The latest run comes first, and accounts do not share numbers."""
    other = store.leases.acquire("other", "test")
    ids = [store.runs.start(lease, "pull") for _ in range(3)]
    assert ids == ["r000001", "r000002", "r000003"]
    assert store.runs.start(other, "pull") == "r000001"
    store.runs.step(other, "r000001", "pull", {"deals": 1})
    assert [info.id for info in store.runs.latest("acme", 2)] == ["r000003", "r000002"]
    assert store.runs.get("acme", "r000001").steps == {}
    with pytest.raises(SettingsError, match="'acme' has no run 'r9'"):
        store.runs.get("acme", "r9")


def test_a_killed_run_is_called_interrupted(store: Store, lease: Lease):
    """What still counts as running when the next run starts was killed; finished runs stay as they are."""
    done = store.runs.start(lease, "run")
    store.runs.finish(lease, done, RunStatus.FAILED, "The CRM cannot be reached.")
    killed = store.runs.start(lease, "run")
    store.runs.start(lease, "run")
    assert [info.status for info in store.runs.latest("acme")] == ["running", "interrupted", "failed"]
    assert store.runs.get("acme", killed).finished_at is not None
    assert store.runs.get("acme", done).message == "The CRM cannot be reached."


def test_a_slot_is_claimed_once(store: Store, lease: Lease, open_store: Open):
    """Two processes that both think a slot is due run it once, whoever comes first."""
    assert store.runs.last_slot("acme", "run") is None
    assert store.runs.claim_slot(lease, "run", "2017-12-31T18:00")
    store.leases.release(lease)
    other = open_store()
    theirs = other.leases.acquire("acme", "other process")
    assert not other.runs.claim_slot(theirs, "run", "2017-12-31T18:00")
    assert other.runs.claim_slot(theirs, "full", "2017-12-31T18:00")
    assert other.runs.claim_slot(theirs, "run", "2017-12-31T19:00")
    assert store.runs.last_slot("acme", "run") == "2017-12-31T19:00"
    assert store.runs.last_slot("acme", "full") == "2017-12-31T18:00"
