"""Running portals for the tests: one with all data that nobody writes to, and small ones, each test its own."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pandas as pd
import pytest

from connector.sandbox.hubspot import Portal, hubspot_app
from connector.sandbox.maven import SHIPPED
from connector.sandbox.running import running
from tests.sandbox.few import few_of

TOKEN = {"Authorization": "Bearer pat-na1-sandbox"}
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Loopback speaks plain HTTP; loading the certificates of the world for each client would take longer than the test."""
UNLIMITED = {"burst": 1_000_000, "search_per_second": 1_000_000}


@contextmanager
def _opened(**choices: object) -> Iterator[tuple[httpx.Client, Portal]]:
    app = hubspot_app(**{**UNLIMITED, **choices})
    with running(app) as url, httpx.Client(base_url=url, headers=TOKEN, timeout=30, verify=NO_TLS) as client:
        yield client, app.state.portal


@pytest.fixture(scope="session")
def full() -> Iterator[httpx.Client]:
    """Speaks to a portal with all the data; read only."""
    with _opened() as (client, _):
        yield client


@pytest.fixture(scope="session")
def whole(few: Path) -> Iterator[tuple[httpx.Client, Portal]]:
    """A small portal with extras; read only."""
    with _opened(data=few, extras=True) as found:
        yield found


@pytest.fixture(scope="session")
def walk() -> Callable[..., list[dict]]:
    """Read a list to its end."""

    def read(client: httpx.Client, path: str, **query: str) -> list[dict]:
        rows, after = [], ""
        while True:
            page = client.get(path, params={**query, **({"after": after} if after else {})}).raise_for_status().json()
            rows += page["results"]
            after = page.get("paging", {}).get("next", {}).get("after", "")
            if not after:
                return rows

    return read


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every 40th row of the pipeline file and the other files whole."""
    return few_of(tmp_path_factory.mktemp("few"), 40)


@pytest.fixture
def open_portal(few: Path) -> Iterator[Callable[..., tuple[httpx.Client, Portal]]]:
    """Open small portals with options of their own; each gives a client and the portal's state."""
    with ExitStack() as stack:
        yield lambda **choices: stack.enter_context(_opened(data=few, **choices))


@pytest.fixture
def opened(open_portal: Callable[..., tuple[httpx.Client, Portal]]) -> tuple[httpx.Client, Portal]:
    """A small portal that the test may change."""
    return open_portal()


@pytest.fixture
def web(opened: tuple[httpx.Client, Portal]) -> httpx.Client:
    """Speaks to the small portal."""
    return opened[0]


@pytest.fixture
def portal(opened: tuple[httpx.Client, Portal]) -> Portal:
    """The state of the small portal."""
    return opened[1]


@pytest.fixture
def deal(portal: Portal) -> str:
    """The record id of the file's first row, a deal that was won."""
    return str(portal.find_deal("1C1I7A6R").id)


@pytest.fixture(scope="session")
def pipeline() -> pd.DataFrame:
    """The pipeline file as it stands."""
    return pd.read_csv(SHIPPED / "sales_pipeline.csv")
