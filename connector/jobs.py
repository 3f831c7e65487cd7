"""Serving: runs each account's road when its schedule says so, and follows hints in between, until it is told to stop."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from connector.errors import ConnectorError, StoreBusy, TryLater
from connector.model import Hint, Stream
from connector.schedule import Schedule

log = logging.getLogger(__name__)
TICK = timedelta(seconds=5)
"""How often it is asked what is due; the most that a run starts late."""

QUIET = timedelta(seconds=0.5)
"""How long hints are collected from the first one on, so that a burst is followed at once."""
BATCH = 100
"""How many records are followed at once."""
MOST = 1_000
"""How many records may wait; what comes beyond is left to the next whole run, which is quicker then."""
_LONGEST_WAIT = 60.0
_LONGEST_SILENCE = 600.0
"""How long a journal that does not answer is left alone at most."""


class Inbox:
    """The hints of one account that were not followed yet, one for each record: it is the record that is read again, not the hint.

    They are kept in memory alone. What is lost with the process is found by the next whole run.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._waiting: dict[tuple[Stream, str], Hint] = {}
        self._there = asyncio.Event()

    def put(self, hints: Sequence[Hint]) -> None:
        """Add hints; from the event loop's own thread only."""
        for hint in hints:
            if len(self._waiting) < self._most:
                self._waiting.setdefault((hint.stream, hint.record), hint)
        if self._waiting:
            self._there.set()

    async def take(self, quiet: timedelta = QUIET) -> Sequence[Hint]:
        """Wait for a hint and for those that follow close behind, and take up to `BATCH` of them."""
        await self._there.wait()
        await asyncio.sleep(quiet.total_seconds())
        keys = list(self._waiting)[:BATCH]
        taken = [self._waiting.pop(key) for key in keys]
        if not self._waiting:
            self._there.clear()
        return taken


@dataclass(frozen=True, slots=True)
class ServedAccount:
    """One account to serve.

    `run` claims the slot it is given and runs the road once; it raises StoreBusy when another process is at work on the account.
    `last_slot` tells which slot was claimed last, by this process or any other. `follow` brings up to date what the hints name that come
    into `inbox`. `watch` asks once what the CRM has written down of its changes and puts it there, `every` so often.
    """

    name: str
    schedule: Schedule
    run: Callable[[str], Awaitable[None]]
    last_slot: Callable[[], Awaitable[str | None]]
    follow: Callable[[Sequence[Hint]], Awaitable[None]] | None = None
    inbox: Inbox = field(default_factory=Inbox)
    watch: Callable[[Callable[[Sequence[Hint]], None]], Awaitable[None]] | None = None
    every: timedelta = timedelta(seconds=10)


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
    followers = [asyncio.create_task(runner.follow(), name=f"hints of {runner.name}") for runner in runners]
    followers += [asyncio.create_task(runner.watch(), name=f"journal of {runner.name}") for runner in runners]
    timer = _timer(runners, tick)
    try:
        await stop.wait()
    finally:
        stop.set()
        for follower in followers:
            follower.cancel()
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
        self._turn = asyncio.Lock()
        self.name = account.name

    async def tick(self) -> None:
        """Start what is due, unless a run is still in hand."""
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._settle(), name=f"run of {self._account.name}")

    async def finish(self) -> None:
        """Wait for the run in hand."""
        if self._work is not None:
            await self._work
        async with self._turn:
            return

    async def follow(self) -> None:
        """Follow hints as they come, for ever; while a run is in hand, here or in another process, they wait."""
        wait = 0.0
        while self._account.follow is not None:
            hints = await self._account.inbox.take()
            # A task of its own, because this one is cancelled when the service ends, and what is begun is to be finished.
            is_later = await asyncio.shield(asyncio.create_task(self._follow(hints), name=f"hints in hand of {self.name}"))
            wait = min(max(2 * wait, 1.0), _LONGEST_WAIT) if is_later else 0.0
            await asyncio.sleep(wait)

    async def watch(self) -> None:
        """Ask for changes for ever; what is wrong is said once, and then asked more and more seldom, until it is right again."""
        wait, said = self._account.every.total_seconds(), ""
        while self._account.watch is not None and not self._stop.is_set():
            error = await _contained(self.name, "asking for changes", self._account.watch(self._account.inbox.put))
            kind = "" if error is None else type(error).__name__
            if kind != said:
                log.warning("%s: %s", self.name, error or "changes are written down and read again.")
            wait = self._account.every.total_seconds() if error is None else min(2 * wait, _LONGEST_SILENCE)
            said = kind
            await asyncio.sleep(wait)

    async def _follow(self, hints: Sequence[Hint]) -> bool:
        """Follow these hints; return whether they are to be tried again later."""
        async with self._turn:
            if self._account.follow is None or self._stop.is_set():
                return False
            error = await _contained(self.name, "following hints", self._account.follow(hints))
        if isinstance(error, (StoreBusy, TryLater)):
            log.info("%s: %d records wait: %s", self.name, len(hints), error)
            self._account.inbox.put(hints)
            return True
        if error is not None:
            log.warning("%s: %d records are left to the next whole run: %s", self.name, len(hints), error)
        return False

    async def _settle(self) -> None:
        async with self._turn:
            await self._settle_slot()

    async def _settle_slot(self) -> None:
        schedule = self._account.schedule
        slot = schedule.key(schedule.latest_slot(self._now()))
        if slot == self._settled:
            return
        error = await _contained(self.name, f"the run of {slot}", self._run(slot))
        if isinstance(error, StoreBusy):
            self._wait(slot, error)
            return
        if error is not None:
            self._failed(slot, str(error))
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


async def _contained(account: str, what: str, work: Awaitable[None]) -> ConnectorError | None:
    """Do some work for an account and return what went wrong."""
    try:
        await work
    except ConnectorError as error:
        return error
    except Exception:
        # The one place that catches everything: a fault in one account's run must not end the service of the others.
        log.exception("%s: %s broke.", account, what)
        return ConnectorError("an unexpected fault")
    return None
