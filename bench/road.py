"""Times each step of the road on the real data: first with everything new, then with nothing changed."""

import argparse
import asyncio
import os
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

import httpx

from bench.pull import crm
from connector import steps
from connector.app import App
from connector.cli.demo import TOKEN, sandbox
from connector.cli.words import table
from connector.steps import Work, recorded

T = TypeVar("T")
HOUR = 3600
"""How many seconds pass between two roads on the sandbox's clock."""
MOST = 12
"""How many kinds of requests are told of."""
LAST_DAY = date(2017, 12, 31)


@dataclass
class Stopwatch:
    """Takes wall and CPU seconds, requests and memory of each step; the sandbox is another process and does not count."""

    work: Work
    rows: list[list[str]] = field(default_factory=list)

    async def time(self, name: str, step: Awaitable[T]) -> T:
        """Run a step and note what it took."""
        wall, cpu, calls = time.perf_counter(), time.process_time(), self.work.adapter.calls
        result = await step
        took = time.perf_counter() - wall, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        self.rows.append([name, f"{took[0]:.1f}", f"{took[1]:.1f}", f"{self.work.adapter.calls - calls}", f"{peak:.0f}"])
        return result


async def road(app: App, title: str) -> None:
    """Go the road once and print what each step took."""
    async with app.work(None) as work:
        watch = Stopwatch(work)
        able = await watch.time("check", steps.check(work))
        at = work.calendar(await work.bound()).end_of(LAST_DAY)
        async with recorded(work, "run", at) as (lease, run):
            await watch.time("pull", steps.pull(work, lease, run))
            await watch.time("measure", steps.measure(work, lease, run, at))
            plan = await watch.time("plan", steps.plan(work, lease, run, able))
            if plan.size:
                await watch.time(f"push of {plan.size:,} values", steps.push(work, lease, plan, able))
    table(title, ("step", "seconds", "CPU seconds", "requests", "peak MiB so far"), watch.rows, right=(1, 2, 3, 4))


def _asked(url: str) -> None:
    """Print which requests came most often."""
    most = Counter(httpx.get(f"{url}/sandbox/requests").json()["requests"]).most_common(MOST)
    table("Requests", ("request", "times"), [[name, f"{times:,}"] for name, times in most], right=(1,))


def main() -> None:
    """Measure on a fresh sandbox and a fresh store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--deals", type=int, help="how many deals the sandbox has, instead of the real ones alone; contacts have to be given, too"
    )
    parser.add_argument("--contacts", type=int)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, crm(asked.deals, asked.contacts) if asked.deals else sandbox(0) as url:
        environ = {
            "CRM_KPI_DATABASE_URL": os.environ.get("CRM_KPI_DATABASE_URL", f"sqlite:///{Path(folder) / 'bench.sqlite'}"),
            "CRM_KPI_HUBSPOT__TOKEN": TOKEN,
            "CRM_KPI_HUBSPOT__BASE_URL": url,
            "CRM_KPI_HUBSPOT__HEADROOM": "0",
            "CRM_KPI_PUSH_FIELDS": "deals,companies,users",
        }
        app = App.start(environ)
        try:
            for title in ("Everything new", "After our own writes", "Nothing changed"):
                httpx.delete(f"{url}/sandbox/requests")
                asyncio.run(road(app, title))
                _asked(url)
                httpx.post(f"{url}/sandbox/clock", json={"advance": HOUR})
        finally:
            app.close()


if __name__ == "__main__":
    main()
