"""One limiter per account: exact rolling windows that learn from answers, shared by everything that talks to that account."""

import asyncio
import math
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

SHRINK = 0.5
"""What is left of our share of a limit after the vendor asked us to slow down."""
GROWTH = 0.005
"""How much of the whole comes back with each second: from a half to all of it in a hundred seconds."""
LEAST = 0.05
_ROUNDING = 1e-9
"""Seven tenths of seventy are 49, whatever binary fractions say."""
AT_ONCE = 30
"""The most requests in flight: enough for the fastest limit known (25 a second) at a second an answer, and no flood of connections."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `calls` requests in any `seconds`."""

    calls: int
    seconds: float

    def part(self, share: float) -> "Limit":
        """Return `share` (0 to 1) of this limit; one call always remains."""
        return Limit(max(1, math.floor(self.calls * share + _ROUNDING)), self.seconds)


class Window:
    """One rolling limit.

    A call takes a place from its start until `seconds` after its end: whenever the vendor counts it in between, no window of theirs
    can ever hold more than `calls`. A leaky bucket would let a burst and its refill fall into one window.
    """

    def __init__(self, limit: Limit, headroom: float, clock: Callable[[], float]) -> None:
        self._told = limit
        self._headroom = headroom
        self._clock = clock
        self._share = 1.0
        self._shrunk_at = -math.inf
        self._busy = 0
        self._ended: deque[float] = deque()
        self._others = 0
        self._others_until = 0.0
        self._closed_until = 0.0

    @property
    def told(self) -> Limit:
        """The vendor's whole limit."""
        return self._told

    @property
    def limit(self) -> Limit:
        """The limit that we keep now: what was told, less headroom, less what a recent 429 took."""
        return self._told.part((1 - self._headroom) * self._grown())

    def wait(self) -> float | None:
        """Return the seconds until there may be a place; None when that hangs on a call that still runs."""
        now = self._clock()
        if now < self._closed_until:
            return self._closed_until - now
        ended, others = self._ended_since(now - self._told.seconds), self._others if now < self._others_until else 0
        if self._busy + ended < min(self.limit.calls, self._told.calls - others):
            return 0
        moments = [self._ended[-ended] + self._told.seconds] if ended else []
        moments += [self._others_until] if others else []
        return max(min(moments) - now, 1e-6) if moments else None

    def enter(self) -> None:
        """Take a place."""
        self._busy += 1

    def leave(self) -> None:
        """Let the place of a call that has ended grow free, `seconds` from now."""
        self._busy -= 1
        self._ended.append(self._clock())
        # Kept beyond their time, because an answer may still count calls that have just run out here.
        while self._ended[0] < self._ended[-1] - 2 * self._told.seconds:
            self._ended.popleft()

    def learn(self, limit: Limit, left: int | None, since: float) -> None:
        """Take over what an answer to a call begun at `since` says: the limit and, where told, how many calls are left of it.

        Calls that are used up and cannot be ours are those of another process with the same token; they hold places of the window, too.
        """
        self._told = limit
        now = self._clock()
        if left is None or now - since > limit.seconds:
            return
        ours = self._busy + self._ended_since(since - limit.seconds)
        self._others, self._others_until = max(0, limit.calls - left - ours), now + limit.seconds

    def slow_down(self, seconds: float, since: float) -> None:
        """Let nobody in for `seconds`, and keep to a part of the limit; calls begun before the last shrinking shrink it no further."""
        now = self._clock()
        if since >= self._shrunk_at:
            self._share, self._shrunk_at = max(LEAST, SHRINK * self._grown()), now
        self._closed_until = max(self._closed_until, now + seconds)

    def _grown(self) -> float:
        return min(1.0, self._share + GROWTH * (self._clock() - self._shrunk_at))

    def _ended_since(self, moment: float) -> int:
        return sum(1 for ended in self._ended if ended > moment)


class Limiter:
    """The account's windows by lane name; `headroom` is the share of each limit that is left to the customer's other apps.

    `at_once` is how many requests are in flight at most.
    """

    def __init__(
        self,
        limits: Mapping[str, Limit],
        *,
        headroom: float = 0.3,
        at_once: int = AT_ONCE,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.waited = 0.0
        self._windows = {lane: Window(limit, headroom, clock) for lane, limit in limits.items()}
        self._clock = clock
        self._sleep = sleep
        self._doors: defaultdict[tuple[str, ...], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._moved = asyncio.Event()
        self._busy = 0
        self._at_once = at_once

    @asynccontextmanager
    async def places(self, lanes: tuple[str, ...]) -> AsyncIterator[float]:
        """Wait for a place in every one of `lanes` at once, first come first served, and hold them during the call; gives its start."""
        windows = [self._windows[lane] for lane in lanes]
        async with self._doors[lanes]:
            await self._admitted(windows)
            self._busy += 1
            for window in windows:
                window.enter()
        try:
            yield self._clock()
        finally:
            self._busy -= 1
            for window in windows:
                window.leave()
            self._moved.set()

    def learn(self, lane: str, limit: Limit, *, left: int | None, since: float) -> None:
        """Take over what the vendor says about a lane's limit, see `Window`."""
        self._windows[lane].learn(limit, left, since)

    def told(self, lane: str) -> Limit:
        """Return the vendor's whole limit, as it was told last."""
        return self._windows[lane].told

    def limit(self, lane: str) -> Limit:
        """Return the limit that is kept now."""
        return self._windows[lane].limit

    def slow_down(self, lane: str, seconds: float, *, since: float) -> None:
        """Stop a lane for `seconds` and go on slower, because the vendor asked a call begun at `since` for it."""
        self._windows[lane].slow_down(seconds, since)

    async def _admitted(self, windows: list[Window]) -> None:
        while (wait := self._wait(windows)) != 0:
            if wait is None:
                self._moved.clear()
                await self._moved.wait()
            else:
                began = self._clock()
                await self._sleep(wait)
                self.waited += self._clock() - began

    def _wait(self, windows: list[Window]) -> float | None:
        waits = [window.wait() for window in windows]
        known = [wait for wait in waits if wait]
        if self._busy >= self._at_once or (None in waits and not known):
            return None
        return max(known, default=0)
