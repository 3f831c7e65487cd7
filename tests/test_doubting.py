"""What a CRM does not show any more: believed gone in small numbers only."""

from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import BaseModel

from connector import steps
from connector.adapters.memory import Memory
from connector.model import Company, Entity, FieldSpec, Known, Page, Stream
from connector.settings import AccountConfig, AccountSettings
from connector.steps import Pulled, Work, recorded
from connector.store import Store

COMPANIES = 10


class NoSettings(BaseModel):
    """The memory CRM has no settings."""


class Narrow(Memory):
    """The memory CRM, which tells in increments what it shows no more; `hidden` are those companies."""

    def __init__(self) -> None:
        super().__init__([Company(id=str(key)) for key in range(COMPANIES)])
        self.hidden: tuple[str, ...] = ()

    async def pages(self, stream: Stream, since: str | None, own: Sequence[FieldSpec], known: Known | None = None) -> AsyncIterator[Page]:
        """Yield pages; an increment of companies ends with one that names those that are hidden."""
        async for page in super().pages(stream, since, own, known):
            yield page
        if since and stream is Stream.COMPANIES and self.hidden:
            yield Page((), page.cursor, is_last=True, is_full=False, gone=self.hidden)


@asynccontextmanager
async def at_work(folder: Path, crm: Memory, **house: float) -> AsyncIterator[Work]:
    """Give an account at work, checked."""
    config = AccountConfig("acme", AccountSettings(**house), "memory", NoSettings())
    with Store.open(f"sqlite:///{folder}/store.sqlite") as store, ThreadPoolExecutor(1) as desk, ThreadPoolExecutor(1) as bench:
        work = Work(config, store, crm, folder / "cache.duckdb", desk, bench)
        await steps.check(work)
        yield work


async def pulled(work: Work) -> Pulled:
    """Pull once."""
    async with recorded(work, "pull") as (lease, run):
        return await steps.pull(work, lease, run)


async def test_a_login_that_is_shown_fewer_records_buries_none(tmp_path: Path):
    """When an ordinary reading misses more than it may, nothing is gone, the stream is refused, and all is well when they show again."""
    crm = Narrow()
    async with at_work(tmp_path, crm) as work:
        await pulled(work)
        crm.hidden = tuple(map(str, range(1, COMPANIES)))
        done = await pulled(work)
        assert work.store.records.count("acme", Entity.COMPANIES) == COMPANIES
        assert "9 of the 10 companies" in done.refused[Stream.COMPANIES]
        assert "login may see fewer" in done.refused[Stream.COMPANIES]
        assert "CRM_KPI_MAX_GONE_SHARE=1" in done.refused[Stream.COMPANIES]
        crm.hidden = ()
        assert not (await pulled(work)).refused


async def test_few_records_go_at_once(tmp_path: Path):
    """What people delete in between is gone with the next reading, and records that are gone already do not count again."""
    crm = Narrow()
    async with at_work(tmp_path, crm) as work:
        await pulled(work)
        for gone in (3, 6):
            crm.hidden = tuple(map(str, range(gone)))
            assert not (await pulled(work)).refused
            assert work.store.records.count("acme", Entity.COMPANIES) == COMPANIES - gone


async def test_an_admin_lets_everything_go(tmp_path: Path):
    """With CRM_KPI_MAX_GONE_SHARE=1 everything that is missing is gone."""
    crm = Narrow()
    async with at_work(tmp_path, crm, max_gone_share=1) as work:
        await pulled(work)
        crm.hidden = tuple(map(str, range(COMPANIES)))
        assert not (await pulled(work)).refused
        assert work.store.records.count("acme", Entity.COMPANIES) == 0
