"""plan: what would be written, saved whole before anything is sent."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from connector.errors import AccessRefused, GuardStopped
from connector.goals import Landings, landings
from connector.kpis import fields as kpi_fields
from connector.kpis.board import LINE
from connector.model import Ability, Answer, Capabilities, Entity, FieldValue, Stream, WritePlan, goal_kind
from connector.plan import Head, Present, make_plan
from connector.steps.affording import shortages
from connector.steps.aiming import measured_goals
from connector.steps.boarding import board_record, boarded, own_specs, with_board
from connector.steps.measuring import lacking, members
from connector.steps.room import fitting_both
from connector.steps.work import Work
from connector.store import Lease
from connector.targets import goals_for, targets_of, unresolved


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
    goals = await _landings(work, able)
    board = await boarded(work, able, goals.board)
    there = {entity: await present_names(work, entity) for entity in _touched(work)}
    present = with_board(await _present(work, there), board)
    head = Head(plan_id(run), work.account, await work.ask(work.store.now), measured.as_of)
    room = fitting_both(await _fields(work, able), board.fields, there, able)
    made = make_plan(head, room.fields, goals.native, present, stamps=room.stamps)
    missing = await work.ask(work.store.values.unavailable, work.account)
    missing = {key: reason for key, reason in missing.items() if _is_shown(key, _touched(work), has_board=bool(board.fields))}
    notes = (
        *goals.notes,
        *board.notes,
        *room.notes,
        *await shortages(work, able, (*made.fields, *made.goals)),
        *(f"{sentence} Fields that show it stay as they are." for sentence in lacking(missing)),
    )
    made = WritePlan(made.id, made.account, made.made_at, made.as_of, made.fields, made.goals, made.present, (*made.notes, *notes))
    await work.ask(work.store.plans.save, lease, run, made)
    return made


def _is_shown(key: str, touched: Collection[Entity], *, has_board: bool) -> bool:
    """Whether a field that we write shows what is missing: a field itself, a KPI of user records or the board, or a breakdown."""
    entity, dot, _ = key.partition(".")
    if dot:
        return entity in touched
    shown = {*(one.kpi for one in kpi_fields.SHOWN), *(kpi for kpi, _ in LINE)}
    return (has_board or Entity.USERS in touched) and (key.startswith("by ") or key in shown)


def _touched(work: Work) -> set[Entity]:
    """Return the kinds of records that get fields."""
    board = board_record(work)
    return {*map(Entity, work.config.house.push_fields), *([board[0]] if board else [])}


async def _fields(work: Work, able: Capabilities) -> Sequence[FieldValue]:
    chosen = {Entity(name) for name in work.config.house.push_fields}
    writable = {entity for entity in chosen if can_write(able, entity)}
    found = await work.ask(work.store.values.fields, work.account, kpi_fields.specs())
    return [value for value in found if value.spec.entity in writable]


def can_write(able: Capabilities, entity: Entity) -> bool:
    """Whether this kind of record may take our fields, as far as anybody knows."""
    return entity in able.fields and able.fields[entity].answer is not Answer.NO


async def _present(work: Work, there: Mapping[Entity, set[str]]) -> Present:
    records, plans = work.store.records, work.store.plans
    known = await work.ask(records.held, work.account)
    # A field that was deleted in the CRM holds nothing, whatever we saw in it before.
    held = {place: value for place, value in known.items() if place[2] in there.get(place[0], {place[2]})}
    written = await work.ask(plans.written, work.account)
    return Present(held, written, await work.ask(records.goals, work.account))


async def present_names(work: Work, entity: Entity) -> set[str]:
    """Return which of our fields this kind of record has; all of them where the CRM does not let us ask."""
    try:
        return await work.adapter.present_fields(entity)
    except AccessRefused:
        return {spec.name for spec in own_specs(work).values()}


async def _landings(work: Work, able: Capabilities) -> Landings:
    """Return where each goal of the settings goes, and what is to be said of those that go nowhere."""
    house = work.config.house
    if not house.goals or not (house.push_goals or house.board_record):
        return Landings((), (), ())
    account, people = await work.bound(), await members(work)
    calendar = work.calendar(account)
    wanted = goals_for(house.goals, account.tenant.id, people, calendar)
    targets = targets_of(house.goals, people, calendar)
    if not house.push_goals:
        off = Ability(Answer.NO, "CRM_KPI_PUSH_GOALS is off.")
        able = replace(able, goals={goal_kind(target.kpi, target.subject_type): off for target in targets})
    found = landings(wanted, targets, able, house.board_record)
    found = replace(found, native=tuple(await work.ask(measured_goals, work.store, work.account, found.native)))
    missing = unresolved(house.goals, people, calendar)
    # A goal that cannot be compared with what the CRM holds could be made twice.
    state = await work.ask(work.store.records.state, work.account, Stream.GOALS)
    if not house.push_goals or (state.loaded and not state.refused):
        return replace(found, notes=(*missing, *found.notes))
    return replace(found, native=(), notes=(*missing, f"Goals stay as they are: {state.refused or 'they were not pulled'}."))
