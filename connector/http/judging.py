"""What an answer, or none, means for the caller: one of our words, or another try."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import httpx

from connector.errors import AccessRefused, ConnectorError, CredentialsError, TryLater
from connector.http.answer import Answer, Body, Refused, Unanswered
from connector.http.day import Day
from connector.http.vendor import Meaning, Vendor

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_OF_THE_WIRE = (httpx.NetworkError, httpx.TimeoutException)
"""Failures whose text tells of the network only. Others, of the protocol, may cite headers, and so the token."""
_LOCK_SECONDS = 2.0
Query = Mapping[str, str | list[str]]
"""What an address asks for; a name with several values stands there several times."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `is_read` may be sent again after any failure, `is_repeatable` after one that the server confessed to."""

    method: str
    path: str
    params: Query
    body: Body | Sequence[Body] | None
    is_read: bool
    is_repeatable: bool
    form: Mapping[str, str] | None = None
    media: str | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Again(Exception):
    """Try once more after `wait` seconds (None: by back-off); when the budget is spent, `final` is what the caller reads."""

    def __init__(self, final: ConnectorError, wait: float | None = None) -> None:
        super().__init__(str(final))
        self.final = final
        self.wait = wait


class Expired(Exception):
    """The token that was sent has run out; with a fresh one the call may be tried once more, else `final` is what the caller reads."""

    def __init__(self, token: str, final: ConnectorError) -> None:
        super().__init__(str(final))
        self.token = token
        self.final = final


class Judge:
    """Speaks for one vendor at one address."""

    def __init__(self, vendor: Vendor, base_url: str, day: Day) -> None:
        self._vendor = vendor
        self._day = day
        self._title = vendor.title
        self._base_url = base_url

    def unreached(self, call: Call, error: httpx.RequestError) -> Exception:
        """Return what to raise when no answer came."""
        why = (isinstance(error, _OF_THE_WIRE) and str(error)) or type(error).__name__
        if call.is_read or isinstance(error, _NEVER_SENT):
            return Again(TryLater(f"{self._title} cannot be reached at {self._base_url}: {why}."))
        return self._unanswered(call, f"the connection failed ({why})")

    @staticmethod
    def cause(error: httpx.RequestError) -> httpx.RequestError | None:
        """Return the error where its text may be shown."""
        return error if isinstance(error, _OF_THE_WIRE) else None

    def body(self, call: Call, answer: Answer) -> Body:
        """Return the body of a good answer.

        Raises:
            Again: it is worth another try.
            ConnectorError: it is not.
        """
        meaning = self._vendor.meaning(answer.status)
        if meaning is Meaning.GOOD and answer.body is not None:
            return answer.body
        if meaning in (Meaning.GOOD, Meaning.BROKEN):
            raise self._broken(call, answer)
        if meaning is Meaning.SLOWER:
            wait = self._vendor.wait(answer)
            raise self._later(answer, f"; {self._day.resets()}.") if wait is None else Again(self._later(answer), wait)
        if meaning is Meaning.LOCKED:
            raise Again(self._later(answer), _LOCK_SECONDS)
        raise self.final(call, answer)

    def final(self, call: Call, answer: Answer) -> ConnectorError:
        """Return what a refusal means that repeating does not change."""
        who, why, meaning = f"{self._title} at {self._base_url}", self._vendor.reason(answer), self._vendor.meaning(answer.status)
        if meaning is Meaning.CREDENTIAL:
            return CredentialsError(f"{who} does not accept the token we hold: {why}")
        if meaning is Meaning.LATER:
            return self._later(answer)
        if meaning is Meaning.SCOPE:
            needs = self._vendor.needs(answer)
            asks = f"it needs {', '.join(needs)}" if needs else why
            return AccessRefused(f"{who} does not let this token do {call}: {asks}", needs)
        return Refused(f"{who} refuses {call}: status {answer.status}, {why}", answer)

    def _later(self, answer: Answer, more: str = "") -> TryLater:
        return TryLater(f"{self._title} at {self._base_url} asks us to come back later: {self._vendor.reason(answer)}{more}")

    def _unanswered(self, call: Call, why: str) -> Unanswered:
        return Unanswered(f"{self._title} at {self._base_url} left {call} without an answer: {why}; it may have landed.")

    def _broken(self, call: Call, answer: Answer) -> Exception:
        said = "an unreadable body" if answer.body is None else self._vendor.reason(answer)
        is_cut = self._vendor.meaning(answer.status) is Meaning.GOOD
        if call.is_read or (call.is_repeatable and not is_cut):
            return Again(TryLater(f"{self._title} at {self._base_url} fails to answer {call}: status {answer.status}, {said}."))
        return self._unanswered(call, f"status {answer.status}, {said}")
