"""Takes everything that the store holds of an account into the empty tables of its cache."""

from collections.abc import Collection, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import duckdb

from connector.engine.columns import COLUMNS, question, reading
from connector.engine.readers import Fetch, beside
from connector.engine.snapshot import Piece, Snapshot
from connector.model import Entity


class _Job(NamedTuple):
    """A part of a table that is to be taken, and which of its columns are rarely filled."""

    entity: Entity
    piece: Piece | None
    rare: Sequence[str] = ()


def take_all(connection: duckdb.DuckDBPyConnection, store: Snapshot, entities: Collection[Entity], account: str) -> int:
    """Take these tables one after the other, and return how many rows there were."""
    return sum(_take(connection, store.fetch, _Job(entity, None), account=account) for entity in entities)


def take_beside(connection: duckdb.DuckDBPyConnection, store: Snapshot, entities: Collection[Entity], account: str) -> int:
    """Take these tables piece by piece, several at a time, and return how many rows there were; a failure may leave a part behind."""
    jobs = [job for entity in entities for job in _jobs(store, entity)]
    # The longest ones first, or one thread would be left alone with them at the end.
    return sum(beside(connection, store, sorted(jobs, key=_cells, reverse=True), partial(_take, account=account)))


def _jobs(store: Snapshot, entity: Entity) -> Iterator[_Job]:
    rare = store.rare(str(entity), [column.name for column in COLUMNS[entity]])
    return (_Job(entity, piece, rare) for piece in store.pieces(str(entity)))


def _cells(job: _Job) -> int:
    return (job.piece.rows if job.piece else 0) * (len(COLUMNS[job.entity]) - len(job.rare))


def _take(connection: duckdb.DuckDBPyConnection, fetch: Fetch, job: _Job, *, account: str) -> int:
    asked = question(job.entity, account, 0, piece=job.piece and (job.piece.table, job.piece.part), rare=job.rare)
    connection.register("fresh", fetch(asked))
    taken = connection.execute(f"insert into crm.{job.entity} {reading(job.entity, 'fresh', job.rare)}").fetchall()
    connection.unregister("fresh")
    return int(taken[0][0])
