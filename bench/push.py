"""Pushes changed values to many records and tells how many requests that takes, beside those that make the fields."""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx

from connector import steps
from connector.adapters import Adapter
from connector.adapters.hubspot import HubSpot, HubSpotSettings
from connector.cli.demo import TOKEN
from connector.cli.words import table
from connector.kpis.fields import DEAL_FIELDS
from connector.model import Entity, FieldChange, Stream, Why, WritePlan
from connector.settings import AccountConfig, AccountSettings
from connector.steps import Work, recorded
from connector.store import Store

FIELDS = [spec for spec in DEAL_FIELDS if spec.name in ("kpi_expected_value", "kpi_times_postponed")]
NOW = datetime(2017, 12, 31, tzinfo=UTC)
_SANDBOX = (
    "from connector.sandbox.hubspot import run_hubspot; "
    "run_hubspot(port=0, deals={deals}, contacts={contacts}, burst={burst}, search_per_second=1000)"
)


@contextmanager
def crm(deals: int, burst: int, contacts: int = 0) -> Iterator[str]:
    """Run a sandbox CRM with so many deals and contacts, in a process of its own."""
    line = [sys.executable, "-c", _SANDBOX.format(deals=deals, contacts=contacts, burst=burst)]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - the command is our own
        try:
            assert process.stdout is not None
            yield process.stdout.readline().rpartition(" ")[2].strip()
        finally:
            process.terminate()


@asynccontextmanager
async def at_work(url: str, folder: Path) -> AsyncIterator[Work]:
    """Give an account at work on a fresh store."""
    vendor = HubSpotSettings.model_validate({"token": TOKEN, "base_url": url, "headroom": 0})
    config = AccountConfig("bench", AccountSettings(), "hubspot", vendor)
    adapter = HubSpot(vendor)
    with Store.open(f"sqlite:///{folder / 'bench.sqlite'}") as store, ThreadPoolExecutor(1) as desk, ThreadPoolExecutor(1) as bench:
        yield Work(config, store, adapter, folder / "cache.duckdb", desk, bench)
    await adapter.close()


async def ids(adapter: Adapter, number: int) -> list[str]:
    """Return the ids of some deals."""
    found: list[str] = []
    async for page in adapter.pages(Stream.DEALS, None, ()):
        found += [row.id for row in page.records if row.entity is Entity.DEALS]
        if len(found) >= number:
            break
    return found[:number]


def changed(plan: str, records: Sequence[str], value: str) -> WritePlan:
    """Return a plan that changes both fields of every record."""
    changes = tuple(FieldChange(spec, record, None, value, Why.NEW) for record in records for spec in FIELDS)
    return WritePlan(plan, "bench", NOW, NOW, changes, ())


async def measure(url: str, number: int) -> list[list[str]]:
    """Push twice: with fields that are yet to be made, and with other values for the same fields."""
    with tempfile.TemporaryDirectory() as folder:
        async with at_work(url, Path(folder)) as work, httpx.AsyncClient(base_url=url) as counts:
            await steps.check(work)
            records = await ids(work.adapter, number)
            return [await pushed(work, counts, changed(plan, records, value)) for plan, value in (("p1", "1"), ("p2", "2"))]


async def pushed(work: Work, counts: httpx.AsyncClient, plan: WritePlan) -> list[str]:
    """Push a plan and return the figures."""
    await counts.delete("/sandbox/requests")
    able = await work.adapter.check()
    checking = (await counts.get("/sandbox/requests")).json()["total"]
    async with recorded(work, "push") as (lease, run):
        await work.ask(work.store.plans.save, lease, run, plan)
        begun = time.perf_counter()
        done = await steps.push(work, lease, plan, able)
        took = time.perf_counter() - begun
    asked = (await counts.get("/sandbox/requests")).json()
    batches = asked["write_requests"]["POST objects/deals/batch/update"]
    figures = len(plan.fields) // len(FIELDS), done.counts["ok"], batches, asked["total"] - checking - batches
    return [plan.id, *(f"{figure:,}" for figure in figures), f"{took:.1f}"]


def main() -> None:
    """Measure on a fresh sandbox and a fresh store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000, help="how many deals get new values")
    parser.add_argument("--burst", type=int, default=100, help="requests that the sandbox lets through in ten seconds")
    given = parser.parse_args()
    with crm(given.records, given.burst) as url:
        rows = asyncio.run(measure(url, given.records))
    table(
        "Push",
        ("plan", "records", "values that arrived", "batch requests", "other requests", "seconds"),
        rows,
        right=(1, 2, 3, 4, 5),
    )


if __name__ == "__main__":
    main()
