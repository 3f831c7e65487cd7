"""One client per account: every request of every stream passes here, and every failure becomes one of our words."""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt, stop_any, stop_before_delay

from connector.errors import AccessRefused, ConnectorError, CredentialsError, TryLater
from connector.http.answer import Answer, Body, Refused, Unanswered, read_body
from connector.http.clock import Clock
from connector.http.limiter import Limiter
from connector.http.vendor import Meaning, Vendor

log = logging.getLogger("connector.http")
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_OF_THE_WIRE = (httpx.NetworkError, httpx.TimeoutException)
"""Failures whose text tells of the network only. Others, of the protocol, may cite headers, and so the token."""
_LOCK_SECONDS = 2.0
_MOST_ATTEMPTS = 12
_IDLE_SECONDS = 3.0
"""An idle connection is dropped sooner than servers do it (5 s and more), so that no write meets a connection that just closes."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one request may take (`timeout`) and one call with all its retries (`budget`), in seconds; and how waiting is done."""

    timeout: float = 30.0
    budget: float = 60.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    path: str
    params: Mapping[str, str]
    body: Body | None
    is_read: bool
    is_repeatable: bool

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class _Again(Exception):
    """Try once more after `wait` seconds (None: by back-off); when the budget is spent, `final` is what the caller reads."""

    def __init__(self, final: ConnectorError, wait: float | None = None) -> None:
        super().__init__(str(final))
        self.final = final
        self.wait = wait


def _pause(state: RetryCallState) -> float:
    again = state.outcome.exception() if state.outcome else None
    jitter = random.uniform(0.0, 0.5)  # noqa: S311 - spreads retries, guards no secret
    if isinstance(again, _Again) and again.wait is not None:
        return again.wait + jitter
    return min(8.0, 0.25 * float(2**state.attempt_number)) + jitter


