"""No CRM at all: a company whose records all come by import. Reads nothing, writes nothing, and never uses the network."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from typing import ClassVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from connector.adapters.base import Adapter
from connector.adapters.entry import Entry
from connector.errors import AccessRefused
from connector.http import TokenVault
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
    Usage,
)

TITLE = "Files (no CRM)"
_NOWHERE = "There is no CRM to write to."
_IMPORTED = "There is no CRM: `crm-kpi import` brings records, nothing is read or written anywhere else."


class FilesSettings(BaseModel):
    """Whose files they are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    company: str = Field(min_length=1, description="Name of the company whose files are imported; the account stays bound to it.")
    currency: str = Field(pattern=r"^[A-Z]{3}$", description="The company's own currency, such as EUR.")


class Files:
    """A company without a CRM. It has no streams: what was imported is whole, see `connector.steps.measuring.readiness`."""

    name: ClassVar[str] = "files"
    streams: ClassVar[tuple[Stream, ...]] = ()
    calls = 0

    def __init__(self, settings: FilesSettings, timezone: ZoneInfo | None = None) -> None:
        self.before_write: Callable[[], Awaitable[None]] | None = None
        zone = timezone.key if timezone else "UTC"
        self.usage = Usage()
        self._tenant = Tenant(id=settings.company, name=settings.company, timezone=zone, currency=settings.currency)

    async def pages(
        self,
        stream: Stream,
        since: str | None,  # noqa: ARG002 - as promised
        own: Sequence[FieldSpec],  # noqa: ARG002 - as promised
        known: Known | None = None,  # noqa: ARG002 - as promised
    ) -> AsyncIterator[Page]:
        """Refuse, see `Source`."""
        if stream not in self.streams:
            raise AccessRefused(f"There is no CRM to read {stream} from; import them.")
        yield Page((), "", is_last=True, is_full=False)

    async def records(self, stream: Stream, ids: Sequence[str], own: Sequence[FieldSpec]) -> Page:  # noqa: ARG002 - as promised
        """Bring nothing, see `Source`: nobody gives hints about files."""
        return Page((), "", is_last=True, is_full=False)

    async def held(self, entity: Entity, records: Sequence[str], own: Sequence[FieldSpec]) -> Sequence[Held]:  # noqa: ARG002 - as promised
        """Hold nothing, see `Source`."""
        return ()

    async def present_fields(self, entity: Entity) -> set[str]:  # noqa: ARG002 - as promised
        """Name no field, see `Sink`."""
        return set()

    async def ensure_fields(self, fields: Sequence[FieldSpec]) -> Receipt:
        """Refuse, see `Sink`."""
        return _refused(spec.name for spec in fields)

    async def write(self, writes: Sequence[FieldWrite]) -> Receipt:
        """Refuse, see `Sink`."""
        return _refused(dict.fromkeys(write.record for write in writes))

    async def upsert_goals(self, goals: Sequence[Goal]) -> Receipt:
        """Refuse, see `Goals`."""
        return _refused(goal.period.name for goal in goals)

    async def archive_goals(self, remotes: Sequence[str]) -> Receipt:
        """Refuse, see `Goals`."""
        return _refused(remotes)

    async def check(self) -> Capabilities:
        """Tell whose files they are, see `Adapter`."""
        return Capabilities(self._tenant, streams={}, fields={}, goals={}, limits={}, notes=(_IMPORTED,))

    async def proposals(self) -> Sequence[Proposal]:
        """Propose nothing, see `Adapter`."""
        return ()

    def link(self, tenant: Tenant, entity: Entity, record: str) -> str | None:  # noqa: ARG002 - as promised
        """Know no page, see `Adapter`."""
        return None

    async def close(self) -> None:
        """Keep nothing."""


def _refused(keys: Iterable[str]) -> Receipt:
    return Receipt(tuple(Result(key, Status.REFUSED, _NOWHERE) for key in keys))


def build(settings: BaseModel, timezone: ZoneInfo | None, vault: TokenVault) -> Adapter:  # noqa: ARG001 - as promised
    """Make the adapter of one account from its `FilesSettings`; days are counted in `timezone`, UTC when there is none."""
    return Files(FilesSettings.model_validate(settings), timezone)


ENTRY = Entry(title=TITLE, settings=FilesSettings, build=build, docs="docs/files.md")
