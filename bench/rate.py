"""Holds a steady load of many coroutines against the rate limit and tells how much of it is used, and how often it was broken."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from connector.adapters.hubspot import HubSpot, HubSpotSettings
from connector.cli.demo import TOKEN
from connector.cli.words import table
from connector.model import Entity

BURST = 100
"""Requests in any ten seconds: the lowest of the vendor's limits."""
WINDOWS = 3
COROUTINES = 200
LATENCIES = (0.0, 0.05, 0.1)
_SANDBOX = "from connector.sandbox.hubspot import run_hubspot; run_hubspot(port=0, burst={burst}, latency={latency})"


@contextmanager
def crm(latency: float) -> Iterator[str]:
    """Run a sandbox CRM that takes `latency` seconds for an answer, in a process of its own."""
    line = [sys.executable, "-c", _SANDBOX.format(burst=BURST, latency=latency)]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - the command is our own
        try:
            assert process.stdout is not None
            yield process.stdout.readline().rpartition(" ")[2].strip()
        finally:
            process.terminate()


async def load(adapter: HubSpot) -> list[float]:
    """Ask as fast as the limiter lets us, and return when each answer came."""
    answered: list[float] = []
    left = iter(range(BURST * (WINDOWS + 1)))

    async def ask() -> None:
        for _ in left:
            await adapter.present_fields(Entity.DEALS)
            answered.append(time.monotonic())

    await asyncio.gather(*(ask() for _ in range(COROUTINES)))
    return answered


async def rate(latency: float) -> list[str]:
    """Measure at one latency: the rate between the end of the first window, which is one burst, and the end of the last one."""
    with crm(latency) as url:
        adapter = HubSpot(HubSpotSettings(token=TOKEN, base_url=url, headroom=0, daily_reserve=0))
        await adapter.check()
        answered = await load(adapter)
        usage = adapter.usage
        await adapter.close()
    ideal = BURST / 10
    reached = BURST * WINDOWS / (answered[-1] - answered[-1 - BURST * WINDOWS])
    return [f"{1000 * latency:.0f} ms", f"{ideal:.2f}", f"{reached:.2f}", f"{reached / ideal:.1%}", str(usage.slowed), f"{usage.calls}"]


def main() -> None:
    """Measure at each latency."""
    rows = [asyncio.run(rate(latency)) for latency in LATENCIES]
    columns = ("an answer takes", "ideal a second", "reached a second", "share", "429s", "requests")
    table(f"{COROUTINES} coroutines, {BURST} requests in any ten seconds, HEADROOM=0", columns, rows, right=range(1, 6))


if __name__ == "__main__":
    main()
