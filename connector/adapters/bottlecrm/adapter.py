"""One BottleCRM organisation, as the adapters' promise wants it."""

from collections.abc import AsyncIterator, Sequence
from typing import ClassVar
from zoneinfo import ZoneInfo

from connector.adapters.bottlecrm.checking import Checking
from connector.adapters.bottlecrm.fields import Fields
from connector.adapters.bottlecrm.goal_writing import GoalWriting
from connector.adapters.bottlecrm.objects import Objects
from connector.adapters.bottlecrm.proposing import Proposing
from connector.adapters.bottlecrm.reading import Home, Reading
from connector.adapters.bottlecrm.settings import BottleCrmSettings
from connector.adapters.bottlecrm.vendor import client_of
from connector.adapters.bottlecrm.words import STREAMS
from connector.adapters.bottlecrm.writing import Writing
from connector.adapters.wire import Wired
from connector.model import Capabilities, Entity, FieldSpec, FieldWrite, Goal, Held, Known, Page, Proposal, Receipt, Stream, Tenant


class BottleCrm(Wired):
    """Reads one organisation and writes our fields and goals back; `timezone` says which day it is, in place of what it says itself."""

    name: ClassVar[str] = "bottlecrm"
    streams: ClassVar[tuple[Stream, ...]] = STREAMS

    def __init__(self, settings: BottleCrmSettings, timezone: ZoneInfo | None = None) -> None:
        self._client = client_of(settings)
        objects, home = Objects(self._client), Home(settings, timezone)
        self._fields = Fields(objects)
        self._reading = Reading(objects, self._fields, home)
        self._writing = Writing(self._client, self._fields)
        self._goals = GoalWriting(objects)
        self._checking = Checking(objects, self._fields, home)
        self._proposing = Proposing(objects, settings)

    def pages(
        self,
        stream: Stream,
        since: str | None,
        own: Sequence[FieldSpec],
        known: Known | None = None,  # noqa: ARG002 - lists bring all that there is to know
    ) -> AsyncIterator[Page]:
        """Yield a stream's pages, see `Source`."""
        return self._reading.pages(stream, since, own)

    async def records(self, stream: Stream, ids: Sequence[str], own: Sequence[FieldSpec]) -> Page:
        """Read some records again, see `Source`."""
        return await self._reading.records(stream, ids, own)

    async def held(self, entity: Entity, records: Sequence[str], own: Sequence[FieldSpec]) -> Sequence[Held]:
        """Read our fields on some records, see `Source`."""
        return await self._reading.held(entity, records, own)

    async def present_fields(self, entity: Entity) -> set[str]:
        """Name our fields, see `Sink`."""
        return await self._fields.ours_on(entity)

    async def ensure_fields(self, fields: Sequence[FieldSpec]) -> Receipt:
        """Make missing fields, see `Sink`."""
        return await self._fields.ensure(fields)

    async def write(self, writes: Sequence[FieldWrite]) -> Receipt:
        """Write one batch, see `Sink`."""
        return await self._writing.write(writes)

    async def upsert_goals(self, goals: Sequence[Goal]) -> Receipt:
        """Create or change goals, see `Goals`."""
        return await self._goals.upsert(goals)

    async def archive_goals(self, remotes: Sequence[str]) -> Receipt:
        """Delete goals, see `Goals`; BottleCRM keeps no archive of them."""
        return await self._goals.archive(remotes)

    async def check(self) -> Capabilities:
        """Probe the organisation, see `Adapter`."""
        return await self._checking.check()

    async def proposals(self) -> Sequence[Proposal]:
        """Propose which pipelines count, see `Adapter`."""
        return await self._proposing.proposals()

    def link(self, tenant: Tenant, entity: Entity, record: str) -> str | None:  # noqa: ARG002 - as promised
        """Know no page, see `Adapter`: where the pages of an organisation stand, its API does not tell."""
        return None
