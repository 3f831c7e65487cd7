"""How long a request is tried again, and how the waiting in between is done."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type

from connector.http.judging import Again, Call

T = TypeVar("T")
log = logging.getLogger("connector.http")
_MOST_ATTEMPTS = 12


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one request may take (`timeout`) and one call with all its retries (`budget`), in seconds; and how waiting is done.

    What a call waits for its turn does not count against its budget.
    """

    timeout: float = 30.0
    budget: float = 60.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


@dataclass(slots=True)
class Trial:
    """One call with its repetitions; `spent` are the seconds that it was on the wire or waited after a failure."""

    call: Call
    spent: float = 0.0


async def patiently(patience: Patience, attempt: Callable[[Trial], Awaitable[T]], call: Call) -> T:
    """Try until it works, until it can not, or until the budget is spent; then raise what the last failure means."""
    trial = Trial(call)

    def is_spent(state: RetryCallState) -> bool:
        return state.attempt_number >= _MOST_ATTEMPTS or trial.spent + state.upcoming_sleep >= patience.budget

    def note(state: RetryCallState) -> None:
        trial.spent += state.upcoming_sleep
        log.warning("%s: trying again in %.1f s (%s)", call, state.upcoming_sleep, state.outcome and state.outcome.exception())

    retrying = AsyncRetrying(
        retry=retry_if_exception_type(Again), wait=_pause, stop=is_spent, sleep=patience.sleep, before_sleep=note, reraise=True
    )
    try:
        return await retrying(attempt, trial)
    except Again as again:
        raise again.final from again.__cause__


def _pause(state: RetryCallState) -> float:
    again = state.outcome.exception() if state.outcome else None
    jitter = random.uniform(0.0, 0.5)  # noqa: S311 - spreads retries, guards no secret
    if isinstance(again, Again) and again.wait is not None:
        return again.wait + jitter
    return min(8.0, 0.25 * float(2**state.attempt_number)) + jitter
