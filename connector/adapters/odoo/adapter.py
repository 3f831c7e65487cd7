"""One Odoo database, as the adapters' promise wants it."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import ClassVar

from connector.adapters.odoo.account import Accounts
from connector.adapters.odoo.checking import Checking
from connector.adapters.odoo.fields import Fields
from connector.adapters.odoo.goal_writing import GoalWriting
from connector.adapters.odoo.helpdesk import Helpdesk
from connector.adapters.odoo.links import link_of
from connector.adapters.odoo.passes import Rhythm
from connector.adapters.odoo.proposing import Proposing
from connector.adapters.odoo.reading import Aparts, Reading
from connector.adapters.odoo.rpc import Rpc
from connector.adapters.odoo.settings import OdooSettings
from connector.adapters.odoo.surveying import Surveying
from connector.adapters.odoo.words import READS
from connector.adapters.odoo.writing import Writing
from connector.adapters.wire import Wired
from connector.model import Capabilities, Entity, FieldSpec, FieldWrite, Goal, Held, Known, Page, Proposal, Receipt, Stream, Tenant


class Odoo(Wired):
    """Reads one database and writes our fields and goals back."""

    name: ClassVar[str] = "odoo"
    streams: ClassVar[tuple[Stream, ...]] = tuple(READS)

    def __init__(self, settings: OdooSettings) -> None:
        self._rpc = Rpc(settings)
        self._client = self._rpc.client
        accounts, fields = Accounts(self._rpc, settings), Fields(self._rpc)
        self._fields = fields
        aparts: Aparts = {Stream.TICKETS: Helpdesk(self._rpc, settings), Stream.SURVEYS: Surveying(self._rpc, settings)}
        rhythm = Rhythm(timedelta(seconds=settings.horizon_seconds), settings.page_size)
        self._reading = Reading(self._rpc, accounts, fields, rhythm, aparts=aparts)
        self._checking = Checking(self._rpc, accounts, fields, aparts)
        self._proposing = Proposing(self._rpc, settings)
        self._url = settings.url
        self._writing = Writing(self._rpc, fields)
        self._goals = GoalWriting(self._rpc, fields)

    def pages(
        self,
        stream: Stream,
        since: str | None,
        own: Sequence[FieldSpec],
        known: Known | None = None,  # noqa: ARG002 - reading whole costs no more than looking
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
        return await self._fields.ours(entity)

    async def ensure_fields(self, fields: Sequence[FieldSpec]) -> Receipt:
        """Make missing fields, see `Sink`."""
        return await self._writing.ensure(fields)

    async def write(self, writes: Sequence[FieldWrite]) -> Receipt:
        """Write one batch, see `Sink`."""
        return await self._writing.write(writes)

    async def upsert_goals(self, goals: Sequence[Goal]) -> Receipt:
        """Create or change one family of goals, see `Goals`."""
        return await self._goals.upsert(goals)

    async def archive_goals(self, remotes: Sequence[str]) -> Receipt:
        """Archive goals of ours, see `Goals`."""
        return await self._goals.archive(remotes)

    async def check(self) -> Capabilities:
        """Probe the database, see `Adapter`."""
        return await self._checking.check()

    async def proposals(self) -> Sequence[Proposal]:
        """Propose what questions of surveys and types of tickets mean; stages, sources and industries mean the same everywhere."""
        return await self._proposing.proposals()

    def link(self, tenant: Tenant, entity: Entity, record: str) -> str | None:  # noqa: ARG002 - the address is ours to know
        """Return a record's page, see `Adapter`."""
        return link_of(self._url, entity, record)
