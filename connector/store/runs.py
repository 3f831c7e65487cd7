"""What was done for an account: runs with their steps, and the slots of the schedule that are taken."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, select, update
from sqlalchemy.dialects import postgresql, sqlite

from connector.errors import SettingsError
from connector.store.database import Database, Found, clock, upsert
from connector.store.leases import Lease, writing
from connector.store.rows import instant_of, maybe_instant, maybe_us
from connector.store.schema import ACCOUNTS, RUN_STEPS, RUNS, SLOTS

Summary = Mapping[str, object]
"""What one step did, as it goes into JSON."""


class RunStatus(StrEnum):
    """How a run ended. INTERRUPTED is found later: the process was killed."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class RunInfo:
    """One run: what for (`kind`), by which slot of the schedule, how it ended, how many requests it sent and what each step did."""

    id: str
    kind: str
    status: RunStatus
    started_at: datetime
    finished_at: datetime | None
    as_of: datetime | None
    slot: str | None
    message: str | None
    calls: int
    steps: Mapping[str, Summary]


class Runs:
    """The runs of every account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, lease: Lease, kind: str, as_of: datetime | None = None, slot: str | None = None) -> str:
        """Begin a run and return its id (`r000012`, counted per account); whatever still counts as running was killed, and says so now."""
        with writing(self._database, lease) as connection:
            mine = ACCOUNTS.c.account == lease.account
            number = update(ACCOUNTS).where(mine).values(run_no=ACCOUNTS.c.run_no + 1).returning(ACCOUNTS.c.run_no)
            run = f"r{connection.execute(number).scalar_one():06}"
            now = clock(connection)
            _end(connection, lease.account, None, status=RunStatus.INTERRUPTED.value, finished_at=now)
            row = {"account": lease.account, "id": run, "kind": kind, "slot": slot, "as_of": maybe_us(as_of), "started_at": now}
            upsert(connection, RUNS, [{**row, "status": RunStatus.RUNNING.value, "calls": 0}])
            return run

    def step(self, lease: Lease, run: str, name: str, summary: Summary) -> None:
        """Keep what a step of the run did; the same step told again replaces what it said before."""
        with writing(self._database, lease) as connection:
            here = (RUN_STEPS.c.account == lease.account) & (RUN_STEPS.c.run == run)
            places = {row.name: row.place for row in connection.execute(select(RUN_STEPS.c.name, RUN_STEPS.c.place).where(here))}
            row = {"account": lease.account, "run": run, "name": name, "summary": json.dumps(summary, default=str)}
            upsert(connection, RUN_STEPS, [{**row, "place": places.get(name, len(places)), "at": clock(connection)}])

    def finish(self, lease: Lease, run: str, status: RunStatus | str, message: str | None = None, *, calls: int = 0) -> None:
        """End a run, with the number of requests that it sent."""
        with writing(self._database, lease) as connection:
            _end(connection, lease.account, run, status=str(status), finished_at=clock(connection), message=message, calls=calls)

    def get(self, account: str, run: str) -> RunInfo:
        """Return one run.

        Raises:
            SettingsError: there is no such run.
        """
        for info in self._find(select(RUNS).where(RUNS.c.account == account, RUNS.c.id == run)):
            return info
        raise SettingsError(f"The account {account!r} has no run {run!r}.")

    def latest(self, account: str, n: int = 10, *, kind: str | None = None, but: str | None = None) -> Sequence[RunInfo]:
        """Return the last `n` runs, the newest first; only those of one kind, or of any but one."""
        only = [RUNS.c.kind == kind] if kind is not None else [RUNS.c.kind != but] if but is not None else []
        return self._find(select(RUNS).where(RUNS.c.account == account, *only).order_by(RUNS.c.id.desc()).limit(n))

    def last_with(self, account: str, step: str) -> str | None:
        """Return the last run that did this step; None if none did."""
        mine = select(RUN_STEPS.c.run).where(RUN_STEPS.c.account == account, RUN_STEPS.c.name == step)
        with self._database.read() as connection:
            return connection.scalars(mine.order_by(RUN_STEPS.c.run.desc()).limit(1)).first()

    def claim_slot(self, lease: Lease, job: str, slot: str) -> bool:
        """Take a slot of a job's schedule; False if it was taken before, by whomever."""
        with writing(self._database, lease) as connection:
            insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(SLOTS)
            row = {"account": lease.account, "job": job, "slot": slot, "holder": lease.holder, "claimed_at": clock(connection)}
            return connection.execute(insert.on_conflict_do_nothing().returning(SLOTS.c.slot), row).first() is not None

    def last_slot(self, account: str, job: str) -> str | None:
        """Return the slot of the job that was taken last."""
        mine = select(SLOTS.c.slot).where(SLOTS.c.account == account, SLOTS.c.job == job)
        with self._database.read() as connection:
            return connection.scalars(mine.order_by(SLOTS.c.claimed_at.desc(), SLOTS.c.slot.desc()).limit(1)).first()

    def _find(self, query: Select[*tuple[Any, ...]]) -> Sequence[RunInfo]:
        with self._database.read() as connection:
            runs = connection.execute(query).all()
            chosen = RUN_STEPS.c.account.in_({row.account for row in runs}), RUN_STEPS.c.run.in_([row.id for row in runs])
            steps: dict[str, dict[str, Summary]] = {}
            for row in connection.execute(select(RUN_STEPS).where(*chosen).order_by(RUN_STEPS.c.place)):
                steps.setdefault(row.run, {})[row.name] = json.loads(row.summary)
            return [_info(row, steps.get(row.id, {})) for row in runs]


def _end(connection: Connection, account: str, run: str | None, **columns: str | int | None) -> None:
    """End one run, or without `run` all that still count as running."""
    which = RUNS.c.status == RunStatus.RUNNING.value if run is None else RUNS.c.id == run
    connection.execute(update(RUNS).where(RUNS.c.account == account, which).values(**columns))


def _info(row: Found, steps: Mapping[str, Summary]) -> RunInfo:
    return RunInfo(
        id=row.id,
        kind=row.kind,
        status=RunStatus(row.status),
        started_at=instant_of(row.started_at),
        finished_at=maybe_instant(row.finished_at),
        as_of=maybe_instant(row.as_of),
        slot=row.slot,
        message=row.message,
        calls=row.calls,
        steps=steps,
    )
