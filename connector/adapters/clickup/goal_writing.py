"""Goals of ours: one with one target each, found again by the line in the description, kept up with target and progress."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from connector.adapters.clickup.account import Accounts
from connector.adapters.clickup.goals import (
    Ambiguous,
    Scale,
    Sum,
    is_ours,
    line_in,
    line_of,
    noon,
    note_of,
    result_of,
    sum_in,
    with_line,
)
from connector.adapters.clickup.objects import GONE, Objects, rows_of
from connector.adapters.clickup.parse import decimal
from connector.adapters.values import Unreadable
from connector.errors import AccessRefused
from connector.http import Body, Client, Refused, Unanswered
from connector.kpis import KPIS
from connector.model import Goal, Receipt, Result, Status, Tenant

_COLOR = "#32a852"
_DAY = timedelta(days=1)


class GoalWriting:
    """The writing side of goals in one Workspace."""

    def __init__(self, client: Client, objects: Objects, accounts: Accounts) -> None:
        self._client = client
        self._objects = objects
        self._accounts = accounts
        self._decimals = accounts.settings.goal_decimals

    async def upsert(self, goals: Sequence[Goal]) -> Receipt:
        """Create or change the rows of one family, one by one; what an unanswered call made is found first."""
        if not goals:
            return Receipt(())
        try:
            tenant = await self._accounts.tenant()
            rows = await self._family(tenant, goals[0].family)
            owners = await self._owners(tenant, goals[0])
        except (Refused, AccessRefused) as error:
            return Receipt(tuple(Result(goal.period.name, Status.REFUSED, str(error)) for goal in goals))
        return Receipt(tuple([await self._one(goal, rows.get(goal.period.start, []), tenant, owners) for goal in goals]))

    async def _family(self, tenant: Tenant, family: str) -> Mapping[date, Sequence[Body]]:
        """Return the goals with the line of a family by the day that they begin on; several, where people have copied one."""
        found: dict[date, list[Body]] = {}
        for row in await self._objects.listed_goals(tenant.id):
            if (line := line_in(row)) and line.family == family:
                found.setdefault(line.start, []).append(await self._objects.whole(row))
        return found

    async def _owners(self, tenant: Tenant, goal: Goal) -> list[int]:
        """Return whose goal it is: a person's own, or that of all members of a team."""
        if goal.subject_type == "owner":
            return [int(goal.subject)] if goal.subject.isdecimal() else []
        groups = await self._objects.groups(tenant.id)
        members = [row for group in groups if str(group.get("id")) == goal.subject for row in rows_of(group, "members")]
        keys = (str((row.get("user") or row).get("id")) for row in members)
        return [int(key) for key in keys if key.isdecimal()]

    async def _one(self, goal: Goal, rows: Sequence[Body], tenant: Tenant, owners: list[int]) -> Result:
        name = goal.period.name
        try:
            found = await self._known(goal, rows) or await self._made(goal, tenant, owners)
            await self._keep_up(goal, found, Scale.of(goal, tenant.currency, self._decimals), owners)
        except Unanswered as error:
            return Result(name, Status.UNKNOWN, str(error))
        except (Refused, AccessRefused, Ambiguous, Unreadable) as error:
            return Result(name, Status.REFUSED, str(error))
        return Result(name, Status.OK, remote=str(found["id"]))

    async def _known(self, goal: Goal, rows: Sequence[Body]) -> Body | None:
        """Return the goal that we have made: that of the known id, else the one with our line.

        Raises:
            Ambiguous: no id is known, and several have the line, because people have copied one.
        """
        known = next((row for row in rows if str(row["id"]) == goal.remote), None) or await self._adopted(goal)
        if known is None and len(rows) > 1:
            copies = ", ".join(f"{row.get('name')} ({row['id']})" for row in rows)
            raise Ambiguous(f"Several goals have the line of this one, so nobody can tell which is ours: {copies}. Keep it in one of them.")
        return known or next(iter(rows), None)

    async def _adopted(self, goal: Goal) -> Body | None:
        """Return the goal that we know by its id, with the line back in its description that somebody took out; None where it is gone."""
        found = await self._objects.goal(goal.remote) if goal.remote else None
        if found is not None:
            # A change has to name all that can be changed.
            kept: Body = {"name": found.get("name"), "color": found.get("color") or _COLOR, "add_owners": [], "rem_owners": []}
            days = {"due_date": noon(goal.period.end - _DAY, self._accounts.days)}
            await self._client.send(
                "PUT",
                f"/goal/{found['id']}",
                {**kept, **days, "description": with_line(found.get("description"), goal)},
                is_repeatable=True,
            )
        return found

    async def _made(self, goal: Goal, tenant: Tenant, owners: list[int]) -> Body:
        zone = self._accounts.days
        body = {
            "name": _titled(goal),
            "start_date": noon(goal.period.start, zone),
            "due_date": noon(goal.period.end - _DAY, zone),
            "description": line_of(goal),
            "multiple_owners": True,
            "owners": owners,
            "color": _COLOR,
        }
        made = (await self._client.send("POST", f"/team/{tenant.id}/goal", body)).get("goal")
        return made if isinstance(made, dict) and made.get("id") else _nothing("goal")

    async def _keep_up(self, goal: Goal, row: Body, scale: Scale, owners: list[int]) -> None:
        """Bring target and progress to what they should be, by one request that tells both."""
        result = result_of(row, _measured(goal)) or await self._with_result(goal, row, scale, owners)
        before = sum_in(result)
        actual = goal.actual if goal.actual is not None else before.actual if before else None
        told = Sum(decimal(goal.target) or Decimal(0), decimal(actual))
        if before == told:
            return
        body = {
            "steps_end": scale.steps(goal.target),
            "steps_current": scale.steps(actual or Decimal(0)),
            "unit": scale.unit,
            "note": note_of(told, _measured(goal)),
        }
        await self._client.send("PUT", f"/key_result/{result['id']}", body, is_repeatable=True)

    async def _with_result(self, goal: Goal, row: Body, scale: Scale, owners: list[int]) -> Body:
        body = {
            "name": _measured(goal),
            "owners": owners,
            "type": scale.kind,
            "steps_start": 0,
            "steps_end": scale.steps(goal.target),
            "unit": scale.unit,
            "task_ids": [],
            "list_ids": [],
        }
        made = (await self._client.send("POST", f"/goal/{row['id']}/key_result", body)).get("key_result")
        return made if isinstance(made, dict) and made.get("id") else _nothing("target")

    async def archive(self, remotes: Sequence[str]) -> Receipt:
        """Delete goals of ours with their targets; one that is gone already is done, one that is not ours is refused."""
        return Receipt(tuple([await self._archived(one) for one in remotes]))

    async def _archived(self, remote: str) -> Result:
        try:
            found = await self._objects.goal(remote)
            if found is None:
                return Result(remote, Status.OK, "It was gone already.")
            if not is_ours(found):
                return Result(remote, Status.REFUSED, "This goal is not ours.")
            await self._client.send("DELETE", f"/goal/{remote}", {}, is_repeatable=True)
        except Unanswered as error:
            return Result(remote, Status.UNKNOWN, str(error))
        except (Refused, AccessRefused) as error:
            is_gone = isinstance(error, Refused) and error.status in GONE
            return Result(remote, Status.OK if is_gone else Status.REFUSED, str(error))
        return Result(remote, Status.OK, remote=remote)


def _titled(goal: Goal) -> str:
    return goal.title if goal.period.name in goal.title else f"{goal.title}, {goal.period.name}"


def _measured(goal: Goal) -> str:
    """Return what the target is called."""
    return KPIS[goal.kpi].label if goal.kpi in KPIS else goal.kpi.replace("_", " ").capitalize()


def _nothing(what: str) -> Body:
    raise Unanswered(f"ClickUp's answer does not tell which {what} it has made.")
