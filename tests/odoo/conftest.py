"""One real Odoo for all tests of its adapter, filled with real deals; a test that changes anything leaves the next one a fresh database."""

import csv
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from connector.model import Record
from connector.sandbox.running import running
from tests.adapters.boxes import everything
from tests.odoo.box import DATABASE, SEED, OdooBox
from tests.odoo.front import Front
from tests.odoo.loading import Loading
from tests.odoo.server import Server, odoo
from tests.servers import skipping

MAVEN = Path(__file__).parents[2] / "connector/sandbox/data/maven"
DEALS, PROSPECTS = 120, 10
"""How many of the real deals the tests use, and how many of those are not engaged."""


@dataclass
class Filled:
    """A server with the real deals in the database `SEED`; `print` is what the copy of it that is in use looked like when it was new."""

    server: Server
    records: Sequence[Record]
    ids: Mapping[tuple[str, str], int]
    print: Sequence[object] = field(default_factory=tuple)


@pytest.fixture(scope="session")
def some_deals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the data set with only some of its real deals, every stage among them."""
    folder = tmp_path_factory.mktemp("maven")
    for file in MAVEN.glob("*.csv"):
        (folder / file.name).write_bytes(file.read_bytes())
    with (MAVEN / "sales_pipeline.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    prospects = [row for row in rows[1:] if "Prospecting" in row]
    with (folder / "sales_pipeline.csv").open("w", newline="") as file:
        csv.writer(file).writerows([rows[0], *rows[1 : DEALS - PROSPECTS + 1], *prospects[:PROSPECTS]])
    return folder


@pytest.fixture(scope="session")
def filled(some_deals: Path) -> Iterator[Filled]:
    """Start an Odoo and fill it. Where a tool or its package is not to be had the tests are skipped with the reason, in CI only then."""
    records = everything(some_deals)
    # Not below pytest's own folder, which every session that begins closes to PostgreSQL's user again.
    with skipping("Odoo 14"), TemporaryDirectory(prefix="crm-kpi-odoo-") as folder, odoo(Path(folder), SEED) as server:
        loading = Loading(server, SEED, records)
        yield Filled(server, records, loading.run())


@pytest.fixture
async def box(filled: Filled) -> AsyncIterator[OdooBox]:
    """Give a database that holds the real deals and nothing else."""
    front = Front(filled.server.url)
    with running(front.app()) as url:
        made = OdooBox(filled.server, front, url)
        if not filled.print or filled.print != made.print():
            filled.server.copy(SEED, DATABASE)
            filled.print = made.print()
        yield made
        await made.close()
