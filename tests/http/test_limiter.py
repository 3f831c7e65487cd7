"""The limiter keeps every rolling window of the vendor, whenever within a call the vendor counts it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.http import Limit, Limiter


class Clock:
    """Virtual time for many tasks: the earliest sleeper is woken when everybody else waits."""

    def __init__(self) -> None:
        self.time = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Event]] = []

    def __call__(self) -> float:
        """Return the present time."""
        return self.time

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock has moved this far."""
        event = asyncio.Event()
        self._sleepers.append((self.time + seconds, len(self._sleepers), event))
        await event.wait()

    async def run(self, work: Sequence[Awaitable[None]]) -> None:
        """Do all of `work`, moving the clock whenever everybody waits."""
        tasks = [asyncio.ensure_future(one) for one in work]
        while not all(task.done() for task in tasks):
            for _ in range(5 * len(tasks) + 5):
                await asyncio.sleep(0)
            if self._sleepers:
                self._sleepers.sort()
                self.time, _, event = self._sleepers.pop(0)
                event.set()
        await asyncio.gather(*tasks)


def _fullest(moments: Sequence[float], seconds: float) -> int:
    return max(sum(start <= moment < start + seconds - 1e-9 for moment in moments) for start in moments)


async def _run(lengths: Sequence[float], counted_at: Callable[[float, float], float], limit: Limit) -> list[float]:
    clock = Clock()
    limiter = Limiter({"all": limit}, headroom=0, clock=clock, sleep=clock.sleep)
    counted: list[float] = []

    async def call(length: float) -> None:
        async with limiter.places(("all",)):
            start = clock.time
            await clock.sleep(length)
            counted.append(counted_at(start, clock.time))

    await clock.run([call(length) for length in lengths])
    return counted


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0.01, 5), min_size=1, max_size=25), st.integers(1, 6))
def test_no_rolling_window_ever_holds_more_than_the_limit(lengths: list[float], calls: int):
    """Whether the vendor counts a call at its start or its end, no window of theirs holds more than `calls`."""
    limit = Limit(calls, 10)
    for counted_at in (min, max, lambda start, end: (start + end) / 2):
        counted = asyncio.run(_run(lengths, counted_at, limit))
        assert len(counted) == len(lengths)
        assert _fullest(counted, 10) <= calls


async def test_the_limit_is_used_to_the_full():
    """Six instant calls at two in ten seconds need two waits of one window, not more."""
    clock = Clock()
    limiter = Limiter({"all": Limit(2, 10)}, headroom=0, clock=clock, sleep=clock.sleep)

    async def call() -> None:
        async with limiter.places(("all",)):
            pass

    await clock.run([call() for _ in range(6)])
    assert clock.time == 20


async def test_headroom_is_left_of_told_limits_too():
    """Thirty percent of the limit stays with the customer's other apps, also when the vendor raises it; one call always remains."""
    limiter = Limiter({"all": Limit(100, 10)}, headroom=0.3)
    assert limiter.limit("all").calls == 70
    limiter.learn("all", Limit(190, 10))
    assert limiter.limit("all").calls == 133
    limiter.learn("all", Limit(1, 10))
    assert limiter.limit("all").calls == 1


async def test_a_held_lane_lets_nobody_in():
    """After the vendor asked for ten seconds, the next call of any stream starts no sooner."""
    clock = Clock()
    limiter = Limiter({"all": Limit(100, 10)}, headroom=0, clock=clock, sleep=clock.sleep)
    limiter.hold("all", 10)
    started: list[float] = []

    async def call() -> None:
        async with limiter.places(("all",)):
            started.append(clock.time)

    await clock.run([call(), call()])
    assert started == [10, 10]


async def test_a_failed_call_gives_its_place_back():
    """A call that raises counts against the window, but is not busy for ever."""
    clock = Clock()
    limiter = Limiter({"all": Limit(1, 10)}, headroom=0, clock=clock, sleep=clock.sleep)

    async def call() -> None:
        async with limiter.places(("all",)):
            raise ConnectionError

    results: list[type[BaseException] | None] = []

    async def caught() -> None:
        try:
            await call()
        except ConnectionError as error:
            results.append(type(error))

    await clock.run([caught(), caught()])
    assert results == [ConnectionError, ConnectionError]
    assert clock.time == 10
