"""Goals of ours: found again, changed, created as one family from the semantics of a goal that people made, archived."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from connector.adapters.hubspot.goals import family_uuid, group_id, is_ours, kpi_of, starts_on, subject_of, titled
from connector.adapters.hubspot.kinds import GOALS, SEMANTICS
from connector.adapters.hubspot.objects import BATCH_SIZE, Ask, Objects, Row, chunks
from connector.adapters.hubspot.parse import decimal, value_of
from connector.adapters.hubspot.records import properties_of
from connector.adapters.hubspot.writing import Batches
from connector.http import Body
from connector.model import Goal, Receipt, Result, Status, text_of
from connector.period import Grain

_MILESTONES: Mapping[Grain, str] = {Grain.MONTH: "monthly", Grain.QUARTER: "quarterly", Grain.YEAR: "yearly"}
_ROWS: Mapping[Grain, int] = {Grain.MONTH: 12, Grain.QUARTER: 4, Grain.YEAR: 1}
"""How many rows a family has."""
_QUIET = tuple(
    f"hs_should_notify_on_{event}" for event in ("kickoff", "achieved", "exceeded", "missed", "progress_updates", "edit_updates")
)
_GIVEN = ("hs_createdate", "hs_lastmodifieddate")
"""What HubSpot sets by itself."""
_LAST = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class _Row:
    """One of our goals with the row that holds it, if there is one."""

    goal: Goal
    row: Row | None


class GoalWriting:
    """The writing side of goals in one account."""

    def __init__(self, objects: Objects, batches: Batches) -> None:
        self._objects = objects
        self._batches = batches
        self._path = objects.paths.objects(GOALS.name)

    async def upsert(self, goals: Sequence[Goal]) -> Receipt:
        """Create or change the rows of one family; one of which people deleted rows is made anew as a whole, as no row joins a family."""
        if not goals:
            return Receipt(())
        rows = await self._rows()
        pairs = _paired(goals, rows)
        if all(pair.row for pair in pairs):
            return Receipt(tuple(await self._change(pairs)))
        if rest := _family(goals[0], rows):
            return Receipt(tuple(await self._renew(goals, rest)))
        return Receipt(tuple(await self._create(goals, rows)))

    async def _rows(self) -> list[Row]:
        # The list is the database itself; the search index may not know yet what an unanswered call has made.
        return await self._objects.everything(GOALS.name, Ask(GOALS.properties))

    async def _change(self, pairs: Sequence[_Row]) -> list[Result]:
        same = [pair for pair in pairs if pair.row and _target(pair.row) == pair.goal.target]
        done = [Result(pair.goal.period.name, Status.OK, remote=str(pair.row["id"])) for pair in same if pair.row]
        changes = {str(pair.row["id"]): pair.goal for pair in pairs if pair.row and pair not in same}
        updates = {remote: {"hs_target_amount": _amount(goal), **_quiet("edit_updates")} for remote, goal in changes.items()}
        for part in chunks(updates, BATCH_SIZE):
            sent = await self._batches.update(GOALS.name, {remote: updates[remote] for remote in part})
            done += [Result(changes[one.key].period.name, one.status, one.message, one.key) for one in sent]
        return done

    async def _renew(self, goals: Sequence[Goal], rest: Sequence[Row]) -> list[Result]:
        if not all(map(is_ours, rest)):
            return _all(goals, Status.REFUSED, "Rows of this goal were deleted and others renamed by people, so it is let be.")
        if hindrance := _hindrance(goals[0], rest):
            return _all(goals, Status.REFUSED, hindrance)
        named = {goal.period.start for goal in goals}
        kept = [_again(row) for row in rest if starts_on(row) not in named]
        if len(kept) + len(goals) != _ROWS[goals[0].period.grain]:
            # HubSpot would refuse it, and by then the rows that are there would be gone.
            return _all(goals, Status.REFUSED, "More rows of this goal were deleted than are planned; the next run finds them all.")
        for gone in (await self.archive([str(row["id"]) for row in rest])).results:
            if gone.status is not Status.OK:
                return _all(goals, gone.status, f"Rows of this goal were deleted, and it cannot be made anew: {gone.message}")
        return await self._create(goals, rest, kept)

    async def _create(self, goals: Sequence[Goal], rows: Sequence[Row], kept: Sequence[Mapping[str, str]] = ()) -> list[Result]:
        template = _template(goals[0], rows)
        if template is None or _hindrance(goals[0], rows):
            return _all(goals, Status.REFUSED, _hindrance(goals[0], rows))
        created = await self._batches.create(GOALS.name, [*kept, *(_properties(goal, template) for goal in goals)])
        if created.status is Status.REFUSED:
            return _all(goals, Status.REFUSED, created.message)
        # Reading again gives the ids, and settles what an unanswered call has made.
        return [
            Result(pair.goal.period.name, Status.OK, remote=str(pair.row["id"]))
            if pair.row
            else Result(pair.goal.period.name, Status.UNKNOWN, created.message)
            for pair in _paired(goals, await self._rows())
        ]

    async def archive(self, remotes: Sequence[str]) -> Receipt:
        """Archive rows of ours; one that is gone already is done, one that is not ours is refused."""
        rows = {str(row["id"]): row for row in await self._objects.read(GOALS.name, remotes, Ask(GOALS.properties))} if remotes else {}
        foreign = [remote for remote in remotes if remote in rows and not is_ours(rows[remote])]
        mine = [remote for remote in remotes if remote in rows and remote not in foreign]
        results = [Result(remote, Status.REFUSED, "This goal is not ours.") for remote in foreign]
        results += [Result(remote, Status.OK, "It was gone already.") for remote in remotes if remote not in rows]
        for part in chunks(mine, BATCH_SIZE):
            results += await self._batches.archive(GOALS.name, part)
        return Receipt(tuple(results))


def _family(goal: Goal, rows: Sequence[Row]) -> list[Row]:
    uuid = family_uuid(goal.family)
    return [row for row in rows if properties_of(row).get("hs_group_correlation_uuid") == uuid]


def _paired(goals: Sequence[Goal], rows: Sequence[Row]) -> list[_Row]:
    held = {starts_on(row): row for row in _family(goals[0], rows)}
    return [_Row(goal, held.get(goal.period.start)) for goal in goals]


def _again(row: Row) -> dict[str, str]:
    raw = properties_of(row)
    cloned = {name: str(raw[name]) for name in GOALS.properties if raw.get(name) and name not in _GIVEN}
    return cloned | dict.fromkeys(_QUIET, "false")


def _target(row: Row) -> Decimal | None:
    return value_of(properties_of(row), "hs_target_amount", decimal)


def _all(goals: Sequence[Goal], status: Status, message: str) -> list[Result]:
    return [Result(goal.period.name, status, message) for goal in goals]


def _template(goal: Goal, rows: Sequence[Row]) -> Body | None:
    """Return the properties of a goal that means the same for the same kind of subject, one that people made if there is one."""
    for row in sorted(rows, key=is_ours):
        raw = properties_of(row)
        if kpi_of(raw) == goal.kpi and subject_of(raw)[0] == goal.subject_type:
            return raw
    return None


def _hindrance(goal: Goal, rows: Sequence[Row]) -> str:
    """Say why no family of this goal can be made; nothing where one can."""
    if _template(goal, rows) is None:
        return "HubSpot holds no existing goal of this type to clone from."
    return "" if goal.period.grain in _MILESTONES else f"HubSpot has no goals by {goal.period.grain}."


def _amount(goal: Goal) -> str:
    return text_of(goal.target) or "0"


def _quiet(*events: str) -> dict[str, str]:
    return {f"hs_should_notify_on_{event}": "false" for event in events}


def _properties(goal: Goal, template: Body) -> dict[str, str]:
    cloned = {name: str(template[name]) for name in SEMANTICS if template.get(name)}
    assignee = "hubspot_owner_id" if goal.subject_type == "owner" else "hs_assignee_team_id"
    return cloned | {
        "hs_goal_name": titled(goal),
        "hs_milestone": _MILESTONES[goal.period.grain],
        "hs_target_amount": _amount(goal),
        "hs_start_datetime": _moment(datetime.combine(goal.period.start, time(), UTC)),
        "hs_end_datetime": _moment(datetime.combine(goal.period.end, time(), UTC) - _LAST),
        "hs_group_correlation_uuid": family_uuid(goal.family),
        "hs_goal_target_group_id": group_id(goal.family),
        assignee: goal.subject,
        **dict.fromkeys(_QUIET, "false"),
    }


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
