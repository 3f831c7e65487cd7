"""Sums in which it matters the how-manieth row of somebody a row is: from which on a customer counts, and which answer is the last."""

import ibis  # type: ignore[import-untyped]  # it ships no types
import ibis.expr.operations as ops  # type: ignore[import-untyped]  # as above

from connector.kpis.expressions import added, figures, number, record_of
from connector.kpis.metric import Columns, Part, Role, Rule, one
from connector.kpis.sums import GROUPS, MEMBER, by_period, chosen, sliced

_FEW = ("user",)
"""Whoever are few and have many rows each, which are added up first; of others most have one or two, and that would be for nothing."""


def is_told_by_turns(part: Part) -> bool:
    """Whether a part counts customers from some row of theirs on, or adds up rows whosever they are, up to each period's end."""
    if part.per_customer is None or part.rows.role is not Role.THROUGH:
        return False
    return all(_turn(part, rule) or _summed(part, rule) for rule in part.adds.values())


def told_by_turns(part: Part) -> Columns:
    """Count customers from the slice of that row on, and add up rows by their own slices: nothing is put in order."""
    rows = sliced(chosen(part), str(part.rows.at))
    turns = {name: _turn(part, rule) for name, rule in part.adds.items()}
    added_up = {name: own for name, rule in part.adds.items() if not turns[name] and (own := _summed(part, rule))}
    sums = {name: number(own(rows)).sum() for name, own in added_up.items()}
    steps = [rows.group_by(GROUPS).aggregate(**sums)] if sums else []
    customers = rows.group_by([*MEMBER, part.each]).aggregate(turns=_least(rows.slice, max(1, *turns.values())))
    for turn in sorted({*turns.values()} - {0}):
        reached = customers.filter(customers.turns.length() >= turn)
        reached = reached.select(*MEMBER, slice=reached.turns[turn - 1])
        steps.append(reached.group_by(GROUPS).aggregate(**{name: reached.count() for name, own in turns.items() if own == turn}))
    return by_period(figures(steps, GROUPS), part.rows.role, lambda dated: {name: dated[name] for name in part.adds})


def is_there_in_periods(part: Part) -> bool:
    """Whether a part counts customers who were there in a period, or adds up rows whosever they are."""
    if part.per_customer is None or part.rows.role is not Role.NOW:
        return False
    return all(_turn(part, rule) == 1 or _summed(part, rule) for rule in part.adds.values())


def there_in_periods(part: Part) -> Columns:
    """Count a customer in the first slice of each period that he is there in, found from the slice in which he was there before."""
    rows = sliced(chosen(part), str(part.rows.at))
    added_up = {name: own for name, rule in part.adds.items() if _turn(part, rule) != 1 and (own := _summed(part, rule))}
    told = rows.select(*GROUPS, part.each, **{name: number(own(rows)) for name, own in added_up.items()})
    if part.each in _FEW:
        told = told.group_by([*GROUPS, part.each]).aggregate(**{name: told[name].sum() for name in added_up})
    turns = ibis.window(group_by=[*MEMBER, part.each], order_by=told.slice)
    turned = told.mutate(before=told.slice.lag().over(turns).fill_null(-1))
    totals = {name: turned[name].sum() for name in added_up}
    slices = turned.group_by([*GROUPS, "before"]).aggregate(**totals, customers_there=turned.count())

    def wanted(dated: Columns) -> dict[str, Columns]:
        fresh = ibis.ifelse(dated.before < dated.first, dated.customers_there, 0)
        return {name: dated[name] if name in added_up else fresh for name in part.adds}

    return by_period(slices, part.rows.role, wanted)


def is_of_last(part: Part) -> bool:
    """Whether a part adds up the last rows of each period."""
    return part.last_of is not None and part.rows.role is Role.NOW


def of_last(part: Part) -> Columns:
    """Add up the rows that are the last of their kind in a period, found from the slice of the next one."""
    rows = sliced(chosen(part), str(part.rows.at))
    order = [rows[f"{part.rows.at}_time"], record_of(rows)]
    followed = rows.mutate(later=rows.slice.lead().over(ibis.window(group_by=[*MEMBER, part.last_of], order_by=order)))
    slices = followed.group_by([*GROUPS, "later"]).aggregate(**{name: value.sum() for name, value in added(part, followed).items()})

    def wanted(dated: Columns) -> dict[str, Columns]:
        is_last = dated.later.isnull() | (dated.later > dated.last)
        return {name: ibis.ifelse(is_last, dated[name], 0) for name in part.adds}

    return by_period(slices, part.rows.role, wanted)


def _customers(part: Part) -> Columns:
    """Return what stands for the sums of each customer, to see what a part makes of them."""
    rows = chosen(part)
    sums = {name: number(rule(rows)).sum() for name, rule in (part.per_customer or {}).items()}
    return rows.group_by([*MEMBER, part.each]).aggregate(**sums).mutate(account=ibis.literal(""))


def _turn(part: Part, rule: Rule) -> int:
    """Return from which row of theirs on a sum counts a customer, 0 where it does not count customers."""
    if rule is one:
        return 1
    customers = _customers(part)
    made = rule(customers).op()
    for name in (name for name, own in (part.per_customer or {}).items() if own is one):
        if isinstance(made, ops.Greater) and made.left == customers[name].op() and isinstance(made.right, ops.Literal):
            return int(made.right.value) + 1
    return 0


def _summed(part: Part, rule: Rule) -> Rule | None:
    """Return what a sum adds up of each row, where it is no more than that."""
    customers = _customers(part)
    made = rule(customers)
    return next((own for name, own in (part.per_customer or {}).items() if made.equals(customers[name])), None)


def _least(value: Columns, many: int) -> Columns:
    """Return the least values of a column in order."""

    @ibis.udf.agg.builtin(name="min", signature=(("int64", "int64"), "array<int64>"))  # type: ignore[untyped-decorator]  # as above
    def least(of: Columns, many: Columns) -> Columns: ...

    return least(value, many)
