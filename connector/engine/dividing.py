"""Divides what queries added up: exactly, and rounded only for keeping."""

from collections.abc import Callable, Collection, Mapping
from decimal import Context, Decimal, localcontext

from connector.kpis import Kpi, Unit
from connector.kpis.interval import interval_of, is_share
from connector.model import Interval

PRECISION = Decimal("1e-8")
"""Values are rounded to this many decimals; what they were divided from is exact."""
SPANS = {Unit.DAYS: 86_400_000_000, Unit.HOURS: 3_600_000_000}
"""How many microseconds of a span make one of its unit."""
_EXACT = Context(prec=60)
_ZERO = Decimal(0)

Figures = tuple[str | None, str | None, str | None]
"""What stands over the line, what under it, and how many are spread around a score, as the database writes them."""


Parts = tuple[Decimal | None, Decimal | None, Decimal | None, Interval | None]
"""A value, what it was divided from and where it may really lie, rounded for keeping; the division itself was exact."""


def divided(kpi: Kpi, found: Collection[Figures]) -> Mapping[Figures, Parts]:
    """Return what figures of a KPI make. Small counts come over and over, so that each is better divided but once."""
    parts = _divider(kpi)
    # One context for all of them: to enter one takes longer than to divide.
    with localcontext(_EXACT):
        return {figures: parts(*figures) for figures in found}


def _divider(kpi: Kpi) -> Callable[[str | None, str | None, str | None], Parts]:
    """Return what divides the figures of this KPI, in a context that is exact; what is the same of all is looked up once."""
    span, is_divided = SPANS.get(kpi.unit), kpi.formula.denominator is not None
    may_lie_elsewhere = is_share(kpi) or kpi.formula.spread is not None

    def parts(numerator: str | None, denominator: str | None, spread: str | None) -> Parts:
        over, under = _decimal(numerator), _decimal(denominator)
        if span is not None and over is not None:
            over /= span
        kept = _kept(over)
        if not is_divided:
            return kept, kept, None, None
        value = _kept(over / under) if over is not None and under else None
        between = interval_of(kpi, over, under, _decimal(spread)) if may_lie_elsewhere else None
        interval = None if between is None else (between[0].quantize(PRECISION), between[1].quantize(PRECISION))
        return value, kept, _kept(under), interval

    return parts


def _kept(figure: Decimal | None) -> Decimal | None:
    # A zero may be one that is less than zero.
    return None if figure is None else figure.quantize(PRECISION).normalize() or _ZERO


def _decimal(figure: str | None) -> Decimal | None:
    return None if figure is None else Decimal(figure)
