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
from typing import TYPE_CHECKING

from connector.engine.cache import Cache
from connector.kpis import KPIS, Kpi

if TYPE_CHECKING:
    from connector.kpis.shared import Shared

_FILE = "queries.json"
_ALONE, _SUMS, _FROM_SUMS = "queries", "sums", "from sums"
"""What the file holds: the query of each KPI by itself, those of the tables of sums, and the query of each KPI from these."""


def query_of(cache: Cache, kpi: Kpi) -> str:
    """Return the KPI's query: as shipped, else from the cache where this catalogue has been asked for it before."""
    is_ours = KPIS.get(kpi.key) is kpi
    if not is_ours and not kpi.declared:
        return _written(kpi)
    if is_ours and _ALONE in _shipped():
        return _shipped()[_ALONE][kpi.key]
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
    together = _written_together()
    queries = {_ALONE: {kpi.key: _written(kpi) for kpi in KPIS.values()}, _SUMS: dict(together.sums), _FROM_SUMS: dict(together.kpis)}
    return json.dumps({"digest": catalogue_digest(), **queries}, indent=0) + "\n"


@once
def together() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the queries that make the tables of sums, and those that answer each KPI of the program from these tables."""
    held = _shipped()
    if _SUMS in held:
        return held[_SUMS], held[_FROM_SUMS]
    written = _written_together()
    return written.sums, written.kpis


@once
def _shipped() -> Mapping[str, Mapping[str, str]]:
    file = files("connector.engine").joinpath(_FILE)
    held = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return held if held.get("digest") == catalogue_digest() else {}


def _remembered(cache: Cache, digest: str, kpi: Kpi) -> str:
    query = _written(kpi)
    cache.connection.execute("delete from crm.queries where key = ?", [kpi.key]).fetchall()
    cache.connection.execute("insert into crm.queries values (?, ?, ?)", [digest, kpi.key, query]).fetchall()
    return query


def _written(kpi: Kpi) -> str:
    from connector.kpis.shared import by_itself  # noqa: PLC0415 - the compiler is slow to load and seldom needed

    return by_itself(kpi)


def _written_together() -> "Shared":
    from connector.kpis.shared import shared  # noqa: PLC0415 - the compiler is slow to load and seldom needed

    return shared(KPIS.values())
