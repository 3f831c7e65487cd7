"""Remembers in the cache how each KPI reads as a query, because writing one takes longer than running it."""

import hashlib
from functools import cache as once
from importlib.metadata import version
from importlib.resources import files

from connector.engine.cache import Cache
from connector.kpis import KPIS, Kpi


def query_of(cache: Cache, kpi: Kpi) -> str:
    """Return the KPI's query, from the cache where this catalogue has been asked for it before."""
    if KPIS.get(kpi.key) is not kpi:
        return _written(kpi)
    digest = catalogue_digest()
    found = cache.connection.execute("select query from crm.queries where digest = ? and key = ?", [digest, kpi.key]).fetchall()
    return str(found[0][0]) if found else _remembered(cache, digest, kpi)


@once
def catalogue_digest() -> str:
    """Name the catalogue as it is written, and the compiler; another one writes other queries."""
    sources = sorted((file.name, file.read_bytes()) for file in files("connector.kpis").iterdir() if file.name.endswith(".py"))
    return hashlib.sha256(repr((sources, version("ibis-framework"), version("sqlglot"))).encode()).hexdigest()


def _remembered(cache: Cache, digest: str, kpi: Kpi) -> str:
    query = _written(kpi)
    cache.connection.execute("delete from crm.queries where digest <> ?", [digest]).fetchall()
    cache.connection.execute("insert into crm.queries values (?, ?, ?)", [digest, kpi.key, query]).fetchall()
    return query


def _written(kpi: Kpi) -> str:
    from connector.kpis.expressions import sql  # noqa: PLC0415 - the compiler is slow to load and seldom needed

    return sql(kpi)
