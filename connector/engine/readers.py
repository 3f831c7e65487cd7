"""Has as many threads ask the store as its snapshot has readers."""

import contextlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import duckdb

from connector.engine.snapshot import Snapshot

Fetch = Callable[[str], Any]
"""Answers a query to the store, one at a time."""
_Job = TypeVar("_Job")
_Done = TypeVar("_Done")


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


def beside(
    connection: duckdb.DuckDBPyConnection,
    store: Snapshot,
    jobs: Iterable[_Job],
    work: Callable[[duckdb.DuckDBPyConnection, Fetch, _Job], _Done],
) -> Sequence[_Done]:
    """Have jobs done in this order, as many at a time as there are readers, and return what was done in any order.

    Where there are several, each thread has a connection of its own and each job a transaction: when one fails, what was done may stay.
    DuckDB's own threads would only wait for one another, because all of them would read the same stream.
    """
    if len(store.readers) == 1:
        return [work(connection, store.fetch, job) for job in jobs]
    left = deque(jobs)

    def some(own: duckdb.DuckDBPyConnection, fetch: Fetch) -> list[_Done]:
        try:
            with own:
                return [_committed(own, fetch, job, work) for job in _drained(left)]
        except BaseException:
            left.clear()
            raise

    connection.execute("set threads = 1")
    try:
        with ThreadPoolExecutor(len(store.readers)) as pool:
            parts = [pool.submit(some, connection.cursor(), fetch) for fetch in store.readers]
        return [done for part in parts for done in part.result()]
    finally:
        connection.execute("reset threads")


def _drained(jobs: deque[_Job]) -> Iterator[_Job]:
    with contextlib.suppress(IndexError):
        while True:
            yield jobs.popleft()


def _committed(
    own: duckdb.DuckDBPyConnection, fetch: Fetch, job: _Job, work: Callable[[duckdb.DuckDBPyConnection, Fetch, _Job], _Done]
) -> _Done:
    with transaction(own):
        return work(own, fetch, job)
