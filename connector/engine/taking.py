"""Takes everything that the store holds of an account into the empty tables of its cache."""

import contextlib
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import duckdb

from connector.engine.columns import COLUMNS, question, reading
from connector.engine.snapshot import Piece, Snapshot
from connector.model import Entity


class Job(NamedTuple):
    """A part of a table that is to be taken."""

    entity: Entity
    piece: Piece
    rare: Sequence[str] = ()


@contextlib.contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Keep what is done meanwhile, or nothing of it."""
    connection.begin()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def take_beside(connection: duckdb.DuckDBPyConnection, store: Snapshot, entities: Collection[Entity], account: str) -> int:
    """Take these tables piece by piece, by as many threads as the snapshot has readers, and return how many rows there were.

    Each thread has a connection and a transaction of its own, so that a failure may leave a part behind. DuckDB's own threads would only
    wait for one another: all of them would read the same stream.
    """
    jobs = deque(sorted((job for entity in entities for job in _jobs(store, entity)), key=_cells, reverse=True))
    if len(store.readers) == 1:
        with transaction(connection):
            return take(connection, store.fetch, jobs, account)
    connection.execute("set threads = 1")
    try:
        with ThreadPoolExecutor(len(store.readers)) as pool:
            parts = [pool.submit(_take_apart, connection, fetch, jobs, account) for fetch in store.readers]
        return sum(part.result() for part in parts)
    finally:
        connection.execute("reset threads")


def take(connection: duckdb.DuckDBPyConnection, fetch: Callable[[str], Any], jobs: deque[Job], account: str) -> int:
    """Take pieces until none is left, and return how many rows they had."""
    rows = 0
    with contextlib.suppress(IndexError):
        while True:
            entity, piece, rare = jobs.popleft()
            connection.register("fresh", fetch(question(entity, account, 0, piece=piece[:2], rare=rare)))
            told = connection.execute(f"insert into crm.{entity} {reading(entity, 'fresh', rare)}")
            rows += told.fetchall()[0][0]
            connection.unregister("fresh")
    return rows


def _take_apart(connection: duckdb.DuckDBPyConnection, fetch: Callable[[str], Any], jobs: deque[Job], account: str) -> int:
    with connection.cursor() as own:
        try:
            with transaction(own):
                return take(own, fetch, jobs, account)
        except BaseException:
            jobs.clear()
            raise


def _jobs(store: Snapshot, entity: Entity) -> Iterator[Job]:
    rare = store.rare(str(entity), [column.name for column in COLUMNS[entity]])
    return (Job(entity, piece, rare) for piece in store.pieces(str(entity)))


def _cells(job: Job) -> int:
    """How long a piece takes: the longest ones first, or one thread would be left alone with them at the end."""
    return job.piece.rows * (len(COLUMNS[job.entity]) - len(job.rare))
