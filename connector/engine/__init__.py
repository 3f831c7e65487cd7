"""The engine: a DuckDB cache of the store, the facts of one moment, and the KPIs measured from them."""

from connector.engine.cache import Cache, Refreshed
from connector.engine.explain import Explanation, compute, explain
from connector.engine.measure import findings, measure
from connector.engine.quality import FaultyRecord, faults, unjudged

__all__ = ["Cache", "Explanation", "FaultyRecord", "Refreshed", "compute", "explain", "faults", "findings", "measure", "unjudged"]
