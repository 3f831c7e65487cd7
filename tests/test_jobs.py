"""Serving: what runs, how often, and how it ends."""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from connector.errors import AccessRefused, ConnectorError, StoreBusy, TryLater
from connector.jobs import Inbox, ServedAccount, serve, stop_on_signals
from connector.model import Hint, Stream
from connector.schedule import Schedule

TICK = timedelta(milliseconds=10)
START = datetime(2017, 12, 31, 12, 0, 30, tzinfo=UTC)
FIRST, SECOND = "2017-12-31T12:00Z", "2017-12-31T12:01Z"


class Desk:
    """An account whose runs are written down; `fails` are raised by its next runs, in order, before they claim their slot."""

    def __init__(self, name: str = "acme", claimed: str | None = None) -> None:
        self.name = name
        self.claimed = claimed
        self.runs: list[str] = []
        self.fails: list[Exception] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.in_hand = 0
        self.most_in_hand = 0
        self.inbox = Inbox(most=3)
        self.followed: list[list[str]] = []
        self.news: list[Sequence[Hint] | Exception] = []

    async def run(self, slot: str) -> None:
        """Claim the slot, then work until the gate is open."""
        if self.fails:
            raise self.fails.pop(0)
        self.claimed = slot
        self.in_hand += 1
        self.most_in_hand = max(self.most_in_hand, self.in_hand)
        await self.gate.wait()
        self.in_hand -= 1
        self.runs.append(slot)

    async def follow(self, hints: Sequence[Hint]) -> None:
        """Follow hints while the gate is open."""
        if self.fails:
            raise self.fails.pop(0)
        self.in_hand += 1
        self.most_in_hand = max(self.most_in_hand, self.in_hand)
        await asyncio.sleep(0)
        self.in_hand -= 1
        self.followed.append(sorted(hint.record for hint in hints))

    async def watch(self, tell: Callable[[Sequence[Hint]], None]) -> None:
        """Tell the next news, or none."""
        told = self.news.pop(0) if self.news else ()
        if isinstance(told, Exception):
            raise told
        tell(told)

    async def last_slot(self) -> str | None:
        """Return what the last run claimed."""
        return self.claimed

    def served(self, schedule: str = "every 1 minute") -> ServedAccount:
        """Return the account as the service wants it."""
        return ServedAccount(self.name, Schedule.parse(schedule, ZoneInfo("UTC")), self.run, self.last_slot, self.follow, self.inbox)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        """Return the instant it stands at."""
        return self.time


@asynccontextmanager
async def serving(*desks: Desk, clock: Clock) -> AsyncIterator[asyncio.Event]:
    """Serve the desks while the block runs."""
    stop = asyncio.Event()
    service = asyncio.create_task(serve([desk.served() for desk in desks], stop=stop, tick=TICK, now=clock.now))
    try:
        yield stop
    finally:
        stop.set()
        await service


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds, for five seconds at most."""
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - any condition may be waited for, not only an event
            await asyncio.sleep(0.005)


async def some_ticks() -> None:
    """Let several ticks pass."""
    await asyncio.sleep(TICK.total_seconds() * 8)


async def test_one_missed_run_is_caught_up_then_each_slot_runs_once() -> None:
    """Of all that was missed the latest slot runs at once, and every later slot runs once when it is due."""
    clock, desk = Clock(), Desk(claimed="2017-12-31T09:00Z")

    async with serving(desk, clock=clock):
        await until(lambda: desk.runs == [FIRST])
        await some_ticks()
        clock.time += timedelta(minutes=1)
        await until(lambda: len(desk.runs) > 1)
        await some_ticks()

    assert desk.runs == [FIRST, SECOND]


async def test_a_restart_runs_no_slot_twice() -> None:
    """A slot that was claimed before this process started is not run again."""
    clock, desk = Clock(), Desk(claimed=FIRST)

    async with serving(desk, clock=clock):
        await some_ticks()

    assert desk.runs == []


async def test_a_busy_store_is_tried_again() -> None:
    """A run that found another process at work is tried again at the following ticks, within its slot."""
    clock, desk = Clock(), Desk()
    desk.fails = [StoreBusy("held by another process"), StoreBusy("held by another process")]

    async with serving(desk, clock=clock):
        await until(lambda: desk.runs == [FIRST])


@pytest.mark.parametrize("fault", [TryLater("the CRM does not answer"), ConnectorError("ours"), ZeroDivisionError("a bug")])
async def test_a_failed_run_waits_for_its_next_slot_and_stops_nobody(fault: Exception) -> None:
    """Whatever a run raises is kept to its account and slot: the others run, and so does its own next slot."""
    clock, broken, sound = Clock(), Desk("broken"), Desk("sound")
    broken.fails = [fault]

    async with serving(broken, sound, clock=clock):
        await until(lambda: sound.runs == [FIRST])
        await some_ticks()
        assert broken.runs == []
        clock.time += timedelta(minutes=1)
        await until(lambda: broken.runs == [SECOND] and sound.runs == [FIRST, SECOND])


async def test_failures_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    """The log says for which slot a run failed, why, and how many times in a row."""
    clock, desk = Clock(), Desk()
    desk.fails = [TryLater("the CRM does not answer"), TryLater("the CRM does not answer")]

    async with serving(desk, clock=clock):
        await until(lambda: len(desk.fails) == 1)
        clock.time += timedelta(minutes=1)
        await until(lambda: not desk.fails)

    assert f"acme: the run of {FIRST} failed (1 in a row): the CRM does not answer" in caplog.messages
    assert f"acme: the run of {SECOND} failed (2 in a row): the CRM does not answer" in caplog.messages


async def test_accounts_run_side_by_side_but_never_twice_at_once() -> None:
    """A long run holds back its own account's next slot and no other account."""
    clock, slow, quick = Clock(), Desk("slow"), Desk("quick")
    slow.gate.clear()

    async with serving(slow, quick, clock=clock):
        await until(lambda: slow.in_hand == 1 and quick.runs == [FIRST])
        clock.time += timedelta(minutes=1)
        await until(lambda: quick.runs == [FIRST, SECOND])
        slow.gate.set()
        await until(lambda: slow.runs == [FIRST, SECOND])

    assert slow.most_in_hand == 1


