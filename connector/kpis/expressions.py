"""Turns a KPI's declaration into one Ibis expression that yields every period and every member at once."""

from collections.abc import Callable, Sequence
from functools import cache, reduce
from types import SimpleNamespace

import ibis  # type: ignore[import-untyped]  # it ships no types

from connector.kpis.facts import FACTS, RECORDS
from connector.kpis.metric import Columns, Kpi, Part, Role, Rows, Rule

KEYS = ("account", "dimension", "member", "grain", "period")
ELAPSED = (Role.BEFORE, Role.YEAR_BEFORE)
"""The roles in which a period's end may cut a day in two."""


def table(name: str) -> Columns:
    """Return the unbound table of facts of that name."""
    return ibis.table(FACTS[name], name=name)


def alone(part: Part) -> Columns:
    """Return the sums of a part by account, dimension, member, grain and period, from nothing but the facts."""
    rows = _summed_rows(part)
    sums = {name: value.sum().fill_null(0) for name, value in added(part, rows).items()}
    if part.middle:
        sums["n"] = rows.how_many.max()
    return rows.group_by(KEYS).aggregate(**sums)


def expression(kpi: Kpi, sums_of: Callable[[Part], Columns] = alone) -> Columns:
    """Return the table of `numerator`, `denominator`, `n` and `doubt` (and `spread`) by account, dimension, member, grain and period."""
    formula = kpi.formula
    sums = figures([sums_of(part) for part in formula.parts])
    nothing = ibis.null("int64")
    spread = {} if formula.spread is None else {"spread": formula.spread(sums)}
    return sums.select(
        *KEYS,
        numerator=formula.numerator(sums),
        denominator=nothing if formula.denominator is None else formula.denominator(sums),
        n=formula.n(sums),
        doubt=nothing if formula.doubt is None else formula.doubt(sums),
        **spread,
    )


def contributions(part: Part) -> Columns:
    """Return what each record adds to the sums of a part, and what that was made from: when it happened, amounts, times.

    A record is a deal, a customer, or a target, which is none and has no id.
    """
    rows = _summed_rows(part)
    sums = added(part, rows)
    return rows.select(*KEYS, *_sources(part, rows, sums), record=record_of(rows), **sums)


def _sources(part: Part, rows: Columns, sums: dict[str, Columns]) -> list[str]:
    """Return the columns that the sums are made from, but for a yes or no that is a sum itself; of a span of time also its ends."""
    if part.per_customer:
        return []
    read = {name for rule in part.adds.values() for name in columns_read(part.rows.of, rule)}
    times = {name for name in rows.columns if name.endswith("_time") and any(one.endswith("_us") for one in read)}
    twice = {name for name in read if rows[name].type().is_boolean() and any(_is(rule, part.rows.of, name) for rule in part.adds.values())}
    shown = (read | times | {f"{part.rows.at}_time"}) - {*KEYS, *RECORDS, *sums} - twice | {*part.shows}
    return [name for name in FACTS[part.rows.of] if name in shown]


def left_out(rows: Rows, reason: str) -> Columns:
    """Return the rows that do not count for this reason, although they happened in the period."""
    found = in_periods(rows, rows.left_out[reason])
    return found.select(*KEYS, record=record_of(found)).distinct()


def record_of(rows: Columns) -> Columns:
    """Return the column that names what a row is about."""
    return next((rows[name] for name in RECORDS if name in rows.columns), ibis.null("string"))


def columns_read(name: str, rule: Rule) -> set[str]:
    """Return the columns of a table of facts that a rule reads."""
    import ibis.expr.operations as ops  # type: ignore[import-untyped]  # noqa: PLC0415 - needed by few, and it ships no types

    made = rule(table(name))
    return {str(one.name) for one in made.op().find(ops.Field)} - {"account"} if hasattr(made, "op") else set()


def _is(rule: Rule, name: str, column: str) -> bool:
    """Say whether a rule is nothing but a column of a table of facts."""
    made = rule(table(name))
    return bool(hasattr(made, "equals") and made.equals(table(name)[column]))


@cache
def sql(kpi: Kpi, dialect: str = "duckdb") -> str:
    """Return the KPI as a query in a dialect that Ibis knows."""
    return compiled(expression(kpi), dialect)


def compiled(made: Columns, dialect: str = "duckdb") -> str:
    """Return an expression as a query; nothing is run."""
    if dialect == "pyspark" and getattr(ibis.options, "pyspark", None) is None:
        # Ibis keeps this option in the Spark client, which is not needed to write a query.
        object.__setattr__(ibis.options, "pyspark", SimpleNamespace(treat_nan_as_null=False))
    return str(ibis.to_sql(made, dialect=dialect))


def in_periods(rows: Rows, where: object = None) -> Columns:
    """Return the chosen facts, each once for every period it belongs to."""
    facts = table(rows.of)
    chosen = where or rows.where
    found = facts.filter(chosen(facts)) if callable(chosen) else facts
    return found if rows.at is None else _dated(found, rows.at, rows.role)


def _dated(found: Columns, event: str, role: Role) -> Columns:
    days = table("calendar")
    days = days.filter(days.role == role.value)
    on = [found.account == days.account, found[f"{event}_on"] == days.day]
    if role in ELAPSED:
        on.append(found[f"{event}_time"] < days.until)
    return found.join(days, on).select(found, days.grain, days.period)


def figures(sums: Sequence[Columns], keys: Sequence[str] = KEYS) -> Columns:
    """Put the sums of several parts beside one another."""
    if len(sums) == 1:
        return sums[0]
    kinds = {name: kind for one in sums for name, kind in one.schema().items() if name not in keys}
    every = [one.select(*keys, **{name: one[name] if name in one.columns else ibis.null(kinds[name]) for name in kinds}) for one in sums]
    joined = reduce(lambda left, right: left.union(right), every)
    return joined.group_by(keys).aggregate(**{name: joined[name].sum().fill_null(0) for name in kinds})


def _summed_rows(part: Part) -> Columns:
    rows = in_periods(part.rows)
    if part.last_of:
        return _last(rows, part.last_of, f"{part.rows.at}_time")
    if part.per_customer:
        sums = {name: number(rule(rows)).sum() for name, rule in part.per_customer.items()}
        return rows.group_by([*KEYS, part.each]).aggregate(**sums)
    return _middle(rows, part.middle(rows)) if part.middle else rows


def _middle(rows: Columns, value: Columns) -> Columns:
    """Keep the middle row of every group, or the middle two; exact in every dialect, where medians of their own are not."""
    ranked = rows.mutate(
        place=ibis.row_number().over(ibis.window(group_by=KEYS, order_by=[value, record_of(rows)])),
        how_many=record_of(rows).count().over(ibis.window(group_by=KEYS)),
    )
    return ranked.filter((ranked.place * 2 >= ranked.how_many - 2) & (ranked.place * 2 <= ranked.how_many))


def _last(rows: Columns, column: str, time: str) -> Columns:
    """Keep the last row of every value of a column."""
    latest = ibis.window(group_by=[*KEYS, column], order_by=[ibis.desc(rows[time]), ibis.desc(record_of(rows))])
    ranked = rows.mutate(turn=ibis.row_number().over(latest))
    return ranked.filter(ranked.turn == 0)


def added(part: Part, rows: Columns) -> dict[str, Columns]:
    """Return what each row adds to each sum of a part."""
    return {name: number(rule(rows)) for name, rule in part.adds.items()}


def number(value: Columns) -> Columns:
    """Return a value as a number: 1 for what is true, 0 for what is not."""
    return value.cast("int64") if value.type().is_boolean() else value
