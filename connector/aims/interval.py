"""Between which values a measured share may really lie."""

from decimal import Decimal, localcontext

from connector.kpis.metric import Kpi, Unit
from connector.model import KpiValue

Interval = tuple[Decimal, Decimal]
_Z = Decimal("1.959963984540054")
"""95 % of a normal distribution lies within this many standard deviations."""


def wilson(successes: Decimal, n: Decimal) -> Interval:
    """Return the Wilson interval (95 %) of `successes` among `n`, which is more than none."""
    with localcontext(prec=40):
        share, square = successes / n, _Z * _Z
        middle = (share + square / (2 * n)) / (1 + square / n)
        half = _Z * (share * (1 - share) / n + square / (4 * n * n)).sqrt() / (1 + square / n)
        return max(Decimal(0), middle - half), min(Decimal(1), middle + half)


def is_share(kpi: Kpi) -> bool:
    """Whether a KPI is the share of its records that have some quality, and not a ratio of sums."""
    parts = kpi.formula.parts
    return kpi.unit is Unit.RATE and len(parts) == 1 and parts[0].adds.get("denominator") is parts[0].adds["n"]


def interval_of(kpi: Kpi, value: KpiValue) -> Interval | None:
    """Return the interval of a measured share; None where there is none, and of everything that is no share."""
    over, under = value.numerator, value.denominator
    if not is_share(kpi) or over is None or not under or not 0 <= over <= under:
        return None
    return wilson(over, under)
