"""One account at work: what the steps need, the threads that store and engine run in, and the lease that keeps others out."""

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import ParamSpec, Protocol, TypeVar
from zoneinfo import ZoneInfo

from connector.adapters.base import Adapter
from connector.errors import GuardStopped, Stopped, StoreBusy
from connector.feeds import Feed
from connector.kpis import Catalogue
from connector.model import Usage
from connector.own import catalogue_of
from connector.period import Calendar
from connector.settings import AccountConfig
from connector.store import Account, Lease, Store

P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger("connector.steps")
RENEW_SECONDS = 10


class Progress(Protocol):
    """Told how far a step has come; `total` is None where nobody knows."""

    def advance(self, step: str, done: int, total: int | None) -> None:
        """`done` of `total` things of this step are through."""
        ...

    def say(self, sentence: str) -> None:
        """Something happened that the person watching should read."""
        ...


class Silence:
    """Progress that nobody watches; what matters is logged."""

    def advance(self, step: str, done: int, total: int | None) -> None:
        """Say nothing."""

    def say(self, sentence: str) -> None:
        """Leave a line in the log."""
        log.info(sentence)


@dataclass
class Work:
    """Everything that the steps of one account share.

    `desk` is the one thread that talks to the store, `bench` the one that computes: neither may hold up the network.
    Setting `stop` ends the step in hand after the page or batch it is at.
    """

    config: AccountConfig
    store: Store
    adapter: Adapter
    cache: Path
    desk: Executor
    bench: Executor
    progress: Progress = field(default_factory=Silence)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    before: Usage = field(default_factory=Usage)
    """What the adapter had sent before the run in hand, where it serves several."""
    feeds: Sequence[Feed] = ()
    """Services beside the CRM, which a pull reads after it."""

    @property
    def usage(self) -> Usage:
        """What the run in hand has sent and waited for."""
        return self.adapter.usage.less(self.before)

    @property
    def kpis(self) -> Catalogue:
        """The KPIs of this account, its own among them."""
        return catalogue_of(self.config.house.kpis)

    @property
    def account(self) -> str:
        """The account's name in settings and store."""
        return self.config.name

    async def ask(self, question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a call to the store at the desk."""
        return await asyncio.get_running_loop().run_in_executor(self.desk, lambda: question(*args, **kwargs))

    async def compute(self, sum_up: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a call to the engine on the bench."""
        return await asyncio.get_running_loop().run_in_executor(self.bench, lambda: sum_up(*args, **kwargs))

    async def bound(self) -> Account:
        """Return the account as it was bound at its first check.

        Raises:
            GuardStopped: it was never checked.
        """
        account = await self.ask(self.store.accounts.get, self.account)
        if account is None:
            raise GuardStopped(f"The account {self.account!r} was never connected; run `crm-kpi check` first.")
        return account

    def calendar(self, account: Account) -> Calendar:
        """Return the calendar to count by."""
        return calendar_of(self.config, account)

    def go_on(self) -> None:
        """Stop here if somebody asked us to.

        Raises:
            Stopped: somebody did; everything up to here is kept.
        """
        if self.stop.is_set():
            raise Stopped("Stopped on request; what was done is kept, and the next run goes on from here.")


def calendar_of(config: AccountConfig, account: Account) -> Calendar:
    """Return the calendar that an account counts by: in the time zone of the settings, else in the CRM's own."""
    return Calendar(ZoneInfo(config.house.timezone or account.tenant.timezone), config.house.fiscal_year_start)


@contextlib.asynccontextmanager
async def leased(work: Work) -> AsyncIterator[Lease]:
    """Hold the account's lease, renewing it, so that no other process works on the same account.

    Raises:
        StoreBusy: another process holds it.
    """
    lease = await _acquire(work)
    keeper = asyncio.create_task(_keep(work, lease))

    async def still_ours() -> None:
        await work.ask(work.store.leases.check, lease)

    # Asked again before every single write request, because one may wait long for its turn.
    work.adapter.before_write = still_ours
    try:
        yield lease
    finally:
        work.adapter.before_write = None
        keeper.cancel()
        with contextlib.suppress(StoreBusy, asyncio.CancelledError):
            await asyncio.shield(work.ask(work.store.leases.release, lease))


async def _acquire(work: Work) -> Lease:
    leases = work.store.leases
    held = await work.ask(leases.holder, work.account)
    if held is not None and _is_dead(held[0]):
        # A killed process cannot give its lease back. The epoch still fences it, should it live after all.
        await work.ask(leases.evict, work.account, held[0])
    return await work.ask(leases.acquire, work.account, _me())


def _me() -> str:
    """Name this process, and the machine and the space in which its number means something."""
    return f"{socket.gethostname()}:{_space()}:{os.getpid()}"


def _space() -> str:
    try:
        return f"{Path('/proc/sys/kernel/random/boot_id').read_text(encoding='ascii').strip()}/{os.readlink('/proc/self/ns/pid')}"  # noqa: PTH115
    except OSError:
        return ""


def _is_dead(holder: str) -> bool:
    place, _, pid = holder.rpartition(":")
    if place != _me().rpartition(":")[0] or not _space() or not pid.isdigit() or int(pid) == os.getpid():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


async def _keep(work: Work, lease: Lease) -> None:
    while True:
        await asyncio.sleep(RENEW_SECONDS)
        try:
            await work.ask(work.store.leases.renew, lease)
        except StoreBusy as busy:
            # It may only be a lock that passes; where the lease is gone for good, the next write says so.
            log.warning("The lease of %s could not be renewed: %s", work.account, busy)
