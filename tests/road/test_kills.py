"""A process that is killed at any moment leaves nothing that the next run does not bring to the same end."""

import os
import random
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector.sandbox.hubspot import hubspot_app
from connector.sandbox.running import running
from tests.road.place import LAST_DAY, Crm, Desk, client, settings

SEED = 20171231
KILLS = 20
ROAD = ("run", "--as-of", LAST_DAY, "--yes")
TABLES = (
    "deals",
    "companies",
    "contacts",
    "users",
    "teams",
    "memberships",
    "products",
    "line_items",
    "stages",
    "stage_changes",
    "field_history",
)
ASIDE = {"row_version", "seen", "hash", "run", "run_no", "measured_at", "updated_at", "plan"}
"""Columns that say when or in which order something was done, not what."""
GRAIN = 0.05
Rows = dict[str, list[tuple[Any, ...]]]


def kept(desk: Desk) -> Rows:
    """Return the records and values in the store, without what tells how often and when they were written."""
    database = sqlite3.connect(desk.folder / "store.sqlite")
    try:
        return {table: rows(database, table) for table in (*TABLES, "kpi_values", "field_values", "held", "written")}
    finally:
        database.close()


def differing(found: Rows, expected: Rows) -> dict[str, list[tuple[Any, ...]]]:
    """Return by table the first few rows that only one of them has."""
    gaps = {table: sorted(set(found[table]) ^ set(expected[table]), key=repr)[:6] for table in expected}
    return {table: gap for table, gap in gaps.items() if gap or len(found[table]) != len(expected[table])}


def rows(database: sqlite3.Connection, table: str) -> list[tuple[Any, ...]]:
    """Return a table's rows in a fixed order."""
    columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})") if row[1] not in ASIDE]
    assert columns, f"the store has no table {table}"
    # An empty field may be remembered as empty or not at all.
    stamps = " WHERE field <> 'kpi_updated_at' AND value IS NOT NULL" if table in ("held", "written") else ""
    return sorted(database.execute(f"SELECT {', '.join(columns)} FROM {table}{stamps}"), key=repr)  # noqa: S608 - names of our own tables


@pytest.fixture(scope="module")
def undisturbed(small_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, ...]:
    """What a run that nobody disturbed leaves in store and CRM, and how long it took."""
    with terminal(small_data, tmp_path_factory.mktemp("undisturbed")) as (crm, desk):
        began = time.monotonic()
        desk.run(*ROAD)
        return kept(desk), crm.fields(), crm.goals(), time.monotonic() - began


class terminal:  # noqa: N801 - used like the functions of contextlib
    """A fresh CRM with a terminal on it, as a context."""

    def __init__(self, data: Path, folder: Path) -> None:
        self._made = _terminal(data, folder)

    def __enter__(self) -> tuple[Crm, Desk]:
        return next(self._made)

    def __exit__(self, *_: object) -> None:
        next(self._made, None)


def _terminal(data: Path, folder: Path) -> Iterator[tuple[Crm, Desk]]:
    with running(hubspot_app(data=data)) as url, client(url) as http:
        yield Crm(url, http), Desk(folder, settings(url, folder))


def kill_after(desk: Desk, seconds: float) -> bool:
    """Start a run and kill it after a while; return whether it was still at work then."""
    process = desk.start(*ROAD)
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        return True
    return False


@pytest.mark.timeout(900)
def test_twenty_kills_end_in_the_same_store_and_crm(undisturbed: tuple[Any, ...], small_data: Path, tmp_path: Path):
    """Killed twenty times at random moments, over as many fresh starts as that takes, the road always ends where it would have ended."""
    records, fields, goals, took = undisturbed
    chance = random.Random(SEED)  # noqa: S311 - moments, not secrets
    kills = starts = 0
    while kills < KILLS:
        folder = tmp_path / str(starts)
        folder.mkdir()
        starts += 1
        with terminal(small_data, folder) as (crm, desk):
            for _ in range(4):
                kills += kill_after(desk, chance.uniform(GRAIN, took))
            desk.run(*ROAD)

            assert differing(kept(desk), records) == {}
            assert crm.fields() == fields
            assert crm.goals() == goals


WRITES = (
    "/crm/properties/2026-09/deals",
    "/crm/objects/2026-09/companies/batch/update",
    "/crm/objects/2026-09/deals/batch/update",
    "/crm/objects/2026-09/users/batch/update",
    "/crm/objects/2026-09/goal_targets/batch/create",
)


@pytest.mark.parametrize("path", WRITES)
def test_a_write_that_was_never_answered_is_not_repeated(undisturbed: tuple[Any, ...], small_data: Path, tmp_path: Path, path: str):
    """The CRM carries a write out, its answer never comes, the process dies waiting: the next run finds it done and goes on from there."""
    records, fields, goals, took = undisturbed
    with terminal(small_data, tmp_path) as (crm, desk):
        fault = {"kind": "timeout", "method": "POST", "path": path, "seconds": 60, "applied": True}
        crm.send("POST", "/sandbox/faults", {"faults": [fault]})
        assert kill_after(desk, took + 3)
        crm.send("POST", "/sandbox/faults", {"faults": []})
        desk.run(*ROAD)

        assert differing(kept(desk), records) == {}
        assert crm.fields() == fields
        assert crm.goals() == goals
