"""import: a file's rows into one table, all of them that are good, or none where the file or the process fails."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

from connector.errors import Stopped
from connector.imports import Reading, arrivals, opened
from connector.model import Scope, Taken
from connector.steps.pulling import check
from connector.steps.record import recorded, step
from connector.steps.work import Work, leased
from connector.store import Lease


async def reading(work: Work, *, day_first: bool = False, decimal_comma: bool = False) -> Reading:
    """Return how the account's files are read: in its time zone and currency. An account that is new is checked first."""
    account = await work.ask(work.store.accounts.get, work.account)
    if account is None:
        await check(work)
        account = await work.bound()
    home, kpis = account.tenant.currency, tuple(work.kpis)
    return Reading(work.calendar(account), home, kpis, day_first=day_first, decimal_comma=decimal_comma)


async def take(work: Work, scope: Scope, path: Path, how: Reading) -> Taken:
    """Take a file's rows into the store under the account's lease, and keep a record of the run unless it is dry.

    Raises:
        SettingsError: the file cannot be read, or not to its end; nothing of it was taken.
        Stopped: somebody asked us to end; nothing of it was taken.
        StoreBusy: another process works on this account.
    """
    async with place(work, dry_run=scope.dry_run) as (lease, run):
        taken = await work.ask(_take, work, lease, run, scope=scope, path=path, how=how)
        if not scope.dry_run:
            await step(work, lease, run, **{"import": import_summary(scope, path.name, taken)})
        return taken


@contextlib.asynccontextmanager
async def place(work: Work, *, dry_run: bool) -> AsyncIterator[tuple[Lease, str]]:
    """Hold the account's lease for an import; only one that keeps something has a run of its own."""
    if dry_run:
        async with leased(work) as lease:
            yield lease, ""
        return
    async with recorded(work, "import") as place:
        yield place


def _take(work: Work, lease: Lease, run: str, *, scope: Scope, path: Path, how: Reading) -> Taken:
    def tell(seen: int) -> None:
        work.progress.advance(f"import {scope.entity}", seen, None)
        if work.stop.is_set():
            raise Stopped(f"Stopped on request; nothing of {path} was taken.")

    with opened(path, scope.entity) as sheet:
        return work.store.imports.take(lease, run, scope, file=path.name, arrivals=arrivals(sheet, scope.entity, how), tell=tell)


def import_summary(scope: Scope, file: str, taken: Taken) -> dict[str, object]:
    """Return an import's figures for the run's record and for programs; the faults' values stay out of it."""
    figures = {name: value for name, value in asdict(taken).items() if name != "faults"}
    return {"table": str(scope.entity), "name": scope.name, "file": file, "taken": taken.rows, **figures}
