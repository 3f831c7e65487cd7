"""Goals of Odoo when something goes wrong: each is judged by what is there, and none is made twice."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connector.adapters.odoo import Odoo
from connector.adapters.odoo.goals import FAMILY
from connector.adapters.odoo.words import MARK
from connector.model import Goal, Status
from connector.period import Grain, Period
from tests.adapters.odoo.stand import Fails, Stand

GOAL = "gamification.goal"
STARTS = [date(2018, 1, 1), date(2018, 4, 1), date(2018, 7, 1)]
GOALS = [
    Goal("revenue_won", "owner", "7", Period(*STARTS[q : q + 2], Grain.QUARTER, f"2018-Q{q + 1}"), Decimal(1000), "family", "Revenue won")
    for q in range(2)
]


class Desk:
    """The goals of a database; with `late` they are made by and by, as by a transaction that takes long."""

    def __init__(self, stand: Stand) -> None:
        self.rows: list[dict[str, Any]] = []
        self.late: list[dict[str, Any]] | None = None
        self.mark = f"x {MARK} v1]"
        stand.says |= {
            (GOAL, "fields_get"): lambda **_: {FAMILY: {"type": "char", "string": "Target", "help": self.mark}},
            (GOAL, "search_read"): self._found,
            (GOAL, "create"): self._make,
            (GOAL, "write"): lambda ids, vals: [row.update(vals) for row in self.rows if row["id"] in ids] != [],
            (GOAL, "unlink"): self._unlink,
            (GOAL, "update_goal"): bool,
            ("gamification.goal.definition", "search_read"): lambda *_, **__: [{"id": 5, "name": "Revenue won"}],
        }

    def _found(self, *_: object, fields: list[str], **__: object) -> list[dict[str, Any]]:
        return [{name: row.get(name, [5, "Revenue won"]) for name in fields} for row in self.rows]

    def _make(self, rows: list[dict[str, Any]]) -> list[int]:
        made = [{**row, "id": len(self.rows) + place + 1} for place, row in enumerate(rows)]
        if self.late is None:
            self.rows += made
        else:
            self.late += made
        return [row["id"] for row in made]

    def _unlink(self, ids: list[int]) -> bool:
        self.rows = [row for row in self.rows if row["id"] not in ids]
        return True


@pytest.fixture
def desk(stand: Stand) -> Desk:
    """Give a database without goals."""
    return Desk(stand)


def fails(*_: object, **__: object) -> None:
    """Refuse."""
    raise Fails("odoo.exceptions.ValidationError")


async def statuses(odoo: Odoo) -> list[Status]:
    """Bring the goals, and return how each ended."""
    return [result.status for result in (await odoo.upsert_goals(GOALS)).results]


async def test_goals_that_are_there_are_no_refusal(odoo: Odoo, stand: Stand, desk: Desk):
    """That Odoo cannot work out their progress does not make goals refused that were made."""
    stand.says[GOAL, "update_goal"] = fails
    assert await statuses(odoo) == [Status.OK, Status.OK]
    assert len(desk.rows) == 2


async def test_each_goal_is_judged_by_itself(odoo: Odoo, stand: Stand, desk: Desk):
    """Where changing one is refused, the other that was made is there."""
    desk.rows.append({"id": 1, "start_date": "2018-01-01", "target_goal": 5.0, "user_id": [7, "Anna"], FAMILY: "family"})
    stand.says[GOAL, "write"] = fails
    assert await statuses(odoo) == [Status.REFUSED, Status.OK]


async def test_an_unanswered_making_is_not_repeated_at_once(odoo: Odoo, stand: Stand, desk: Desk):
    """Odoo may still be at it, so within one push no second family is made; the next one finds what landed."""
    desk.late = []
    stand.silent.add("create")
    for _ in range(2):
        assert await statuses(odoo) == [Status.UNKNOWN, Status.UNKNOWN]
    assert len(stand.called("create")) == 1
    desk.rows += desk.late
    assert await statuses(odoo) == [Status.OK, Status.OK]


async def test_what_landed_without_an_answer_is_there(odoo: Odoo, stand: Stand, desk: Desk):
    """A making without an answer that landed is found by looking."""
    stand.silent.add("create")
    assert await statuses(odoo) == [Status.OK, Status.OK]
    assert len(desk.rows) == 2


async def test_of_two_goals_for_one_start_the_first_stays(odoo: Odoo, desk: Desk):
    """What was made twice is one again after the next push, and a goal keeps its id."""
    await odoo.upsert_goals(GOALS)
    desk.rows += [{**row, "id": row["id"] + 2} for row in desk.rows]
    results = (await odoo.upsert_goals(GOALS)).results
    assert [result.remote for result in results] == ["1", "2"]
    assert [row["id"] for row in desk.rows] == [1, 2]


async def test_a_field_of_others_marks_no_goals(odoo: Odoo, stand: Stand, desk: Desk):
    """Where somebody else has a field of our field's name, goals are refused and nothing is written or deleted."""
    desk.mark = "Theirs"
    desk.rows.append({"id": 1, "start_date": "2018-01-01", "target_goal": 5.0, "user_id": [7, "Anna"], FAMILY: "family"})
    assert await statuses(odoo) == [Status.REFUSED, Status.REFUSED]
    assert [result.status for result in (await odoo.archive_goals(["1"])).results] == [Status.REFUSED]
    assert not [call for call in stand.calls if call[1] in ("create", "write", "unlink")]


async def test_a_refused_look_is_a_refusal(odoo: Odoo, stand: Stand, desk: Desk):
    """A login that may not even look at goals is refused, not broken off."""
    del desk
    stand.says[GOAL, "fields_get"] = fails
    assert await statuses(odoo) == [Status.REFUSED, Status.REFUSED]
    assert [result.status for result in (await odoo.archive_goals(["1"])).results] == [Status.REFUSED]
