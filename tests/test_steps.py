"""The steps keep their promises at moments that no clock reaches: a pause in mid push, an edit in mid undo, a write nobody answered."""

from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from connector import steps
from connector.adapters.memory import Memory
from connector.errors import AccessRefused, GuardStopped, SettingsError, Stopped, StoreBusy
from connector.kpis import fields
from connector.model import Company, Entity, FieldChange, FieldSpec, FieldWrite, Receipt, Stream, Why, WritePlan
from connector.settings import AccountConfig, AccountSettings
from connector.steps import Work, recorded
from connector.steps.testing import write_test
from connector.store import Store

NOW = datetime(2018, 1, 1, tzinfo=UTC)
ORDERS = fields.specs()["companies.kpi_orders"]
COMPANIES = [f"{number:03}" for number in range(250)]


class NoSettings(BaseModel):
    """The memory CRM has no settings."""


class Watched(Memory):
    """The memory CRM, with something happening right after one of its batches."""

    def __init__(self) -> None:
        super().__init__([Company(id=record, name=record, created_at=NOW) for record in COMPANIES])
        self.batches = 0
        self.then: dict[int, object] = {}
        self.known: list[bool] = []

    async def ensure_fields(self, fields: Sequence[FieldSpec]) -> Receipt:
        """Make fields, and keep what was told of each."""
        self.known += [spec.is_owned for spec in fields]
        return await super().ensure_fields(fields)

    async def write(self, writes: Sequence[FieldWrite]) -> Receipt:
        """Write a batch, then let happen what is planned after it."""
        receipt = await super().write(writes)
        self.batches += 1
        happening = self.then.get(self.batches)
        if callable(happening):
            happening()
        return receipt


@asynccontextmanager
async def at_work(folder: Path, crm: Memory, **house: object) -> AsyncIterator[Work]:
    """Give an account at work on a fresh store, checked."""
    config = AccountConfig("acme", AccountSettings.model_validate({"push_fields": ["companies"], **house}), "memory", NoSettings())
    with Store.open(f"sqlite:///{folder}/store.sqlite") as store, ThreadPoolExecutor(1) as desk, ThreadPoolExecutor(1) as bench:
        work = Work(config, store, crm, folder / "cache.duckdb", desk, bench)
        await steps.check(work)
        yield work


def orders(plan: str, old: str | None, new: str | None, undoes: str | None = None) -> WritePlan:
    """Return a plan that writes one number on every company."""
    changes = tuple(FieldChange(ORDERS, record, old, new, Why.NEW) for record in COMPANIES)
    return WritePlan(plan, "acme", NOW, NOW, changes, (), undoes=undoes)


def held(crm: Memory) -> list[str | None]:
    """Return what the companies hold, in their order."""
    return [crm.values.get((Entity.COMPANIES, record, ORDERS.name)) for record in COMPANIES]


async def push(work: Work, plan: WritePlan) -> None:
    """Save a plan and push it."""
    async with recorded(work, "push") as (lease, run):
        await work.ask(work.store.plans.save, lease, run, plan)
        await steps.push(work, lease, plan, await work.adapter.check())


async def test_a_pause_stops_a_push_before_its_next_batch(tmp_path: Path):
    """What was sent stays, what was not stays away until somebody resumes; then the same plan is completed."""
    crm = Watched()
    async with at_work(tmp_path, crm) as work:
        crm.then[1] = lambda: work.store.accounts.set_paused("acme", "wait")
        with pytest.raises(GuardStopped, match="wait"):
            await push(work, orders("p1", None, "7"))
        after_pause = held(crm)
        work.store.accounts.set_paused("acme", None)
        async with recorded(work, "push") as (lease, _):
            await steps.push(work, lease, await steps.pushable(work, "p1"), await crm.check())

    assert after_pause == ["7"] * 100 + [None] * 150
    assert held(crm) == ["7"] * 250
    assert crm.batches == 3


async def test_a_field_that_we_made_is_known_from_then_on(tmp_path: Path):
    """The adapter is told of a field that it was made by us before, in pushes and in write tests."""
    crm = Watched()
    async with at_work(tmp_path, crm) as work:
        await push(work, orders("p1", None, "7"))
        await push(work, orders("p2", "7", "8"))
        await write_test(work, (Entity.COMPANIES, COMPANIES[0]), NOW)

    assert crm.known == [False, True, False]


