"""Measuring leaves the store's locks alone: what is written afterwards is there for everybody."""

import subprocess
import sys
from pathlib import Path

import pytest

from connector.engine import Cache, Refreshed
from connector.engine.apart import FILLING, Hand
from connector.errors import StoreBusy, TryLater
from connector.store import RunStatus, Store


def looked_at(store: Store) -> str:
    """Open the store as another command would, close it again, and return how the newest run stands."""
    code = f"from connector.store import Store; s = Store.open({store.url!r}); print(s.runs.latest('acme', 1)[0].status); s.close()"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_what_is_written_after_measuring_is_there_for_everybody(tmp_path: Path):
    """Another process that looks into the store between a measurement and the next write does not make that write disappear."""
    with Store.open(f"sqlite:///{tmp_path / 'crm.sqlite'}") as store:
        lease = store.leases.acquire("acme", "test")
        run = store.runs.start(lease, "run", None, None)
        with Cache.open(tmp_path / "cache.duckdb", store_url=store.url, account="acme") as cache:
            assert cache.refresh() == Refreshed(0, is_rebuilt=True)
        before = looked_at(store)
        store.runs.finish(lease, run, RunStatus.DONE, "")

        assert (before, looked_at(store)) == ("running", "done")


def job(folder: Path) -> dict[str, str]:
    """Ask for a cache of a store that is not there."""
    return {"path": str(folder / "c.duckdb"), "store_url": f"sqlite:///{folder / 'none.sqlite'}", "account": "acme", "memory": "1GB"}


def test_a_refresh_that_is_stopped_can_be_repeated(tmp_path: Path):
    """Where the other process is lost, whoever asked is told to try later, and the next refresh has another one."""
    hand = Hand()
    with pytest.raises(TryLater):
        hand.refresh({"path": str(tmp_path)})
    with pytest.raises(StoreBusy, match="none"):
        hand.refresh(job(tmp_path))
    hand.stop()


def test_the_other_process_ends_when_nobody_asks_any_more():
    """Whoever dies takes it along, so that no lock of the cache stays behind."""
    assert subprocess.run([sys.executable, "-m", FILLING], stdin=subprocess.DEVNULL, check=False, timeout=60).returncode == 0
