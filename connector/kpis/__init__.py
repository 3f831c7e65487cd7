"""What is measured: declarations only. Reading them needs no engine; `connector.kpis.expressions` turns them into queries."""

from collections.abc import Iterator, Mapping

from connector.kpis import customers, fields, leads, pipeline, quality, sales, service, surveys
from connector.kpis.metric import BASE, DIMENSION_READS, Better, Dimension, Kpi, Unit, median_twin

__all__ = ["BASE", "DIMENSION_READS", "KPIS", "Better", "Dimension", "Kpi", "Unit", "fields"]


def _all() -> Iterator[Kpi]:
    for kpi in (*sales.KPIS, *pipeline.KPIS, *leads.KPIS, *customers.KPIS, *surveys.KPIS, *service.KPIS, *quality.KPIS):
        yield kpi
        twin = median_twin(kpi)
        if twin:
            yield twin


KPIS: Mapping[str, Kpi] = {kpi.key: kpi for kpi in _all()}
"""Every KPI by its key, the medians beside their means."""
