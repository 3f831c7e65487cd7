"""What is measured: declarations only. Reading them needs no engine; `connector.kpis.expressions` turns them into queries."""

from collections.abc import Iterator, Mapping

from connector.kpis import adoption, customers, engagement, fields, leads, loyalty, money, pipeline, quality, sales, service, surveys
from connector.kpis.metric import BASE, DIMENSION_READS, Better, Dimension, Kpi, Need, Unit, median_twin

__all__ = ["BASE", "DIMENSION_READS", "KPIS", "Better", "Dimension", "Kpi", "Need", "Unit", "fields"]


def _all() -> Iterator[Kpi]:
    families = (sales, pipeline, leads, customers, loyalty, money, surveys, service, engagement, adoption, quality)
    for kpi in (kpi for family in families for kpi in family.KPIS):
        yield kpi
        twin = median_twin(kpi)
        if twin:
            yield twin


KPIS: Mapping[str, Kpi] = {kpi.key: kpi for kpi in _all()}
"""Every KPI by its key, the medians beside their means."""