class Client:
    """Talks to one account at one base URL. `token` is asked for the bearer token of each request.

    `before_write` is awaited each time just before a request that writes goes on the wire, however long that had to wait for its turn,
    and before each repetition; what it raises ends the call, and nothing was sent.
    """

    def __init__(
        self,
        base_url: str,
        *,
        token: Callable[[], Awaitable[str]],
        vendor: Vendor,
        limiter: Limiter,
        patience: Patience | None = None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.calls = 0
        self.before_write: Callable[[], Awaitable[None]] | None = None
        self._token = token
        self._vendor = vendor
        self._limiter = limiter
        self._patience = patience or Patience()
        self._clock = Clock(self.base_url)
        limits = httpx.Limits(keepalive_expiry=_IDLE_SECONDS)
        self._http = httpx.AsyncClient(timeout=self._patience.timeout, limits=limits, headers={"Accept": "application/json"})
        # They log whole URLs, whose query values may be personal data, and headers that are malformed; ours is the log that counts.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> Body:
        """Read something.

        Raises:
            CredentialsError, AccessRefused, TryLater: see `connector.errors`.
            Refused: the vendor said no for another reason.
        """
        return await self._patiently(_Call("GET", path, params or {}, None, is_read=True, is_repeatable=True))

    async def ask(self, path: str, body: Body, params: Mapping[str, str] | None = None) -> Body:
        """Read something by a POST (search, batch read), which may be repeated like a GET; raises as `get` does."""
        return await self._patiently(_Call("POST", path, params or {}, body, is_read=True, is_repeatable=True))

    async def send(self, method: str, path: str, body: Body, *, is_repeatable: bool = False) -> Body:
        """Write something. `is_repeatable` says that doing it twice does no harm, so that a 5xx answer may be tried again.

        Raises:
            CredentialsError, AccessRefused, TryLater, Refused: as `get`; nothing was written.
            Unanswered: it was sent, and whether it landed is unknown.
        """
        return await self._patiently(_Call(method, path, {}, body, is_read=False, is_repeatable=is_repeatable))

    def now(self) -> datetime:
        """Return the vendor's present time (UTC), see `Clock`."""
        return self._clock.now()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _patiently(self, call: _Call) -> Body:
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(_Again),
            wait=_pause,
            stop=stop_any(stop_before_delay(self._patience.budget), stop_after_attempt(_MOST_ATTEMPTS)),
            sleep=self._patience.sleep,
            before_sleep=self._note_retry,
            reraise=True,
        )
        try:
            return await retrying(self._once, call)
        except _Again as again:
            raise again.final from again.__cause__

    @staticmethod
    def _note_retry(state: RetryCallState) -> None:
        log.warning("%s: trying again in %.1f s (%s)", state.args[0], state.upcoming_sleep, state.outcome and state.outcome.exception())

    async def _once(self, call: _Call) -> Body:
        lanes = self._vendor.lanes(call.method, call.path)
        async with self._limiter.places(lanes):
            headers = {"Authorization": f"Bearer {await self._token()}"}
            if self.before_write and not call.is_read:
                await self.before_write()
            started = time.monotonic()
            self.calls += 1
            try:
                response = await self._http.request(
                    call.method, self.base_url + call.path, params=call.params or None, json=call.body, headers=headers
                )
            except httpx.RequestError as error:
                log.info("%s failed after %.0f ms: %s", call, 1000 * (time.monotonic() - started), type(error).__name__)
                raise self._unreached(call, error) from (error if isinstance(error, _OF_THE_WIRE) else None)
            log.info("%s %d %.0f ms", call, response.status_code, 1000 * (time.monotonic() - started))
        answer = Answer(response.status_code, response.headers, read_body(response.text))
        self._heed(lanes, answer)
        return self._judge(call, lanes, answer)

    def _heed(self, lanes: tuple[str, ...], answer: Answer) -> None:
        self._clock.hear(answer.headers.get("date"))
        if limit := self._vendor.limit(answer):
            self._limiter.learn(lanes[-1], limit)

    def _unreached(self, call: _Call, error: httpx.RequestError) -> Exception:
        why = (isinstance(error, _OF_THE_WIRE) and str(error)) or type(error).__name__
        if call.is_read or isinstance(error, _NEVER_SENT):
            return _Again(TryLater(f"{self._vendor.title} cannot be reached at {self.base_url}: {why}."))
        return self._unanswered(call, f"the connection failed ({why})")

    def _unanswered(self, call: _Call, why: str) -> Unanswered:
        return Unanswered(f"{self._vendor.title} at {self.base_url} left {call} without an answer: {why}; it may have landed.")

    def _judge(self, call: _Call, lanes: tuple[str, ...], answer: Answer) -> Body:
        meaning = self._vendor.meaning(answer.status)
        if meaning is Meaning.GOOD and answer.body is not None:
            return answer.body
        if meaning in (Meaning.GOOD, Meaning.BROKEN):
            raise self._broken(call, answer)
        if meaning is Meaning.SLOWER:
            raise self._slower(lanes, answer)
        if meaning is Meaning.LOCKED:
            raise _Again(self._later(answer), _LOCK_SECONDS)
        raise self._final(call, meaning, answer)

    def _broken(self, call: _Call, answer: Answer) -> Exception:
        said = "an unreadable body" if answer.body is None else self._vendor.reason(answer)
        is_cut = self._vendor.meaning(answer.status) is Meaning.GOOD
        if call.is_read or (call.is_repeatable and not is_cut):
            return _Again(TryLater(f"{self._vendor.title} at {self.base_url} fails to answer {call}: status {answer.status}, {said}."))
        return self._unanswered(call, f"status {answer.status}, {said}")

    def _slower(self, lanes: tuple[str, ...], answer: Answer) -> Exception:
        wait = self._vendor.wait(answer)
        if wait is None:
            return self._later(answer)
        for lane in lanes:
            self._limiter.hold(lane, wait)
        return _Again(self._later(answer), wait)

    def _later(self, answer: Answer) -> TryLater:
        return TryLater(f"{self._vendor.title} at {self.base_url} asks us to come back later: {self._vendor.reason(answer)}")

    def _final(self, call: _Call, meaning: Meaning, answer: Answer) -> ConnectorError:
        who, why = f"{self._vendor.title} at {self.base_url}", self._vendor.reason(answer)
        if meaning is Meaning.CREDENTIAL:
            return CredentialsError(f"{who} does not accept the token we hold: {why}")
        if meaning is Meaning.LATER:
            return self._later(answer)
        if meaning is Meaning.SCOPE:
            needs = self._vendor.needs(answer)
            asks = f"it needs {', '.join(needs)}" if needs else why
            return AccessRefused(f"{who} does not let this token do {call}: {asks}", needs)
        return Refused(f"{who} refuses {call}: status {answer.status}, {why}", answer)
