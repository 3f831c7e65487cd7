"""One Nutshell account, as the adapters' promise wants it."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import ClassVar
from zoneinfo import ZoneInfo

from connector.adapters.nutshell.account import Home
from connector.adapters.nutshell.checking import Checking
from connector.adapters.nutshell.fields import Fields
from connector.adapters.nutshell.mapping import DealMapping
from connector.adapters.nutshell.objects import Objects
from connector.adapters.nutshell.parse import number_of
from connector.adapters.nutshell.proposing import Proposing
from connector.adapters.nutshell.reading import Reading
from connector.adapters.nutshell.settings import NutshellSettings
from connector.adapters.nutshell.vendor import client_of
from connector.adapters.nutshell.words import KINDS
from connector.adapters.nutshell.writing import Writing
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
    Result,
    Status,
    Stream,
    Tenant,
)

_PAGES: Mapping[Entity, str] = {Entity.COMPANIES: "company", Entity.CONTACTS: "person"}
_NO_GOALS = "Nutshell's quotas cannot be written; targets stand on the board record."


class Nutshell(Wired):
    """Reads one account and writes our fields back; `timezone` says which day it is, because the account does not."""

    name: ClassVar[str] = "nutshell"
    streams: ClassVar[tuple[Stream, ...]] = tuple(KINDS)

    def __init__(self, settings: NutshellSettings, timezone: ZoneInfo | None = None) -> None:
        self._client = client_of(settings)
        objects = Objects(self._client)
        self._fields = Fields(objects)
        home = Home(timezone, settings.currency, DealMapping(settings))
        self._reading = Reading(objects, self._fields, home)
        self._writing = Writing(self._client, self._fields, settings.field_path)
        self._checking = Checking(objects, self._fields, home)
        self._proposing = Proposing(objects, settings)

    def pages(
        self,
        stream: Stream,
        since: str | None,
        own: Sequence[FieldSpec],
        known: Known | None = None,  # noqa: ARG002 - as promised
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
        """Refuse, see `Goals`."""
        return _refused(goal.period.name for goal in goals)

    async def archive_goals(self, remotes: Sequence[str]) -> Receipt:
        """Refuse, see `Goals`."""
        return _refused(remotes)

    async def check(self) -> Capabilities:
        """Probe the account, see `Adapter`."""
        return await self._checking.check()

    async def proposals(self) -> Sequence[Proposal]:
        """Propose what the pipelines mean, see `Adapter`."""
        return await self._proposing.proposals()

    def link(self, tenant: Tenant, entity: Entity, record: str) -> str | None:  # noqa: ARG002 - as promised
        """Return a record's page, see `Adapter`; a lead's has a number of its own, which the id does not tell."""
        page, number = _PAGES.get(entity), number_of(record)
        return f"https://app.nutshell.com/{page}/{number}" if page and number else None


def _refused(keys: Iterable[str]) -> Receipt:
    return Receipt(tuple(Result(key, Status.REFUSED, _NO_GOALS) for key in keys))
