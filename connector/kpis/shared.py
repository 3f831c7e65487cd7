"""Sums that many KPIs share: each fact is added up once, by slices of time, and the KPIs are made of these. Only DuckDB runs them.

A slice is a stretch of days that belong to the same periods in every role. What does not add up over slices (a
median, the last row of each respondent) is worked out for each KPI by itself.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import ibis  # type: ignore[import-untyped]  # it ships no types

from connector.kpis.expressions import ELAPSED, KEYS, added, alone, compiled, expression, figures, in_periods, number, record_of, table
from connector.kpis.facts import LEVELS
from connector.kpis.metric import Columns, Kpi, Part, Role, Rule, one
from connector.kpis.sums import GROUPS, MEMBER, Source, by_period, chosen, cut, levelled, named, sliced
from connector.kpis.turns import is_of_last, is_told_by_turns, of_last, told_by_turns

_PRESENCE = "there"
_MIDDLE = (0.5, 0.500_000_000_1)
"""Where the lower and the upper of the two middle rows lie among less than a billion; of an odd number both are the same row."""


_FEW = ("user",)
"""Whoever are few and have many rows each, which are added up first; of others most have one or two, and that would be for nothing."""


@dataclass(frozen=True, slots=True)
class Shared:
    """Queries in the order in which they are to be run: `sums` make tables, from which `kpis` are then answered."""

    sums: Mapping[str, str]
    kpis: Mapping[str, str]


def shared(kpis: Iterable[Kpi]) -> Shared:
    """Return the queries that answer all of these KPIs together."""
    chosen = tuple(kpis)
    sources: dict[str, Source] = {}
    for part in (part for kpi in chosen for part in kpi.formula.parts):
        if _adds_up(part):
            sources.setdefault(_name(part), Source(part.rows.of, part.rows.at)).take(part)
    sums = {name: compiled(source.expression()) for name, source in sources.items()}
    tables = {name: ibis.table(source.expression().schema(), name=name) for name, source in sources.items()}

    def sums_of(part: Part) -> Columns:
        if _adds_up(part):
            found = sources[_name(part)].sums(tables[_name(part)], part)
            return figures([found, cut(part)]) if part.rows.role in ELAPSED else found
        shape = next((way for way, fits in _WAYS.items() if fits(part)), alone)
        return shape(part)

    return Shared(sums, {kpi.key: compiled(expression(kpi, sums_of)) for kpi in chosen})


def by_itself(kpi: Kpi) -> str:
    """Return the query that answers one KPI alone, in the quickest ways known."""
    return compiled(expression(kpi, _sums_by_themselves))


def _sums_by_themselves(part: Part) -> Columns:
    if not _adds_up(part):
        return next((way for way, fits in _WAYS.items() if fits(part)), alone)(part)
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


def _grows(part: Part) -> bool:
    return part.per_customer is not None and part.rows.role is Role.THROUGH


def _growth(part: Part) -> Columns:
    """Add up what each row changed for its customer, instead of all customers so far anew for every period."""
    rows, names = _of_customers(part), tuple(part.per_customer or ())
    so_far = ibis.cumulative_window(group_by=[*MEMBER, part.each], order_by=rows.slice)
    turned = rows.mutate(turn=ibis.row_number().over(so_far), **{f"with_{name}": rows[name].sum().over(so_far) for name in names})
    turned = turned.rename({f"own_{name}": name for name in names})
    after = turned.mutate(**{name: turned[f"with_{name}"] for name in names})
    after = after.mutate(**{f"after_{name}": value.fill_null(0) for name, value in added(part, after).items()})
    # Not by looking at the row before, for which DuckDB would put all rows in order once more.
    before = after.mutate(**{name: after[name] - after[f"own_{name}"].fill_null(0) for name in names})
    stepped = {name: ibis.ifelse(before.turn == 0, 0, value.fill_null(0)) for name, value in added(part, before).items()}
    steps = before.select(*GROUPS, **{name: before[f"after_{name}"] - was for name, was in stepped.items()})
    # Added up before they meet the periods: a slice belongs to every period that ends after it.
    slices = steps.group_by(GROUPS).aggregate(**{name: steps[name].sum() for name in part.adds})
    return by_period(slices, part.rows.role, lambda rows: {name: rows[name] for name in part.adds})


def _is_count_of_customers(part: Part) -> bool:
    """Whether a part only counts how many customers there were, or adds up their rows."""
    return part.per_customer is not None and part.rows.role is Role.NOW and all(_kinds(part).values())


def _count_of_customers(part: Part) -> Columns:
    """Count a customer in the first slice of each period that he is there in, found from the slice in which he was there before."""
    rows, kinds = _of_customers(part), _kinds(part)
    turns = ibis.window(group_by=[*MEMBER, part.each], order_by=rows.slice)
    turned = rows.mutate(before=rows.slice.lag().over(turns).fill_null(-1))
    totals = {name: turned[name].sum() for name in part.per_customer or ()}
    together = turned.group_by([*GROUPS, "before"]).aggregate(**totals, customers_there=turned.count())

    def wanted(rows: Columns) -> dict[str, Columns]:
        fresh = ibis.ifelse(rows.before < rows.first, rows.customers_there, 0)
        return {name: fresh if kind == _PRESENCE else rows[kind] for name, kind in kinds.items()}

    return by_period(together, part.rows.role, wanted)


def _kinds(part: Part) -> dict[str, str | None]:
    """Return for each sum of a part the sum of the rows that it adds up, `_PRESENCE` where it counts customers, None for anything else."""
    customers = _of_customers(part)
    counts = [name for name, rule in (part.per_customer or {}).items() if rule is one]
    present = [(customers[name] > 0) for name in counts]

    def kind(rule: Rule) -> str | None:
        made = rule(customers)
        if rule is one or any(made.equals(other) for other in present):
            return _PRESENCE
        return next((name for name in part.per_customer or () if made.equals(customers[name])), None)

    return {name: kind(rule) for name, rule in part.adds.items()}


def _of_customers(part: Part) -> Columns:
    """Return what each row, or all of a slice, adds to the sums of its customer, and in which slice."""
    rows = sliced(chosen(part), str(part.rows.at))
    sums = {name: number(rule(rows)) for name, rule in (part.per_customer or {}).items()}
    told = rows.select(*GROUPS, part.each, **sums)
    if part.each in _FEW:
        told = told.group_by([*GROUPS, part.each]).aggregate(**{name: told[name].sum() for name in sums})
    # Rules ask whether a row has an account, to say that it is there.
    return told.mutate(account=ibis.literal(""))


_WAYS: Mapping[Callable[[Part], Columns], Callable[[Part], bool]] = {
    _middle: _is_plain_middle,
    of_last: is_of_last,
    _count_of_customers: _is_count_of_customers,
    told_by_turns: is_told_by_turns,
    _growth: _grows,
}
"""How parts are added up that are not shared, where there is a faster way than from the facts alone, and whether it is right for a part."""
