"""push: sends exactly a plan, batch by batch, and keeps what became of every value."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from connector.errors import GuardStopped, SettingsError
from connector.model import (
    Capabilities,
    FieldChange,
    FieldWrite,
    GoalChange,
    Receipt,
    Result,
    Status,
    WritePlan,
)
from connector.steps.affording import afford
from connector.steps.lines import batches, lines
from connector.steps.provisioning import provision
from connector.steps.settling import settle
from connector.steps.work import Work
from connector.store import Item, Lease

ROUNDS = 2
"""How often a push sends what is still open: once, and once more what turned out not to have arrived."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of a plan's values: how many arrived, were refused (with the first few reasons) or stayed open."""

    plan: str
    counts: Mapping[str, int]
    refusals: tuple[str, ...] = ()

    @property
    def summary(self) -> dict[str, object]:
        """The figures as they are kept in the run's record."""
        return {"plan": self.plan, **self.counts, "refusals": list(self.refusals)}


async def guard(work: Work, plan: WritePlan, *, yes: bool) -> None:
    """Let a push through, or say what stands in its way.

    Raises:
        GuardStopped: dry run, pushes paused, first push not confirmed, or more changes than the settings allow.
    """
    account = await work.bound()
    house = work.config.house
    if house.dry_run:
        raise GuardStopped("CRM_KPI_DRY_RUN is on, so nothing is written.")
    if plan.undoes is not None:
        return
    if account.paused:
        raise GuardStopped(f"Pushes are paused ({account.paused}); `crm-kpi resume` lets them go on.")
    if yes or not plan.size:
        return
    if not account.push_confirmed:
        raise GuardStopped(f"The first push of an account needs a look: see `crm-kpi plan`, then `crm-kpi push {plan.id} --yes`.")
    if plan.change_share > house.max_change_share:
        raise GuardStopped(
            f"Plan {plan.id} would change {plan.change_share:.0%} of the {plan.present} values already in the CRM; "
            f"CRM_KPI_MAX_CHANGE_SHARE allows {house.max_change_share:.0%}. If that is right: `crm-kpi push {plan.id} --yes`."
        )


async def push(work: Work, lease: Lease, plan: WritePlan, able: Capabilities) -> Pushed:
    """Send what is still open of a plan: provision its fields, then write the values in the vendor's largest batches.

    The old values are stored with the plan already. Before each batch its values are marked as being sent, so that after a crash the
    next push reads them again instead of sending them twice. Values that nobody answered for twice are left to the next run.

    Raises:
        GuardStopped: the account's plan does not take so many writes any more; nothing was sent.
        CredentialsError, TryLater, StoreBusy: the push ends here; the next one goes on with the rest.
    """
    plans = work.store.plans
    if work.config.house.dry_run:
        raise GuardStopped("CRM_KPI_DRY_RUN is on, so nothing is written.")
    await afford(work, able, [item.change for item in await lines(work, plan.id, "planned")])
    await work.ask(plans.begin, lease, plan.id)
    if plan.undoes is None:
        await provision(work, lease, plan.id)
    for _ in range(ROUNDS):
        await settle(work, lease, plan.id)
        if not await _send_open(work, lease, plan, able):
            await work.ask(plans.finish, lease, plan.id)
            break
    # A plan with outcomes that nobody told stays unfinished, so that the next run finds them out before it does anything else.
    return await pushed(work, plan.id)


async def pushable(work: Work, plan_id: str | None) -> WritePlan:
    """Return the named plan, or the latest, if it still speaks of what was measured last.

    Raises:
        SettingsError: there is no such plan.
        GuardStopped: it is finished, or something was measured after it was made.
    """
    plans = work.store.plans
    wanted = plan_id or await work.ask(plans.unfinished, work.account) or await _latest(work)
    made = await work.ask(plans.load, work.account, wanted)
    info = await work.ask(plans.info, work.account, wanted)
    if info.status not in ("planned", "sending", "partial"):
        raise GuardStopped(f"Plan {wanted} is {info.status}; make a new one with `crm-kpi plan`.")
    measured = await work.ask(work.store.values.latest, work.account)
    if info.undoes is None and measured is not None and measured.measured_at > made.made_at:
        raise GuardStopped(f"Plan {wanted} is older than the last measurement; make a new one with `crm-kpi plan`.")
    return made


