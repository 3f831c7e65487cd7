"""A sandbox ClickUp of its own for each test, as the box of the contract."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connector.sandbox.clickup import Options, clickup_app
from connector.sandbox.running import running
from tests.adapters.clickup.box import ClickUpBox


@pytest.fixture
async def box(few: Path) -> AsyncIterator[ClickUpBox]:
    """Run a sandbox ClickUp."""
    with running(clickup_app(data=few, options=Options(extras=True))) as url:
        made = ClickUpBox(url)
        yield made
        await made.close()
