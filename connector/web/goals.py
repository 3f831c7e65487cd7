"""Goals as people read them, on the status page and in the terminal."""

from collections.abc import Iterator
from decimal import Decimal

from connector.aims import Progress, Standing
from connector.kpis.metric import Better
from connector.model import shown
from connector.steps import Judged
from connector.store import Account
from connector.web.status import GoalLine

_NOTHING = "–"


def goal_lines(known: Judged, account: Account) -> tuple[GoalLine, ...]:
    """Return a line for each goal, in the order of subjects and periods, with its key results and milestones below it."""
    ordered = sorted(known.goals, key=lambda goal: (not goal.results, *_whom(known, account, goal), goal.aim.period, goal.aim.title))
    return tuple(line for goal in ordered for line in _lines(known, account, goal, 0))


def subject_name(known: Judged, account: Account, goal: Progress) -> str:
    """Return the name of whoever is to reach a goal."""
    aim = goal.aim
    return account.tenant.name if aim.subject_type == "account" else known.names[aim.subject_type].get(aim.subject, aim.subject)


def _whom(known: Judged, account: Account, goal: Progress) -> tuple[int, str]:
    """Return the place of a subject: the whole account, then teams, then owners, by name."""
    kinds = ("account", "team", "owner")
    return kinds.index(goal.aim.subject_type), subject_name(known, account, goal)


def _lines(known: Judged, account: Account, goal: Progress, depth: int) -> Iterator[GoalLine]:
    yield _line(known, account, goal, depth)
    for result in goal.results:
        yield from _lines(known, account, result, depth + 1)
    for milestone in goal.milestones:
        yield _milestone(account, goal, milestone, depth + 1)


def _line(known: Judged, account: Account, goal: Progress, depth: int) -> GoalLine:
    aim, unit, currency = goal.aim, goal.aim.kpi.unit if goal.aim.kpi else "", account.tenant.currency
    most = "at most " if goal.per_day is not None and aim.better is Better.DOWN else ""
    return GoalLine(
        name=aim.title,
        subject=subject_name(known, account, goal),
        period=aim.period.name,
        target="" if aim.target is None else shown(aim.target, unit, currency),
        actual="" if goal.results else shown(goal.actual, unit, currency),
        attainment=share(goal.attainment),
        pace=share(goal.pace),
        status=state(goal),
        gap="" if goal.gap is None else shown(goal.gap, unit, currency),
        per_day="" if goal.per_day is None else most + shown(goal.per_day, "ratio" if unit == "count" else unit, currency),
        days_left=str(goal.days_left),
        doubt="; ".join(filter(None, ("set in the CRM" if aim.origin == "crm" else "", doubt(goal)))),
        depth=depth,
    )


def _milestone(account: Account, goal: Progress, one: Standing, depth: int) -> GoalLine:
    unit, currency = goal.aim.kpi.unit if goal.aim.kpi else "", account.tenant.currency
    return GoalLine(
        name=one.milestone.name or "milestone",
        subject="",
        period=f"by {one.milestone.by.name}",
        target=shown(one.milestone.target, unit, currency),
        actual=shown(one.actual, unit, currency),
        status=str(one.status or "open"),
        depth=depth,
    )


def share(value: Decimal | None) -> str:
    """Return a share in per cent; a dash where there is none."""
    return _NOTHING if value is None else f"{value:.1%}"


def state(goal: Progress) -> str:
    """Return how a goal is doing, or why nobody can say."""
    if goal.status is not None:
        return str(goal.status)
    return "not measured" if goal.has_begun else "to come"


def doubt(goal: Progress) -> str:
    """Return how many records a value rests on and between which values it may lie, where they are few; else nothing."""
    if goal.results:
        known = sum(one.attainment is not None for one in goal.results)
        return "" if known == len(goal.results) else f"{known} of {len(goal.results)} measured"
    between = f", {goal.interval[0]:.1%} to {goal.interval[1]:.1%}" if goal.interval else ""
    return f"uncertain, n {goal.n}{between}" if goal.is_unsure else ""
