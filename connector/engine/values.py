"""Makes the values of a KPI from what its query found: exact division, rounding, intervals and marks."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Context, Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from connector.engine.facts import Ground
from connector.engine.origins import unplaced
from connector.engine.periods import is_ahead
from connector.engine.queries import query_of
from connector.engine.spreading import BETWEEN, Grouping
from connector.engine.terms import Terms
from connector.kpis import Dimension, Kpi, Unit
from connector.kpis.interval import interval_of
from connector.model import Interval, KpiValue, Mark
from connector.period import Period

PRECISION = Decimal("1e-8")
"""Values are rounded to this many decimals; what they were divided from is exact."""
SPANS = {Unit.DAYS: 86_400_000_000, Unit.HOURS: 3_600_000_000}
"""How many microseconds of a span make one of its unit."""
_EXACT = Context(prec=60)
_KEPT = 65_536
"""How many divisions are remembered: small counts divide alike over and over."""


def values_of(ground: Ground, kpi: Kpi, groupings: Sequence[Grouping] | None = None, *, query: str | None = None) -> Iterator[KpiValue]:
    """Yield the values of a KPI from the facts that are laid out: by each dimension that it declares, unless told otherwise.

    `query` is the one that answers it, where that is not its own.
    """
    chosen = [(), *((dimension,) for dimension in kpi.by)] if groupings is None else groupings
    return made_of(ground, kpi, ask(ground, kpi, chosen, query))


def nothing(ground: Ground, kpi: Kpi, period: Period, by: Mapping[str, str]) -> KpiValue:
    """Return the value of a KPI where there are no facts: zero of what is counted or added up, else empty."""
    return _maker(ground, kpi)(period, by, _names(ground, by), ("0", "0", 0, 0, None))


class Answer(NamedTuple):
    """What a query found of a KPI: its rows, of which groupings, and the dimensions by which not everything has a member."""

    groupings: Sequence[Grouping]
    rows: Sequence[tuple[Any, ...]]
    unplaced: frozenset[Dimension]


def ask(ground: Ground, kpi: Kpi, groupings: Sequence[Grouping], query: str | None = None) -> Answer:
    """Run the query of a KPI to its end; `query` is the one that answers it, where that is not its own."""
    lost = unplaced(ground, kpi)
    if is_idle(ground, kpi):
        return Answer(groupings, (), lost)
    listed = ", ".join(f"'{','.join(grouping)}'" for grouping in groupings)
    spread = "null" if kpi.formula.spread is None else "cast(spread as varchar)"
    # DuckDB hands over texts and small numbers three times as fast as large ones and decimals.
    chosen = (
        "select dimension, member, grain, period, cast(numerator as varchar), cast(denominator as varchar), "  # noqa: S608 - our own
        f"cast(coalesce(n, 0) as bigint), cast(coalesce(doubt, 0) as bigint), {spread} from ({query or query_of(ground.cache, kpi)}) "
        f"where dimension in ({listed}) order by dimension, member, grain, period"
    )
    return Answer(groupings, ground.cache.connection.execute(chosen).fetchall(), lost)


def made_of(ground: Ground, kpi: Kpi, answer: Answer) -> Iterator[KpiValue]:
    """Yield the values that the rows of an answer make; nothing is asked of the database any more."""
    known = {(period.grain.value, period.name): period for period in ground.periods if _has(ground.terms, kpi, period)}
    missing = dict.fromkeys(known.values()) if () in answer.groupings else {}
    made = _maker(ground, kpi)
    subject, by, names, is_unplaced = ("", ""), dict[str, str](), dict[str, str](), False
    for dimension, member, grain, name, *figures in answer.rows:
        period = known.get((grain, name))
        if period is None:
            continue
        if (dimension, member) != subject:
            subject = dimension, member
            by = dict(zip(dimension.split(","), member.split(BETWEEN), strict=True)) if dimension else {}
            names, is_unplaced = _names(ground, by), bool(answer.unplaced & set(by))
        if not by:
            missing.pop(period, None)
        value = made(period, by, names, figures)
        if not by or value.n or value.value:
            yield value._replace(marks=(*value.marks, Mark.UNPLACED)) if is_unplaced and value.value is not None else value
    for period in missing:
        yield nothing(ground, kpi, period, {})


def _names(ground: Ground, by: Mapping[str, str]) -> dict[str, str]:
    return {dimension: ground.names.name(dimension, member) for dimension, member in by.items()}


def _has(terms: Terms, kpi: Kpi, period: Period) -> bool:
    return kpi.looks_ahead or not is_ahead(terms, period)


def is_idle(ground: Ground, kpi: Kpi) -> bool:
    """Whether nothing happened that the KPI looks at; then its query, which takes longer to plan than to run, finds nothing."""
    return {part.rows.of for part in kpi.formula.parts} <= ground.empty


_DAY = timedelta(days=1)
_UNKNOWN = (None, None, 0, 0, None)
"""The figures of a period in which nobody looked."""


def _maker(ground: Ground, kpi: Kpi) -> Callable[[Period, Mapping[str, str], Mapping[str, str], Sequence[Any]], KpiValue]:
    """Return what makes a value of this KPI from a period, members, their names and figures; what is the same of all is looked up once."""
    last_day = ground.terms.last_day
    key, version, as_of, enough = kpi.key, kpi.version, ground.terms.as_of, ground.terms.policies.min_sample if kpi.formula.sampled else 0
    since = max((ground.since[need] for need in kpi.needs if need in ground.since), default=date.min)
    marks = {(small, doubted): _marks(kpi, is_small=small, is_doubted=doubted) for small in (True, False) for doubted in (True, False)}

    def made(period: Period, by: Mapping[str, str], names: Mapping[str, str], figures: Sequence[Any]) -> KpiValue:
        over, under, n, doubt, spread = figures if min(period.end - _DAY, last_day) >= since else _UNKNOWN
        value, numerator, denominator, interval = _parts(kpi, over, under, spread)
        doubted = 0 if value is None else doubt
        marked = () if value is None else marks[n < enough, doubted > 0]
        return KpiValue(key, period, as_of, value, numerator, denominator, n, by, names, interval, marked, version, doubted)

    return made


def _marks(kpi: Kpi, *, is_small: bool, is_doubted: bool) -> tuple[Mark, ...]:
    return (*((Mark.SMALL,) if is_small else ()), *((kpi.formula.mark,) if is_doubted else ()))


class _Parts(NamedTuple):
    """A value and what it was divided from, rounded for keeping; the division itself was exact."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    interval: Interval | None


@lru_cache(_KEPT)
def _parts(kpi: Kpi, numerator: str | None, denominator: str | None, spread: str | None) -> _Parts:
    over, under = _decimal(numerator), _decimal(denominator)
    if kpi.unit in SPANS and over is not None:
        over = _EXACT.divide(over, SPANS[kpi.unit])
    value = over if kpi.formula.denominator is None else _divided(over, under)
    between = interval_of(kpi, over, under, _decimal(spread))
    kept = None if between is None else (between[0].quantize(PRECISION), between[1].quantize(PRECISION))
    return _Parts(_kept(value), _kept(over), _kept(under) if kpi.formula.denominator else None, kept)


def _divided(over: Decimal | None, under: Decimal | None) -> Decimal | None:
    return _EXACT.divide(over, under) if over is not None and under else None


def _kept(figure: Decimal | None) -> Decimal | None:
    # Adding nothing turns a zero that is less than zero into zero.
    return None if figure is None else _EXACT.plus(figure.quantize(PRECISION, context=_EXACT).normalize(_EXACT))


def _decimal(figure: str | None) -> Decimal | None:
    return None if figure is None else Decimal(figure)
