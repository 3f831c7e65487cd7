"""pull, measure, plan, push, undo and run, as commands: one run's record each, and a short account of what happened."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from connector import steps
from connector.cli.importing import show_fed
from connector.cli.session import day_of, moment, session
from connector.cli.words import print_json, say, table
from connector.errors import AccessRefused, SettingsError, TryLater
from connector.model import Entity, FieldChange, Measured, WritePlan
from connector.steps import Fed, Pulled, Pushed, Road, Work, recorded

SHOWN = 12
"""How many single writes a plan shows."""


def pull(account: str | None, *, full: bool, as_json: bool) -> None:
    """Pull once."""

    async def action(work: Work) -> tuple[Pulled, Sequence[Fed]]:
        async with recorded(work, "pull") as (lease, run):
            await steps.check(work, lease)
            pulled = await steps.pull(work, lease, run, full=full)
            await steps.step(work, lease, run, pull=pulled.summary)
            return pulled, await steps.feed(work, lease, run, full=full)

    pulled, fed = session(account, action, quiet=as_json)
    if as_json:
        print_json({**pulled.summary, "feeds": steps.summaries(fed)})
    else:
        show_pulled(pulled)
        show_fed(fed)
    raise_lost(pulled)


def measure(account: str | None, as_of: str | None, records: list[str], *, as_json: bool) -> None:
    """Measure once, from what is stored."""
    day = day_of(as_of)
    wanted = [_record(text) for text in records]

    async def action(work: Work) -> Measured:
        await _check_records(work, wanted)
        at = await moment(work, day) or datetime.now(UTC)
        async with recorded(work, "measure", at) as (lease, run):
            if wanted:
                told = (await steps.measure_records(work, lease, run, as_of=at, records=wanted)).told
                found = replace(told, unavailable=_of_fields(told.unavailable, wanted))
            else:
                found = await steps.measure(work, lease, run, at, pulled=await steps.last_pull(work))
            await steps.step(work, lease, run, measure=steps.measured_summary(found))
            return found

    found = session(account, action, quiet=as_json)
    print_json(steps.measured_summary(found)) if as_json else show_measured(found)


def plan(account: str | None, *, as_json: bool) -> None:
    """Plan once, and show the plan."""

    async def action(work: Work) -> WritePlan:
        async with recorded(work, "plan") as (lease, run):
            able = await steps.check(work, lease)
            await steps.finish_unfinished(work, lease, able)
            made = await steps.plan(work, lease, run, able)
            await steps.step(work, lease, run, plan=steps.plan_summary(made))
            return made

    made = session(account, action, quiet=as_json)
    print_json(plan_as_json(made)) if as_json else show_plan(made)


def push(account: str | None, plan_id: str | None, *, yes: bool, as_json: bool) -> None:
    """Push one plan."""

    async def action(work: Work) -> Pushed:
        await steps.named_plan(work, plan_id)
        async with recorded(work, "push") as (lease, run):
            able = await steps.check(work, lease)
            made = await steps.pushable(work, plan_id)
            await steps.guard(work, made, yes=yes)
            await steps.confirm(work, lease, yes=yes)
            ended = await steps.push(work, lease, made, able)
            await steps.pull_goals(work, lease, await steps.last_pull(work) or run, made)
            await steps.step(work, lease, run, push=ended.summary)
            return ended

    ended = session(account, action, quiet=as_json)
    print_json(ended.summary) if as_json else show_pushed(ended)
    raise_refused(ended)


def undo(account: str | None, run_id: str, *, as_json: bool) -> None:
    """Take back what one run wrote."""

    async def action(work: Work) -> tuple[WritePlan, Pushed]:
        await steps.undoable(work, run_id)
        async with recorded(work, "undo") as (lease, run):
            able = await steps.check(work, lease)
            back, ended = await steps.undo(work, lease, run, run_id, able=able)
            await steps.step(work, lease, run, undo={**ended.summary, "left alone": list(back.notes)})
            return back, ended

    back, ended = session(account, action, quiet=as_json)
    if as_json:
        print_json({**ended.summary, "undoes": back.undoes, "left_alone": list(back.notes)})
        return
    say(f"Took back {ended.counts.get('ok', 0)} of {back.present} values of {run_id}; left {len(back.notes)} alone. Pushes are paused.")
    for note in back.notes:
        say(f"  {note}")
    say("`crm-kpi resume` lets pushes go on.")
    raise_refused(ended)


def run(account: str | None, as_of: str | None, *, full: bool, yes: bool, as_json: bool) -> None:
    """Go the whole road once."""
    day = day_of(as_of)

    async def action(work: Work) -> Road:
        at = await moment(work, day)
        async with recorded(work, "run", at) as (lease, run_id):
            road = Road(run_id)
            await steps.run(work, lease, road, as_of=at, full=full, yes=yes)
            return road

    road = session(account, action, quiet=as_json)
    print_json(road_as_json(road)) if as_json else show_road(road)
    if road.stopped is not None:
        raise road.stopped
    if road.pushed is not None:
        raise_refused(road.pushed)
    if road.pulled is not None:
        raise_lost(road.pulled)


def _of_fields(unavailable: Mapping[str, str], records: Sequence[tuple[Entity, str]]) -> Mapping[str, str]:
    """Return what lacks for fields of these records; nobody asked for KPIs and other fields."""
    entities = {str(entity) for entity, _ in records}
    return {key: why for key, why in unavailable.items() if key.partition(".")[0] in entities}


async def _check_records(work: Work, wanted: Sequence[tuple[Entity, str]]) -> None:
    missing = [f"{entity}:{one}" for entity, one in wanted if not await work.ask(work.store.records.get, work.account, entity, [one])]
    if missing:
        raise SettingsError(f"--records names what is not kept: {', '.join(missing)}; `crm-kpi pull` or `import` brings records.")


def _record(text: str) -> tuple[Entity, str]:
    entity, _, record = text.partition(":")
    fillable = (Entity.DEALS, Entity.COMPANIES, Entity.USERS)
    if entity not in fillable or not record:
        raise SettingsError(f"--records is {text!r}; allowed is ENTITY:ID with the entity one of {', '.join(fillable)}.")
    return Entity(entity), record


def raise_lost(pulled: Pulled) -> None:
    """Fail with the right exit code where a stream that was readable before is refused now."""
    if pulled.lost:
        raise AccessRefused(" ".join(dict.fromkeys(pulled.lost)))


def raise_refused(ended: Pushed) -> None:
    """Fail with the right exit code where the CRM refused values."""
    if ended.counts.get("refused"):
        raise AccessRefused(f"The CRM refused {ended.counts['refused']} values: {' '.join(ended.refusals)}")
    if ended.counts.get("unknown"):
        raise TryLater(f"Of {ended.counts['unknown']} values the CRM did not say whether they arrived; the next run finds out.")


def show_pulled(pulled: Pulled) -> None:
    """Print what a pull brought."""
    names = ("rows", "changed", "deleted", "rejected")
    rows = [[str(stream), *(f"{figures[name]:,}" for name in names)] for stream, figures in pulled.streams.items()]
    if rows:
        table("Pulled", ("stream", "rows", "new or changed", "deleted", "in quarantine"), rows, right=(1, 2, 3, 4))
    for stream, fields in pulled.unread.items():
        for name, number in fields.items():
            say(f"  {stream} {name}: {number:,} unreadable, taken for empty.")


def show_measured(found: Measured) -> None:
    """Print how much was measured."""
    say(f"Measured {found.values:,} KPI values and {found.fields:,} field values as of {found.as_of:%Y-%m-%d %H:%M} UTC.")
    for sentence in steps.lacking(found.unavailable):
        say(f"  {sentence}")


def show_plan(made: WritePlan) -> None:
    """Print a plan: how much of what, a few single writes, and what was left out."""
    say(f"Plan {made.id}: {len(made.fields):,} field values on {len(_records(made)):,} records, {len(made.goals):,} goal rows to write.")
    counts = Counter((str(change.spec.entity), change.spec.name, str(change.why)) for change in made.fields)
    if counts:
        rows = [[*key, f"{number:,}"] for key, number in sorted(counts.items())]
        table("By field", ("records", "field", "why", "values"), rows, right=(3,))
    shown = sorted(made.fields, key=lambda change: (change.why == "stamp", change.why == "new"))[:SHOWN]
    if shown:
        rows = [[f"{one.spec.entity} {one.record}", one.spec.name, one.old or "–", one.new or "–", str(one.why)] for one in shown]
        table("For example", ("record", "field", "now", "then", "why"), rows)
    if made.goals:
        rows = [[one.goal.title, one.goal.period.name, str(one.old or "–"), str(one.goal.target), str(one.why)] for one in made.goals]
        table("Goals", ("goal", "period", "now", "then", "why"), rows)
    for note in made.notes:
        say(f"  {note}")


def _records(made: WritePlan) -> set[tuple[str, str]]:
    return {(change.spec.entity, change.record) for change in made.fields}


def show_pushed(ended: Pushed) -> None:
    """Print what became of a push."""
    counts = ", ".join(f"{number:,} {state}" for state, number in ended.counts.items() if number) or "nothing to write"
    say(f"Pushed plan {ended.plan}: {counts}.")
    for reason in ended.refusals:
        say(f"  refused: {reason}")


def show_road(road: Road) -> None:
    """Print what a run did."""
    if road.pulled:
        show_pulled(road.pulled)
    show_fed(road.fed)
    if road.measured:
        show_measured(road.measured)
    if road.pushed:
        show_pushed(road.pushed)
    elif road.plan:
        say(f"Plan {road.plan.id} has {road.plan.size:,} values to write.")
    for note in road.plan.notes if road.plan else ():
        if not note.startswith("Not available: "):  # measuring has said it
            say(f"  {note}")


def plan_as_json(made: WritePlan) -> dict[str, Any]:
    """Return a whole plan as JSON."""
    return {
        **steps.plan_summary(made),
        "as_of": made.as_of.isoformat(),
        "notes": list(made.notes),
        "writes": [_change_as_json(change) for change in made.fields],
        "goal_rows": [
            {"goal": one.goal.title, "period": one.goal.period.name, "old": str(one.old or ""), "new": str(one.goal.target), "why": one.why}
            for one in made.goals
        ],
    }


def _change_as_json(change: FieldChange) -> dict[str, Any]:
    return {
        "entity": change.spec.entity,
        "record": change.record,
        "field": change.spec.name,
        "old": change.old,
        "new": change.new,
        "why": change.why,
        "evidence": dict(change.evidence),
    }


def road_as_json(road: Road) -> dict[str, Any]:
    """Return a run's figures as JSON."""
    return {
        "run": road.run,
        "pull": road.pulled.summary if road.pulled else None,
        "feeds": steps.summaries(road.fed),
        "measure": steps.measured_summary(road.measured) if road.measured else None,
        "plan": steps.plan_summary(road.plan) if road.plan else None,
        "push": road.pushed.summary if road.pushed else None,
        "stopped": str(road.stopped) if road.stopped else None,
    }
