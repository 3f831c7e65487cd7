"""What is measured: declarations only. Reading them needs no engine; `connector.kpis.expressions` turns them into queries."""

from collections.abc import Iterator, Mapping
from types import ModuleType

from connector.kpis import adoption, customers, engagement, fields, leads, loyalty, money, pipeline, quality, sales, service, surveys
from connector.kpis.catalogue import Catalogue
from connector.kpis.metric import BASE, DIMENSION_READS, Better, Dimension, Kpi, Need, Unit, median_twin

__all__ = ["BASE", "DIMENSION_READS", "FAMILIES", "KPIS", "Better", "Catalogue", "Dimension", "Kpi", "Need", "Unit", "fields"]

FAMILIES: Mapping[str, ModuleType] = {
    "Sales": sales,
    "Pipeline and forecast": pipeline,
    "Leads": leads,
    "Buying again": customers,
    "Customers and contracts": loyalty,
    "Costs and returns": money,
    "Surveys": surveys,
    "Service": service,
    "Engagement": engagement,
    "Use of the CRM": adoption,
    "Quality of the data": quality,
}
"""The modules that declare KPIs, by what they are called; each has `KPIS`."""


def _all() -> Iterator[Kpi]:
    for kpi in (kpi for family in FAMILIES.values() for kpi in family.KPIS):
        yield kpi
        twin = median_twin(kpi)
        if twin:
            yield twin


KPIS = Catalogue(_all())
"""Every KPI of the program by its key, the medians beside their means; an account may have more of its own."""
