"""Goals of ours: found by the marker in their name, changed in place, deleted. BottleCRM does not tell the id of what it has made."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from connector.adapters.bottlecrm.account import account_of
from connector.adapters.bottlecrm.goals import SUBJECTS, TYPES, body_of, cents, family_in
from connector.adapters.bottlecrm.objects import GONE, Objects
from connector.adapters.bottlecrm.parse import Row
from connector.adapters.bottlecrm.passes import batches
from connector.adapters.bottlecrm.words import LISTS, TITLE
from connector.errors import AccessRefused
from connector.http import Refused, Unanswered
from connector.model import Goal, Receipt, Result, Status, Stream

_LIST = LISTS[Stream.GOALS]
_PAGE = 200


class GoalWriting:
    """The writing side of goals in one organisation."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    async def upsert(self, goals: Sequence[Goal]) -> Receipt:
        """Create or change the rows of one family; each is judged by what is there then, whatever was answered."""
        if not goals:
            return Receipt(())
        if goals[0].kpi not in TYPES or goals[0].subject_type not in SUBJECTS:
            return _all(goals, Result("", Status.REFUSED, f"{TITLE}'s goals are for won revenue and won deals of people and teams."))
        try:
            currency = (await account_of(self._objects, None)).tenant.currency
            listed = await self._listed()
        except (Refused, AccessRefused) as error:
            return _all(goals, Result("", Status.REFUSED, str(error)))
        # One that people have renamed has lost its marker, and is ours by its id.
        known, rows = {row.id: row for row in listed}, _family(listed, goals[0].family)
        said = {
            goal.period.name: await self._bring(goal, rows.get(goal.period.start) or known.get(goal.remote or ""), currency)
            for goal in goals
        }
        try:
            there = _family(await self._listed(), goals[0].family)
        except (Refused, AccessRefused) as error:
            return _all(goals, Result("", Status.UNKNOWN, str(error)))
        return Receipt(tuple(_judged(goal, there.get(goal.period.start), said[goal.period.name]) for goal in goals))

    async def _bring(self, goal: Goal, row: Row | None, currency: str) -> Result:
        """Send a goal that is not there, or not as it should be; what became of it is told in case that it is not there afterwards."""
        said = Result("", Status.UNKNOWN, f"{TITLE} took this goal, and does not show it.")
        body = body_of(goal, currency)
        try:
            if row is None:
                await self._objects.client.send("POST", _LIST.path, body)
            elif not _holds(row, goal):
                await self._objects.client.send("PUT", f"{_LIST.path}{row.id}/", body, is_repeatable=True)
        except (Refused, AccessRefused) as error:
            return replace(said, status=Status.REFUSED, message=str(error))
        except Unanswered as error:
            return replace(said, message=str(error))
        return said

    async def _listed(self) -> list[Row]:
        return [Row(raw) async for batch in batches(self._objects, _LIST, None, _PAGE) for raw in batch.rows]

    async def archive(self, remotes: Sequence[str]) -> Receipt:
        """Delete goals of ours; one that is gone already is done, one that is not ours is refused."""
        return Receipt(tuple([await self._archive(remote) for remote in remotes]))

    async def _archive(self, remote: str) -> Result:
        try:
            row = await self._objects.one(Stream.GOALS, remote)
            if row is None:
                return Result(remote, Status.OK, "It was gone already.")
            if family_in(row) is None:
                return Result(remote, Status.REFUSED, "This goal is not ours.")
            await self._objects.client.send("DELETE", f"{_LIST.path}{remote}/", {})
        except Unanswered as error:
            return Result(remote, Status.UNKNOWN, str(error))
        except (Refused, AccessRefused) as error:
            is_gone = isinstance(error, Refused) and error.status in GONE
            return Result(remote, Status.OK if is_gone else Status.REFUSED, str(error))
        return Result(remote, Status.OK, remote=remote)


def _family(listed: Sequence[Row], family: str) -> Mapping[date | None, Row]:
    """Return the goals of a family by their start; of two for one start the one that was made first, as somebody may have copied it."""
    ours = [row for row in listed if family_in(row.raw) == family]
    return {row.day("period_start"): row for row in sorted(ours, key=lambda row: row.text("created_at") or "", reverse=True)}


def _all(goals: Sequence[Goal], said: Result) -> Receipt:
    return Receipt(tuple(replace(said, key=goal.period.name) for goal in goals))


def _holds(row: Row, goal: Goal) -> bool:
    is_named = family_in(row.raw) == goal.family
    return is_named and row.decimal("target_value") == cents(goal.target) and row.link(SUBJECTS[goal.subject_type]) == goal.subject


def _judged(goal: Goal, row: Row | None, said: Result) -> Result:
    if row is None or not _holds(row, goal):
        return replace(said, key=goal.period.name)
    return Result(goal.period.name, Status.OK, remote=row.id)
