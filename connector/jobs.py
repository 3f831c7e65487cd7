"""Serving: runs each account's road when its schedule says so, whatever happens to the others, until it is told to stop."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from connector.errors import ConnectorError, StoreBusy
from connector.schedule import Schedule

log = logging.getLogger(__name__)
TICK = timedelta(seconds=5)
"""How often it is asked what is due; the most that a run starts late."""


@dataclass(frozen=True, slots=True)
class ServedAccount:
    """One account to serve.

    `run` claims the slot it is given and runs the road once; it raises StoreBusy when another process is at work on the account.
    `last_slot` tells which slot was claimed last, by this process or any other.
    """

    name: str
    schedule: Schedule
    run: Callable[[str], Awaitable[None]]
    last_slot: Callable[[], Awaitable[str | None]]


def utc_now() -> datetime:
    """Return this machine's present instant."""
    return datetime.now(UTC)


async def serve(
    accounts: Sequence[ServedAccount], *, stop: asyncio.Event, tick: timedelta = TICK, now: Callable[[], datetime] = utc_now
) -> None:
    """Run every account's road at each slot of its schedule until `stop` is set, then wait for the runs in hand to end.

    The latest slot that nobody claimed runs at once, so that of all the slots missed while nothing was serving one is caught up.
    A run that failed waits for the next slot; one that found the store busy is tried again at the next tick.
    """
    runners = [_Runner(account, now, stop) for account in accounts]
    timer = _timer(runners, tick)
    try:
        await stop.wait()
    finally:
        stop.set()
        # Only ticks are jobs of the timer, because its shutdown cancels the jobs that still run.
        timer.shutdown(wait=False)
        await asyncio.gather(*(runner.finish() for runner in runners))


def stop_on_signals(stop: asyncio.Event) -> None:
    """Let SIGTERM and Ctrl-C set `stop`; a second one ends the process at once."""
    loop = asyncio.get_running_loop()
    signals = (signal.SIGTERM, signal.SIGINT)

    def ask(name: str) -> None:
        log.info("%s: stopping after the batch in hand.", name)
        stop.set()
        for one in signals:
            loop.remove_signal_handler(one)

    for one in signals:
        loop.add_signal_handler(one, ask, one.name)


def _timer(runners: Sequence["_Runner"], tick: timedelta) -> AsyncIOScheduler:
    # Every tick would be two lines of its log.
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    timer = AsyncIOScheduler(timezone=UTC)
    for runner in runners:
        trigger = IntervalTrigger(seconds=tick.total_seconds(), timezone=UTC)
        timer.add_job(runner.tick, trigger, next_run_time=utc_now(), misfire_grace_time=None, coalesce=True)
    timer.start()
    return timer


class _Runner:
    """One account's place in the process: at most one run of it is ever in hand."""

    def __init__(self, account: ServedAccount, now: Callable[[], datetime], stop: asyncio.Event) -> None:
        self._account = account
        self._now = now
        self._stop = stop
        self._work: asyncio.Task[None] | None = None
        self._settled: str | None = None
        self._waiting: str | None = None
        self._failures = 0

    async def tick(self) -> None:
        """Start what is due, unless a run is still in hand."""
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._settle(), name=f"run of {self._account.name}")

    async def finish(self) -> None:
        """Wait for the run in hand."""
        if self._work is not None:
            await self._work

    async def _settle(self) -> None:
        schedule = self._account.schedule
        slot = schedule.key(schedule.latest_slot(self._now()))
        if slot == self._settled:
            return
        try:
            await self._run(slot)
        except StoreBusy as busy:
            self._wait(slot, busy)
            return
        except ConnectorError as error:
            self._failed(slot, str(error))
        except Exception:
            # The one place that catches everything: a fault in one account's run must not end the service of the others.
            log.exception("%s: the run of %s broke.", self._account.name, slot)
            self._failed(slot, "an unexpected fault")
        self._settled = slot

    async def _run(self, slot: str) -> None:
        if await self._account.last_slot() == slot:
            return
        log.info("%s: running %s.", self._account.name, slot)
        await self._account.run(slot)
        self._failures = 0
        log.info("%s: %s is done.", self._account.name, slot)

    def _wait(self, slot: str, busy: StoreBusy) -> None:
        if self._waiting != slot:
            log.warning("%s: %s waits: %s", self._account.name, slot, busy)
        self._waiting = slot

    def _failed(self, slot: str, reason: str) -> None:
        if self._stop.is_set():
            log.info("%s: the run of %s was stopped: %s", self._account.name, slot, reason)
            return
        self._failures += 1
        log.error("%s: the run of %s failed (%d in a row): %s", self._account.name, slot, self._failures, reason)
