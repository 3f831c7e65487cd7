"""Makes the values of a KPI from what its query found: exact division, rounding, intervals and marks."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from connector.engine.dividing import Figures, Parts, divided
from connector.engine.facts import Ground
from connector.engine.origins import unplaced
from connector.engine.periods import is_ahead
from connector.engine.queries import query_of
from connector.engine.spreading import BETWEEN, Grouping
from connector.engine.terms import Terms
from connector.kpis import Dimension, Kpi
from connector.model import KpiValue, Mark
from connector.period import Period

_FIGURES = slice(5, None)
"""Where in a row the figures stand that are divided."""


def values_of(ground: Ground, kpi: Kpi, groupings: Sequence[Grouping] | None = None, *, query: str | None = None) -> Iterator[KpiValue]:
    """Yield the values of a KPI from the facts that are laid out: by each dimension that it declares, unless told otherwise.

    `query` is the one that answers it, where that is not its own.
    """
    chosen = [(), *((dimension,) for dimension in kpi.by)] if groupings is None else groupings
    return made_of(ground, kpi, ask(ground, kpi, chosen, query))


def nothing(ground: Ground, kpi: Kpi, period: Period, by: Mapping[str, str]) -> KpiValue:
    """Return the value of a KPI where there are no facts: zero of what is counted or added up, else empty."""
    return next(_nothing(ground, kpi, [period], by))


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
        "select dimension, member, period, cast(coalesce(n, 0) as bigint), cast(coalesce(doubt, 0) as bigint), "  # noqa: S608 - our own
        f"cast(numerator as varchar), cast(denominator as varchar), {spread} from ({query or query_of(ground.cache, kpi)}) "
        f"where dimension in ({listed}) order by dimension, member, grain, period"
    )
    return Answer(groupings, ground.cache.connection.execute(chosen).fetchall(), lost)


def made_of(ground: Ground, kpi: Kpi, answer: Answer) -> Iterator[KpiValue]:
    """Yield the values that the rows of an answer make; nothing is asked of the database any more."""
    periods = [period for period in ground.periods if _has(ground.terms, kpi, period)]
    missing = dict.fromkeys(periods) if () in answer.groupings else {}
    told = {period.name: period for period in periods if _is_told(ground, kpi, period)}
    parts = divided(kpi, {row[_FIGURES] for row in answer.rows})
    by, made, asked, last = dict[str, str](), _maker(ground, kpi, {}), "", ""
    for dimension, member, name, n, doubt, over, under, spread in answer.rows:
        period = told.get(name)
        if period is None:
            continue
        if member != last or dimension != asked:
            by = dict(zip(dimension.split(","), member.split(BETWEEN), strict=True)) if dimension else {}
            made, asked, last = _maker(ground, kpi, by, is_placed=answer.unplaced.isdisjoint(by)), dimension, member
        if not by:
            missing.pop(period, None)
        found = parts[over, under, spread]
        if not by or n or found[0]:
            yield made(period, found, n, doubt)
    yield from _nothing(ground, kpi, missing, {})


def _nothing(ground: Ground, kpi: Kpi, periods: Iterable[Period], by: Mapping[str, str]) -> Iterator[KpiValue]:
    made, parts = _maker(ground, kpi, by), divided(kpi, (_ZERO, _UNKNOWN))
    for period in periods:
        yield made(period, parts[_ZERO if _is_told(ground, kpi, period) else _UNKNOWN], 0, 0)


def _has(terms: Terms, kpi: Kpi, period: Period) -> bool:
    return kpi.looks_ahead or not is_ahead(terms, period)


def is_idle(ground: Ground, kpi: Kpi) -> bool:
    """Whether nothing happened that the KPI looks at; then its query, which takes longer to plan than to run, finds nothing."""
    return {part.rows.of for part in kpi.formula.parts} <= ground.empty


_DAY = timedelta(days=1)
_ZERO: Figures = ("0", "0", None)
_UNKNOWN: Figures = (None, None, None)
"""The figures of a period in which nothing happened, and of one in which nobody looked."""


def _is_told(ground: Ground, kpi: Kpi, period: Period) -> bool:
    """Whether all that the KPI needs was supplied by the end of the period."""
    since = max((ground.since[need] for need in kpi.needs if need in ground.since), default=date.min)
    return min(period.end - _DAY, ground.terms.last_day) >= since


def _maker(ground: Ground, kpi: Kpi, by: Mapping[str, str], *, is_placed: bool = True) -> Callable[[Period, Parts, int, int], KpiValue]:
    """Return what makes the values of these members from a period, what was divided, how many records are behind it and how many in doubt.

    What is the same in every period is looked up once.
    """
    key, version, as_of, enough = kpi.key, kpi.version, ground.terms.as_of, ground.terms.policies.min_sample if kpi.formula.sampled else 0
    names = {dimension: ground.names.name(dimension, member) for dimension, member in by.items()}
    lost = () if is_placed else (Mark.UNPLACED,)
    sure, doubtful = ((Mark.SMALL, *lost), lost), ((Mark.SMALL, kpi.formula.mark, *lost), (kpi.formula.mark, *lost))

    def made(period: Period, parts: Parts, n: int, doubt: int) -> KpiValue:
        value, over, under, interval = parts
        if value is None:
            return KpiValue._make((key, period, as_of, value, over, under, n, by, names, interval, (), version, 0))
        marks = (doubtful if doubt > 0 else sure)[n >= enough]
        return KpiValue._make((key, period, as_of, value, over, under, n, by, names, interval, marks, version, doubt))

    return made
