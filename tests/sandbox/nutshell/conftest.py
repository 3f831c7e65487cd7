"""A small Nutshell in a box, with every fortieth of the real deals."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from connector.sandbox.nutshell import KEY, USER, nutshell_app
from connector.sandbox.running import running
from tests.sandbox.few import few_of

EVERY = 160


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real files, with some of their deals."""
    return few_of(tmp_path_factory.mktemp("maven"), EVERY)


@pytest.fixture
def box(few: Path) -> Iterator[httpx.Client]:
    """Run a box and speak to it with its key."""
    with running(nutshell_app(data=few)) as url, httpx.Client(base_url=url, auth=(USER, KEY), timeout=30) as client:
        yield client
