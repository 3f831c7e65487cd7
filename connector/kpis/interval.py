"""Between which values a measured share, or a score of promoters and detractors, may really lie."""

from decimal import Decimal, localcontext

from connector.kpis.metric import Kpi, Unit
from connector.model import Interval

_Z = Decimal("1.959963984540054")
"""95 % of a normal distribution lies within this many standard deviations."""
_DIGITS = 40
"""How many digits are worked out of each bound, most of them never shown."""
with localcontext(prec=_DIGITS):
    _SQUARE = _Z * _Z
_ADDED = 3
"""How many answers Rocks (2016) adds before he looks at a net promoter score: 3/4 promoters, 3/2 passives and 3/4 detractors."""
_PERCENT = 100


def wilson(successes: Decimal, n: Decimal) -> Interval:
    """Return the Wilson interval (95 %) of `successes` among `n`, which is more than none."""
    with localcontext(prec=_DIGITS):
        whole = n + _SQUARE
        middle = (successes + _SQUARE / 2) / whole
        half = _Z * (successes * (n - successes) / n + _SQUARE / 4).sqrt() / whole
        return max(Decimal(0), middle - half), min(Decimal(1), middle + half)


def promoted(lead: Decimal, decided: Decimal, n: Decimal) -> Interval:
    """Return the adjusted Wald interval (95 %) of a net promoter score.

    Among `n` answers, more than none, `decided` are promoters or detractors, and the first are `lead` more than the second.
    """
    with localcontext(prec=_DIGITS):
        every = n + _ADDED
        middle, extreme = lead / every, (decided + Decimal(_ADDED) / 2) / every
        half = _Z * ((extreme - middle * middle) / every).sqrt()
        score = lead / n
        low, high = max(Decimal(-1), min(score, middle - half)), min(Decimal(1), max(score, middle + half))
        return low * _PERCENT, high * _PERCENT


def is_share(kpi: Kpi) -> bool:
    """Whether a KPI is the share of some records that have some quality, and not a ratio of sums."""
    parts = kpi.formula.parts
    under = parts[0].adds.get("denominator")
    is_plain = len(parts) == 1 and under is not None and under is parts[0].adds.get("n")
    return kpi.unit is Unit.RATE and (kpi.formula.is_share or is_plain)


def interval_of(kpi: Kpi, over: Decimal | None, under: Decimal | None, spread: Decimal | None = None) -> Interval | None:
    """Return the interval of what was divided so; None where there was nothing, and of everything that is no share and no such score.

    `spread` is what the formula's `spread` found.
    """
    if over is None or not under:
        return None
    if spread is not None:
        return promoted(over / _PERCENT, spread, under)
    return wilson(over, under) if is_share(kpi) and 0 <= over <= under else None
