"""Pulling several streams side by side: bounded, apart from each other, and ended together."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from pydantic import BaseModel
from rich.console import Console

from connector import steps
from connector.adapters.memory import Memory
from connector.cli.progress import Lines
from connector.errors import Stopped, TryLater
from connector.model import Company, Contact, Deal, Entity, FieldSpec, Known, Page, Product, StageChange, Stream
from connector.settings import AccountConfig, AccountSettings
from connector.steps import Pulled, Silence, Work, recorded
from connector.steps.pulling import AT_ONCE
from connector.store import RunStatus, Store

NOW = datetime(2018, 1, 1, tzinfo=UTC)
RECORDS = [
    record
    for key in map(str, range(6))
    for record in (Company(id=key), Contact(id=key), Deal(id=key, created_at=NOW), Product(id=key, name=key))
]


class NoSettings(BaseModel):
    """The memory CRM has no settings."""


class Crowd(Memory):
    """The memory CRM, where pages take their turns; it counts the streams that are being read."""

    def __init__(self) -> None:
        super().__init__(RECORDS, page_size=2)
        self.reading: set[Stream] = set()
        self.most = 0
        self.waits_for: dict[Stream, Stream] = {}
        self.failing: dict[Stream, int] = {}
        self.began = {stream: asyncio.Event() for stream in self.streams}

    async def pages(self, stream: Stream, since: str | None, own: Sequence[FieldSpec], known: Known | None = None) -> AsyncIterator[Page]:
        """Yield pages, at the pace of other streams."""
        self.reading.add(stream)
        self.most = max(self.most, len(self.reading))
        self.began[stream].set()
        try:
            if stream in self.waits_for:
                await self.began[self.waits_for[stream]].wait()
            left = self.failing.get(stream, -1)
            async for page in super().pages(stream, since, own, known):
                await asyncio.sleep(0)
                if left == 0:
                    raise TryLater("The CRM is away.")
                left -= 1
                yield page
        finally:
            self.reading.remove(stream)


@asynccontextmanager
async def at_work(folder: Path, crm: Memory) -> AsyncIterator[Work]:
    """Give an account at work on a fresh store, checked."""
    config = AccountConfig("acme", AccountSettings(), "memory", NoSettings())
    with Store.open(f"sqlite:///{folder}/store.sqlite") as store, ThreadPoolExecutor(1) as desk, ThreadPoolExecutor(1) as bench:
        work = Work(config, store, crm, folder / "cache.duckdb", desk, bench)
        await steps.check(work)
        yield work


async def pulled(work: Work) -> Pulled:
    """Pull once."""
    async with recorded(work, "pull") as (lease, run):
        return await steps.pull(work, lease, run)


def counts(work: Work) -> list[int]:
    """Return how many companies, contacts, deals and products are there."""
    return [work.store.records.count("acme", kind) for kind in (Entity.COMPANIES, Entity.CONTACTS, Entity.DEALS, Entity.PRODUCTS)]


async def test_streams_are_read_side_by_side(tmp_path: Path):
    """A stream whose answers are slow holds up none of the next ones, never more than a few are read at once, and all come to their end."""
    crm = Crowd()
    crm.waits_for[crm.streams[0]] = crm.streams[-1]
    async with at_work(tmp_path, crm) as work:
        done = await asyncio.wait_for(pulled(work), 60)
        assert tuple(done.streams) == crm.streams
        assert crm.most == AT_ONCE
        assert counts(work) == [6, 6, 6, 6]


async def test_a_refused_stream_leaves_the_others_alone(tmp_path: Path):
    """What the CRM refuses is told with its reason, and the streams beside it are read to their end."""
    crm = Crowd()
    crm.faults.refused.add(Stream.CONTACTS)
    async with at_work(tmp_path, crm) as work:
        done = await pulled(work)
        assert list(done.refused) == [Stream.CONTACTS]
        assert done.lost == ()
        assert counts(work) == [6, 0, 6, 6]


async def test_when_the_crm_is_away_all_streams_end_and_keep_what_they_have(tmp_path: Path):
    """One stream that must be tried later ends the pull; pages stored by then are kept, and the next pull goes on behind them."""
    crm = Crowd()
    crm.failing[Stream.COMPANIES] = 2
    async with at_work(tmp_path, crm) as work:
        with pytest.raises(TryLater, match="away"):
            await pulled(work)
        assert crm.reading == set()
        assert counts(work)[0] == 4
        assert work.store.records.state("acme", Stream.COMPANIES).is_open
        assert work.store.runs.latest("acme", 1)[0].status == RunStatus.FAILED
        crm.failing.clear()
        done = await pulled(work)
        assert done.streams[Stream.COMPANIES]["rows"] == 2
        assert counts(work) == [6, 6, 6, 6]


class Onlooker(Silence):
    """Remembers how far each step was said to be."""

    def __init__(self) -> None:
        self.done: dict[str, tuple[int, int | None]] = {}

    def advance(self, step: str, done: int, total: int | None) -> None:
        """Write it down."""
        self.done[step] = (done, total)


async def test_progress_counts_what_the_crm_counts(tmp_path: Path):
    """Of deals that come with their stays, progress counts the deals alone, because the CRM's total knows no stays."""
    stays = [StageChange(id=f"{key}:{place}", deal=key, pipeline="p", stage="s", entered_at=NOW) for key in "01" for place in range(3)]
    async with at_work(tmp_path, Memory([Deal(id="0", created_at=NOW), Deal(id="1", created_at=NOW), *stays])) as work:
        work.progress = onlooker = Onlooker()
        done = await pulled(work)

    assert (onlooker.done["pull deals"][0], done.streams[Stream.DEALS]["rows"]) == (2, 8)


async def test_a_stop_ends_all_streams_at_their_page(tmp_path: Path):
    """Asked to stop, no stream begins any more, and what was stored stays."""
    crm = Crowd()
    async with at_work(tmp_path, crm) as work:
        work.stop.set()
        with pytest.raises(Stopped):
            await pulled(work)
        assert not any(event.is_set() for event in crm.began.values())
        work.stop.clear()
        await pulled(work)
        assert counts(work) == [6, 6, 6, 6]


def test_the_lines_of_several_steps_can_be_read():
    """Steps that take turns say where they are when they begin and now and then, not at each turn."""
    out = StringIO()
    lines = Lines(Console(file=out, width=80))
    for number in range(1, 50):
        for step in ("pull deals", "pull contacts"):
            lines.advance(step, 100 * number, 5_000)
    assert out.getvalue().splitlines() == ["pull deals: 100 of 5000", "pull contacts: 100 of 5000"]
