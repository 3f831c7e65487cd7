"""A ClickUp that suddenly shows less is not believed: nothing is buried, and the run says so."""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import BaseModel

from connector import steps
from connector.model import Entity, Stream
from connector.settings import AccountConfig, AccountSettings
from connector.steps import Pulled, Work, recorded
from connector.store import Store
from tests.adapters.clickup.box import ClickUpBox


class NoSettings(BaseModel):
    """The adapter is made already."""


@pytest.fixture
async def work(box: ClickUpBox, tmp_path: Path) -> AsyncIterator[Work]:
    """Give an account at work, whose every run lists everything."""
    crm = await box.adapter(full_list_hours=0)
    config = AccountConfig("acme", AccountSettings(), "clickup", NoSettings())
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as store, ThreadPoolExecutor(1) as desk, ThreadPoolExecutor(1) as bench:
        made = Work(config, store, crm, tmp_path / "cache.duckdb", desk, bench)
        await steps.check(made)
        yield made


async def pulled(work: Work) -> Pulled:
    """Pull once."""
    async with recorded(work, "pull") as (lease, run):
        return await steps.pull(work, lease, run)


async def test_most_companies_gone_at_once_are_not_believed(box: ClickUpBox, work: Work) -> None:
    """One deleted company is gone after the next list of everything; where most are missing, all that are known stay."""
    await pulled(work)
    known = [row.id for row in work.store.records.get("acme", Entity.COMPANIES)]
    await box.delete_deal(known[0])
    assert Stream.COMPANIES not in (await pulled(work)).refused
    assert {row.id for row in work.store.records.get("acme", Entity.COMPANIES)} == set(known[1:])
    for company in known[1:60]:
        await box.delete_deal(company)
    refused = (await pulled(work)).refused
    assert "nothing was taken for gone" in refused[Stream.COMPANIES]
    assert {row.id for row in work.store.records.get("acme", Entity.COMPANIES)} == set(known[1:])
