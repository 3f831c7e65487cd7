"""Random faults, drawn by a seed: for as long as the storm lasts, a share of all requests goes wrong, each kind of fault in its turn."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from connector.sandbox.hubspot.errors import Refusal, invalid
from connector.sandbox.hubspot.faults import Fault

if TYPE_CHECKING:
    from connector.sandbox.hubspot.definitions import Definition
    from connector.sandbox.hubspot.portal import Portal

OURS = "kpi_"
"""What the names of properties begin with that a storm may take away."""
ON_BATCHES = frozenset({"row", "batch_400", "batch_409"})
"""What goes wrong with batches that write records only."""
CLOSED_FOR = 6
"""For how many requests a scope stays withdrawn."""
Made = Callable[["Storm", "Portal", str], Fault | None]


class Storm:
    """The faults that come at random. `fired` counts them by kind.

    Kinds are drawn like cards: every one comes before any comes again, in an order that the seed decides, as soon as a request comes
    that can go wrong in that way.
    """

    def __init__(self) -> None:
        self.fired: Counter[str] = Counter()
        self.seconds = 1.0
        """How long a request hangs that times out."""
        self.bad_row = False
        """Whether one row of the batch in hand is to be refused."""
        self._dice = random.Random()  # noqa: S311 - chooses faults, guards no secret
        self._chances = 0.0, 0.0
        self._cards: list[str] = []
        self._closed: tuple[str, int] | None = None

    def begin(self, seed: int, *, batches: float, others: float, seconds: float) -> None:
        """Let so many (0 to 1) of the batches that write records, and of the other requests, go wrong from now on; twice 0 ends it."""
        self._dice = random.Random(seed)  # noqa: S311 - as above
        self._chances, self.seconds = (others, batches), seconds

    def strike(self, portal: "Portal", path: str) -> Fault | None:
        """Count a request, and return what goes wrong with it; other things may go wrong in the portal by themselves."""
        self._reopen(portal)
        if self._dice.random() >= self._chances[_is_batch(path)]:
            return None
        kind = self._card(portal, path)
        self.fired[kind] += 1
        return _KINDS[kind](self, portal, path)

    def victim(self, words: Sequence[str]) -> str | None:
        """Return which row of a batch is refused, if one is to be."""
        if not self.bad_row or not words:
            return None
        self.bad_row = False
        return self._dice.choice(words)

    def either(self) -> bool:
        """Toss a coin."""
        return self._dice.random() < 0.5  # noqa: PLR2004 - a coin has two sides

    def take_away(self, portal: "Portal") -> None:
        """Archive one of the properties that a storm may take away, as a person would in the settings."""
        definition = self._dice.choice(_removable(portal))
        definition.archived = portal.clock.now()

    def close(self, portal: "Portal", scope: str) -> None:
        """Withdraw a scope for a while."""
        portal.revoked.add(scope)
        self._closed = scope, CLOSED_FOR

    def _reopen(self, portal: "Portal") -> None:
        if self._closed is None:
            return
        scope, left = self._closed
        self._closed = (scope, left - 1) if left > 1 and any(self._chances) else None
        if self._closed is None:
            portal.revoked.discard(scope)

    def _card(self, portal: "Portal", path: str) -> str:
        # Two packs are more than enough: some kind fits any request.
        for _ in range(2):
            # What only a batch can meet goes first, because batches are few.
            for kind in sorted(self._cards, key=lambda kind: kind not in ON_BATCHES):
                if _fits(kind, portal, path) and not (kind == "forbidden" and self._closed):
                    self._cards.remove(kind)
                    return kind
            fresh = sorted(set(_KINDS) - set(self._cards))
            self._dice.shuffle(fresh)
            self._cards += fresh
        raise AssertionError(f"nothing can go wrong with {path}")


def _removable(portal: "Portal") -> list["Definition"]:
    return [one for schema in portal.schemas.values() for one in schema.custom if one.name.startswith(OURS)]


def _fits(kind: str, portal: "Portal", path: str) -> bool:
    if kind == "row":
        return path.endswith("/batch/update")
    if kind in ON_BATCHES:
        return _is_batch(path)
    if kind == "forbidden":
        return _scope_of(portal, path) is not None
    if kind == "expired":
        return not path.startswith("/oauth")
    return kind != "property" or bool(_removable(portal))


def _is_batch(path: str) -> bool:
    return "/objects/" in path and path.endswith(("/batch/update", "/batch/create"))


def _scope_of(portal: "Portal", path: str) -> str | None:
    name = next((part for part in path.split("/") if part in portal.tables), None)
    return portal.tables[name].kind.read_scope if name and "/objects/" in path else None


def _refused(status: int, policy: str = "") -> Made:
    return lambda storm, _portal, _path: Fault("status", status=status, policy=policy, applied=status >= 500 and storm.either())  # noqa: PLR2004


def _cut(kind: str) -> Made:
    return lambda storm, _portal, _path: Fault(kind, seconds=storm.seconds, applied=storm.either())


def _row(storm: Storm, _portal: "Portal", _path: str) -> None:
    storm.bad_row = True


def _expired(_storm: Storm, portal: "Portal", _path: str) -> Fault | None:
    """Let every access token run out; a token that cannot be renewed is not taken once."""
    portal.grants.expire()
    return None if portal.grants.access else Fault("status", status=401)


def _forbidden(storm: Storm, portal: "Portal", path: str) -> None:
    storm.close(portal, _scope_of(portal, path) or "")


def _property(storm: Storm, portal: "Portal", _path: str) -> None:
    storm.take_away(portal)


_KINDS: dict[str, Made] = {
    "429 ten seconds": _refused(429, "TEN_SECONDLY_ROLLING"),
    "429 second": _refused(429, "SECONDLY"),
    "429 day": _refused(429, "DAILY"),
    "500": _refused(500),
    "502": _refused(502),
    "503 page": lambda _storm, _portal, _path: Fault("html", status=503),
    "423": _refused(423),
    "expired": _expired,
    "timeout": _cut("timeout"),
    "drop": _cut("drop"),
    "truncate": _cut("truncate"),
    "row": _row,
    "batch_400": _refused(400),
    "batch_409": _refused(409),
    "forbidden": _forbidden,
    "property": _property,
}
KINDS = tuple(_KINDS)
"""Everything that can go wrong."""


def bad_row() -> Refusal:
    """Return the error of a row that a storm refuses."""
    return invalid("The record could not be changed now.")
