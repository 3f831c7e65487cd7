"""run: the whole road in one go - finish what was left, pull, measure, plan, push."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from connector.errors import GuardStopped
from connector.model import Capabilities, Measured, WritePlan
from connector.steps.feeding import Fed, feed
from connector.steps.measuring import measure
from connector.steps.planning import plan
from connector.steps.pulling import Pulled, check, pull, pull_goals
from connector.steps.pushing import Pushed, close, guard, push, pushed
from connector.steps.record import step
from connector.steps.settling import settle, spare
from connector.steps.work import Work
from connector.store import Lease


@dataclass
class Road:
    """How far a run came; what it did not reach is None. `stopped` says which guard stood in the way of the push."""

    run: str
    able: Capabilities | None = None
    pulled: Pulled | None = None
    fed: Sequence[Fed] = ()
    measured: Measured | None = None
    plan: WritePlan | None = None
    pushed: Pushed | None = None
    stopped: GuardStopped | None = None
    finished: list[str] = field(default_factory=list)


async def run(work: Work, lease: Lease, road: Road, *, as_of: datetime | None, full: bool = False, yes: bool = False) -> None:
    """Go the whole road, keeping a summary of each step in the run's record and in `road`.

    Raises:
        ConnectorError: see `connector.errors`; what was done stays, and running again goes on from there.
    """
    road.able = await check(work, lease)
    await finish_unfinished(work, lease, road.able)
    road.pulled = await pull(work, lease, road.run, full=full)
    await step(work, lease, road.run, pull=road.pulled.summary)
    road.fed = await feed(work, lease, road.run, full=full)
    moment = as_of or datetime.now(UTC)
    road.measured = await measure(work, lease, road.run, moment)
    await step(work, lease, road.run, measure=measured_summary(road.measured))
    road.plan = await plan(work, lease, road.run, road.able)
    await step(work, lease, road.run, plan=plan_summary(road.plan))
    try:
        await guard(work, road.plan, yes=yes)
    except GuardStopped as stopped:
        road.stopped = stopped
        await step(work, lease, road.run, push={"stopped": str(stopped)})
        return
    await confirm(work, lease, yes=yes)
    road.pushed = await push(work, lease, road.plan, road.able)
    await pull_goals(work, lease, road.run, road.plan)
    await step(work, lease, road.run, push=road.pushed.summary)


async def confirm(work: Work, lease: Lease, *, yes: bool) -> None:
    """Remember that a person let the first push of this account through."""
    if yes:
        await work.ask(work.store.accounts.confirm_push, lease)


def measured_summary(found: Measured) -> dict[str, object]:
    """Return a measurement's figures for the run's record."""
    missing = dict(found.unavailable)
    return {"as_of": found.as_of.isoformat(), "values": found.values, "fields": found.fields, "unavailable": missing}


def plan_summary(made: WritePlan) -> dict[str, object]:
    """Return a plan's figures for the run's record."""
    share = round(made.change_share, 4)
    return {"plan": made.id, "fields": len(made.fields), "goals": len(made.goals), "present": made.present, "change_share": share}


async def finish_unfinished(work: Work, lease: Lease, able: Capabilities) -> None:
    """Bring a push that was cut off to its end: find out what arrived, then finish an undo, or make room for the next plan.

    What an ordinary push had not sent yet is measured and planned afresh, so that no stale number is written.
    """
    plans = work.store.plans
    left = await work.ask(plans.unfinished, work.account)
    if left is None:
        return
    info = await work.ask(plans.info, work.account, left)
    if info.undoes is not None:
        await settle(work, lease, left)
        await spare(work, lease, left)
        await push(work, lease, await work.ask(plans.load, work.account, left), able)
        return
    rest = await close(work, lease, left)
    done = await pushed(work, left)
    work.progress.say(f"The push of {left} had been cut off: {done.counts.get('ok', 0)} values had arrived, {rest} are planned anew.")
