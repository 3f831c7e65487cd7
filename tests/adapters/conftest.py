"""Two CRMs of the same real rows: the HubSpot sandbox over a socket, and the memory CRM."""

import asyncio
import csv
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from connector.adapters.hubspot import HubSpot, HubSpotSettings
from connector.adapters.memory import Memory
from connector.model import Record
from connector.sandbox.hubspot import hubspot_app
from connector.sandbox.running import running
from tests.adapters.boxes import TOKEN, Box, HubSpotBox, MemoryBox, read_all

MAVEN = Path(__file__).parents[2] / "connector/sandbox/data/maven"
DEALS = 260
"""How many of the real deals the tests use."""


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the data set with only some of its real deals, every stage among them."""
    folder = tmp_path_factory.mktemp("maven")
    for file in MAVEN.glob("*.csv"):
        (folder / file.name).write_bytes(file.read_bytes())
    with (MAVEN / "sales_pipeline.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    prospects = [row for row in rows[1:] if "Prospecting" in row]
    with (folder / "sales_pipeline.csv").open("w", newline="") as file:
        csv.writer(file).writerows([rows[0], *rows[1 : DEALS - 19], *prospects[:20]])
    return folder


async def _everything(url: str) -> list[Record]:
    adapter = HubSpot(HubSpotSettings(token=TOKEN, base_url=url, headroom=0))
    records = [record for stream in adapter.streams for page in await read_all(adapter, stream) for record in page.records]
    await adapter.close()
    return records


@pytest.fixture(scope="session")
def real_records(few: Path) -> Sequence[Record]:
    """Give the real rows in our words, without goals of ours."""
    with running(hubspot_app(data=few, burst=100_000, extras=True, splits=True)) as url:
        return asyncio.run(_everything(url))


@pytest.fixture
async def hubspot(few: Path) -> AsyncIterator[HubSpotBox]:
    """Run a sandbox HubSpot of its own."""
    with running(hubspot_app(data=few, burst=100_000, search_per_second=1000, extras=True, splits=True)) as url:
        made = HubSpotBox(url)
        yield made
        await made.close()


@pytest.fixture
def memory(real_records: Sequence[Record]) -> MemoryBox:
    """Fill a memory CRM."""
    return MemoryBox(Memory(real_records, page_size=50))


@pytest.fixture(params=["hubspot", "memory"])
def box(request: pytest.FixtureRequest) -> Box:
    """Give each CRM in turn."""
    found: Box = request.getfixturevalue(request.param)
    return found
