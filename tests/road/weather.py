"""A CRM that people work in for some days, gone over by our runs in fair weather or in a storm of faults."""

import asyncio
import random
import sqlite3
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from connector import steps
from connector.app import App
from connector.cli.road import raise_lost, raise_refused
from connector.errors import AccessRefused, CredentialsError, TryLater
from connector.kpis.fields import specs
from connector.sandbox.hubspot.storm import KINDS
from connector.steps import Road, Work, recorded
from connector.store.schema import RECORD_TABLES
from tests.road.consent import browse, by_oauth, connect
from tests.road.people import work_for_a_day
from tests.road.place import Crm, Desk, settings

LAST_DAY = date(2017, 12, 31)
MOST_RUNS = 12
"""How often a day is tried in a storm before the weather clears."""
FORGIVEN = (TryLater, AccessRefused, CredentialsError)
"""How a run in a storm may end: come back later, something was refused, or the token was not taken."""
IMPATIENT = {"CRM_KPI_HUBSPOT__PATIENCE_SECONDS": "2.5", "CRM_KPI_HUBSPOT__TIMEOUT_SECONDS": "1"}
OPENING = threading.Lock()
"""Held while a store is opened: two that are migrated at once in one process would meet in Alembic, which is one for all threads."""
HANGS = 1.5
"""How many seconds a request hangs that times out."""
ASIDE = {"row_version", "seen", "hash", "run", "run_no", "measured_at", "updated_at", "plan", "remote"}
"""Columns that say when or in which order something was done, not what."""
OUR_GOALS = {"id", "created_at"}
"""Of goals these too: the CRM gives them when the goal is made."""
ORDER = "order by 1, 2, 3, 4"
Weather = tuple[float, float]
"""The share that goes wrong of the batches that write records, and of all other requests."""
FAIR = (0.0, 0.0)
Rows = dict[str, set[tuple[Any, ...]]]
Place = tuple[str, str, str]
"""Entity, record and field."""
WRITTEN = ("deals", "companies", "contacts")
"""Entities whose records are written to and may be deleted."""
LINKS = {"deal": "deals", "company": "companies", "contact": "contacts"}
"""The columns that name another record."""
_LEAST = {(str(spec.entity), spec.name): spec.min_change for spec in specs().values()}
"""The smallest change of each field that is worth a write."""


@dataclass
class Days:
    """The days that a CRM and our runs go through: `ended` counts how the runs ended, by the error's name."""

    crm: Crm
    environ: dict[str, str]
    ended: Counter[str] = field(default_factory=Counter)
    fired: Counter[str] = field(default_factory=Counter)

    @classmethod
    def begin(cls, crm: Crm, folder: Path) -> "Days":
        """Connect to a CRM by OAuth, with an empty store and little patience."""
        environ = by_oauth(settings(crm.url, folder)) | IMPATIENT
        code, said = connect(Desk(folder, environ), browse)
        assert code == 0, said
        return cls(crm, environ)

    def pass_by(self, days: int, seed: int, weather: Weather = FAIR) -> None:
        """Load everything, then let people work and run again, day by day."""
        people = random.Random(seed)  # noqa: S311 - chooses what people do
        for day in range(days + 1):
            if day:
                work_for_a_day(self.crm, people, day)
            self._day(seed * 1000 + day, weather)
        self._wait_for_all(seed, weather)
        # What went wrong after the last write of the last day is found by the next run.
        assert self._run()

    def _wait_for_all(self, seed: int, weather: Weather) -> None:
        """Run on in a storm, though nobody works any more, until everything that can go wrong has gone wrong."""
        for extra in range(MOST_RUNS if any(weather) else 0):
            if set(self.fired) == set(KINDS):
                break
            self._day(seed * 1000 + 500 + extra, weather)

    def _day(self, seed: int, weather: Weather) -> None:
        self._storm(seed, weather)
        went_well = any(self._run() for _ in range(MOST_RUNS))
        self._storm(seed, FAIR)
        assert went_well or self._run() or self._run(), f"in calm weather runs still do not end well: {self.ended}"

    def _storm(self, seed: int, weather: Weather) -> None:
        said = self.crm.send("POST", "/sandbox/storm", {"seed": seed, "batches": weather[0], "others": weather[1], "seconds": HANGS})
        self.fired = Counter(said["fired"])

    def _run(self) -> bool:
        """Run once, as a new process would; return whether all went well."""
        with OPENING:
            app = App.start(self.environ)
        try:
            asyncio.run(_go(app))
        except FORGIVEN as error:
            self.ended[type(error).__name__] += 1
            return False
        finally:
            app.close()
        self.ended["well"] += 1
        return True


