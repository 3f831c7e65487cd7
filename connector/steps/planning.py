"""plan: what would be written, saved whole before anything is sent."""

from collections.abc import Mapping, Sequence

from connector.errors import AccessRefused, GuardStopped
from connector.kpis import fields as kpi_fields
from connector.model import Answer, Capabilities, Entity, FieldValue, Goal, Stream, WritePlan, goal_kind
from connector.plan import Head, Present, make_plan
from connector.steps.measuring import members
from connector.steps.room import fitting
from connector.steps.work import Work
from connector.store import Lease
from connector.targets import goals_for, unresolved


def plan_id(run: str) -> str:
    """Return the name of the plan that a run makes: run r000012 makes plan p000012."""
    return f"p{run.removeprefix('r')}"


async def plan(work: Work, lease: Lease, run: str, able: Capabilities) -> WritePlan:
    """Compare what was measured last with what the CRM holds, and save the writes that would make them equal.

    Raises:
        GuardStopped: nothing was measured yet.
    """
    measured = await work.ask(work.store.values.latest, work.account)
    if measured is None:
        raise GuardStopped(f"Nothing was measured for {work.account!r} yet; run `crm-kpi measure` first.")
    goals, notes = await _goals(work, able)
    there = {entity: await _names(work, entity) for entity in map(Entity, work.config.house.push_fields)}
    present = await _present(work, there)
    head = Head(plan_id(run), work.account, await work.ask(work.store.now), measured.as_of)
    room = fitting(await _fields(work, able), there, able)
    made = make_plan(head, room.fields, goals, present, stamps=room.stamps)
    missing = await work.ask(work.store.values.unavailable, work.account)
    notes += (*room.notes, *(f"{key} is not available and stays as it is: {reason}" for key, reason in missing.items()))
    made = WritePlan(made.id, made.account, made.made_at, made.as_of, made.fields, made.goals, made.present, (*made.notes, *notes))
    await work.ask(work.store.plans.save, lease, run, made)
    return made


async def _fields(work: Work, able: Capabilities) -> Sequence[FieldValue]:
    chosen = {Entity(name) for name in work.config.house.push_fields}
    writable = {entity for entity in chosen if _can(able, entity)}
    found = await work.ask(work.store.values.fields, work.account, kpi_fields.specs())
    return [value for value in found if value.spec.entity in writable]


def _can(able: Capabilities, entity: Entity) -> bool:
    return entity in able.fields and able.fields[entity].answer is not Answer.NO


async def _present(work: Work, there: Mapping[Entity, set[str]]) -> Present:
    records, plans = work.store.records, work.store.plans
    known = await work.ask(records.held, work.account)
    # A field that was deleted in the CRM holds nothing, whatever we saw in it before.
    held = {place: value for place, value in known.items() if place[2] in there.get(place[0], {place[2]})}
    written = await work.ask(plans.written, work.account)
    return Present(held, written, await work.ask(records.goals, work.account))


async def _names(work: Work, entity: Entity) -> set[str]:
    """Return which of our fields this kind of record has; all of them where the CRM does not let us ask."""
    try:
        return await work.adapter.present_fields(entity)
    except AccessRefused:
        return {spec.name for spec in kpi_fields.specs().values()}


async def _goals(work: Work, able: Capabilities) -> tuple[tuple[Goal, ...], tuple[str, ...]]:
    house = work.config.house
    if not house.push_goals or not house.goals:
        return (), ()
    account = await work.bound()
    people = await members(work)
    wanted = goals_for(house.goals, account.tenant.id, people, work.calendar(account))
    missing = unresolved(house.goals, people)
    # A goal that cannot be compared with what the CRM holds could be made twice.
    state = await work.ask(work.store.records.state, work.account, Stream.GOALS)
    if not state.loaded or state.refused:
        return (), (
            *missing,
            f"Goals stay as they are: {state.refused or 'they were not pulled'}.",
        )
    kinds = {goal: goal_kind(goal.kpi, goal.subject_type) for goal in wanted}
    cannot = {kind for kind in kinds.values() if kind not in able.goals or able.goals[kind].answer is Answer.NO}
    notes = tuple(f"Targets for {kind} count here, but are not written. {_why_not(able, kind)}" for kind in sorted(cannot))
    return tuple(goal for goal in wanted if kinds[goal] not in cannot), (*missing, *notes)


def _why_not(able: Capabilities, kind: str) -> str:
    return able.goals[kind].reason if kind in able.goals else "The CRM has no such goals."
