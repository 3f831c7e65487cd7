"""Who stands on the board record depends on what user records can show, and on what the settings want shown."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from connector import steps
from connector.adapters.memory import Memory
from connector.kpis import fields
from connector.kpis.board import OWNERS, specs
from connector.model import Ability, Answer, Company, Entity, FieldChange, KpiValue, Measurement, Result, Status, User, Why, WritePlan
from connector.period import Grain
from connector.steps import Work, recorded
from connector.steps.boarding import boarded
from tests.test_steps import NOW, at_work

USER_FIELD = fields.specs()["users.kpi_open_pipeline"]
AS_OF = datetime(2018, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
def crm() -> Memory:
    """Give a CRM with one company, which is the board, and one owner."""
    return Memory([Company(id="7", name="Board", created_at=NOW), User(id="1", name="Ann", created_at=NOW)])


async def owners(work: Work, answer: Answer) -> list[str | None]:
    """Return what the field of the owners is to hold: one value, or none where it is left alone."""
    able = await work.adapter.check()
    able = replace(able, fields={**able.fields, Entity.USERS: Ability(answer)})
    board = await boarded(work, able, ())
    assert board.notes == ()
    return [one.value for one in board.fields if one.spec.name == OWNERS]


async def measured(work: Work) -> None:
    """Pull the CRM, and keep one number of Ann's."""
    async with recorded(work, "run") as (lease, run):
        await steps.pull(work, lease, run)
        month = work.calendar(await work.bound()).period_of(Grain.MONTH, AS_OF.date())
        value = KpiValue("revenue_won", month, AS_OF, Decimal(5), None, None, 1, {"owner": "1"}, {"owner": "Ann"})
        await work.ask(work.store.values.save, lease, run, Measurement(AS_OF, (value,), ()))


async def refuse(work: Work) -> None:
    """Let a push end with a user record that refused our field."""
    change = FieldChange(USER_FIELD, "1", None, "5", Why.NEW)
    async with recorded(work, "push") as (lease, run):
        await work.ask(work.store.plans.save, lease, run, WritePlan("p1", "acme", NOW, NOW, (change,), ()))
        await work.ask(work.store.plans.begin, lease, "p1")
        await work.ask(work.store.plans.record, lease, "p1", {0: Result("1", Status.REFUSED, "no")})
        await work.ask(work.store.plans.finish, lease, "p1")


async def test_owners_stand_on_the_board_where_user_records_cannot_show_them(tmp_path: Path, crm: Memory):
    """Their lines come when the CRM says no to user fields, or has refused them at the last push; until a write told, they wait."""
    async with at_work(tmp_path, crm, board_record="companies:7", push_fields=["users"]) as work:
        await measured(work)
        assert await owners(work, Answer.YES) == []
        assert await owners(work, Answer.UNVERIFIED) == []
        assert await owners(work, Answer.NO) == ["Ann: revenue won 5 (2018-01)"]
        await refuse(work)
        assert await owners(work, Answer.UNVERIFIED) == ["Ann: revenue won 5 (2018-01)"]


async def test_owners_that_nobody_wants_shown_are_taken_down(tmp_path: Path, crm: Memory):
    """Without users among the records that get fields there are no lines, and those that once were written are emptied."""
    async with at_work(tmp_path, crm, board_record="companies:7", push_fields=[]) as work:
        await measured(work)
        assert await owners(work, Answer.NO) == []
        spec = specs(Entity.COMPANIES)[OWNERS]
        crm.fields[Entity.COMPANIES, OWNERS] = spec
        crm.values[Entity.COMPANIES, "7", OWNERS] = "Ann: revenue won 5 (2018-01)"
        assert await owners(work, Answer.NO) == [None]
