"""Adds each fact up once, by slices of time, every column that some KPI adds up of it; and brings such sums into periods.

A slice is a stretch of days that belong to the same periods in every role.
"""

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import ibis.expr.operations as ops  # type: ignore[import-untyped]  # it ships no types

from connector.kpis.expressions import KEYS, added, table
from connector.kpis.facts import LEVELS
from connector.kpis.metric import Columns, Part, Role, Rule, one

MEMBER = ("dimension", "member")
"""Whose sums are told apart; a cache holds one account."""
GROUPS = (*MEMBER, "slice")
_MANY, _BITS = 15, 62
"""From how many conditions on it is quicker to pack them into a number first (measured), and how many fit into one."""
_THERE = ""
"""Stands for the count of the rows that a part looks at: where there are none, it has no sums."""
_Key = tuple[Any, Any]
"""A column (None for a count) and a condition, as operations of Ibis, which are equal where they say the same."""


class Source:
    """One fact by one of its events: every column that some part adds up of it, each once."""

    def __init__(self, of: str, at: str | None) -> None:
        self._groups = GROUPS if at else (*MEMBER, "level") if of in LEVELS else KEYS
        self._rows = table(LEVELS.get(of, of)) if at is None else sliced(table(of), at)
        self._conditions: dict[Any, Columns] = {}
        self._columns: dict[Any, Columns] = {}
        self._names: dict[_Key, str] = {}

    def take(self, part: Part) -> None:
        """Note what a part adds up."""
        for column, condition in self._wanted(part).values():
            self._names.setdefault(_key(column, condition), f"sum_{len(self._names)}")
            self._conditions.setdefault(condition.op(), condition)
            if column is not None:
                self._columns.setdefault(column.op(), column)

    def expression(self) -> Columns:
        """Return the sums by dimension, member and slice, or by period where the fact is of periods already."""
        return self._packed() if _MANY <= len(self._conditions) <= _BITS else self._by_itself()

    def _by_itself(self) -> Columns:
        """Add up the rows of each condition by themselves."""
        sums = {}
        for (column, condition), name in self._names.items():
            among = self._conditions[condition]
            sums[name] = self._rows.count(where=among) if column is None else self._columns[column].sum(where=among)
        return self._rows.group_by(self._groups).aggregate(**sums)

    def _packed(self) -> Columns:
        """Add up rows of which the same conditions are true, and then these sums: a condition is judged once a row, and not once a sum."""
        bits = {op: 1 << place for place, op in enumerate(self._conditions)}
        marks = (_bit(condition) * bits[op] for op, condition in self._conditions.items())
        rows = self._rows.mutate(marks=reduce(lambda left, right: left + right, marks))
        places = {op: f"of_{place}" for place, op in enumerate(self._columns)}
        added_up = {places[op]: column.sum() for op, column in self._columns.items()}
        packed = rows.group_by([*self._groups, "marks"]).aggregate(how_many=rows.count(), **added_up)
        sums = {}
        for (column, condition), name in self._names.items():
            among = (packed.marks & bits[condition]) != 0
            sums[name] = packed["how_many" if column is None else places[column]].sum(where=among)
        return packed.group_by(self._groups).aggregate(**sums)

    def sums(self, laid: Columns, part: Part) -> Columns:
        """Return the sums of a part by period."""
        names = {name: self._names[_key(*wanted)] for name, wanted in self._wanted(part).items()}
        found = laid.filter(laid[names.pop(_THERE)] > 0)
        if self._groups is not GROUPS:
            found = found if self._groups is KEYS else levelled(found)
            return found.select(*KEYS, **{name: found[column].fill_null(0) for name, column in names.items()})
        found = found.select(*GROUPS, **{name: found[column] for name, column in names.items()})
        return by_period(found, part.rows.role, lambda rows: {name: rows[name] for name in names})

    def _wanted(self, part: Part) -> dict[str, tuple[Columns | None, Columns]]:
        """Return for each sum of a part which column it adds up, or None where it counts rows, and of which rows."""
        every = one(self._rows)
        chosen = part.rows.where(self._rows) if part.rows.where else every

        def wanted(rule: Rule) -> tuple[Columns | None, Columns]:
            value = rule(self._rows)
            if rule is one:
                return None, chosen
            if value.type().is_boolean():
                return None, value if chosen is every else chosen & value
            return value, chosen

        return {**{name: wanted(rule) for name, rule in part.adds.items()}, _THERE: (None, chosen)}


def _key(column: Columns | None, condition: Columns) -> _Key:
    return None if column is None else column.op(), condition.op()


def _bit(condition: Columns) -> Columns:
    """Return 1 for rows of which a condition is true, else 0. DuckDB finds what several products share, but not what several "and" do."""
    made = condition.op()
    if isinstance(made, ops.And):
        return _bit(made.left.to_expr()) * _bit(made.right.to_expr())
    return condition.cast("int64").fill_null(0)


def by_period(rows: Columns, role: Role, wanted: Callable[[Columns], Mapping[str, Columns]]) -> Columns:
    """Add up columns of slices by the periods that are made of them."""
    slices = table("slices_of_periods")
    slices = slices.filter(slices.role == role.value)
    dated = rows.join(slices, rows.slice == slices.slice).select(rows, slices.no, slices.first, slices.last)
    return named(dated.group_by([*MEMBER, "no"]).aggregate(**{name: column.sum().fill_null(0) for name, column in wanted(dated).items()}))


def named(found: Columns) -> Columns:
    """Name the account and the periods of sums that were added up by numbers."""
    periods = table("numbered_periods")
    sums = [name for name in found.columns if name not in {*MEMBER, "no"}]
    return found.join(periods, found.no == periods.no).select(
        periods.account, *(found[name] for name in MEMBER), periods.grain, periods.period, *(found[name] for name in sums)
    )


def levelled(sums: Columns) -> Columns:
    """Repeat sums of moments for the periods that end then."""
    levels = table("levels")
    return sums.join(levels, sums.level == levels.level).select(sums, levels.account, levels.grain, levels.period)


def sliced(facts: Columns, at: str) -> Columns:
    """Say of each fact in which slice it happened."""
    days = table("slices")
    return facts.join(days, facts[f"{at}_on"] == days.day).select(facts, days.slice)


def chosen(part: Part) -> Columns:
    """Return the facts that a part looks at, whenever they were."""
    facts = table(part.rows.of)
    return facts.filter(part.rows.where(facts)) if part.rows.where else facts


def cut(part: Part) -> Columns:
    """Add up what falls on the days that the ends of elapsed parts cut in two, of which slices know nothing."""
    days, facts = table("cut_days"), chosen(part)
    days = days.filter(days.role == part.rows.role.value)
    on = [facts[f"{part.rows.at}_on"] == days.day, facts[f"{part.rows.at}_time"] < days.until]
    rows = facts.join(days, on).select(facts, days.no)
    return named(rows.group_by([*MEMBER, "no"]).aggregate(**{name: value.sum() for name, value in added(part, rows).items()}))
