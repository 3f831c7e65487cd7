"""check and pull: whose account it is, and everything that changed in it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from connector.errors import AccessRefused, LeftOut
from connector.http import together
from connector.kpis import fields as kpi_fields
from connector.model import FILLS, Capabilities, FieldSpec, Print, Stream, Tenant, WritePlan
from connector.steps.reconciling import doubt, reconcile
from connector.steps.work import Work, leased
from connector.store import Lease, StreamState

_FIGURES = ("rows", "changed", "deleted", "rejected")
AT_ONCE = 4
"""How many streams are read side by side, so that the CRM need not wait while the store writes; the account's one limiter holds for all."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull brought: figures per stream, and the streams that could not be read, with the reason.

    `unread` counts by stream and field the single values that could not be read, without which their records were kept.
    """

    streams: Mapping[Stream, Mapping[str, int]]
    refused: Mapping[Stream, str]
    lost: tuple[str, ...] = ()
    unread: Mapping[Stream, Mapping[str, int]] = field(default_factory=dict)

    @property
    def summary(self) -> dict[str, object]:
        """The figures as they are kept in the run's record."""
        unread = {str(key): dict(value) for key, value in self.unread.items()}
        return {
            "streams": {str(key): dict(value) for key, value in self.streams.items()},
            "refused": dict(self.refused),
            **({"unread": unread} if unread else {}),
        }


@dataclass(frozen=True, slots=True)
class _End:
    """How a stream ended: with figures, or refused for a reason, which is a loss where it could be read before."""

    figures: Mapping[str, int] | None = None
    unread: Mapping[str, int] = field(default_factory=dict)
    refused: str | None = None
    is_lost: bool = False


async def check(work: Work, lease: Lease | None = None) -> Capabilities:
    """Ask the CRM who we are talking to and what it lets us do, and hold the account to that tenant from now on.

    Takes the lease by itself where none is given and there is something new to remember.

    Raises:
        GuardStopped: the account is bound to another tenant.
    """
    found = await work.adapter.check()
    known = await work.ask(work.store.accounts.get, work.account)
    if known is not None and (known.tenant, known.adapter) == (_sealed(found.tenant, known.tenant), work.config.adapter):
        return found
    if lease is not None:
        await work.ask(work.store.accounts.bind, lease, found.tenant, work.config.adapter)
        return found
    async with leased(work) as taken:
        await work.ask(work.store.accounts.bind, taken, found.tenant, work.config.adapter)
    return found


def _sealed(tenant: Tenant, known: Tenant) -> Tenant:
    """Return a tenant with the seal that we know of it, where the login may not see one now."""
    return tenant if tenant.seal else replace(tenant, seal=known.seal)


async def pull(work: Work, lease: Lease, run: str, *, full: bool = False) -> Pulled:
    """Bring every stream up to date, some side by side, page by page; each page is stored together with where to go on from.

    A stream that the CRM refuses is noted and left; what depends on it becomes unavailable. `lost` in the result lists refused streams
    that were readable before, those aside that the settings leave out.

    Raises:
        CredentialsError, TryLater, Stopped: all streams end here; pages stored so far are kept.
    """
    ends: dict[Stream, _End] = {}
    waiting = iter(work.adapter.streams)

    async def take_turns() -> None:
        for stream in waiting:
            work.go_on()
            ends[stream] = await _bring(work, lease, run, stream, full=full)

    await together(take_turns() for _ in range(AT_ONCE))
    told = {stream: ends[stream] for stream in work.adapter.streams}
    return Pulled(
        {stream: end.figures for stream, end in told.items() if end.figures is not None},
        {stream: end.refused for stream, end in told.items() if end.refused is not None},
        tuple(end.refused for end in told.values() if end.refused is not None and end.is_lost),
        {stream: end.unread for stream, end in told.items() if end.unread},
    )


async def _bring(work: Work, lease: Lease, run: str, stream: Stream, *, full: bool) -> _End:
    before = await work.ask(work.store.records.state, work.account, stream)
    if full or (_is_stale(work, before) and not before.is_open):
        await work.ask(work.store.records.restart, lease, stream)
    try:
        return _End(*await _pull_stream(work, lease, run, stream))
    except AccessRefused as error:
        await work.ask(work.store.records.refuse, lease, run, stream, str(error))
        work.progress.say(f"{stream}: not available. {error}")
        return _End(refused=str(error), is_lost=before.loaded and not isinstance(error, LeftOut))


@dataclass(frozen=True, slots=True)
class _Store:
    """What the store knows of one stream's records, see `Known`."""

    work: Work
    stream: Stream

    async def prints(self, ids: Sequence[str]) -> Mapping[str, Print]:
        """Return how some records looked."""
        return await self.work.ask(self.work.store.records.prints, self.work.account, self.stream, ids)

    async def open(self, beyond: str, most: int) -> Mapping[str, Print]:
        """Return how the next open deals looked."""
        return await self.work.ask(self.work.store.records.open_deals, self.work.account, beyond, most)


def _is_stale(work: Work, state: StreamState) -> bool:
    return state.full_at is not None and work.store.now() - state.full_at > timedelta(days=work.config.house.full_sync_days)


async def _pull_stream(work: Work, lease: Lease, run: str, stream: Stream) -> tuple[Mapping[str, int], Counter[str]]:
    """Pull one stream, and return its figures and how many values of each field could not be read."""
    state = await work.ask(work.store.records.state, work.account, stream)
    figures = dict.fromkeys(_FIGURES, 0)
    unread: Counter[str] = Counter()
    read = 0
    async for page in work.adapter.pages(stream, state.cursor, own_fields(work, stream), _Store(work, stream)):
        await doubt(work, lease, stream, page)
        saved = await work.ask(work.store.records.save_page, lease, run, stream, page)
        unread.update(one.field for one in page.unread)
        for name in _FIGURES:
            figures[name] += getattr(saved, name)
        figures |= await reconcile(work, stream, page)
        # What comes along with a record, such as its history, is no part of the total that the CRM tells.
        read += sum(record.entity is FILLS[stream][0] for record in page.records)
        work.progress.advance(f"pull {stream}", read, page.total)
        if not page.is_last:
            work.go_on()
    return figures, unread


async def pull_goals(work: Work, lease: Lease, run: str, plan: WritePlan) -> None:
    """Read the goals again where a plan is about goals, so that what we know of them is what the CRM holds."""
    if plan.goals:
        await _pull_stream(work, lease, run, Stream.GOALS)


def own_fields(work: Work, stream: Stream) -> Sequence[FieldSpec]:
    """Return our fields on the records that this stream brings, of those kinds of records that get fields."""
    wanted = set(work.config.house.push_fields)
    return [spec for spec in kpi_fields.specs().values() if spec.entity in FILLS[stream] and spec.entity in wanted]
