"""A sandbox Nutshell of its own for each test, as the box of the contract."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connector.sandbox.nutshell import Options, nutshell_app
from connector.sandbox.running import running
from tests.adapters.nutshell.box import NutshellBox


@pytest.fixture
async def box(few: Path) -> AsyncIterator[NutshellBox]:
    """Run a sandbox Nutshell."""
    with running(nutshell_app(data=few, options=Options(extras=True))) as url:
        made = NutshellBox(url)
        yield made
        await made.close()