async def test_stopping_waits_for_the_run_in_hand() -> None:
    """Once told to stop, the service starts nothing and ends only after the run in hand has ended."""
    clock, desk, stop = Clock(), Desk(), asyncio.Event()
    desk.gate.clear()
    service = asyncio.create_task(serve([desk.served()], stop=stop, tick=TICK, now=clock.now))
    await until(lambda: desk.in_hand == 1)

    stop.set()
    clock.time += timedelta(minutes=1)
    await some_ticks()
    assert not service.done()
    desk.gate.set()
    await service

    assert desk.runs == [FIRST]


async def test_a_run_that_stops_on_request_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    """A run that breaks off because the service stops is logged as stopped, not as failed."""
    clock, stop = Clock(), asyncio.Event()
    at_work = asyncio.Event()

    async def run(_: str) -> None:
        at_work.set()
        await stop.wait()
        raise TryLater("Stopped on request.")

    account = replace(Desk().served(), run=run)
    caplog.set_level(logging.INFO)
    service = asyncio.create_task(serve([account], stop=stop, tick=TICK, now=clock.now))
    await at_work.wait()
    stop.set()
    await service

    assert f"acme: the run of {FIRST} was stopped: Stopped on request." in caplog.messages
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_signals_ask_for_a_stop(number: signal.Signals) -> None:
    """SIGTERM and Ctrl-C set the stop event instead of killing the process, and give the signals back afterwards."""
    before = signal.getsignal(number)
    stop = asyncio.Event()
    stop_on_signals(stop)

    os.kill(os.getpid(), number)
    async with asyncio.timeout(5):
        await stop.wait()

    assert signal.getsignal(number) in (before, signal.SIG_DFL, signal.default_int_handler)


def hints(*records: str) -> list[Hint]:
    """Return hints about these deals."""
    return [Hint("t", Stream.DEALS, record, "changed") for record in records]


async def test_a_burst_of_hints_is_followed_at_once():
    """Hints that come close together are one handful, each record once, and more than the inbox holds are left to the next run."""
    desk = Desk(claimed=FIRST)
    async with serving(desk, clock=Clock()):
        desk.inbox.put(hints("1", "2", "1"))
        desk.inbox.put(hints("2", "3", "4"))
        await until(lambda: bool(desk.followed))

    assert desk.followed == [["1", "2", "3"]]


async def test_hints_wait_while_a_run_is_in_hand():
    """Never are two things at work on one account: what comes during a scheduled run is followed after it."""
    desk, clock = Desk(), Clock()
    desk.gate.clear()
    async with serving(desk, clock=clock):
        await until(lambda: desk.in_hand == 1)
        desk.inbox.put(hints("1"))
        await asyncio.sleep(0.6)
        waiting = list(desk.followed)
        desk.gate.set()
        await until(lambda: bool(desk.followed))

    assert (waiting, desk.followed, desk.runs, desk.most_in_hand) == ([], [["1"]], [FIRST], 1)


@pytest.mark.parametrize(
    ("fault", "followed"),
    [(StoreBusy("held"), [["1"]]), (TryLater("down"), [["1"]]), (ConnectorError("no"), []), (ValueError("a bug"), [])],
)
async def test_hints_that_cannot_be_followed_now(fault: Exception, followed: list[list[str]]):
    """What passes is tried again; what does not is left to the next run; and neither ends the service."""
    desk = Desk(claimed=FIRST)
    desk.fails = [fault]
    async with serving(desk, clock=Clock()):
        desk.inbox.put(hints("1"))
        await until(lambda: not desk.fails)
        if followed:
            await until(lambda: bool(desk.followed))
        else:
            desk.inbox.put(hints("2"))
            await until(lambda: bool(desk.followed))

    assert desk.followed == (followed or [["2"]])


async def test_a_journal_is_asked_again_and_again(caplog: pytest.LogCaptureFixture):
    """What a journal tells is followed like anything told; what is wrong with it is said once, and asking goes on."""
    desk = Desk(claimed=FIRST)
    refused = AccessRefused("The app lacks a scope.")
    desk.news = [hints("1"), refused, refused, ValueError("a bug"), TryLater("down"), hints("2")]
    caplog.set_level(logging.INFO)
    stop = asyncio.Event()
    account = replace(desk.served(), watch=desk.watch, every=timedelta(milliseconds=5))
    service = asyncio.create_task(serve([account], stop=stop, tick=TICK, now=Clock().now))
    await until(lambda: [one for handful in desk.followed for one in handful] == ["1", "2"])
    stop.set()
    await service

    said = [message for message in caplog.messages if message.startswith("acme: ") and "broke" not in message]
    assert said == [
        "acme: The app lacks a scope.",
        "acme: an unexpected fault",
        "acme: down",
        "acme: changes are written down and read again.",
    ]
