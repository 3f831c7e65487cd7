"""One HubSpot account, as the adapters' promise wants it."""

from collections.abc import AsyncIterator, Sequence
from typing import ClassVar
from zoneinfo import ZoneInfo

from connector.adapters.hubspot.checking import Checking
from connector.adapters.hubspot.goal_writing import GoalWriting
from connector.adapters.hubspot.links import link_of
from connector.adapters.hubspot.oauth import bearer_of
from connector.adapters.hubspot.objects import Objects
from connector.adapters.hubspot.paths import Paths
from connector.adapters.hubspot.properties import Properties
from connector.adapters.hubspot.proposing import Proposing
from connector.adapters.hubspot.reading import Reading
from connector.adapters.hubspot.settings import HubSpotSettings
from connector.adapters.hubspot.vendor import VENDOR, limiter
from connector.adapters.hubspot.words import READS
from connector.adapters.hubspot.writing import Batches, write_fields
from connector.adapters.wire import Wired
from connector.http import Client, Patience, Pocket, TokenVault
from connector.model import Capabilities, Entity, FieldSpec, FieldWrite, Goal, Held, Known, Page, Proposal, Receipt, Stream, Tenant


class HubSpot(Wired):
    """Reads one account and writes our fields and goals back; `timezone` overrides the account's own.

    Which API version to use is found out by `check`, with which every verb of the road begins; before it, the one that is set counts.
    """

    name: ClassVar[str] = "hubspot"
    streams: ClassVar[tuple[Stream, ...]] = tuple(READS)

    def __init__(self, settings: HubSpotSettings, timezone: ZoneInfo | None = None, vault: TokenVault | None = None) -> None:
        self._client = Client(
            settings.base_url,
            bearer=bearer_of(settings, vault or Pocket()),
            vendor=VENDOR,
            limiter=limiter(settings.headroom),
            patience=Patience(timeout=settings.timeout_seconds, budget=settings.patience_seconds),
            reserve=settings.daily_reserve,
        )
        objects = Objects(self._client, Paths(settings.version))
        self._reading = Reading(objects, settings, timezone)
        self._properties = Properties(objects)
        self._batches = Batches(objects)
        self._goals = GoalWriting(objects, self._batches)
        self._checking = Checking(objects, self._reading, self._properties, without=settings.streams_left_out)
        self._proposing = Proposing(objects, self._properties, settings)

    def pages(self, stream: Stream, since: str | None, own: Sequence[FieldSpec], known: Known | None = None) -> AsyncIterator[Page]:
        """Yield a stream's pages, see `Source`."""
        return self._reading.pages(stream, since, own, known)

    async def records(self, stream: Stream, ids: Sequence[str], own: Sequence[FieldSpec]) -> Page:
        """Read some records again, see `Source`."""
        return await self._reading.records(stream, ids, own)

    async def held(self, entity: Entity, records: Sequence[str], own: Sequence[FieldSpec]) -> Sequence[Held]:
        """Read our fields on some records, see `Source`."""
        return await self._reading.held(entity, records, own)

    async def present_fields(self, entity: Entity) -> set[str]:
        """Name our properties, see `Sink`."""
        return await self._properties.ours_on(entity)

    async def ensure_fields(self, fields: Sequence[FieldSpec]) -> Receipt:
        """Make missing fields, see `Sink`."""
        return await self._properties.ensure(fields)

    async def write(self, writes: Sequence[FieldWrite]) -> Receipt:
        """Write one batch, see `Sink`."""
        return await write_fields(self._batches, writes)

    async def upsert_goals(self, goals: Sequence[Goal]) -> Receipt:
        """Create or change one family of goals, see `Goals`."""
        return await self._goals.upsert(goals)

    async def archive_goals(self, remotes: Sequence[str]) -> Receipt:
        """Archive goals of ours, see `Goals`."""
        return await self._goals.archive(remotes)

    async def check(self) -> Capabilities:
        """Probe the account, see `Adapter`."""
        return await self._checking.check()

    async def proposals(self) -> Sequence[Proposal]:
        """Propose a mapping, see `Adapter`."""
        return await self._proposing.proposals()

    def link(self, tenant: Tenant, entity: Entity, record: str) -> str | None:
        """Return a record's page, see `Adapter`."""
        return link_of(tenant, entity, record)
