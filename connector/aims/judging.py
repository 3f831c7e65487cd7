"""How far a goal is: a pure function from a goal, what was measured and the working days to its progress."""

from dataclasses import replace
from decimal import Decimal

from connector.aims.aim import Aim, Milestone, is_flow
from connector.aims.figures import attainment, pace, settled, short_by, standing
from connector.aims.progress import Progress, Seen, Standing, Status
from connector.kpis.metric import Better, Kpi

_ALL = Decimal(1)


def judge(aim: Aim, seen: Seen) -> Progress:
    """Return how far a goal is."""
    made = Progress(aim=aim, days_left=seen.days_left(aim), has_begun=aim.period.start <= seen.today)
    if aim.results:
        return _large(made, seen)
    return made if aim.kpi is None or aim.target is None else _one(made, aim.kpi, aim.target, seen)


def _one(made: Progress, kpi: Kpi, target: Decimal, seen: Seen) -> Progress:
    aim = made.aim
    found, actual = seen.value(aim), seen.actual(aim)
    due = _due(aim, target, seen) if is_flow(kpi) else None
    made = replace(made, due=due, milestones=_milestones(aim, kpi, seen))
    if actual is None:
        return made
    gap = short_by(aim.better, actual, target)
    return replace(
        made,
        actual=actual,
        n=found.n if found else 0,
        is_unsure=bool(found and found.low_confidence),
        interval=found.interval if found else None,
        attainment=attainment(aim.better, actual, target, aim.baseline),
        pace=pace(aim.better, actual, due),
        gap=gap,
        per_day=_per_day(aim, gap, made.days_left) if is_flow(kpi) else None,
        status=_status(aim, seen, actual=actual, target=target, due=due),
    )


def _due(aim: Aim, target: Decimal, seen: Seen) -> Decimal:
    """Return how much should be there by now: each part of the target by the share of its working days that are over."""
    return sum((part * seen.gone(aim, period) for period, part in aim.parts or ((aim.period, target),)), Decimal(0))


def _per_day(aim: Aim, gap: Decimal, left: int) -> Decimal | None:
    """Return what each working day left must bring, or may bring; None where nothing is needed, or nothing helps any more."""
    rest = gap if aim.better is Better.UP else -gap
    return rest / left if left and rest > 0 else None


def _status(aim: Aim, seen: Seen, *, actual: Decimal, target: Decimal, due: Decimal | None) -> Status:
    gap = short_by(aim.better, actual, target)
    ended = settled(aim.better, gap, is_over=_is_over(aim, seen), is_flow=due is not None)
    if ended is not None:
        return ended
    if due is not None and due <= 0:
        return Status.ON_TRACK
    share = attainment(aim.better, actual, target, aim.baseline) if due is None else pace(aim.better, actual, due)
    if share is None:
        # Nothing happened of what should happen little; or a level has no ratio to its target and only its side of it counts.
        return Status.BEHIND if gap > 0 else Status.ON_TRACK if due is None else Status.AHEAD
    return standing(share)


def _is_over(aim: Aim, seen: Seen) -> bool:
    return aim.period.end <= seen.today


def _milestones(aim: Aim, kpi: Kpi, seen: Seen) -> tuple[Standing, ...]:
    return tuple(_milestone(aim, kpi, one, seen) for one in aim.milestones)


def _milestone(aim: Aim, kpi: Kpi, one: Milestone, seen: Seen) -> Standing:
    """Judge a milestone by what was reached until its end: of a flow all since the goal's start, of all else the value of that period."""
    months = [seen.actual(aim, month) for month in one.so_far if month.start <= seen.today] if is_flow(kpi) else [seen.actual(aim, one.by)]
    known = [actual for actual in months if actual is not None]
    if not known or len(known) < len(months):
        return Standing(one, None, None)
    actual = sum(known, Decimal(0))
    short = short_by(aim.better, actual, one.target)
    return Standing(one, actual, settled(aim.better, short, is_over=one.by.end <= seen.today, is_flow=is_flow(kpi)))


def _large(made: Progress, seen: Seen) -> Progress:
    """Judge a goal by those it holds: their weighted mean, each counting as full at most; one that nobody measured leaves the mean."""
    results = tuple(judge(one.aim, seen) for one in made.aim.results)
    known = [(one.weight, judged) for one, judged in zip(made.aim.results, results, strict=True) if judged.attainment is not None]
    total = sum((weight for weight, _ in known), Decimal(0))
    made = replace(made, results=results)
    if not total:
        return made
    reached = sum((weight * min(one.attainment or Decimal(0), _ALL) for weight, one in known), Decimal(0)) / total
    due = sum((weight * _due_share(one) for weight, one in known), Decimal(0)) / total
    paced = pace(Better.UP, reached, due)
    return replace(made, attainment=reached, pace=paced, status=_large_status(made.aim, seen, results=results, pace=paced))


def _due_share(made: Progress) -> Decimal:
    """Return which share of a goal is due by now; of what has no pace, all of it."""
    return _ALL if made.due is None or not made.aim.target else made.due / made.aim.target


def _large_status(aim: Aim, seen: Seen, *, results: tuple[Progress, ...], pace: Decimal | None) -> Status | None:
    if all(one.status is Status.MET for one in results):
        return Status.MET
    if _is_over(aim, seen):
        return Status.MISSED if any(one.status is Status.MISSED for one in results) else None
    return Status.ON_TRACK if pace is None else standing(pace)
