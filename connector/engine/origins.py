"""Tells which breakdowns miss something: where contacts cannot be read, nobody knows the origin of a deal that names none itself."""

from connector.engine.facts import Ground
from connector.engine.layers import BASES, definitions
from connector.kpis import Dimension, Kpi
from connector.model import Stream

_CREDITED = "credits"
"""The money in this fact falls on touches and on what deals say themselves, never on what contacts say."""
_KEPT = "unplaced"
_COUNT = """
select count(*) filter (where o.source = '') > 0, count(*) filter (where o.campaign = '') > 0
from deal_origins as o
join crm.deals as d on d.id = o.deal
where d.contact is not null
"""


def unplaced(ground: Ground, kpi: Kpi) -> frozenset[Dimension]:
    """Return by which dimensions deals of this KPI count without a member that their contacts might have named."""
    asked = {Dimension.SOURCE, Dimension.CAMPAIGN} & {*kpi.by}
    if not asked or not ground.terms.missing((Stream.CONTACTS,)) or not _stands_on_origins(kpi):
        return frozenset()
    if _KEPT not in ground.kept:
        ((by_source, by_campaign),) = ground.cache.connection.execute(_COUNT).fetchall()
        found = (*([Dimension.SOURCE] if by_source else []), *([Dimension.CAMPAIGN] if by_campaign else []))
        ground.kept[_KEPT] = frozenset(found)
    return frozenset(asked & ground.kept[_KEPT])


def _stands_on_origins(kpi: Kpi) -> bool:
    facts = {part.rows.of for part in kpi.formula.parts} & set(BASES) - {_CREDITED}
    return any("origins" in definitions([fact]) for fact in facts)
