"""Answers that hold for a moment, so that streams read side by side, and deliveries one after another, need not ask for them again."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")
SECONDS = 60.0


class Memo(Generic[T]):
    """Keeps the last answer to one question for a minute."""

    def __init__(self, ask: Callable[[], Awaitable[T]], clock: Callable[[], float] = time.monotonic) -> None:
        self._ask = ask
        self._clock = clock
        self._kept: tuple[float, T] | None = None
        self._lock = asyncio.Lock()

    async def get(self) -> T:
        """Return the answer; a failure is not kept."""
        async with self._lock:
            if self._kept is None or self._clock() - self._kept[0] >= SECONDS:
                self._kept = (self._clock(), await self._ask())
            return self._kept[1]