async def named_plan(work: Work, plan_id: str | None) -> None:
    """Find the plan that somebody names, before a run begins on its behalf.

    Raises:
        SettingsError: there is no such plan.
    """
    if plan_id is not None:
        await work.ask(work.store.plans.info, work.account, plan_id)


async def _latest(work: Work) -> str:
    latest = await work.ask(work.store.plans.latest, work.account)
    if latest is None:
        raise SettingsError("There is no plan to push yet; make one with `crm-kpi plan`.")
    return latest.id


async def close(work: Work, lease: Lease, plan_id: str) -> int:
    """Find out what of a plan arrived, give up the rest, and return how many values that is."""
    await settle(work, lease, plan_id)
    rest = await lines(work, plan_id, "planned")
    await work.ask(work.store.plans.mark, lease, plan_id, [item.seq for item in rest], "skipped")
    await work.ask(work.store.plans.finish, lease, plan_id)
    return len(rest)


async def pushed(work: Work, plan_id: str) -> Pushed:
    """Return what became of a plan so far."""
    info = await work.ask(work.store.plans.info, work.account, plan_id)
    refused = await lines(work, plan_id, "refused")
    reasons = dict.fromkeys(item.message for item in refused)
    return Pushed(plan_id, info.counts, tuple(reasons)[:5])


async def _send_open(work: Work, lease: Lease, plan: WritePlan, able: Capabilities) -> bool:
    """Send every open value; return whether some outcome is not known."""
    items = await lines(work, plan.id, "planned")
    fields = [item for item in items if isinstance(item.change, FieldChange)]
    goals = [item for item in items if isinstance(item.change, GoalChange)]
    done = 0
    for batch in batches(fields, able.limits.get("write_batch", 100)):
        await _send(work, lease, plan, batch)
        done += len(batch)
        work.progress.advance("push", done, len(items))
    for family in _families(goals):
        await _send(work, lease, plan, family)
        done += len(family)
        work.progress.advance("push", done, len(items))
    return bool(await lines(work, plan.id, "unknown"))


async def _send(work: Work, lease: Lease, plan: WritePlan, batch: Sequence[Item]) -> None:
    work.go_on()
    plan_id = plan.id
    if plan.undoes is None and (reason := (await work.bound()).paused):
        raise GuardStopped(f"Pushes are paused ({reason}); what was sent stays, and `crm-kpi resume` lets the rest follow.")
    await work.ask(work.store.leases.check, lease)
    await work.ask(work.store.plans.mark, lease, plan_id, [item.seq for item in batch], "sending")
    receipt = await _write(work, batch)
    results = {result.key: result for result in receipt.results}
    outcomes = {item.seq: results.get(_key(item), Result(_key(item), Status.UNKNOWN, "the CRM did not say")) for item in batch}
    await work.ask(work.store.plans.record, lease, plan_id, outcomes)
    changed = {result.key: result.changed for result in receipt.results if result.changed is not None}
    if changed and isinstance(first := batch[0].change, FieldChange):
        # What is not noted for a crash is read whole by the next pull, which does no harm.
        await work.ask(work.store.records.note_written, lease, first.spec.entity, changed)


async def _write(work: Work, batch: Sequence[Item]) -> Receipt:
    changes = [item.change for item in batch]
    goals = [change for change in changes if isinstance(change, GoalChange)]
    if not goals:
        fields = [change for change in changes if isinstance(change, FieldChange)]
        return await work.adapter.write([FieldWrite(one.spec.entity, one.record, one.spec, one.new) for one in fields])
    if goals[0].archive:
        return await work.adapter.archive_goals([change.goal.remote or "" for change in goals])
    return await work.adapter.upsert_goals([change.goal for change in goals])


def _key(item: Item) -> str:
    """Return what the adapter's receipt calls this item."""
    if isinstance(item.change, FieldChange):
        return item.change.record
    return (item.change.goal.remote or "") if item.change.archive else item.change.goal.period.name


def _families(items: Sequence[Item]) -> Iterator[list[Item]]:
    def family(item: Item) -> tuple[str, bool]:
        change = item.change
        return (change.goal.family, change.archive) if isinstance(change, GoalChange) else ("", False)

    for _, group in groupby(sorted(items, key=family), key=family):
        yield list(group)