async def _go(app: App) -> None:
    async with app.work(None) as work:
        at = await _end_of_day(work)
        async with recorded(work, "run", at) as (lease, run):
            road = Road(run)
            await steps.run(work, lease, road, as_of=at, yes=True)
    assert road.pushed
    assert road.pulled
    raise_refused(road.pushed)
    raise_lost(road.pulled)


async def _end_of_day(work: Work) -> datetime:
    await steps.check(work)
    return work.calendar(await work.bound()).end_of(LAST_DAY)


def kept(store: str) -> Rows:
    """Return what a store holds - records, history, values, what is held and written - without what tells when it came there."""
    tables = [*(str(entity) for entity in RECORD_TABLES), "kpi_values", "field_values", "unavailable", "goal_map"]
    database = sqlite3.connect(store)
    try:
        found = {table: _rows(database, table) for table in tables} | {table: _fields(database, table) for table in ("held", "written")}
        return found | {"quarantine": set(database.execute("SELECT entity, id, reason FROM quarantine"))}
    finally:
        database.close()


def _rows(database: sqlite3.Connection, table: str) -> set[tuple[Any, ...]]:
    """Return a table's rows; a link to a record that was deleted is none, at whatever time it was read again."""
    aside = ASIDE | (OUR_GOALS if table == "goals" else set())
    columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})") if row[1] not in aside]
    chosen = ", ".join(_unless_gone(column) if column in LINKS else column for column in columns)
    rows = database.execute(f"SELECT {chosen} FROM {table}").fetchall()  # noqa: S608 - names of our own tables
    assert len(rows) == len(set(rows)), f"{table} holds something twice"
    return set(rows)


def _unless_gone(column: str) -> str:
    return f"CASE WHEN {column} NOT IN (SELECT id FROM {LINKS[column]} WHERE deleted_at IS NOT NULL) THEN {column} END"  # noqa: S608 - the same


def _fields(database: sqlite3.Connection, table: str) -> set[tuple[Any, ...]]:
    """Return what our fields hold, on records that are there: nothing is written to others, so what was taken from them stays away.

    When a record's fields were written last is not what is compared, and an empty field may be remembered as empty or not at all.
    """
    gone = {(entity, row[0]) for entity in WRITTEN for row in database.execute(f"SELECT id FROM {entity} WHERE deleted_at IS NOT NULL")}  # noqa: S608 - our own tables
    rows = database.execute(f"SELECT entity, record, field, value FROM {table} WHERE value IS NOT NULL").fetchall()  # noqa: S608 - the same
    rows = [row for row in rows if row[2] != "kpi_updated_at" and row[:2] not in gone]
    found = {(entity, record, field): value for entity, record, field, value in rows}
    assert len(rows) == len(found), f"{table} holds something twice"
    return {(*place, value) for place, value in settled(found, _measured(database)).items()}


def _measured(database: sqlite3.Connection) -> Mapping[Place, str]:
    rows = database.execute("SELECT entity, record, field, value FROM field_values WHERE value IS NOT NULL")
    return {(entity, record, field): value for entity, record, field, value in rows}


def fields(crm: Crm, store: str) -> Mapping[Place, str]:
    """Return what our fields hold in the CRM."""
    database = sqlite3.connect(store)
    try:
        return settled(crm.fields(), _measured(database))
    finally:
        database.close()


def settled(held: Mapping[Place, str], measured: Mapping[Place, str]) -> Mapping[Place, str]:
    """Return what fields hold, with what was measured in place of what is too near to it to be worth a write.

    Which of the values near to each other stands there hangs on when it was written first.
    """
    return {place: measured[place] if _is_near(place, value, measured.get(place)) else value for place, value in held.items()}


def _is_near(place: Place, value: str, other: str | None) -> bool:
    least = _LEAST.get((place[0], place[2]))
    return bool(least) and other is not None and abs(Decimal(value) - Decimal(other)) < least


def open_items(store: str) -> list[tuple[Any, ...]]:
    """Return the values of all plans whose outcome is not known."""
    database = sqlite3.connect(store)
    try:
        return database.execute(
            "SELECT plan, seq, state, message FROM plan_items WHERE state IN ('planned', 'sending', 'unknown')"
        ).fetchall()
    finally:
        database.close()


def goals(crm: Crm) -> Counter[tuple[str, ...]]:
    """Return the CRM's goals, each as often as it is there."""
    names = ("hs_goal_name", "hs_start_datetime", "hs_end_datetime", "hs_target_amount", "hs_group_correlation_uuid", "hubspot_owner_id")
    return Counter(tuple(str(row["properties"].get(name)) for name in names) for row in crm.records("goal_targets", *names))


def differing(found: Rows, expected: Rows) -> dict[str, list[tuple[Any, ...]]]:
    """Return by table the first few rows that only one of them has."""
    return {table: sorted(gap, key=repr)[:6] for table in expected if (gap := found[table] ^ expected[table])}
