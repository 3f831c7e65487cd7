"""What was imported counts as whole where no CRM brings it, and only there."""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel

from connector.adapters.memory import Memory
from connector.app import App
from connector.model import Entity, Scope, Stream, Survey, SurveyKind, Taken
from connector.settings import AccountConfig, AccountSettings
from connector.steps import Work, check, leased, pull, readiness, reading, take
from connector.store import Store

FILES = {"CRM_KPI_FILES__COMPANY": "Acme", "CRM_KPI_FILES__CURRENCY": "EUR"}


@asynccontextmanager
async def at_work(folder: Path, environ: dict[str, str]) -> AsyncIterator[Work]:
    """Give the one account of these settings at work on a fresh store."""
    app = App.start({"CRM_KPI_DATABASE_URL": f"sqlite:///{folder}/store.sqlite", **environ})
    try:
        async with app.work(None) as work:
            yield work
    finally:
        app.close()


async def imported(work: Work, entity: Entity, content: str) -> Taken:
    """Import a file with this content."""
    path = work.cache.with_name("file.csv")
    path.write_text(content, encoding="utf-8")
    return await take(work, Scope(entity, "file"), path, await reading(work))


async def ready(work: Work) -> set[Stream]:
    """Return the streams that may be measured."""
    return {stream for stream, reason in (await readiness(work, "r1")).items() if reason is None}


async def test_an_import_makes_its_stream_whole(tmp_path: Path):
    """Nothing is whole before it was imported; one file of activities brings all of their streams, an empty file says there are none."""
    async with at_work(tmp_path, FILES) as work:
        await check(work)
        assert await ready(work) == set()
        await imported(work, Entity.COMPANIES, "id,name\n")
        await imported(work, Entity.ACTIVITIES, "id,kind\n1,call\n")
        assert await ready(work) == {
            Stream.COMPANIES, Stream.CALLS, Stream.EMAILS, Stream.MEETINGS, Stream.NOTES, Stream.TASKS, Stream.MESSAGES,
        }  # fmt: skip


async def test_a_file_of_which_nothing_was_taken_tells_nothing(tmp_path: Path):
    """A wrong option must not turn into a company without users."""
    async with at_work(tmp_path, FILES) as work:
        assert (await imported(work, Entity.USERS, "id,name,is_active\n1,Ann,perhaps\n")).refused == 1
        assert await ready(work) == set()


async def test_deals_that_say_their_status_need_no_stages(tmp_path: Path):
    """Stages are wanted as soon as one deal leaves it to its stage whether it is won."""
    async with at_work(tmp_path, FILES) as work:
        await imported(work, Entity.DEALS, "id,status,stage\n1,won,\n")
        assert await ready(work) == {Stream.DEALS, Stream.PIPELINES}
        await imported(work, Entity.DEALS, "id,status,stage\n2,,s1\n")
        assert await ready(work) == {Stream.DEALS}
        await imported(work, Entity.STAGES, "id,pipeline,name,position,outcome\ns1,p,Won,1,won\n")
        assert await ready(work) == {Stream.DEALS, Stream.PIPELINES}


class Small(Memory):
    """A CRM that has deals and nothing else."""

    streams: ClassVar[tuple[Stream, ...]] = (Stream.DEALS,)


class NoSettings(BaseModel):
    """The memory CRM has no settings."""


async def test_a_crm_is_asked_for_what_it_has(tmp_path: Path):
    """Deals imported beside a CRM's own do not stand for a pull; surveys that it cannot have may come from a file."""
    config = AccountConfig("acme", AccountSettings(), "memory", NoSettings())
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as store, ThreadPoolExecutor(1) as desk:
        work = Work(config, store, Small(), tmp_path / "cache.duckdb", desk, desk)
        await imported(work, Entity.DEALS, "id,status\n1,won\n")
        await imported(work, Entity.SURVEYS, "id,kind\n1,nps\n")
        assert await ready(work) == {Stream.SURVEYS, Stream.PIPELINES}


async def test_an_import_stands_in_for_what_was_never_read(tmp_path: Path):
    """Surveys of a CRM that lacks the app may come from a file; once the CRM has brought some, a refusal is a loss."""
    config = AccountConfig("acme", AccountSettings(), "memory", NoSettings())
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as store, ThreadPoolExecutor(1) as desk:
        work = Work(config, store, Memory([Survey(id="2", kind=SurveyKind.NPS)]), tmp_path / "cache.duckdb", desk, desk)
        await imported(work, Entity.SURVEYS, "id,kind\n1,nps\n")
        assert await ready(work) == set()
        async with leased(work) as lease:
            await work.ask(store.records.refuse, lease, "r1", Stream.SURVEYS, "No app.")
            assert await ready(work) == {Stream.SURVEYS}
            await pull(work, lease, "r1")
            await work.ask(store.records.refuse, lease, "r1", Stream.SURVEYS, "No right.")
            assert Stream.SURVEYS not in await ready(work)
            # As a pass over everything begins, before the CRM is asked.
            await work.ask(store.records.restart, lease, Stream.SURVEYS)
            await work.ask(store.records.refuse, lease, "r1", Stream.SURVEYS, "No right.")
            assert Stream.SURVEYS not in await ready(work)
