"""The board record that an admin named: what it shows, and what stands in the way of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from connector.aims import Key, Progress
from connector.board import View, board_fields
from connector.kpis import board as kpi_board
from connector.kpis import fields as kpi_fields
from connector.model import Answer, Capabilities, Entity, FieldChange, FieldSpec, FieldValue, KpiValue, Target
from connector.period import ALL_TIME, Grain, Period
from connector.plan import Present
from connector.steps.aiming import judged
from connector.steps.lines import lines
from connector.steps.work import Work

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Boarded:
    """The fields of the board record, what it holds now, and a sentence for why there is nothing, where there is nothing."""

    fields: tuple[FieldValue, ...] = ()
    held: Mapping[tuple[Entity, str, str], str | None] | None = None
    notes: tuple[str, ...] = ()


def board_record(work: Work) -> tuple[Entity, str] | None:
    """Return the record that the settings name as the board."""
    kind, _, key = (work.config.house.board_record or "").partition(":")
    return (Entity(kind), key) if key else None


def own_specs(work: Work) -> Mapping[str, FieldSpec]:
    """Return every field that is ours in this account, the board's included, keyed `entity.name`."""
    record = board_record(work)
    board = kpi_board.specs(record[0]) if record else {}
    return {**kpi_fields.specs(), **{f"{spec.entity}.{spec.name}": spec for spec in board.values()}}


async def boarded(work: Work, able: Capabilities, goals: Sequence[Target]) -> Boarded:
    """Return what the board record should hold, and what it holds; `goals` are those that it is to show."""
    record = board_record(work)
    if record is None:
        return Boarded()
    kind, key = record
    if kind not in able.fields or able.fields[kind].answer is Answer.NO:
        why = able.fields[kind].reason if kind in able.fields else f"The CRM takes no fields of ours on {kind}."
        return Boarded(notes=(f"The board record {kind}:{key} stays as it is. {why}",))
    now = await work.adapter.held(kind, [key], list(kpi_board.specs(kind).values()))
    if not now:
        return Boarded(notes=(f"The board record {kind}:{key} is not in the CRM (any more); set CRM_KPI_BOARD_RECORD to one that is.",))
    held = {(kind, one.record, one.field): one.value for one in now}
    with_owners = await _owners_need_it(work, able)
    view = await _view(work)
    shown = [one for one in _flat(view.goals) if one.aim.results or one.aim.as_target in goals]
    found = board_fields(record, view, shown, with_owners=with_owners)
    if not with_owners and held.get((kind, key, kpi_board.OWNERS)):
        # They were shown here once, and are not to be any more.
        found.append(FieldValue(kpi_board.specs(kind)[kpi_board.OWNERS], key, None))
    return Boarded(tuple(found), held)


def with_board(present: Present, board: Boarded) -> Present:
    """Return what is there, with what the board record holds."""
    return replace(present, held={**present.held, **(board.held or {})})


async def _owners_need_it(work: Work, able: Capabilities) -> bool:
    """Whether reps' numbers are wanted, and user records cannot show them: the CRM says so, or refused them at the last push."""
    if Entity.USERS not in work.config.house.push_fields:
        return False
    users = able.fields.get(Entity.USERS)
    return users is None or users.answer is Answer.NO or (users.answer is Answer.UNVERIFIED and await _were_refused(work))


async def _were_refused(work: Work) -> bool:
    latest = await work.ask(work.store.plans.latest, work.account)
    refused = await lines(work, latest.id, "refused") if latest else ()
    return any(isinstance(item.change, FieldChange) and item.change.spec.entity is Entity.USERS for item in refused)


async def _view(work: Work) -> View:
    values = work.store.values
    account = await work.bound()
    calendar = work.calendar(account)
    known = await work.ask(judged, work.store, work.config, account)
    now = await work.ask(work.store.now)
    last_day = calendar.day_of((known.as_of or now) - _INSTANT)
    periods = {ALL_TIME, *(calendar.period_of(grain, last_day) for grain in (Grain.MONTH, Grain.QUARTER))}
    found = await _values(work, sorted({*(shown.kpi for shown in kpi_fields.SHOWN), *dict(kpi_board.LINE)}), periods)
    return View(found, known.goals, known.names, calendar, last_day, frozenset(await work.ask(values.unavailable, work.account)))


def _flat(goals: Iterable[Progress]) -> list[Progress]:
    """Return goals with those that they hold."""
    return [one for goal in goals for one in (goal, *_flat(goal.results))]


async def _values(work: Work, kpis: Sequence[str], periods: set[Period]) -> Mapping[Key, KpiValue]:
    found: dict[Key, KpiValue] = {}
    for period in periods:
        for dimension in ("", "team", "owner"):
            rows = await work.ask(work.store.values.find, work.account, kpis, dimension, period=period)
            found |= {(row.kpi, dimension, row.by.get(dimension, ""), period.name): row for row in rows}
    return found
