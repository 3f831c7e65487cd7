"""Keeps a record of every run: what it did, how it ended, how many calls it made."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from datetime import datetime

from connector.errors import ConnectorError, GuardStopped, Stopped, StoreBusy
from connector.steps.work import Work, leased
from connector.store import Lease, RunStatus

REQUESTS = "requests"
"""The part of a run's record that tells what it sent, see `Usage`."""


@contextlib.asynccontextmanager
async def recorded(work: Work, kind: str, as_of: datetime | None = None) -> AsyncIterator[tuple[Lease, str]]:
    """Hold the account's lease for a run of this kind and write down how it ended.

    Raises:
        StoreBusy: another process is at work on this account.
    """
    async with leased(work) as lease, noted(work, lease, kind, as_of=as_of) as run:
        yield lease, run


@contextlib.asynccontextmanager
async def noted(work: Work, lease: Lease, kind: str, *, as_of: datetime | None = None, slot: str | None = None) -> AsyncIterator[str]:
    """Begin a run under a lease that is held already, and write down how it ended."""
    run = await work.ask(work.store.runs.start, lease, kind, as_of, slot)
    status, message = RunStatus.FAILED, "An unexpected fault; the log says more."
    try:
        yield run
        status, message = RunStatus.DONE, ""
    except ConnectorError as error:
        status, message = _status(error), str(error)
        raise
    except asyncio.CancelledError:
        status, message = RunStatus.INTERRUPTED, "Interrupted."
        raise
    finally:
        await asyncio.shield(_finish(work, lease, run, status, message=message))


def _status(error: ConnectorError) -> RunStatus:
    if isinstance(error, (Stopped, StoreBusy)):
        return RunStatus.INTERRUPTED
    return RunStatus.STOPPED if isinstance(error, GuardStopped) else RunStatus.FAILED


async def step(work: Work, lease: Lease, run_id: str, **done: Mapping[str, object]) -> None:
    """Keep the figures of steps, by their names, and the calls made so far in the run's record."""
    for name, summary in done.items():
        await work.ask(work.store.runs.step, lease, run_id, name, {**summary, "calls": work.usage.calls})


async def _finish(work: Work, lease: Lease, run: str, status: RunStatus, *, message: str = "") -> None:
    # Where the lease is lost the run's record belongs to whoever holds it now, which will call it interrupted.
    with contextlib.suppress(ConnectorError):
        usage = work.usage
        await work.ask(work.store.runs.step, lease, run, REQUESTS, usage.summary())
        await work.ask(work.store.runs.finish, lease, run, status, message, calls=usage.calls)
