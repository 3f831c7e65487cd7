"""Sums that many KPIs share: each fact is added up once, by slices of time, and the KPIs are made of these. Only DuckDB runs them.

A slice is a stretch of days that belong to the same periods in every role. What does not add up over slices (a
median, the last row of each respondent) is worked out for each KPI by itself.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import ibis  # type: ignore[import-untyped]  # it ships no types

from connector.kpis.expressions import ELAPSED, KEYS, added, alone, compiled, expression, figures, in_periods, record_of, table
from connector.kpis.facts import LEVELS
from connector.kpis.metric import Columns, Kpi, Part, one
from connector.kpis.sums import GROUPS, MEMBER, Source, by_period, chosen, cut, levelled, named, sliced
from connector.kpis.turns import is_of_last, is_there_in_periods, is_told_by_turns, of_last, there_in_periods, told_by_turns

_MIDDLE = (0.5, 0.500_000_000_1)
"""Where the lower and the upper of the two middle rows lie among less than a billion; of an odd number both are the same row."""


@dataclass(frozen=True, slots=True)
class Shared:
    """Queries in the order in which they are to be run: `sums` make tables, from which `kpis` are then answered."""

    sums: Mapping[str, str]
    kpis: Mapping[str, str]


def shared(kpis: Iterable[Kpi]) -> Shared:
    """Return the queries that answer all of these KPIs together."""
    asked = tuple(kpis)
    sources: dict[str, Source] = {}
    for part in (part for kpi in asked for part in kpi.formula.parts):
        if _adds_up(part):
            sources.setdefault(_name(part), Source(part.rows.of, part.rows.at)).take(part)
    sums = {name: compiled(source.expression()) for name, source in sources.items()}
    tables = {name: ibis.table(source.expression().schema(), name=name) for name, source in sources.items()}

    def sums_of(part: Part) -> Columns:
        if _adds_up(part):
            found = sources[_name(part)].sums(tables[_name(part)], part)
            return figures([found, cut(part)]) if part.rows.role in ELAPSED else found
        return _way(part)

    return Shared(sums, {kpi.key: compiled(expression(kpi, sums_of)) for kpi in asked})


def by_itself(kpi: Kpi) -> str:
    """Return the query that answers one KPI alone, in the quickest ways known."""
    return compiled(expression(kpi, _sums_by_themselves))


def _sums_by_themselves(part: Part) -> Columns:
    if not _adds_up(part):
        return _way(part)
    if part.rows.at is None:
        return _levels(part) if part.rows.of in LEVELS else alone(part)
    rows = sliced(chosen(part), part.rows.at)
    slices = rows.group_by(GROUPS).aggregate(**{name: value.sum() for name, value in added(part, rows).items()})
    found = by_period(slices, part.rows.role, lambda dated: {name: dated[name] for name in part.adds})
    return figures([found, cut(part)]) if part.rows.role in ELAPSED else found


def _levels(part: Part) -> Columns:
    rows = table(LEVELS[part.rows.of])
    rows = rows.filter(part.rows.where(rows)) if part.rows.where else rows
    sums = {name: value.sum().fill_null(0) for name, value in added(part, rows).items()}
    return levelled(rows.group_by([*MEMBER, "level"]).aggregate(**sums)).select(*KEYS, *part.adds)


def _way(part: Part) -> Columns:
    return next((way for way, fits in _WAYS.items() if fits(part)), alone)(part)


def _name(part: Part) -> str:
    return "_".join(["sums_of", part.rows.of, *([part.rows.at] if part.rows.at else [])])


def _adds_up(part: Part) -> bool:
    return not (part.per_customer or part.middle or part.last_of)


def _is_plain_middle(part: Part) -> bool:
    """Whether a part adds up just the one or two values in the middle, and counts them."""
    if part.middle is None or set(part.adds) != {"numerator", "denominator"} or part.adds["denominator"] is not one:
        return False
    rows = table(part.rows.of)
    return bool(part.adds["numerator"](rows).equals(part.middle(rows)))


def _middle(part: Part) -> Columns:
    """Return the middle rows' sums by the engine's own quantile, which is exact and need not put all rows in order."""
    if part.rows.at is None or part.rows.role in ELAPSED:
        return _middles(part, in_periods(part.rows), KEYS)
    days, facts = table("numbered_days"), chosen(part)
    days = days.filter(days.role == part.rows.role.value)
    rows = facts.join(days, facts[f"{part.rows.at}_on"] == days.day).select(facts, days.no)
    return named(_middles(part, rows, (*MEMBER, "no")))


def _middles(part: Part, rows: Columns, groups: Sequence[str]) -> Columns:
    value = part.middle(rows) if part.middle else rows
    found = rows.group_by(groups).aggregate(n=record_of(rows).count(), middle=_quantiles(value))
    lower, upper, is_odd = found.middle[0], found.middle[1], found.n % 2 == 1
    return found.select(*groups, numerator=ibis.ifelse(is_odd, lower, lower + upper), denominator=ibis.ifelse(is_odd, 1, 2), n=found.n)


def _quantiles(value: Columns) -> Columns:
    kind = value.type()
    signature = ((kind, "array<float64>"), f"array<{kind}>")

    @ibis.udf.agg.builtin(name="quantile_disc", signature=signature)  # type: ignore[untyped-decorator]  # Ibis ships no types
    def quantiles(of: Columns, at: Columns) -> Columns: ...

    return quantiles(value, list(_MIDDLE))


_WAYS: Mapping[Callable[[Part], Columns], Callable[[Part], bool]] = {
    _middle: _is_plain_middle,
    of_last: is_of_last,
    there_in_periods: is_there_in_periods,
    told_by_turns: is_told_by_turns,
}
"""How parts are added up that are not shared, where there is a faster way than from the facts alone, and whether it is right for a part."""
