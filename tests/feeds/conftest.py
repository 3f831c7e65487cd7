"""A property at the HTTP edge, and a feed that reads it and waits without losing time."""

from collections.abc import AsyncIterator, Callable, Iterator

import pytest
import respx
from pydantic import SecretStr

from connector.feeds.ga4 import GoogleAnalytics, GoogleAnalyticsSettings
from connector.feeds.ga4.grant import ServiceAccount
from connector.feeds.ga4.key import ServiceKey
from connector.http import Limit, Limiter, Patience
from tests.feeds.google import PROPERTY, Property, key
from tests.http.conftest import Clock


@pytest.fixture
def google() -> Iterator[respx.MockRouter]:
    """Stand in for Google at the socket."""
    with respx.mock(assert_all_called=False) as router:
        yield router


@pytest.fixture
def web(google: respx.MockRouter) -> Property:
    """A property without any rows yet."""
    return Property(google)


@pytest.fixture
def clock() -> Clock:
    """A clock that only moves when somebody sleeps."""
    return Clock()


@pytest.fixture
async def make_feed(clock: Clock) -> AsyncIterator[Callable[..., GoogleAnalytics]]:
    """Give a maker of feeds of the one property, closed at the end; `now` is what the machine's clock shows."""
    made: list[GoogleAnalytics] = []

    def make(now: float = 1_764_000_000.0, **settings: object) -> GoogleAnalytics:
        wanted = GoogleAnalyticsSettings.model_validate({"property": PROPERTY, "credentials": SecretStr(key()), **settings})
        patience = Patience(budget=15, sleep=clock.sleep)
        limiter = Limiter({"all": Limit(100, 1)}, headroom=0, clock=clock, sleep=clock.sleep)

        def account(key: ServiceKey, patience: Patience) -> ServiceAccount:
            return ServiceAccount(key, patience, clock=clock, now=lambda: now)

        made.append(GoogleAnalytics(wanted, patience=patience, limiter=limiter, account=account))
        return made[-1]

    yield make
    for feed in made:
        await feed.close()
