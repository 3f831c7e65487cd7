"""The limiter keeps every rolling window of the vendor, whenever within a call the vendor counts it."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.http import Limit, Limiter
from connector.http.limiter import AT_ONCE


class Clock:
    """Virtual time for many tasks: the earliest sleeper is woken when everybody else waits."""

    def __init__(self) -> None:
        self.time = 0.0
        self._numbers = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Event]] = []

    def __call__(self) -> float:
        """Return the present time."""
        return self.time

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock has moved this far."""
        event = asyncio.Event()
        self._sleepers.append((self.time + seconds, next(self._numbers), event))
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


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.floats(0.01, 3)), min_size=1, max_size=30), st.integers(2, 8), st.integers(1, 2))
def test_no_window_of_two_lanes_is_ever_exceeded(calls: list[tuple[bool, float]], burst: int, search: int):
    """Searches count in their own window and in that of everything; neither is ever exceeded, and every call is let in."""
    counted: dict[bool, list[float]] = {True: [], False: []}

    async def run() -> None:
        clock = Clock()
        limiter = Limiter({"search": Limit(search, 1), "burst": Limit(burst, 10)}, headroom=0, clock=clock, sleep=clock.sleep)

        async def call(length: float, *, is_search: bool) -> None:
            async with limiter.places(("search", "burst") if is_search else ("burst",)):
                await clock.sleep(length)
                counted[is_search].append(clock.time)

        await clock.run([call(length, is_search=is_search) for is_search, length in calls])

    asyncio.run(run())
    assert len(counted[True]) + len(counted[False]) == len(calls)
    assert _fullest([*counted[True], *counted[False]], 10) <= burst
    assert not counted[True] or _fullest(counted[True], 1) <= search


async def test_a_full_search_lane_holds_nobody_else_up():
    """While searches wait for their own window, other calls go out, and a waiting search holds no place of the others."""
    clock = Clock()
    limiter = Limiter({"search": Limit(1, 1), "burst": Limit(10, 10)}, headroom=0, clock=clock, sleep=clock.sleep)
    went: list[tuple[str, float]] = []

    async def call(*lanes: str) -> None:
        async with limiter.places(lanes):
            went.append((lanes[0], clock.time))

    await clock.run([*(call("search", "burst") for _ in range(3)), *(call("burst") for _ in range(7))])
    assert [time for lane, time in went if lane == "search"] == [0, 1, 2]
    assert [time for lane, time in went if lane == "burst"] == [0] * 7


async def test_a_slow_down_halves_the_limit_and_it_grows_back():
    """Calls that were in flight when the vendor said slower count once; a two-hundredth of the whole comes back each second."""
    clock = Clock()
    limiter = Limiter({"all": Limit(100, 10)}, headroom=0.3, clock=clock, sleep=clock.sleep)
    for _ in range(5):
        limiter.slow_down("all", 10, since=-1.0)
    assert limiter.limit("all").calls == 35
    clock.time = 20
    assert limiter.limit("all").calls == 42
    limiter.slow_down("all", 10, since=20)
    assert limiter.limit("all").calls == 21
    clock.time = 20 + 140
    assert limiter.limit("all").calls == 70


async def test_a_limit_that_others_share_is_found_by_itself():
    """Where others take two fifths of a limit unseen, fewer than one call in twenty is refused, and three quarters of the rest are used."""
    clock = Clock()
    limiter = Limiter({"all": Limit(20, 10)}, headroom=0, clock=clock, sleep=clock.sleep)
    taken: list[float] = []
    refused: list[float] = []
    left = iter(range(300))

    async def work() -> None:
        for _ in left:
            async with limiter.places(("all",)) as since:
                await clock.sleep(0.1)
                is_full = sum(moment > clock.time - 10 for moment in taken) >= 12
                (refused if is_full else taken).append(clock.time)
            if is_full:
                limiter.slow_down("all", 10, since=since)

    await clock.run([work() for _ in range(10)])
    assert len(refused) < 0.05 * 300
    assert len(taken) / clock.time > 0.75 * 12 / 10


async def test_what_another_process_used_is_not_ours():
    """Where more of the limit is gone than we can have used, only the rest is taken until that use has run out."""
    clock = Clock()
    limiter = Limiter({"all": Limit(10, 10)}, headroom=0, clock=clock, sleep=clock.sleep)
    went: list[float] = []

    async def call() -> None:
        async with limiter.places(("all",)) as since:
            went.append(clock.time)
        if len(went) == 1:
            limiter.learn("all", Limit(10, 10), left=2, since=since)

    await clock.run([call()])
    await clock.run([call() for _ in range(9)])
    assert went == [0] * 3 + [10] * 7


async def test_our_own_calls_are_not_taken_for_another_process():
    """What answers say is left, counted at any moment while the call ran, never makes us think that somebody else is there."""
    clock = Clock()
    limiter = Limiter({"all": Limit(5, 10)}, headroom=0, clock=clock, sleep=clock.sleep)
    counted: list[float] = []
    went: list[float] = []

    async def call() -> None:
        async with limiter.places(("all",)) as since:
            went.append(clock.time)
            await clock.sleep(0.5)
            counted.append(clock.time)
            left = 5 - sum(moment > clock.time - 10 for moment in counted)
            await clock.sleep(0.5)
        limiter.learn("all", Limit(5, 10), left=left, since=since)

    await clock.run([call() for _ in range(15)])
    assert went == [0] * 5 + [11] * 5 + [22] * 5


async def test_only_so_many_calls_are_in_flight():
    """However much the limits allow, no flood of connections goes out at once."""
    clock = Clock()
    limiter = Limiter({"all": Limit(1000, 10)}, headroom=0, clock=clock, sleep=clock.sleep)
    went: list[float] = []

    async def call() -> None:
        async with limiter.places(("all",)):
            went.append(clock.time)
            await clock.sleep(1)

    await clock.run([call() for _ in range(AT_ONCE + 5)])
    assert went == [0] * AT_ONCE + [1] * 5
    assert limiter.waited == 0


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
    limiter.learn("all", Limit(190, 10), left=None, since=0)
    assert limiter.limit("all").calls == 133
    limiter.learn("all", Limit(1, 10), left=None, since=0)
    assert limiter.limit("all").calls == 1


async def test_a_held_lane_lets_nobody_in():
    """After the vendor asked for ten seconds, the next call of any stream starts no sooner."""
    clock = Clock()
    limiter = Limiter({"all": Limit(100, 10)}, headroom=0, clock=clock, sleep=clock.sleep)
    limiter.slow_down("all", 10, since=0)
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