async def test_an_undo_names_the_run_that_pushed(tmp_path: Path):
    """A plan that one run made and another one pushed is taken back by the name of either; a run that wrote nothing is told from those."""
    crm = Watched()
    async with at_work(tmp_path, crm) as work:
        async with recorded(work, "plan") as (lease, made):
            await work.ask(work.store.plans.save, lease, made, orders("p000001", None, "7"))
        async with recorded(work, "push") as (lease, pushed):
            ended = await steps.push(work, lease, orders("p000001", None, "7"), await crm.check())
            await steps.step(work, lease, pushed, push=ended.summary)
        async with recorded(work, "undo") as (lease, run):
            with pytest.raises(SettingsError, match=f"runs that did: {pushed}\\."):
                await steps.undo(work, lease, run, "r000099", able=await crm.check())
            back, _ = await steps.undo(work, lease, run, pushed, able=await crm.check())

    assert (made, pushed, back.undoes) == ("r000001", "r000002", "p000001")
    assert held(crm) == [None] * 250


async def test_an_undo_that_is_finished_later_spares_what_was_edited_meanwhile(tmp_path: Path):
    """A person's edit between two halves of an undo is theirs, and stays."""
    crm = Watched()
    async with at_work(tmp_path, crm) as work:
        await push(work, orders("p1", None, "7"))
        crm.then[4] = work.stop.set
        with pytest.raises(Stopped):
            await push(work, orders("p2", "7", None, undoes="p1"))
        work.stop.clear()
        crm.values[Entity.COMPANIES, COMPANIES[200], ORDERS.name] = "4711"
        async with recorded(work, "run") as (lease, _):
            await steps.finish_unfinished(work, lease, await crm.check())

    assert held(crm) == [None] * 200 + ["4711"] + [None] * 49


async def test_a_record_that_is_gone_is_not_written_again(tmp_path: Path):
    """After a write that nobody answered, a record that reading does not bring any more (deleted, merged) is reported and left alone."""
    crm = Watched()
    crm.faults.write, crm.faults.does_write_land = 0, False
    crm.then[1] = lambda: crm.remove(Entity.COMPANIES, COMPANIES[7], NOW)
    async with at_work(tmp_path, crm) as work:
        await push(work, orders("p1", None, "7"))
        states = {item.change.record: (item.state, item.message) for item in work.store.plans.items("acme", "p1")}

    assert states[COMPANIES[7]][0] == "refused"
    assert "merged into another one" in states[COMPANIES[7]][1]
    assert {state for record, (state, _) in states.items() if record != COMPANIES[7]} == {"ok"}
    assert crm.batches == 4


async def test_what_nobody_answers_twice_is_found_out_by_the_next_run(tmp_path: Path):
    """A batch without an answer in both rounds keeps its plan open; the next run reads that it arrived, and knows it as written by us."""
    crm = Watched()
    crm.faults.write, crm.faults.does_write_land = 0, False

    def lose_the_next() -> None:
        crm.faults.write, crm.faults.does_write_land = 0, True

    crm.then[3] = lose_the_next
    async with at_work(tmp_path, crm) as work:
        await push(work, orders("p1", None, "7"))
        unclear = work.store.plans.info("acme", "p1")
        async with recorded(work, "run") as (lease, _):
            await steps.finish_unfinished(work, lease, await crm.check())
        settled = work.store.plans.info("acme", "p1")
        written = work.store.plans.written("acme")

    assert (unclear.status, unclear.counts) == ("sending", {"ok": 150, "unknown": 100})
    assert (settled.status, settled.counts) == ("done", {"ok": 250})
    assert {record for _, record, _ in written} == set(COMPANIES)
    assert crm.batches == 4


async def test_a_new_language_reaches_fields_whose_values_stay(tmp_path: Path):
    """The next push relabels every field of ours that is still there, also when no value changed, and the one after it asks for nothing."""
    crm = Watched()
    async with at_work(tmp_path, crm) as work:
        await push(work, orders("p1", None, "7"))
        english = crm.fields[Entity.COMPANIES, ORDERS.name]
    async with at_work(tmp_path, crm, language="fi") as work:
        await push(work, WritePlan("p2", "acme", NOW, NOW, (), ()))
        finnish, calls = crm.fields[Entity.COMPANIES, ORDERS.name], crm.calls
        await push(work, WritePlan("p3", "acme", NOW, NOW, (), ()))

    assert [spec and spec.label for spec in (english, finnish)] == ["KPI: Orders", "KPI: Tilaukset"]
    assert crm.calls == calls + 1, "the check before the push, and nothing else"


async def test_a_write_test_speaks_the_language_of_the_account(tmp_path: Path):
    """The field that a write test makes is labelled as every other one, so that no test renames it back to English."""
    crm = Watched()
    async with at_work(tmp_path, crm, language="fi") as work:
        await write_test(work, (Entity.COMPANIES, COMPANIES[0]), NOW)
    made = crm.fields[Entity.COMPANIES, "kpi_updated_at"]
    assert made
    assert made.label == "KPI: Päivitetty"


