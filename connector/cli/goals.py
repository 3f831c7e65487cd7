"""goals, as a command: how far each goal is, and how its target was moved."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from connector import steps
from connector.aims import Progress, Standing
from connector.cli.session import opened
from connector.cli.words import number, print_json, say, table
from connector.errors import GuardStopped
from connector.model import Target, shown
from connector.steps import Judged
from connector.store import Account, TargetChange, TargetKey
from connector.web.goals import goal_lines, state, subject_name
from connector.web.status import GoalLine

History = Mapping[TargetKey, Sequence[TargetChange]]
_COLUMNS = ("goal", "whose", "period", "target", "actual", "attained", "pace", "status", "gap", "a day", "days left", "")


def goals(account: str | None, *, every: bool, as_json: bool) -> None:
    """Show the running goals, or every one."""
    with opened() as app:
        config = app.config(account)
        bound = app.store.accounts.get(config.name)
        known = steps.judged(app.store, config, bound, every=every) if bound else None
        history = app.store.targets.changes(config.name)
    if bound is None or known is None or known.as_of is None:
        raise GuardStopped(f"Nothing was measured for {config.name!r} yet; run `crm-kpi run` first.")
    if as_json:
        print_json([goal_as_json(goal, known, bound, history) for goal in known.goals])
        return
    _show(known, bound, history)


def _show(known: Judged, bound: Account, history: History) -> None:
    lines = goal_lines(known, bound)
    if lines:
        title = f"{bound.tenant.name}, as of {known.as_of:%Y-%m-%d %H:%M} UTC"
        table(title, _COLUMNS, [_row(line) for line in lines], right=(3, 4, 5, 6, 8, 9, 10))
    else:
        say("No goal is running; `crm-kpi goals --all` also shows those that are over or to come, CRM_KPI_GOALS sets some.")
    for goal in known.goals:
        for sentence in _moves(goal, known, bound, history):
            say(sentence)
    for note in known.notes:
        say(note)


def _row(line: GoalLine) -> list[str]:
    name = "  " * line.depth + line.name
    figures = [line.target, line.actual, line.attainment, line.pace, line.status, line.gap, line.per_day, line.days_left]
    return [name, line.subject, line.period, *figures, line.doubt]


def _moves(goal: Progress, known: Judged, bound: Account, history: History) -> Iterator[str]:
    """Yield a sentence for each time that a goal's target was another one."""
    target = goal.aim.as_target
    kpi = goal.aim.kpi
    changes = _changes(target, history)
    for before, after in pairwise(changes):
        what = f"{goal.aim.title} {goal.aim.period.name}, {subject_name(known, bound, goal)}"
        was = "no target" if before.target is None else f"target {shown(before.target, kpi.unit if kpi else '', bound.tenant.currency)}"
        yield f"{what}: {was} until {after.at:%Y-%m-%d %H:%M} UTC ({after.run})."
    for result in goal.results:
        yield from _moves(result, known, bound, history)


def _changes(target: Target | None, history: History) -> Sequence[TargetChange]:
    return history.get((target.kpi, target.subject_type, target.subject, target.period.name), ()) if target else ()


def goal_as_json(goal: Progress, known: Judged, bound: Account, history: History) -> dict[str, Any]:
    """Return a goal as `crm-kpi goals --json` prints it."""
    aim, period = goal.aim, goal.aim.period
    return {
        "goal": aim.title,
        "kpi": aim.kpi.key if aim.kpi else None,
        "unit": str(aim.kpi.unit) if aim.kpi else None,
        "better": str(aim.better),
        "subject": {"type": aim.subject_type, "id": aim.subject or bound.name, "name": subject_name(known, bound, goal)},
        "period": {"name": period.name, "start": str(period.start), "end": str(period.end)},
        "origin": aim.origin,
        "status": state(goal),
        **{name: number(getattr(aim, name)) for name in ("target", "baseline")},
        **{name: number(getattr(goal, name)) for name in ("actual", "attainment", "due", "pace", "gap", "per_day")},
        "days_left": goal.days_left,
        "n": goal.n,
        "low_confidence": goal.is_unsure,
        "interval": [number(end) for end in goal.interval] if goal.interval else None,
        "milestones": [_milestone_as_json(one) for one in goal.milestones],
        "key_results": [
            {"weight": number(weight), **goal_as_json(result, known, bound, history)}
            for weight, result in zip((one.weight for one in aim.results), goal.results, strict=True)
        ],
        "changes": [
            {"at": one.at.isoformat().replace("+00:00", "Z"), "run": one.run, "target": number(one.target)}
            for one in _changes(aim.as_target, history)
        ],
    }


def _milestone_as_json(one: Standing) -> dict[str, Any]:
    return {
        "name": one.milestone.name,
        "by": one.milestone.by.name,
        "target": number(one.milestone.target),
        "actual": number(one.actual),
        "status": str(one.status or "open"),
    }
