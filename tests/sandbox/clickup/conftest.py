"""A small ClickUp in a box, with a few of the real deals."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from connector.sandbox.clickup import TOKEN, Options, clickup_app
from connector.sandbox.running import running
from tests.sandbox.clickup.box import EVERY, Box
from tests.sandbox.few import few_of


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real files, with some of their deals."""
    return few_of(tmp_path_factory.mktemp("maven"), EVERY)


@pytest.fixture
def boxed(few: Path) -> Iterator[Callable[..., Box]]:
    """Return a way to run a box with options of one's choice."""
    with ExitStack() as stack:

        def run(**options: Any) -> Box:  # noqa: ANN401 - any option
            url = stack.enter_context(running(clickup_app(data=few, options=Options(**options))))
            headers = {"Authorization": TOKEN}
            return Box(url, stack.enter_context(httpx.Client(base_url=url, headers=headers, timeout=30)))

        yield run


@pytest.fixture
def box(boxed: Callable[..., Box]) -> Box:
    """Run a box as it is by default."""
    return boxed()
