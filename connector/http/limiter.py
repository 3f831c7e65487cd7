"""One limiter per account: exact rolling windows, shared by everything that talks to that account."""

import asyncio
import math
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `calls` requests in any `seconds`."""

    calls: int
    seconds: float

    def leaving(self, headroom: float) -> "Limit":
        """Return this limit with the share `headroom` (0 to 1) left to others; one call always remains."""
        return Limit(max(1, math.floor(self.calls * (1 - headroom))), self.seconds)


class Window:
    """One rolling limit.

    A call takes a place from its start until `seconds` after its end: whenever the vendor counts it in between, no window of theirs
    can ever hold more than `calls`. A leaky bucket would let a burst and its refill fall into one window.
    """

    def __init__(self, limit: Limit, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]]) -> None:
        self.limit = limit
        self._clock = clock
        self._sleep = sleep
        self._busy = 0
        self._ended: deque[float] = deque()
        self._closed_until = 0.0
        self._door = asyncio.Lock()
        self._moved = asyncio.Event()

    def hold(self, seconds: float) -> None:
        """Let nobody in for `seconds`."""
        self._closed_until = max(self._closed_until, self._clock() + seconds)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Wait for a place, first come first served, and keep it during the call."""
        async with self._door:
            await self._admit()
            self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1
            self._ended.append(self._clock())
            self._moved.set()

    async def _admit(self) -> None:
        while (wait := self._wait()) != 0:
            if wait is None:
                self._moved.clear()
                await self._moved.wait()
            else:
                await self._sleep(wait)

    def _wait(self) -> float | None:
        """Return the seconds until there may be a place; None when that hangs on a call that still runs."""
        now = self._clock()
        while self._ended and self._ended[0] + self.limit.seconds <= now:
            self._ended.popleft()
        if now < self._closed_until:
            return self._closed_until - now
        if self._busy + len(self._ended) < self.limit.calls:
            return 0
        return self._ended[0] + self.limit.seconds - now if self._ended else None


class Limiter:
    """The account's windows by lane name; `headroom` is the share of each limit that is left to the customer's other apps."""

    def __init__(
        self,
        limits: Mapping[str, Limit],
        *,
        headroom: float = 0.3,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._headroom = headroom
        self._windows = {lane: Window(limit.leaving(headroom), clock, sleep) for lane, limit in limits.items()}

    @asynccontextmanager
    async def places(self, lanes: tuple[str, ...]) -> AsyncIterator[None]:
        """Hold a place in every one of `lanes` during a call."""
        async with AsyncExitStack() as stack:
            for lane in lanes:
                await stack.enter_async_context(self._windows[lane].place())
            yield

    def learn(self, lane: str, limit: Limit) -> None:
        """Take over what the vendor says about a lane's limit."""
        self._windows[lane].limit = limit.leaving(self._headroom)

    def limit(self, lane: str) -> Limit:
        """Return the limit that is kept now, headroom applied."""
        return self._windows[lane].limit

    def hold(self, lane: str, seconds: float) -> None:
        """Stop a lane for `seconds`, because the vendor asked for it."""
        self._windows[lane].hold(seconds)
