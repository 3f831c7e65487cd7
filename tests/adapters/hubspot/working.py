"""One account at work on a HubSpot in a box, as the steps see it, and what they asked of it."""

from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from connector import steps
from connector.adapters.hubspot import HubSpotSettings
from connector.adapters.hubspot.words import NEEDED, READS
from connector.model import Measurement, Stream
from connector.settings import AccountConfig, AccountSettings
from connector.steps import Pulled, Road, Work, recorded
from connector.steps.boarding import own_specs
from connector.store import Store
from tests.adapters.boxes import TOKEN, HubSpotBox


@asynccontextmanager
async def at_work(folder: Path, box: HubSpotBox, *streams: Stream, zone: str | None = None, **settings: object) -> AsyncIterator[Work]:
    """Give an account at work on this store; `streams` are all that it reads, if any, beside what nothing works without.

    `zone` is the time zone of the settings, where it is not the account's own.
    """
    more = {"streams_left_out": [one.value for one in READS if one not in {*streams, *NEEDED}]} if streams else {}
    vendor = HubSpotSettings.model_validate({"token": TOKEN, "base_url": box.url, "headroom": 0, "horizon_seconds": 0, **more, **settings})
    config = AccountConfig("acme", AccountSettings(timezone=zone), "hubspot", vendor)
    with Store.open(f"sqlite:///{folder}/store.sqlite") as store, ThreadPoolExecutor(1) as desk, ThreadPoolExecutor(1) as bench:
        adapter = await box.adapter(zone=ZoneInfo(zone) if zone else None, **more, **settings)
        work = Work(config, store, adapter, folder / "cache.duckdb", desk, bench)
        await steps.check(work)
        yield work


async def pulled(work: Work, *, full: bool = False) -> Pulled:
    """Pull once."""
    async with recorded(work, "pull") as (lease, run):
        return await steps.pull(work, lease, run, full=full)


async def measured(work: Work, as_of: datetime) -> tuple[Pulled, Measurement]:
    """Pull and measure once."""
    async with recorded(work, "run", as_of) as (lease, run):
        pulled = await steps.pull(work, lease, run)
        told = await steps.measure(work, lease, run, as_of)
    fields = work.store.values.fields(work.account, own_specs(work))
    values = work.store.values.find(work.account, dimension=None)
    return pulled, Measurement(as_of, tuple(values), tuple(fields), told.unavailable)


async def ran(work: Work, as_of: datetime) -> Road:
    """Pull, measure, plan and push once."""
    async with recorded(work, "run", as_of) as (lease, run):
        road = Road(run)
        await steps.run(work, lease, road, as_of=as_of, yes=True)
    return road


async def asked(box: HubSpotBox) -> Mapping[str, int]:
    """Return how often each thing was asked since this was asked last."""
    answer: dict[str, Any] = await box.call("GET", "/sandbox/requests")
    await box.call("DELETE", "/sandbox/requests")
    found: dict[str, int] = answer["requests"]
    return found
