"""How each KPI reads as a query, written beforehand, because writing one takes longer than running it.

The program ships with the queries of its own catalogue (`queries.json`, written anew by `make write`). Should the
catalogue or the compiler differ from those, as while somebody works on it, the cache remembers what was written.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cache as once
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from connector.engine.cache import Cache
from connector.kpis import KPIS, Kpi

_FILE = "queries.json"


def query_of(cache: Cache, kpi: Kpi) -> str:
    """Return the KPI's query: as shipped, else from the cache where this catalogue has been asked for it before."""
    is_ours = KPIS.get(kpi.key) is kpi
    if not is_ours and not kpi.declared:
        return _written(kpi)
    if is_ours and kpi.key in _shipped():
        return _shipped()[kpi.key]
    digest = catalogue_digest() if is_ours else _digest(catalogue_digest(), kpi.declared)
    found = cache.connection.execute("select query from crm.queries where digest = ? and key = ?", [digest, kpi.key]).fetchall()
    return str(found[0][0]) if found else _remembered(cache, digest, kpi)


@once
def catalogue_digest() -> str:
    """Name the catalogue as it is written, and the compiler; another one writes other queries."""
    sources = sorted((file.name, file.read_bytes()) for file in files("connector.kpis").iterdir() if file.name.endswith(".py"))
    return _digest(sources, version("ibis-framework"), version("sqlglot"))


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def ship() -> None:
    """Write the file of queries that the program ships with."""
    Path(__file__).with_name(_FILE).write_text(all_queries(), encoding="utf-8")


def all_queries() -> str:
    """Return every query of the catalogue, as the shipped file holds them."""
    return json.dumps({"digest": catalogue_digest(), "queries": {kpi.key: _written(kpi) for kpi in KPIS.values()}}, indent=0) + "\n"


@once
def _shipped() -> Mapping[str, str]:
    file = files("connector.engine").joinpath(_FILE)
    held = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    queries: dict[str, str] = held["queries"] if held.get("digest") == catalogue_digest() else {}
    return queries


def _remembered(cache: Cache, digest: str, kpi: Kpi) -> str:
    query = _written(kpi)
    cache.connection.execute("delete from crm.queries where key = ?", [kpi.key]).fetchall()
    cache.connection.execute("insert into crm.queries values (?, ?, ?)", [digest, kpi.key, query]).fetchall()
    return query


def _written(kpi: Kpi) -> str:
    from connector.kpis.expressions import sql  # noqa: PLC0415 - the compiler is slow to load and seldom needed

    return sql(kpi)
