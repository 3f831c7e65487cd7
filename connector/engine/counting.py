"""How much the store holds of an account, and how much its cache: where that differs, there is something to read."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import NamedTuple

import duckdb

from connector.engine.columns import quoted
from connector.engine.readers import Fetch, beside
from connector.engine.snapshot import Snapshot
from connector.model import RECORDS, Entity


class Held(NamedTuple):
    """How many rows of a kind there are, the sum of their versions, and the newest of these."""

    rows: int
    versions: int
    newest: int


Holdings = Mapping[Entity, Held]
"""What is held of every kind of record."""


def held_here(connection: duckdb.DuckDBPyConnection) -> Holdings:
    """Return what the cache holds."""
    return _holdings(connection.execute(_counts(RECORDS, "crm.", "")).fetchall())


def held_there(connection: duckdb.DuckDBPyConnection, store: Snapshot, account: str) -> Holdings:
    """Return what the store holds of this account."""
    if len(store.readers) == 1:
        return _count(connection, store.fetch, RECORDS, account=account)
    tables = sorted(RECORDS, key=lambda entity: store.places(str(entity)), reverse=True)
    counted = beside(connection, store, ([entity] for entity in tables), partial(_count, account=account))
    return {entity: held for one in counted for entity, held in one.items()}


def rows_there(connection: duckdb.DuckDBPyConnection, store: Snapshot, account: str) -> Mapping[Entity, int]:
    """Return only how many rows the store holds of this account.

    It is found out from what the others hold, which is often nothing: SQLite counts a whole table without looking at its rows.
    """
    other = " - ".join(f"(select count(*) from {{0}} where account {than} {quoted(account)})" for than in "<>")  # noqa: S608 - ours
    counts = (f"select '{entity}' as kind, (select count(*) from {entity}) - {other.format(entity)} as rows" for entity in RECORDS)  # noqa: S608 - ours
    connection.register("theirs", store.fetch(" union all ".join(counts)))
    found = connection.execute("from theirs").fetchall()
    connection.unregister("theirs")
    return {Entity(kind): rows for kind, rows in found}


def _count(connection: duckdb.DuckDBPyConnection, fetch: Fetch, entities: Iterable[Entity], *, account: str) -> Holdings:
    connection.register("theirs", fetch(_counts(entities, "", f"where account = {quoted(account)}")))
    found = _holdings(connection.execute("from theirs").fetchall())
    connection.unregister("theirs")
    return found


def _holdings(rows: Iterable[tuple[str, int, int, int]]) -> Holdings:
    return {Entity(kind): Held(*figures) for kind, *figures in rows}


def _counts(entities: Iterable[Entity], schema: str, where: str) -> str:
    figures = "count(*) as rows, cast(coalesce(sum(row_version), 0) as bigint) as versions, coalesce(max(row_version), 0) as newest"
    return " union all ".join(f"select '{entity}' as kind, {figures} from {schema}{entity} {where}" for entity in entities)  # noqa: S608 - ours
