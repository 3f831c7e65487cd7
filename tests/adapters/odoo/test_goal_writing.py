"""Goals of Odoo when something goes wrong: each is judged by what is there, and none is made twice."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connector.adapters.odoo import Odoo
from connector.adapters.odoo.goals import FAMILY, Meanings, goal_of, mark_of, measured_kpi
from connector.adapters.odoo.words import MARK
from connector.model import Goal, Status
from connector.period import Grain, Period
from tests.adapters.odoo.stand import Fails, Stand

GOAL, DEFINITION = "gamification.goal", "gamification.goal.definition"
DATES = {"create_date": "2018-01-01 10:00:00", "write_date": "2018-01-01 10:00:00"}
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
        self.kinds: list[dict[str, Any]] = []
        stand.says |= {
            (GOAL, "fields_get"): lambda **_: {FAMILY: {"type": "char", "string": "Target", "help": self.mark}},
            (GOAL, "search_read"): self._found,
            (GOAL, "create"): self._make,
            (GOAL, "write"): lambda ids, vals: [row.update(vals) for row in self.rows if row["id"] in ids] != [],
            (GOAL, "unlink"): self._unlink,
            (GOAL, "update_goal"): bool,
            (DEFINITION, "search_read"): lambda *_, **__: [{"id": 5, "name": "Revenue won", "description": f"x {MARK} v1]"}, *self.kinds],
            (DEFINITION, "create"): self._define,
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

    def _define(self, rows: list[dict[str, Any]]) -> list[int]:
        self.kinds += [{**row, "id": 6 + len(self.kinds)} for row in rows]
        return [self.kinds[-1]["id"]]

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


def rated(actual: str | None, target: str = "0.5") -> list[Goal]:
    """Return a goal of a KPI that Odoo does not compute, as far as it is."""
    return [replace(GOALS[0], kpi="win_rate", target=Decimal(target), actual=None if actual is None else Decimal(actual))]


async def test_the_progress_of_every_other_kpi_is_ours_to_write(odoo: Odoo, stand: Stand, desk: Desk):
    """A goal of such a KPI has a definition of its own, made once, and holds what was measured; nothing is sent where nothing moved."""
    for actual, target in (("0.25", "0.5"), ("0.25", "0.5"), ("0.3", "0.5"), ("0.3", "0.6"), (None, "0.6")):
        assert [result.status for result in (await odoo.upsert_goals(rated(actual, target))).results] == [Status.OK]
    assert [(row["name"], row["computation_mode"], row["condition"]) for row in desk.kinds] == [("Win rate", "manually", "higher")]
    assert [(row["definition_id"], row["target_goal"], row["current"]) for row in desk.rows] == [(6, 0.6, 0.3)]
    assert [named["vals"] if named else args[1] for _, args, named in stand.called("write")] == [
        {"target_goal": 0.5, "current": 0.3},
        {"target_goal": 0.6, "current": 0.3},
    ]


async def test_less_is_better_where_the_kpi_says_so(odoo: Odoo, desk: Desk):
    """A goal of a KPI that should fall is reached from above, and one that an admin declared has a name of its own words."""
    await odoo.upsert_goals([replace(GOALS[0], kpi="sales_cycle_length", actual=Decimal(40))])
    await odoo.upsert_goals([replace(GOALS[1], kpi="calls_that_count", actual=Decimal(4))])
    assert [(row["name"], row["condition"], row["suffix"]) for row in desk.kinds] == [
        ("Sales cycle length", "lower", "days"),
        ("Calls that count", "higher", ""),
    ]


async def test_what_we_measure_is_never_written_to_what_odoo_computes(odoo: Odoo, stand: Stand, desk: Desk):
    """Odoo's own sum of revenue stays its own, however far we say that it is."""
    await odoo.upsert_goals([replace(GOALS[0], actual=Decimal(77))])
    await odoo.upsert_goals([replace(GOALS[0], actual=Decimal(88))])
    assert ["current" in row for row in desk.rows] == [False]
    assert not stand.called("write")


@pytest.mark.parametrize(
    ("definition", "family", "expected"),
    [
        (5, "family", ("revenue_won", None)),
        (6, "family", ("win_rate", Decimal("0.3"))),
        (6, False, ("win_rate", None)),
        (7, False, (None, None)),
    ],
)
def test_progress_is_read_only_where_it_is_ours(definition: int, family: object, expected: tuple[str | None, Decimal | None]):
    """What Odoo or other people keep up is not told as ours."""
    meanings = Meanings({"5": "revenue_won"}, {"6": "win_rate"})
    row = {"id": 1, "definition_id": [definition, "x"], "user_id": [7, "Anna"], "start_date": "2018-01-01", "end_date": "2018-03-31"}
    found = goal_of({**row, "target_goal": 0.5, "current": 0.3, FAMILY: family, **DATES}, meanings)
    assert (found.kpi, found.actual) == expected


@pytest.mark.parametrize(
    ("description", "expected"),
    [(f"Measured. {mark_of('win_rate')}", "win_rate"), (f"Made. {MARK} v1]", None), ("win_rate", None), (False, None)],
)
def test_definitions_of_ours_name_their_kpi(description: object, expected: str | None):
    """Only what we wrote at the end of a description says which KPI we measure by it."""
    assert measured_kpi(description) == expected
