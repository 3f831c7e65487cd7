"""The arithmetic of goals: attainment, gap, pace, and what they mean for a goal's status."""

from decimal import Decimal

from connector.aims.progress import Status
from connector.kpis.metric import Better

BAND = Decimal("0.05")
"""How far from just in time is still on track."""
_ALL = Decimal(1)


def attainment(better: Better, actual: Decimal, target: Decimal, baseline: Decimal | None = None) -> Decimal | None:
    """Return how much of a target is reached, 1 being all of it.

    Counted is what was gained since the baseline, where there is one. Without one it is actual over target, or where less is better target
    over actual. Where such a ratio says nothing (a target of zero, losses) there is only all of it, or None.
    """
    if baseline is not None:
        over, under, is_sound = actual - baseline, target - baseline, short_by(better, baseline, target) > 0
    elif better is Better.DOWN:
        over, under, is_sound = target, actual, actual > 0 and target >= 0
    else:
        over, under, is_sound = actual, target, target > 0
    if is_sound:
        return over / under
    return _ALL if short_by(better, actual, target) <= 0 else None


def short_by(better: Better, actual: Decimal, target: Decimal) -> Decimal:
    """Return what is missing to a target; zero or less when it is reached."""
    return target - actual if better is Better.UP else actual - target


def pace(better: Better, actual: Decimal | None, due: Decimal | None) -> Decimal | None:
    """Return what is there against what is due by now, 1 being just in time; where less is better what may be there against what is."""
    if actual is None or due is None or due <= 0:
        return None
    if better is Better.UP:
        return actual / due
    return due / actual if actual > 0 else None


def settled(better: Better, short: Decimal, *, is_over: bool, is_flow: bool) -> Status | None:
    """Return how a goal ended; None while both is possible.

    A flow is met as soon as it reaches its target, and missed as soon as it passes what it should stay below. All else may still change
    until the end.
    """
    is_reached = short <= 0
    if is_over or (is_flow and is_reached is (better is Better.UP)):
        return Status.MET if is_reached else Status.MISSED
    return None


def standing(share: Decimal) -> Status:
    """Return what a pace, or an attainment that has none, means while the period runs."""
    if abs(share - _ALL) <= BAND:
        return Status.ON_TRACK
    return Status.AHEAD if share > _ALL else Status.BEHIND