async def test_a_dry_run_forbids_every_kind_of_write(tmp_path: Path):
    """Neither a push, nor an undo, nor a write test touches the CRM."""
    crm = Watched()
    async with at_work(tmp_path, crm, dry_run=True) as work:
        for plan in (orders("p1", None, "7"), orders("p2", "7", None, undoes="p1")):
            with pytest.raises(GuardStopped, match="CRM_KPI_DRY_RUN"):
                await push(work, plan)
        with pytest.raises(GuardStopped, match="CRM_KPI_DRY_RUN"):
            await write_test(work, (Entity.COMPANIES, COMPANIES[0]), NOW)

    assert crm.writes == 0


async def test_a_write_test_without_an_answer_is_restored_all_the_same(tmp_path: Path):
    """The test value may have arrived, so the old one is written again even when nobody answered."""
    crm = Memory([Company(id="1", name="One", created_at=NOW)])
    stamp = fields.UPDATED_AT[Entity.COMPANIES]
    await crm.ensure_fields([stamp])
    crm.values[Entity.COMPANIES, "1", stamp.name] = "2017-01-01T00:00:00Z"
    async with at_work(tmp_path, crm) as work:
        crm.faults.write, crm.faults.does_write_land = 0, True
        with pytest.raises(AccessRefused):
            await write_test(work, (Entity.COMPANIES, "1"), NOW)

    assert crm.values[Entity.COMPANIES, "1", stamp.name] == "2017-01-01T00:00:00Z"


async def test_a_lost_lease_sends_nothing_more(tmp_path: Path):
    """When another process took the account over between two batches, the first one cannot write any more."""
    crm = Watched()
    async with at_work(tmp_path, crm) as work:

        def take_over() -> None:
            holder = work.store.leases.holder("acme")
            assert holder is not None
            work.store.leases.evict("acme", holder[0])
            work.store.leases.acquire("acme", "another")

        crm.then[1] = take_over
        with pytest.raises(StoreBusy):
            await push(work, orders("p1", None, "7"))

    assert held(crm) == ["7"] * 100 + [None] * 150


class Died(BaseException):
    """What stands for the end of the process: nothing catches it."""


class Dying(ThreadPoolExecutor):
    """A desk that takes so many calls to the store; then the process is gone."""

    def __init__(self, calls: int) -> None:
        super().__init__(1)
        self.left = calls

    def submit(self, fn: Callable[..., Any], /, *args: object, **kwargs: object) -> Future[Any]:
        """Take a call, or die."""
        self.left -= 1
        if self.left < 0:
            raise Died
        return super().submit(fn, *args, **kwargs)


async def dies_in_push(work: Work, calls: int) -> bool:
    """Push with a process that dies after so many calls to the store; return whether it died."""
    alive = work.desk
    with Dying(calls) as dying:
        work.desk = dying
        try:
            await push(work, orders("p1", None, "7"))
        except Died:
            return True
        finally:
            work.desk = alive
    return False


async def test_a_push_that_dies_between_any_two_steps_is_completed_and_repeats_nothing(tmp_path: Path):
    """Wherever the process dies, the next one finds out what arrived and sends just the rest: three batches in all, never a fourth."""
    for calls in count():
        folder = tmp_path / str(calls)
        folder.mkdir()
        crm = Watched()
        async with at_work(folder, crm) as work:
            died = await dies_in_push(work, calls)
            if holder := work.store.leases.holder("acme"):
                work.store.leases.evict("acme", holder[0])
            if not work.store.plans.list("acme"):
                await push(work, orders("p1", None, "7"))
            elif work.store.plans.info("acme", "p1").status != "done":
                async with recorded(work, "push") as (lease, _):
                    await steps.push(work, lease, await steps.pushable(work, "p1"), await crm.check())

            assert (calls, held(crm)) == (calls, ["7"] * 250)
            assert (calls, crm.batches) == (calls, 3)
        if not died:
            break
    assert calls > 15


async def test_what_settings_leave_out_is_no_loss(tmp_path: Path):
    """A stream that was read before and is refused now is lost; one that the settings leave out is only not available, with the reason."""
    crm = Memory([Company(id="1", created_at=NOW)])
    async with at_work(tmp_path, crm) as work:
        for refused, left_out, lost in ((set(), set(), 0), ({Stream.COMPANIES}, set(), 1), (set(), {Stream.COMPANIES}, 0)):
            crm.faults.refused, crm.faults.left_out = refused, left_out
            async with recorded(work, "pull") as (lease, run):
                pulled = await steps.pull(work, lease, run)
            assert len(pulled.lost) == lost
            lacking = (await work.ask(work.store.records.complete, "acme", run))[Stream.COMPANIES]
            assert (lacking is None) == (not refused and not left_out)
        assert lacking == "The companies are left out by Memory's settings."
