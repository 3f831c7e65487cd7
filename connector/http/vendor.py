"""What a vendor adds to HTTP: how its answers tell limits, waits, scopes and reasons."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from http import HTTPStatus

from connector.http.answer import Answer, read_answer
from connector.http.limiter import Limit

_SERVER_ERROR = 500


class Meaning(Enum):
    """What a status asks of us."""

    GOOD = auto()
    CREDENTIAL = auto()
    SCOPE = auto()
    SLOWER = auto()
    LOCKED = auto()
    BROKEN = auto()
    LATER = auto()
    REFUSED = auto()


_MEANINGS: Mapping[int, Meaning] = {
    HTTPStatus.UNAUTHORIZED: Meaning.CREDENTIAL,
    HTTPStatus.FORBIDDEN: Meaning.SCOPE,
    HTTPStatus.REQUEST_TIMEOUT: Meaning.BROKEN,
    HTTPStatus.LOCKED: Meaning.LOCKED,
    HTTPStatus.TOO_MANY_REQUESTS: Meaning.SLOWER,
}


def _retry_after(answer: Answer) -> float | None:
    text = answer.headers.get("retry-after", "")
    return float(text) if text.isdigit() else 10.0


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer tells of limits: that of the lane all requests pass, the calls `left` of it, and the `day`'s limit and rest."""

    limit: Limit | None = None
    left: int | None = None
    day: tuple[int, int] | None = None


def _tells_nothing(_answer: Answer) -> Told:
    return Told()


def _no(_answer: Answer) -> bool:
    return False


def _slows_all(_answer: Answer, lanes: tuple[str, ...]) -> str:
    return lanes[-1]


def _no_needs(_answer: Answer) -> tuple[str, ...]:
    return ()


def _message(answer: Answer) -> str:
    return str((answer.body or {}).get("message") or "no reason given")


def _one_lane(_method: str, _path: str) -> tuple[str, ...]:
    return ("all",)


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor's manners.

    Attributes:
        title: the name people know it by, used in messages.
        wait: seconds to wait after a 429; None when waiting is longer than a run can bear.
        told: what an answer tells of limits; it is about the request's last lane.
        slows: which of the request's lanes a 429 is about.
        is_expired: whether a refused credential was good and has run out, so that a fresh one may do.
        needs: the scopes that a 403 asks for.
        reason: why a request was refused, as one phrase.
        read: what came over the wire as an answer; a vendor that reports errors under a good status gives it the status that it means.
        lanes: the limiter's lanes that a request (method, path) passes, the narrowest first, the one that all requests pass last.
        meanings: statuses that mean something else here than in general.
        scheme: the scheme of the `Authorization` that carries the token; empty where the token stands alone.
    """

    title: str
    wait: Callable[[Answer], float | None] = _retry_after
    told: Callable[[Answer], Told] = _tells_nothing
    slows: Callable[[Answer, tuple[str, ...]], str] = _slows_all
    is_expired: Callable[[Answer], bool] = _no
    needs: Callable[[Answer], tuple[str, ...]] = _no_needs
    reason: Callable[[Answer], str] = _message
    read: Callable[[int, Mapping[str, str], str], Answer] = read_answer
    lanes: Callable[[str, str], tuple[str, ...]] = _one_lane
    meanings: Mapping[int, Meaning] = field(default_factory=dict)
    scheme: str = "Bearer"

    def meaning(self, status: int) -> Meaning:
        """Return what a status asks of us."""
        if status in self.meanings:
            return self.meanings[status]
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return Meaning.GOOD
        if status >= _SERVER_ERROR:
            return Meaning.BROKEN
        return _MEANINGS.get(status, Meaning.REFUSED)
