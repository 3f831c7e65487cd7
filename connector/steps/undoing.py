"""undo: takes back what one run wrote, as far as nobody changed it since."""

from dataclasses import replace
from itertools import groupby

from connector.errors import GuardStopped, SettingsError
from connector.model import Capabilities, Entity, FieldChange, FieldSpec, GoalChange, WritePlan
from connector.plan import Head, Key, undo_plan
from connector.steps.measuring import last_pull
from connector.steps.planning import plan_id
from connector.steps.pulling import pull_goals
from connector.steps.pushing import Pushed, close, push
from connector.steps.work import Work
from connector.store import Lease


async def undo(work: Work, lease: Lease, run: str, wanted: str, *, able: Capabilities) -> tuple[WritePlan, Pushed]:
    """Restore every field that still holds what the run `wanted` wrote, archive goals that it made, and pause pushes.

    The plan that is returned notes what was left alone, and why.

    Raises:
        SettingsError: there is no such run, or it wrote nothing.
        GuardStopped: a push is only half done; it must be finished first.
    """
    target = await undoable(work, wanted)
    await close(work, lease, target)
    done = await arrived(work, target)
    if not done.size:
        raise SettingsError(f"{wanted} wrote nothing that could be taken back.")
    pulled = await last_pull(work) or run
    await pull_goals(work, lease, pulled, done)
    now, rows = await _now(work, done), await work.ask(work.store.records.goals, work.account)
    head = Head(plan_id(run), work.account, await work.ask(work.store.now), done.as_of)
    back = undo_plan(head, done, now, rows)
    await work.ask(work.store.plans.save, lease, run, back)
    await work.ask(work.store.accounts.set_paused, work.account, f"undo of {wanted}")
    ended = await push(work, lease, back, able)
    await pull_goals(work, lease, pulled, back)
    return back, ended


async def undoable(work: Work, wanted: str) -> str:
    """Return the plan that a run pushed, whichever run had made it; of a run that was cut off, its own. A plan may be named, too.

    Raises:
        SettingsError: there is no such run.
        GuardStopped: a push is only half done; it must be finished first.
    """
    pushes = await _pushes(work)
    target = pushes.get(wanted, (wanted, False))[0]
    known = {info.id for info in await work.ask(work.store.plans.list, work.account, 1000)}
    if target not in known and wanted.startswith("r"):
        target = plan_id(wanted)
    if target not in known:
        wrote = ", ".join([run for run, (_, is_any) in pushes.items() if is_any][:10]) or "none yet"
        raise SettingsError(f"No run {wanted!r} has written anything; runs that did: {wrote}.")
    open_plan = await work.ask(work.store.plans.unfinished, work.account)
    if open_plan not in (None, target):
        raise GuardStopped(f"Plan {open_plan} is only half sent; finish it with `crm-kpi push {open_plan}` first.")
    return target


async def _pushes(work: Work) -> dict[str, tuple[str, bool]]:
    """Return the plans that were pushed, by the run that did it, the newest first, and whether anything of them arrived."""
    runs = await work.ask(work.store.runs.latest, work.account, 1000)
    done = {run.id: run.steps.get("push", {}) for run in runs}
    return {run: (str(push["plan"]), bool(push.get("ok"))) for run, push in done.items() if push.get("plan")}


async def arrived(work: Work, target: str) -> WritePlan:
    """Return a plan with only those of its changes that reached the CRM."""
    items = await work.ask(work.store.plans.items, work.account, target, ("ok",))
    info = await work.ask(work.store.plans.info, work.account, target)
    fields = tuple(item.change for item in items if isinstance(item.change, FieldChange))
    made = ((item.change, item.remote) for item in items if isinstance(item.change, GoalChange))
    goals = tuple(replace(change, goal=replace(change.goal, remote=remote or change.goal.remote)) for change, remote in made)
    return WritePlan(target, work.account, info.made_at, info.as_of, fields, goals)


async def _now(work: Work, done: WritePlan) -> dict[Key, str | None]:
    """Read the fields of a plan from the CRM, as they are at this moment."""
    found: dict[Key, str | None] = {}
    by_entity = sorted(done.fields, key=lambda change: change.spec.entity)
    for entity, group in groupby(by_entity, key=lambda change: change.spec.entity):
        changes = list(group)
        records = list(dict.fromkeys(change.record for change in changes))
        specs = list({change.spec.name: change.spec for change in changes}.values())
        for start in range(0, len(records), 100):
            found.update(await _read(work, entity, records[start : start + 100], specs))
    return found


async def _read(work: Work, entity: Entity, records: list[str], specs: list[FieldSpec]) -> dict[Key, str | None]:
    held = await work.adapter.held(entity, records, specs)
    return {(entity, one.record, one.field): one.value for one in held}
