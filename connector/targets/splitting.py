"""Divides a period and its target into parts."""

from collections.abc import Sequence
from decimal import Decimal

from connector.errors import SettingsError
from connector.period import Calendar, Grain, Period
from connector.settings import GoalSetting

CENT = Decimal("0.01")


def split(whole: Decimal, weights: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """Divide a target by weights into cents; what rounding leaves goes to the last part, so that the parts add up to the whole."""
    total = sum(weights)
    parts = [(whole * weight / total).quantize(CENT) for weight in weights[:-1]]
    return (*parts, whole - sum(parts))


def weighted(where: str, goal: GoalSetting, period: Period, calendar: Calendar) -> tuple[tuple[Period, Decimal], ...]:
    """Return the parts that a goal asks for, each with its weight.

    Raises:
        SettingsError: the period has no such parts, or there is not one weight for each of them.
    """
    if goal.split is None:
        if goal.weights:
            raise SettingsError(f"{where} has {len(goal.weights)} weights and no split; allowed with weights are quarter and month.")
        return ()
    parts = tiles(Grain(goal.split), period, calendar)
    if len(parts) < 2:  # noqa: PLR2004 - one part would be the whole
        raise SettingsError(f"{where} is split by {goal.split}, but {period.name} has no parts of that kind; leave split out.")
    weights = goal.weights or (Decimal(1),) * len(parts)
    if len(weights) != len(parts):
        raise SettingsError(f"{where} has {len(goal.weights)} weights for {len(parts)} parts; give one for each, or none.")
    if min(weights) < 0 or sum(weights) <= 0:
        raise SettingsError(f"{where} has the weights {', '.join(map(str, weights))}; allowed are numbers from 0 on, not all of them 0.")
    return tuple(zip(parts, weights, strict=True))


def tiles(grain: Grain, period: Period, calendar: Calendar) -> list[Period]:
    """Return the periods of this grain that a period consists of; none where they do not fit into it."""
    parts = [part for part in calendar.span(grain, period.start, period.end) if part.start >= period.start and part.end <= period.end]
    return parts if parts and (parts[0].start, parts[-1].end) == (period.start, period.end) else []
