"""One real BottleCRM for all tests of its adapter, filled with real deals; a test that changes anything leaves a fresh one behind."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from connector.model import Record
from connector.sandbox.running import running
from tests.adapters.boxes import everything
from tests.bottlecrm.box import TOKEN, BottleCrmBox
from tests.bottlecrm.front import Front
from tests.bottlecrm.server import SERVED, Server, bottlecrm
from tests.sandbox.few import few_of
from tests.servers import skipping

EVERY = 365
"""One of how many real deals the tests use."""
WHOLE, SEED = "whole", "seed"
"""The databases that copies are made of: one with all companies and people of the data, and one with those alone that deals are about."""
_SURPLUS = """
DELETE FROM contacts WHERE id NOT IN (SELECT contact_id FROM opportunity_contacts);
DELETE FROM accounts WHERE id NOT IN (SELECT account_id FROM opportunity WHERE account_id IS NOT NULL UNION
    SELECT account_id FROM contacts WHERE account_id IS NOT NULL UNION SELECT account_id FROM "case" WHERE account_id IS NOT NULL)
"""


@dataclass
class Filled:
    """A server with the real deals; `print` is what the copy of `SEED` that is in use looked like when it was new."""

    server: Server
    records: Sequence[Record]
    print: Sequence[object] = field(default_factory=tuple)


@pytest.fixture(scope="session")
def some_deals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real files with some of their deals."""
    return few_of(tmp_path_factory.mktemp("maven"), EVERY)


@pytest.fixture(scope="session")
def filled(some_deals: Path) -> Iterator[Filled]:
    """Start a BottleCRM and fill it. Where its package is not to be had the tests are skipped with the reason, in CI only then."""
    records = everything(some_deals)
    # Not below pytest's own folder, which every session that begins closes to PostgreSQL's user again.
    with (
        skipping("BottleCRM"),
        TemporaryDirectory(prefix="crm-kpi-bottlecrm-") as folder,
        bottlecrm(Path(folder), records, TOKEN) as server,
    ):
        server.copy(SERVED, WHOLE)
        with server.connect() as connection:
            connection.execute(_SURPLUS)
        server.copy(SERVED, SEED)
        yield Filled(server, records)


@pytest.fixture
async def box(filled: Filled) -> AsyncIterator[BottleCrmBox]:
    """Give a database that holds the real deals and nothing else."""
    front = Front(filled.server.url)
    with running(front.app()) as url:
        made = BottleCrmBox(filled.server, front, url)
        if not filled.print or filled.print != made.print():
            filled.server.copy(SEED, SERVED)
            filled.print = made.print()
        yield made
        await made.close()
