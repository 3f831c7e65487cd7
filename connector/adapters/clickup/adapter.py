"""One ClickUp Workspace, as the adapters' promise wants it."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from connector.adapters.clickup.account import Accounts
from connector.adapters.clickup.checking import Checking
from connector.adapters.clickup.fields import Fields
from connector.adapters.clickup.goal_writing import GoalWriting
from connector.adapters.clickup.objects import Objects
from connector.adapters.clickup.passes import Rhythm
from connector.adapters.clickup.proposing import Proposing
from connector.adapters.clickup.reading import Reading
from connector.adapters.clickup.settings import ClickUpSettings
from connector.adapters.clickup.vendor import client_of
from connector.adapters.clickup.words import KINDS, WRITABLE
from connector.adapters.clickup.writing import Writing
from connector.adapters.wire import Wired
from connector.model import (
    Capabilities,
    Entity,
    FieldSpec,
    FieldWrite,
    Goal,
    Held,
    Known,
    Page,
    Proposal,
    Receipt,
    Stream,
    Tenant,
)


class ClickUp(Wired):
    """Reads one Workspace and writes our fields back; `timezone` says which day it is, because the Workspace does not."""

    name: ClassVar[str] = "clickup"
    streams: ClassVar[tuple[Stream, ...]] = tuple(KINDS)

    def __init__(self, settings: ClickUpSettings, timezone: ZoneInfo | None = None) -> None:
        self._client = client_of(settings)
        objects = Objects(self._client)
        rhythm = Rhythm(timedelta(seconds=settings.horizon_seconds), timedelta(hours=settings.full_list_hours))
        self._accounts = Accounts(objects, settings, timezone)
        self._fields = Fields(objects, self._accounts)
        self._reading = Reading(objects, self._accounts, rhythm)
        self._writing = Writing(self._client, self._fields, self._accounts)
        self._goals = GoalWriting(self._client, objects, self._accounts)
        self._checking = Checking(objects, self._accounts, self._reading, self._fields)
        self._proposing = Proposing(objects, self._accounts)

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
        return await self._fields.held(entity, records, own, self._accounts.days)

    async def present_fields(self, entity: Entity) -> set[str]:
        """Name our fields, see `Sink`."""
        return await self._fields.ours_on(entity)

    async def ensure_fields(self, fields: Sequence[FieldSpec]) -> Receipt:
        """Find the fields that people have made, and say which are missing, see `Sink`."""
        return await self._fields.ensure(fields)

    async def write(self, writes: Sequence[FieldWrite]) -> Receipt:
        """Write one batch, see `Sink`."""
        return await self._writing.write(writes)

    async def upsert_goals(self, goals: Sequence[Goal]) -> Receipt:
        """Create or change one family of goals, see `Goals`."""
        return await self._goals.upsert(goals)

    async def archive_goals(self, remotes: Sequence[str]) -> Receipt:
        """Delete goals of ours, see `Goals`."""
        return await self._goals.archive(remotes)

    async def check(self) -> Capabilities:
        """Probe the Workspace, see `Adapter`."""
        return await self._checking.check()

    async def proposals(self) -> Sequence[Proposal]:
        """Propose what lists, statuses and fields mean, see `Adapter`."""
        return await self._proposing.proposals()

    def link(self, tenant: Tenant, entity: Entity, record: str) -> str | None:  # noqa: ARG002 - a task's address needs no more
        """Return a record's page, see `Adapter`."""
        return f"https://app.clickup.com/t/{record}" if entity in (*WRITABLE, Entity.TICKETS) else None
