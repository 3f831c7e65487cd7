"""The shapes that queries by hand have, as a person writes them who knows the facts and wants an answer soon."""
# ruff: noqa: S608 - every word of these queries is ours

from collections.abc import Mapping


def dated(of: str, at: str, where: str = "true", role: str = "now", *, n: str = "count(*)", **sums: str) -> str:
    """Add up facts by the stretches of days that belong to the same periods, and these stretches, which are few, by period."""
    told = {"n": n, **sums}
    added, again = (", ".join(f"{sum_} as {name}" for name, sum_ in way.items()) for way in (told, _again(told)))
    return (
        f"select dimension, member, grain, period, {', '.join(told)} from (select dimension, member, no, {again} "
        f"from (select dimension, member, slice, {added} from {of} join slices on day = {at}_on where {where} group by all) "
        f"join slices_of_periods using (slice) where role = '{role}' group by all) join numbered_periods using (no)"
    )


def level(where: str = "true", *, n: str = "count(*)", **sums: str) -> str:
    """Add up open deals once for each moment at which some periods end."""
    told = {"n": n, **sums}
    added = ", ".join(f"{sum_} as {name}" for name, sum_ in told.items())
    return (
        f"select dimension, member, grain, period, {', '.join(told)} from (select dimension, member, level, {added} "
        f"from open_levels where {where} group by all) join levels using (level)"
    )


def standing(of: str, where: str = "true", *, n: str = "count(*)", **sums: str) -> str:
    """Add up facts that are of periods already."""
    added = ", ".join(f"{sum_} as {name}" for name, sum_ in {"n": n, **sums}.items())
    return f"select dimension, member, grain, period, {added} from {of} where {where} group by all"


def middle(of: str, at: str, value: str, where: str = "true", doubt: str = "") -> str:
    """Take the median of each period's rows, whose periods are told apart by numbers; `doubt` says which rows make it uncertain.

    The quantile a hair above the middle is the upper one of two middle rows. This is quicker than `median`, and exact.
    """
    found = (
        "select dimension, member, grain, period, two[1] + two[2] as numerator, 2 as denominator, n from (select dimension, member, no, "
        f"quantile_disc({value}, [0.5, 0.5000000001]) as two, count(*) as n from {of} join numbered_days on day = {at}_on "
        f"where role = 'now' and {where} and {value} is not null group by all) join numbered_periods using (no)"
    )
    if not doubt:
        return found
    doubted = dated(of, at, f"{where} and {doubt}", n="0", doubt="count(*)")
    return joined(found, doubted, "sum(numerator) as numerator, sum(denominator) as denominator, sum(n) as n, sum(doubt) as doubt")


def joined(first: str, second: str, figures: str, *more: str) -> str:
    """Put sums of several facts together."""
    parts = " union all by name ".join(f"({part})" for part in (first, second, *more))
    return f"select dimension, member, grain, period, {figures} from ({parts}) group by all"


def once(of: str, at: str, what: str, where: str = "true", *, each: str) -> str:
    """Count whom there was at least one fact of in each period: in its first stretch of days, told by the one in which they were before."""
    return (
        "select dimension, member, grain, period, facts, there from (select dimension, member, no, sum(facts) as facts, "
        f"sum(many) filter (before < first) as there from (select dimension, member, slice, before, sum(facts) as facts, count(*) as many "
        "from (select *, coalesce(lag(slice) over (partition by dimension, member, who order by slice), -1) as before "
        f"from (select dimension, member, slice, {each} as who, {what} as facts from {of} join slices on day = {at}_on "
        f"where {where} group by all)) group by all) join slices_of_periods using (slice) where role = 'now' group by all) "
        "join numbered_periods using (no)"
    )


def grown(of: str, role: str, **sums: str) -> str:
    """Add up what is told of slices already by all the periods that end after it."""
    return (
        f"select dimension, member, grain, period, {', '.join(sums)} from (select dimension, member, no, "
        f"{', '.join(f'{sum_} as {name}' for name, sum_ in sums.items())} from ({of}) join slices_of_periods using (slice) "
        f"where role = '{role}' group by all) join numbered_periods using (no)"
    )


def _again(sums: Mapping[str, str]) -> Mapping[str, str]:
    return {name: f"coalesce(sum({name}), 0)" for name in sums}
