"""One client per account: every request of every stream passes here, and every failure becomes one of our words."""

import logging
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import TypeVar

import httpx

from connector.http.answer import Answer, Body
from connector.http.bearer import Bearer
from connector.http.clock import Clock
from connector.http.day import Day
from connector.http.judging import Call, Expired, Judge, Query
from connector.http.limiter import Limit, Limiter
from connector.http.patience import Patience, Trial, patiently
from connector.http.vendor import Meaning, Vendor
from connector.model import Usage

T = TypeVar("T")
log = logging.getLogger("connector.http")
_TOKENS = "tokens"
"""What requests for tokens are counted as."""
_IDLE_SECONDS = 3.0
"""An idle connection is dropped sooner than servers do it (5 s and more), so that no write meets a connection that just closes."""


@cache
def _authorities() -> ssl.SSLContext:
    """Return whose certificates are trusted; reading them takes longer than many a request, so that is done once for all clients."""
    return httpx.create_ssl_context()


class Client:
    """Talks to one account at one base URL; `bearer` gives the token of each request, None sends none.

    `before_write` is awaited each time just before a request that writes goes on the wire, however long that had to wait for its turn,
    and before each repetition; what it raises ends the call, and nothing was sent. `reserve` is the share of the account's day that is
    left to others; `day` and `usage` tell how far it is used, and what we sent. `headers` go with every request.
    """

    def __init__(
        self,
        base_url: str,
        *,
        bearer: Bearer | None,
        vendor: Vendor,
        limiter: Limiter,
        patience: Patience | None = None,
        reserve: float = 0.0,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.before_write: Callable[[], Awaitable[None]] | None = None
        self.usage = Usage()
        self.day = Day(vendor.title, reserve, self.now)
        self._bearer = bearer
        self._vendor = vendor
        self._limiter = limiter
        self._patience = patience or Patience()
        self._clock = Clock(self.base_url)
        self._judge = Judge(vendor, self.base_url, self.day)
        limits = httpx.Limits(keepalive_expiry=_IDLE_SECONDS)
        always = {"Accept": "application/json", **(headers or {})}
        self._http = httpx.AsyncClient(verify=_authorities(), timeout=self._patience.timeout, limits=limits, headers=always)
        # They log whole URLs, whose query values may be personal data, and headers that are malformed; ours is the log that counts.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)

    @property
    def calls(self) -> int:
        """How many requests were sent."""
        return self.usage.calls

    async def get(self, path: str, params: Query | None = None) -> Body:
        """Read something.

        Raises:
            CredentialsError, AccessRefused, TryLater: see `connector.errors`.
            Refused: the vendor said no for another reason.
        """
        return await self._do(Call("GET", path, params or {}, None, is_read=True, is_repeatable=True))

    async def ask(self, path: str, body: Body, params: Mapping[str, str] | None = None) -> Body:
        """Read something by a POST (search, batch read), which may be repeated like a GET; raises as `get` does."""
        return await self._do(Call("POST", path, params or {}, body, is_read=True, is_repeatable=True))

    async def fill_in(self, path: str, form: Mapping[str, str]) -> Body:
        """Send a form, which may be repeated like a GET; raises as `get` does."""
        return await self._do(Call("POST", path, {}, None, is_read=True, is_repeatable=True, form=form))

    async def send(
        self, method: str, path: str, body: Body | Sequence[Body], *, is_repeatable: bool = False, media: str | None = None
    ) -> Body:
        """Write something. `is_repeatable` says that doing it twice does no harm, so that a 5xx answer may be tried again.

        `media` is the body's type, where it is another one than plain JSON.

        Raises:
            CredentialsError, AccessRefused, TryLater, Refused: as `get`; nothing was written.
            Unanswered: it may have landed.
        """
        return await self._do(Call(method, path, {}, body, is_read=False, is_repeatable=is_repeatable, media=media))

    def told(self, lane: str = "all") -> Limit:
        """Return how many requests the vendor takes, by the last answer that told it."""
        return self._limiter.told(lane)

    def now(self) -> datetime:
        """Return the vendor's present time (UTC), see `Clock`."""
        return self._clock.now()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()
        if self._bearer is not None:
            await self._bearer.close()

    async def _do(self, call: Call) -> Body:
        try:
            return await patiently(self._patience, self._once, call)
        except Expired as expired:
            if self._bearer is None or not await self._counted(self._bearer, self._bearer.renew(expired.token)):
                raise expired.final from None
        try:
            return await patiently(self._patience, self._once, call)
        except Expired as again:
            raise again.final from None

    async def _once(self, trial: Trial) -> Body:
        call, lanes = trial.call, self._vendor.lanes(trial.call.method, trial.call.path)
        async with self._limiter.places(lanes) as since:
            self.usage.waited = self._limiter.waited
            with self.day.request():
                token = await self._counted(self._bearer, self._bearer.token()) if self._bearer else ""
                if self.before_write and not call.is_read:
                    await self.before_write()
                self.usage.lanes[lanes[0]] += 1
                answer = await self._exchange(trial, {"Authorization": f"{self._vendor.scheme} {token}".lstrip()} if token else {})
        self._heed(lanes, answer, since)
        if self._vendor.meaning(answer.status) is Meaning.CREDENTIAL and self._vendor.is_expired(answer):
            raise Expired(token, self._judge.final(call, answer))
        return self._judge.body(call, answer)

    async def _counted(self, bearer: Bearer, work: Awaitable[T]) -> T:
        """Await something of the bearer's, and count the requests that it sent."""
        try:
            return await work
        finally:
            if bearer.calls:
                self.usage.lanes[_TOKENS] = bearer.calls

    async def _exchange(self, trial: Trial, headers: Mapping[str, str]) -> Answer:
        call, started = trial.call, time.monotonic()
        typed = {**headers, "Content-Type": call.media} if call.media else headers
        try:
            response = await self._http.request(
                call.method, self.base_url + call.path, params=call.params or None, json=call.body, data=call.form, headers=typed
            )
        except httpx.RequestError as error:
            log.info("%s failed after %.0f ms: %s", call, 1000 * (time.monotonic() - started), type(error).__name__)
            raise self._judge.unreached(call, error) from self._judge.cause(error)
        finally:
            trial.spent += time.monotonic() - started
        log.info("%s %d %.0f ms", call, response.status_code, 1000 * (time.monotonic() - started))
        return self._vendor.read(response.status_code, response.headers, response.text)

    def _heed(self, lanes: tuple[str, ...], answer: Answer, since: float) -> None:
        self._clock.hear(answer.headers.get("date"))
        told = self._vendor.told(answer)
        if told.limit:
            self._limiter.learn(lanes[-1], told.limit, left=told.left, since=since)
        if told.day:
            self.day.hear(*told.day)
            self.usage.day_limit, self.usage.day_used = self.day.limit, self.day.used
        if self._vendor.meaning(answer.status) is Meaning.SLOWER:
            self.usage.slowed += 1
            if wait := self._vendor.wait(answer):
                self._limiter.slow_down(self._vendor.slows(answer, lanes), wait, since=since)
