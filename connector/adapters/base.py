"""What an adapter promises: read a CRM in our words, write our fields and goals back. Held by `tests/adapters/test_contract.py`."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import ClassVar, Protocol

from connector.model import Capabilities, Entity, FieldSpec, FieldWrite, Goal, Held, Known, Page, Proposal, Receipt, Stream, Tenant, Usage


class Source(Protocol):
    """The reading side."""

    def pages(self, stream: Stream, since: str | None, own: Sequence[FieldSpec], known: Known | None = None) -> AsyncIterator[Page]:
        """Yield the stream page by page, from the beginning or from a cursor that an earlier page carried.

        `own` are our fields on the stream's records, whose present values the pages bring as `held`: one for each field and record
        that is there, empty where the CRM has no such field (yet, or any more). The last page has `is_last`; starting from its cursor
        brings what changed since. Where looking costs less than reading whole, a record that looks as `known` tells need only be named
        as the `same`.

        Raises:
            CredentialsError, AccessRefused, TryLater: see `connector.errors`; pages already yielded stay good.
        """
        ...

    async def records(self, stream: Stream, ids: Sequence[str], own: Sequence[FieldSpec]) -> Page:
        """Read exactly these records of a stream again, whole and as they are now, with all that `pages` brings of a record.

        Only for streams that hints name. A record that was merged comes under the id that it has now, a deleted one with the date of its
        deletion, and one that is gone for good is left out. The page belongs to no pass, so its cursor means nothing.

        Raises:
            CredentialsError, AccessRefused, TryLater: see `connector.errors`.
        """
        ...

    async def held(self, entity: Entity, records: Sequence[str], own: Sequence[FieldSpec]) -> Sequence[Held]:
        """Read what the CRM holds in our fields on these records now, as pages do; a record that is gone brings nothing."""
        ...


class Sink(Protocol):
    """The writing side; each call may safely be repeated."""

    before_write: Callable[[], Awaitable[None]] | None
    """Awaited just before each request that writes is sent, repetitions too; what it raises ends the call, and nothing more is sent.

    So a process that has lost its lease while it waited for its turn starts no write any more.
    """

    async def present_fields(self, entity: Entity) -> set[str]:
        """Return the names of our fields that the CRM has on this entity now; none where it can have none.

        Pages after a full one tell only of records that changed, and losing a field changes no record: what was held in a field that
        is missing here is gone, whatever was read of it before.

        Raises:
            CredentialsError, AccessRefused, TryLater: see `connector.errors`.
        """
        ...

    async def ensure_fields(self, fields: Sequence[FieldSpec]) -> Receipt:
        """Create the fields (and their group) that are missing; refuse a name that is taken by a field not ours. Keys are field names."""
        ...

    async def write(self, writes: Sequence[FieldWrite]) -> Receipt:
        """Send one batch: writes of ONE entity, for at most `limits["write_batch"]` records. One result a record, keyed by its id."""
        ...


class Goals(Protocol):
    """Goal records."""

    async def upsert_goals(self, goals: Sequence[Goal]) -> Receipt:
        """Create or change the rows of one family; finds rows made by an earlier, unanswered call first. Keys are period names."""
        ...

    async def archive_goals(self, remotes: Sequence[str]) -> Receipt:
        """Archive goals by the CRM's ids; only ever called for goals that we made. Keys are those ids."""
        ...


class Adapter(Source, Sink, Goals, Protocol):
    """One CRM account."""

    name: ClassVar[str]
    streams: ClassVar[tuple[Stream, ...]]
    """The streams this CRM has, in the order in which they should be pulled."""

    async def check(self) -> Capabilities:
        """Find out whose account this is and what it lets us do, without writing anything.

        Raises:
            CredentialsError, TryLater: the account itself cannot be read.
        """
        ...

    async def proposals(self) -> Sequence[Proposal]:
        """Propose settings that say what this account's own fields mean, from what it holds; by cheap reads, and without writing.

        Raises:
            CredentialsError, TryLater: see `connector.errors`; what the CRM does not let us see is left out.
        """
        ...

    def link(self, tenant: Tenant, entity: Entity, record: str) -> str | None:
        """Return the address at which people look at a record in the CRM; None where it has no page of its own."""
        ...

    @property
    def calls(self) -> int:
        """How many requests this adapter has sent."""
        ...

    @property
    def usage(self) -> Usage:
        """What this adapter has sent and waited for."""
        ...

    async def close(self) -> None:
        """Give back connections."""
        ...
