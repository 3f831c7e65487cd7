"""Pulls a large account for the first time, after a few changes and after none, and tells the requests that each takes, and the memory."""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from connector import steps
from connector.adapters.hubspot import HubSpot, HubSpotSettings
from connector.adapters.hubspot.words import NEEDED, READS
from connector.cli.demo import TOKEN
from connector.cli.words import table
from connector.model import Entity, Stream
from connector.settings import AccountConfig, AccountSettings
from connector.steps import Work, recorded
from connector.store import Store

READ = {*NEEDED, Stream.DEALS, Stream.CONTACTS}
KINDS = ("deals", "contacts")
BATCH = 100
HOUR = 3600
PAGE_BYTES = 4096
_SANDBOX = (
    "from connector.sandbox.hubspot import run_hubspot; "
    "run_hubspot(port=0, deals={deals}, contacts={contacts}, burst=1_000_000, daily=10_000_000, search_per_second=1000)"
)


@dataclass
class Memory:
    """Watches how far the streams are, and how much memory the process has then, in MB."""

    at: list[tuple[int, float]] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)

    def advance(self, step: str, done: int, total: int | None) -> None:  # noqa: ARG002 - as promised
        """Take note."""
        self.done[step] = done
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        self.at.append((sum(self.done.values()), pages * PAGE_BYTES / 1e6))

    def say(self, sentence: str) -> None:
        """Say nothing."""

    def figures(self) -> list[str]:
        """Return the most memory until half of the rows were through, and until all were."""
        half = self.at[-1][0] / 2 if self.at else 0
        return [f"{max((size for rows, size in self.at if rows <= end), default=0):.0f}" for end in (half, 2 * half)]


@contextmanager
def crm(deals: int, contacts: int) -> Iterator[str]:
    """Run a sandbox CRM of this size, in a process of its own."""
    line = [sys.executable, "-c", _SANDBOX.format(deals=deals, contacts=contacts)]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - the command is our own
        try:
            assert process.stdout is not None
            yield process.stdout.readline().rpartition(" ")[2].strip()
        finally:
            process.terminate()


@asynccontextmanager
async def at_work(url: str, folder: Path) -> AsyncIterator[Work]:
    """Give an account at work on a fresh store, which reads deals, contacts and what nothing works without."""
    left_out = [stream.value for stream in READS if stream not in READ]
    vendor = HubSpotSettings.model_validate({"token": TOKEN, "base_url": url, "headroom": 0, "streams_left_out": left_out})
    config = AccountConfig("bench", AccountSettings(), "hubspot", vendor)
    adapter = HubSpot(vendor)
    with Store.open(f"sqlite:///{folder / 'bench.sqlite'}") as store, ThreadPoolExecutor(1) as desk, ThreadPoolExecutor(1) as bench:
        yield Work(config, store, adapter, folder / "cache.duckdb", desk, bench)
    await adapter.close()


async def pulled(name: str, work: Work, people: httpx.AsyncClient, *, full: bool = False) -> list[list[str]]:
    """Pull once and return a row of figures for each of the two streams."""
    await people.post("/sandbox/clock", json={"advance": HOUR})
    await people.delete("/sandbox/requests")
    work.progress = memory = Memory()
    began = time.perf_counter()
    async with recorded(work, "pull") as (lease, run):
        done = await steps.pull(work, lease, run, full=full)
    took = time.perf_counter() - began
    asked = Counter((await people.get("/sandbox/requests")).json()["requests"])
    return [[name, kind, *row(asked, kind, done.streams[Stream(kind)]), *memory.figures(), f"{took:.0f}"] for kind in KINDS]


def row(asked: Mapping[str, int], kind: str, done: Mapping[str, int]) -> list[str]:
    """Return how many rows changed, and how often each way of reading was taken for one kind of records."""
    labels = (
        f"GET objects/{kind}",
        f"POST objects/{kind}/search",
        f"POST objects/{kind}/batch/read",
        f"POST associations/{kind}/{{to}}/batch/read",
    )
    return [f"{number:,}" for number in (done["changed"], *(asked[label] for label in labels))]


async def change(people: httpx.AsyncClient, work: Work, share: float) -> None:
    """Change some of the deals and of the contacts, as people do."""
    for kind, property_ in (("deals", "amount"), ("contacts", "lifecyclestage")):
        ids = [one.id for one in work.store.records.get("bench", Entity(kind))][:: round(1 / share)]
        for start in range(0, len(ids), BATCH):
            value = "4711" if kind == "deals" else "evangelist"
            inputs = [{"id": one, "properties": {property_: value}} for one in ids[start : start + BATCH]]
            answer = await people.post(f"/crm/objects/2026-09/{kind}/batch/update", json={"inputs": inputs})
            answer.raise_for_status()


async def measure(url: str, share: float) -> list[list[str]]:
    """Pull an account that is new, that people worked in, that nobody did, and once more whole."""
    rows: list[list[str]] = []
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with tempfile.TemporaryDirectory() as folder:
        async with at_work(url, Path(folder)) as work, httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as people:
            await steps.check(work)
            rows += await pulled("first", work, people)
            await people.post("/sandbox/clock", json={"advance": HOUR})
            await change(people, work, share)
            rows += await pulled(f"{share:.0%} changed", work, people)
            rows += await pulled("nothing changed", work, people)
            rows += await pulled("everything again", work, people, full=True)
    return rows


def main(given: Sequence[str] | None = None) -> None:
    """Measure on a fresh sandbox and a fresh store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deals", type=int, default=50_000)
    parser.add_argument("--contacts", type=int, default=50_000)
    parser.add_argument("--changed", type=float, default=0.01, help="share of both that people change before the second pull")
    asked = parser.parse_args(given)
    with crm(asked.deals, asked.contacts) as url:
        rows = asyncio.run(measure(url, asked.changed))
    columns = ("pull", "of", "rows changed", "lists", "searches", "by id", "links", "MB at half", "MB at end", "seconds")
    table(f"{asked.deals:,} deals, {asked.contacts:,} contacts", columns, rows, right=range(2, 10))


if __name__ == "__main__":
    main()
