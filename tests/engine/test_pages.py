"""In whatever order the pages of a CRM arrive, and however often, the same is measured."""

import asyncio
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from connector.adapters.memory import Memory
from connector.engine import Cache, measure
from connector.model import IMPORTED, Entity, Measurement, Merge, Page, Record, Stream
from connector.store import Store
from tests.engine.conftest import NEW_YORK, PEOPLE, STAGES, THINGS, at, deal
from tests.engine.world import EVENTS, POLICIES, Event, world

Pages = Sequence[tuple[Stream, Page]]
MERGED: Sequence[Record] = (
    *deal("twin", ("first", "2017-01-05"), ("won", "2017-03-01")),
    *deal("other", ("first", "2017-01-06"), ("lost", "2017-03-02")),
    Merge(id="deals:other", of=Entity.DEALS, old="other", survivor="twin"),
)


async def _pages(records: Sequence[Record]) -> list[tuple[Stream, Page]]:
    """Return what a CRM that holds these records answers, in small pages."""
    crm = Memory((one for one in records if one.entity not in IMPORTED), page_size=2)
    return [(stream, page) for stream in Stream async for page in crm.pages(stream, None, ())]


def _shuffled(pages: Pages, seed: int) -> Iterator[tuple[Stream, Page]]:
    """Yield all pages in another order, streams mixed, a third of them twice or more; then each stream ends."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    every = [(stream, replace(page, is_last=False)) for stream, page in pages]
    sent = [*every, *chance.choices(every, k=len(every) // 2)]
    chance.shuffle(sent)
    yield from sent
    yield from ((stream, Page((), "end", is_last=True, is_full=True)) for stream in dict.fromkeys(stream for stream, _ in pages))


def _measured(folder: Path, name: str, pages: Iterator[tuple[Stream, Page]] | Pages) -> Measurement:
    url = f"sqlite:///{folder / name}.sqlite"
    with Store.open(url) as store:
        lease = store.leases.acquire("acme", "test")
        run = store.runs.start(lease, "pull", None, None)
        for stream, page in pages:
            store.records.save_page(lease, run, stream, page)
    with Cache.open(folder / f"{name}.duckdb", store_url=url, account="acme") as cache:
        cache.refresh()
        return measure(cache, calendar=NEW_YORK, as_of=at("2017-07-01 00:00"), policies=POLICIES, targets=(), ready={})


@settings(
    max_examples=2,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(events=EVENTS, seed=some.integers(0, 999))
def test_order_and_repetition_of_pages_do_not_matter(tmp_path_factory: pytest.TempPathFactory, events: list[Event], seed: int):
    """Pages that arrive mixed up and more than once leave the same values and the same fields as those that came in order."""
    folder = tmp_path_factory.mktemp("pages")
    pages = asyncio.run(_pages([*STAGES, *PEOPLE, *THINGS, *world(events), *MERGED]))
    straight, mixed = _measured(folder, "straight", pages), _measured(folder, "mixed", _shuffled(pages, seed))

    assert [pair for pair in zip_longest(straight.values, mixed.values) if pair[0] != pair[1]] == []
    assert [pair for pair in zip_longest(straight.fields, mixed.fields) if pair[0] != pair[1]] == []
    assert straight.unavailable == mixed.unavailable
    assert len(pages) > 30
    assert any(one.value for one in straight.values if one.kpi == "revenue_won")
