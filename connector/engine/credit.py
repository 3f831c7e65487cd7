"""Shares the credit for a closed deal among people where the CRM does: each has a part of its money, and it is a deal of each."""

from collections.abc import Collection, Sequence

from connector.engine.cache import Cache
from connector.engine.layers import BASES, definition
from connector.kpis import Dimension
from connector.kpis.facts import FACTS

SHARED = ("deals", "credits")
"""The facts of closed deals that bring money."""
PRODUCTS = {"shares": "shares", "weights": "product_weights", "member": "product"}
_OWNERS = {"shares": "owner_shares", "weights": "owner_weights", "member": "owner"}

_OF_EACH = """
select b.* replace (coalesce(o.owner, b.owner) as owner, case when o.owner is null then b.home_amount else o.share end as home_amount)
from {} as b
left join owner_shares as o on o.deal = b.deal and o.home_amount is not distinct from b.home_amount and b.closed_time is not null
"""


def share_credit(cache: Cache, facts: Collection[str]) -> Collection[str]:
    """Make for each of these facts that people share a view with a row for each of them, and return the facts of which there is one."""
    shared = [fact for fact in SHARED if fact in facts]
    (is_any,) = cache.run("select exists (from owner_weights)")[0]
    if not shared or not is_any:
        return ()
    bases = [BASES[fact][0] for fact in shared]
    cache.run(definition("shares").format(**_OWNERS, amounts=amounts_of(bases)))
    for base in bases:
        cache.run(f"create or replace temp view {by_owner(base)} as {_OF_EACH.format(base)}")
    return shared


def by_owner(base: str) -> str:
    """Return what the table is called in which a deal has a row for each of its owners."""
    return f"{base}_shared"


def by_people(grouping: Collection[Dimension]) -> bool:
    """Whether members of a grouping are people or their teams."""
    return bool({Dimension.OWNER, Dimension.TEAM} & {*grouping})


def once(fact: str, spread: str) -> str:
    """Return facts that were spread over teams with one row of a deal for each, even if several of its people share it."""
    columns = ", ".join(
        "cast(sum(home_amount) as decimal(22, 4)) as home_amount" if name == "home_amount" else name for name in FACTS[fact]
    )
    return f"select {columns} from ({spread}) group by all"  # noqa: S608 - names of ours


def amounts_of(bases: Sequence[str]) -> str:
    """Return the query for every amount of a deal in these tables."""
    every = " union all ".join(f"select deal, home_amount from {base}" for base in bases)  # noqa: S608 - names of ours
    return f"select distinct deal, home_amount from ({every})"  # noqa: S608 - as above
