"""The store as it was at one moment."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connector.engine.snapshot import Snapshot


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A database with ten things, each with a version, in the mode that the store has."""
    path = tmp_path / "store.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("pragma journal_mode = wal; create table accounts (row_version); create table things (no integer)")
        connection.execute("insert into accounts values (10)")
        connection.executemany("insert into things values (?)", [(number,) for number in range(10)])
        connection.commit()
    return path


_WRITING = """
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as connection:
    connection.execute("update accounts set row_version = row_version + 1")
    connection.execute("insert into things select count(*) from things")
"""


def _add(path: Path) -> None:
    """Add a thing, in a process of its own: two copies of SQLite in one would take each other's locks away (ADR 0025)."""
    subprocess.run([sys.executable, "-c", _WRITING, str(path)], check=True)


class Looking:
    """A DuckDB that somebody writes to the store beside, after each of the first `times` questions to it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, write: Callable[[], None], times: int) -> None:
        self.connection = connection
        self._write = write
        self._times = times

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever DuckDB has
        return getattr(self.connection, name)

    def execute(self, query: str) -> "Looking":
        """Ask, and then let the other one write."""
        self._found = self.connection.execute(query).fetchall()
        if self._times:
            self._times -= 1
            self._write()
        return self

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return what was answered."""
        return self._found


def _things(snapshot: Snapshot, reading: duckdb.DuckDBPyConnection) -> list[list[int]]:
    """Return the things that each connection sees, from all the pieces in which they come."""
    found = []
    for fetch in snapshot.readers:
        seen = list[int]()
        for piece in snapshot.pieces("things"):
            reading.register("piece", fetch(f"select no from {piece.table} where {piece.part}"))  # noqa: S608 - ours
            seen += [number for (number,) in reading.execute("from piece").fetchall()]
            reading.unregister("piece")
        found.append(sorted(seen))
    return found


@pytest.mark.parametrize(("times", "readers", "seen"), [(0, 3, 10), (1, 3, 11), (99, 1, 14)])
def test_one_moment(store: Path, times: int, readers: int, seen: int):
    """Connections that did not begin at the same moment begin again; where others write without a pause, one reads alone."""
    with duckdb.connect() as reading:
        looking: Any = Looking(reading, lambda: _add(store), times)
        with Snapshot(f"sqlite:///{store}", looking, readers=3) as snapshot:
            first = _things(snapshot, reading)
            _add(store)
            assert _things(snapshot, reading) == first
            assert len(first) == readers
            assert all(one == list(range(len(first[0]))) for one in first)
            assert len(first[0]) >= seen


@pytest.mark.parametrize(("places", "pieces"), [((), 1), ((1, 2), 1), ((-5, 491_514), 1), ((-5, 491_515), 2), ((7, 2**40, 2**40 + 1), 256)])
def test_pieces_are_the_whole(store: Path, places: tuple[int, ...], pieces: int):
    """However a table lies in its file, each of its rows is in one piece, and no piece is longer than it says."""
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("delete from things")
        connection.executemany("insert into things (rowid, no) values (?, ?)", [(place, place) for place in places])
        connection.commit()
    with duckdb.connect() as reading, Snapshot(f"sqlite:///{store}", reading, readers=1) as snapshot:
        assert [_things(snapshot, reading), len(snapshot.pieces("things"))] == [[list(places)], pieces]
