"""Builders for the tests of the way out: a client whose waiting is counted instead of done."""

from collections.abc import AsyncIterator, Callable, Iterator

import pytest
import respx
from pydantic import SecretStr

from connector.http import Client, Fixed, Limit, Limiter, Patience, Vendor

BASE = "https://crm.example"


class Clock:
    """A clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        """Return the present time."""
        return self.time

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.time += seconds


@pytest.fixture
def crm() -> Iterator[respx.MockRouter]:
    """Stand in for a vendor at the socket."""
    with respx.mock(base_url=BASE) as router:
        yield router


@pytest.fixture
def clock() -> Clock:
    """Give a clock that stands still."""
    return Clock()


@pytest.fixture
async def make_client(clock: Clock) -> AsyncIterator[Callable[..., Client]]:
    """Give a maker of clients for one vendor's manners, closed at the end."""
    made: list[Client] = []

    def make(vendor: Vendor | None = None, *, calls: int = 1000, budget: float = 60, reserve: float = 0) -> Client:
        limiter = Limiter({"all": Limit(calls, 10)}, headroom=0, clock=clock, sleep=clock.sleep)
        patience = Patience(budget=budget, sleep=clock.sleep)
        made.append(
            Client(
                BASE,
                bearer=Fixed(SecretStr("secret-token-1")),
                vendor=vendor or Vendor("Example"),
                limiter=limiter,
                patience=patience,
                reserve=reserve,
            )
        )
        return made[-1]

    yield make
    for client in made:
        await client.close()
