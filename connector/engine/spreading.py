"""Repeats facts for the members of dimensions: each base fact once for the account, and once for every member that it counts for."""

from collections.abc import Sequence

from connector.engine.cache import Cache
from connector.engine.columns import quoted
from connector.engine.credit import by_owner, by_people, once
from connector.engine.layers import BASES, EVERYWHERE
from connector.kpis import Dimension
from connector.kpis.facts import FACTS, LEVELS

BETWEEN = "\x1f"
"""Stands between the members of several dimensions in one column."""
Grouping = tuple[Dimension, ...]


def spread(cache: Cache, fact: str, groupings: Sequence[Grouping], *, is_small: bool, is_shared: bool) -> None:
    """Repeat the base facts for every member of every grouping that they count for: in a view, for all at once may be too many to keep.

    A few are kept in a table, which each query that looks at them is planned faster for than for the view.
    """
    base, name = BASES[fact][0], LEVELS.get(fact, fact)
    account = quoted(cache.account)
    none = f"{_select(name, base, ())} where false"
    spread_by = {grouping: _select(name, by_owner(base) if is_shared and by_people(grouping) else base, grouping) for grouping in groupings}
    ways = (once(fact, told) if is_shared and Dimension.TEAM in grouping else told for grouping, told in spread_by.items())
    selects = " union all ".join([none, *ways])
    # Of a constant DuckDB knows that it need not group by it.
    rows = f"select * replace ({account} as account) from ({selects})"  # noqa: S608 - names of ours
    if is_small:
        cache.connection.execute(f"create or replace temp table {name}_spread as {rows}")
        rows = f"from {name}_spread"
    cache.connection.execute(f"create or replace temp view {name} as {rows}")
    if name != fact:
        columns = ", ".join(f"l.{column}" if column in ("grain", "period") else f"b.{column}" for column in FACTS[fact])
        of_periods = f"select {columns} from {name} as b join levels as l on l.level = b.level"  # noqa: S608 - names of ours
        cache.connection.execute(f"create or replace temp view {fact} as {of_periods}")


_TEAMS = "left join team_days as t on t.owner = b.owner and t.from_day <= b.credit_day and b.credit_day < t.to_day"
_SHARES = "left join shares as s on s.deal = b.deal and s.home_amount is not distinct from b.home_amount"
_PRODUCTS = "left join product_weights as s on s.deal = b.deal"


def _select(fact: str, base: str, grouping: Grouping) -> str:
    is_everywhere = Dimension.CHANNEL in grouping and fact in EVERYWHERE
    members = ["c.channel" if is_everywhere and one is Dimension.CHANNEL else _member(one) for one in grouping]
    named = {"account": "''", "dimension": f"'{','.join(grouping)}'", "member": f" || '{BETWEEN}' || ".join(members) or "''"}
    has_amount = "home_amount" in FACTS[fact]
    if Dimension.PRODUCT in grouping and has_amount:
        named["home_amount"] = "case when s.product is null then b.home_amount else s.share end"
    if is_everywhere:
        named |= EVERYWHERE[fact]
    columns = ", ".join(f"{named.get(column, f'b.{column}')} as {column}" for column in FACTS[fact])
    teams = _TEAMS if Dimension.TEAM in grouping else ""
    shares = (_SHARES if has_amount else _PRODUCTS) if Dimension.PRODUCT in grouping else ""
    channels = "cross join channels as c" if is_everywhere else ""
    return f"select {columns} from {base} as b {teams} {shares} {channels}"  # noqa: S608 - every name is one of ours


def _member(dimension: Dimension) -> str:
    columns = {Dimension.TEAM: "t.team", Dimension.PRODUCT: "s.product"}
    return f"coalesce({columns.get(dimension, f'b.{dimension}')}, '')"
