"""Goals of ours: made by a definition that Odoo computes by itself, found again by their family, changed in place, deleted."""

from collections.abc import Sequence
from datetime import timedelta

from connector.adapters.odoo.fields import Fields
from connector.adapters.odoo.goals import COMPUTED, FAMILY, GOALS, KPIS, LABELS, WON, is_ours
from connector.adapters.odoo.parse import day, decimal
from connector.adapters.odoo.rpc import Row, Rpc
from connector.adapters.odoo.words import MARK, TITLE
from connector.errors import AccessRefused
from connector.http import Refused, Unanswered
from connector.model import Goal, Receipt, Result, Status

_DAY = timedelta(days=1)
_DEFINITION = "gamification.goal.definition"
_MEANS = f"Made for targets set elsewhere. {MARK} v1]"
_FAMILY_MEANS = f"Says to which target a goal of ours belongs. {MARK} v1]"


class GoalWriting:
    """The writing side of goals in one database."""

    def __init__(self, rpc: Rpc, fields: Fields) -> None:
        self._rpc = rpc
        self._fields = fields

    async def upsert(self, goals: Sequence[Goal]) -> Receipt:
        """Create or change the rows of one family."""
        if not goals:
            return Receipt(())
        if goals[0].subject_type != "owner" or goals[0].kpi not in KPIS:
            return _all(goals, Status.REFUSED, f"{TITLE}'s goals belong to people, and count won deals or their amounts.")
        try:
            return await self._upsert(goals)
        except (Refused, AccessRefused) as error:
            return _all(goals, Status.REFUSED, str(error))
        except Unanswered as error:
            return _all(goals, Status.UNKNOWN, str(error))

    async def _upsert(self, goals: Sequence[Goal]) -> Receipt:
        rows = {day(row["start_date"]): row for row in await self._family(goals[0].family)}
        new = [goal for goal in goals if goal.period.start not in rows]
        if new:
            definition = await self._definition(goals[0].kpi)
            await self._rpc.create(GOALS.model, [_values(goal, definition) for goal in new])
        for goal in goals:
            row = rows.get(goal.period.start)
            if row and decimal(row["target_goal"]) != goal.target:
                change = {"target_goal": float(goal.target)}
                await self._rpc.send(GOALS.model, "write", ids=[row["id"]], vals=change, is_repeatable=True)
        made = await self._family(goals[0].family)
        # Odoo works progress out once a day by itself; a goal that was made or moved should not show an old one until then.
        await self._rpc.send(GOALS.model, "update_goal", ids=[row["id"] for row in made], is_repeatable=True)
        there = {day(row["start_date"]): str(row["id"]) for row in made}
        return Receipt(tuple(_result(goal, there.get(goal.period.start)) for goal in goals))

    async def _family(self, family: str) -> list[Row]:
        if not await self._fields.of(GOALS.model, {FAMILY}):
            return []
        return await self._rpc.rows(GOALS.model, [[FAMILY, "=", family]], [*GOALS.fields, FAMILY])

    async def _definition(self, kpi: str) -> int:
        """Return our definition of a KPI, and make it, and the field that marks goals, where they are missing."""
        if not await self._fields.of(GOALS.model, {FAMILY}):
            await self._mark()
        found = await self._rpc.rows(_DEFINITION, [*COMPUTED[kpi], ["description", "like", MARK]], ["name"])
        if found:
            return int(found[0]["id"])
        model = (await self._rpc.rows("ir.model", [["model", "=", "crm.lead"]], ["model"]))[0]["id"]
        about = [["model", "=", "crm.lead"], ["name", "in", ["expected_revenue", "date_closed"]]]
        fields = {row["name"]: row["id"] for row in await self._rpc.rows("ir.model.fields", about, ["name"])}
        is_sum = kpi == "revenue_won"
        values = {
            "name": LABELS[kpi],
            "description": _MEANS,
            "computation_mode": "sum" if is_sum else "count",
            "condition": "higher",
            "display_mode": "progress",
            "monetary": is_sum,
            "model_id": model,
            "field_date_id": fields["date_closed"],
            "domain": WON,
            **({"field_id": fields["expected_revenue"]} if is_sum else {"suffix": "deals"}),
        }
        return (await self._rpc.create(_DEFINITION, [values]))[0]

    async def _mark(self) -> None:
        model = (await self._rpc.rows("ir.model", [["model", "=", GOALS.model]], ["model"]))[0]["id"]
        field = {"name": FAMILY, "ttype": "char", "field_description": "KPI: Target", "help": _FAMILY_MEANS, "state": "manual"}
        await self._rpc.create("ir.model.fields", [{**field, "copied": False, "model_id": model}])

    async def archive(self, remotes: Sequence[str]) -> Receipt:
        """Delete goals of ours; one that is gone already is done, one that is not ours is refused."""
        marked = [FAMILY] if await self._fields.of(GOALS.model, {FAMILY}) else []
        wanted = [int(one) for one in remotes if one.isdecimal()]
        rows = {str(row["id"]): row for row in await self._rpc.rows(GOALS.model, [["id", "in", wanted]], marked)}
        mine = [one for one in remotes if one in rows and is_ours(rows[one])]
        status, why = Status.OK, ""
        try:
            if mine:
                await self._rpc.send(GOALS.model, "unlink", ids=[int(one) for one in mine])
        except Unanswered as error:
            status, why = Status.UNKNOWN, str(error)
        except (Refused, AccessRefused) as error:
            status, why = Status.REFUSED, str(error)
        return Receipt(tuple(_archived(one, one in rows, Result(one, status, why) if one in mine else None) for one in remotes))


def _archived(remote: str, is_there: bool, mine: Result | None) -> Result:  # noqa: FBT001 - of one caller
    if mine:
        return mine
    return Result(remote, Status.REFUSED, "This goal is not ours.") if is_there else Result(remote, Status.OK, "It was gone already.")


def _values(goal: Goal, definition: int) -> dict[str, object]:
    return {
        "definition_id": definition,
        "user_id": int(goal.subject),
        "start_date": goal.period.start.isoformat(),
        "end_date": (goal.period.end - _DAY).isoformat(),
        "target_goal": float(goal.target),
        "state": "inprogress",
        FAMILY: goal.family,
    }


def _result(goal: Goal, remote: str | None) -> Result:
    if remote is None:
        return Result(goal.period.name, Status.UNKNOWN, f"{TITLE} did not say what became of this goal.")
    return Result(goal.period.name, Status.OK, remote=remote)


def _all(goals: Sequence[Goal], status: Status, message: str) -> Receipt:
    return Receipt(tuple(Result(goal.period.name, status, message) for goal in goals))
