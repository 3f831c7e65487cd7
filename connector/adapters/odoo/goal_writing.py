"""Goals of ours, by a definition that Odoo computes or by one whose progress we write: found by their family, changed in place, deleted."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta

from connector.adapters.odoo.fields import Fields
from connector.adapters.odoo.goals import COMPUTED, FAMILY, GOALS, KPIS, LABELS, MEASURED, WON, is_ours, mark_of, measured_kpi
from connector.adapters.odoo.parse import day, decimal
from connector.adapters.odoo.rpc import Row, Rpc
from connector.adapters.odoo.words import MARK, TITLE
from connector.errors import AccessRefused, TryLater
from connector.http import Refused, Unanswered
from connector.kpis import KPIS as KPIS_OF_OURS
from connector.kpis import Better, Unit
from connector.model import Goal, Receipt, Result, Status

log = logging.getLogger(__name__)
_DAY = timedelta(days=1)
_DEFINITION = "gamification.goal.definition"
_MEANS = f"Made for targets set elsewhere. {MARK} v1]"
_FAMILY_MEANS = f"Says to which target a goal of ours belongs. {MARK} v1]"


class GoalWriting:
    """The writing side of goals in one database.

    Odoo may still be at work on a call that it left without an answer, so goals of such a family are not made once more by this process.
    """

    def __init__(self, rpc: Rpc, fields: Fields) -> None:
        self._rpc = rpc
        self._fields = fields
        self._has_sent = False
        self._pending: set[str] = set()

    async def upsert(self, goals: Sequence[Goal]) -> Receipt:
        """Create or change the rows of one family."""
        if not goals:
            return Receipt(())
        if goals[0].subject_type != "owner":
            return _all(goals, Status.REFUSED, f"{TITLE}'s goals belong to people.")
        try:
            return await self._upsert(goals)
        except (Refused, AccessRefused) as error:
            # Only reading raises, and what it was to tell is not known.
            return _all(goals, Status.UNKNOWN if self._has_sent else Status.REFUSED, str(error))

    async def _upsert(self, goals: Sequence[Goal]) -> Receipt:
        """Send what differs, and judge each goal by what is there then, whatever was answered."""
        self._has_sent = False
        said = Result("", Status.UNKNOWN, f"{TITLE} did not say what became of this goal.")
        try:
            await self._bring(goals)
        except (Refused, AccessRefused) as error:
            said = Result("", Status.REFUSED, str(error))
        except Unanswered as error:
            self._pending.add(goals[0].family)
            said = Result("", Status.UNKNOWN, str(error))
        made = _firsts(await self._family(goals[0].family))
        await self._refresh(made.values())
        return Receipt(tuple(_judged(goal, made.get(goal.period.start), said) for goal in goals))

    async def _bring(self, goals: Sequence[Goal]) -> None:
        family = await self._family(goals[0].family)
        rows = _firsts(family)
        new = [goal for goal in goals if goal.period.start not in rows]
        if new and goals[0].family in self._pending:
            raise Unanswered(f"{TITLE} left the making of these goals without an answer, and may still be at it; the next run looks again.")
        if new:
            definition = await self._definition(goals[0].kpi)
            self._has_sent = True
            await self._rpc.create(GOALS.model, [_values(goal, definition) for goal in new])
        for goal in goals:
            row = rows.get(goal.period.start)
            if row and not _holds(row, goal):
                self._has_sent = True
                change = {"target_goal": float(goal.target), **_progress(goal)}
                await self._rpc.send(GOALS.model, "write", ids=[row["id"]], vals=change, is_repeatable=True)
        kept = {row["id"] for row in rows.values()}
        # Two for one start are of two calls that both landed, the first of them late.
        if twice := [row["id"] for row in family if row["id"] not in kept]:
            await self._rpc.send(GOALS.model, "unlink", ids=twice)

    async def _refresh(self, rows: Collection[Row]) -> None:
        """Let Odoo work progress out now, so that no goal that was made or moved shows an old one; it does so by itself once a day."""
        try:
            if rows:
                await self._rpc.send(GOALS.model, "update_goal", ids=[row["id"] for row in rows], is_repeatable=True)
        except (Refused, AccessRefused, Unanswered, TryLater) as error:
            log.warning("Odoo does not work out the progress of goals now: %s", error)

    async def _family(self, family: str) -> list[Row]:
        if not await self._fields.has(GOALS.model, FAMILY):
            return []
        return await self._rpc.rows(GOALS.model, [[FAMILY, "=", family]], [*GOALS.fields, FAMILY])

    async def _definition(self, kpi: str) -> int:
        """Return our definition of a KPI, and make it, and the field that marks goals, where they are missing."""
        if not await self._fields.has(GOALS.model, FAMILY):
            await self._mark()
        if kpi not in KPIS:
            return await self._measured(kpi)
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

    async def _measured(self, kpi: str) -> int:
        """Return our definition of a KPI whose progress we write."""
        found = await self._rpc.rows(_DEFINITION, [*MEASURED], ["description"])
        known = next((int(row["id"]) for row in found if measured_kpi(row["description"]) == kpi), None)
        if known is not None:
            return known
        about = KPIS_OF_OURS.get(kpi)
        values = {
            "name": about.label if about else kpi.replace("_", " ").capitalize(),
            "description": f"{about.means if about else 'Declared in the settings.'} Measured elsewhere. {mark_of(kpi)}",
            "computation_mode": "manually",
            "condition": "lower" if about and about.better is Better.DOWN else "higher",
            "display_mode": "progress",
            "monetary": bool(about and about.unit is Unit.MONEY),
            "suffix": about.unit.value if about and about.unit not in (Unit.MONEY, Unit.COUNT, Unit.RATE) else "",
        }
        return (await self._rpc.create(_DEFINITION, [values]))[0]

    async def _mark(self) -> None:
        if await self._fields.of(GOALS.model, {FAMILY}):
            raise AccessRefused(f"The name {FAMILY} on {GOALS.model} is taken by a field that is not ours.")
        model = (await self._rpc.rows("ir.model", [["model", "=", GOALS.model]], ["model"]))[0]["id"]
        field = {"name": FAMILY, "ttype": "char", "field_description": "KPI: Target", "help": _FAMILY_MEANS, "state": "manual"}
        await self._rpc.create("ir.model.fields", [{**field, "copied": False, "model_id": model}])

    async def archive(self, remotes: Sequence[str]) -> Receipt:
        """Delete goals of ours; one that is gone already is done, one that is not ours is refused."""
        try:
            return await self._archive(remotes)
        except (Refused, AccessRefused) as error:
            return Receipt(tuple(Result(one, Status.REFUSED, str(error)) for one in remotes))

    async def _archive(self, remotes: Sequence[str]) -> Receipt:
        marked = [FAMILY] if await self._fields.has(GOALS.model, FAMILY) else []
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
        **_progress(goal),
    }


def _progress(goal: Goal) -> dict[str, object]:
    """Return what to write of how far a goal is: nothing where Odoo works it out, or where nothing was measured."""
    return {} if goal.kpi in KPIS or goal.actual is None else {"current": float(goal.actual)}


def _firsts(family: Sequence[Row]) -> dict[date | None, Row]:
    """Return the goals of a family by their start; of two for one start that of the lower id."""
    return {day(row["start_date"]): row for row in sorted(family, key=lambda row: int(row["id"]), reverse=True)}


def _holds(row: Row, goal: Goal) -> bool:
    is_there = "current" not in _progress(goal) or decimal(row["current"]) == decimal(goal.actual)
    return is_there and decimal(row["target_goal"]) == decimal(goal.target)


def _judged(goal: Goal, row: Row | None, said: Result) -> Result:
    if row is None or not _holds(row, goal):
        return replace(said, key=goal.period.name)
    return Result(goal.period.name, Status.OK, remote=str(row["id"]))


def _all(goals: Sequence[Goal], status: Status, message: str) -> Receipt:
    return Receipt(tuple(Result(goal.period.name, status, message) for goal in goals))
