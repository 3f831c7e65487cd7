"""A stand-in for an Odoo, and an adapter that talks to it."""

from collections.abc import AsyncIterator, Iterator

import pytest
import respx

from connector.adapters.odoo import Odoo
from tests.adapters.odoo.stand import SETTINGS, URL, Stand


@pytest.fixture
def stand() -> Iterator[Stand]:
    """Stand in at the socket."""
    with respx.mock(base_url=URL) as router:
        yield Stand(router, {})


@pytest.fixture
async def odoo(stand: Stand) -> AsyncIterator[Odoo]:
    """Connect."""
    made = Odoo(SETTINGS)
    yield made
    await made.close()
