"""What comes out of a CRM, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from connector.model.record import Entity, Record, Stream


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that could not be read: kept raw in quarantine, with the reason in one sentence."""

    entity: Entity
    id: str
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A value that could not be read and counts as empty, while the rest of its record counts: the CRM's name of the field, and why."""

    entity: Entity
    record: str
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Held:
    """What the CRM holds in one of our fields right now, as canonical text; None is empty."""

    entity: Entity
    record: str
    field: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Hint:
    """A CRM says that something about a record of this tenant has changed: `why` in its own words. It only says what to read again."""

    tenant: str
    stream: Stream
    record: str
    why: str


@dataclass(frozen=True, slots=True)
class Print:
    """What a record looked like when it was read whole, by which a look at its present values tells whether that is worth doing again.

    `content` is a digest of all that was read of it but its past, its links and our own fields, `links` one of its links, and `changed`
    tells when the CRM says that it was changed last. `written` is what the CRM told of that after our own latest write.
    """

    id: str
    content: str
    changed: str
    links: str = ""
    written: str | None = None


class Known(Protocol):
    """Tells what is known of the records of one stream."""

    async def prints(self, ids: Sequence[str]) -> Mapping[str, Print]:
        """Return how some records looked, by id; those that were never read whole are left out."""
        ...

    async def open(self, beyond: str, most: int) -> Mapping[str, Print]:
        """Return how the next open deals looked, in the order of their ids."""
        ...


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a stream. `cursor` says where to resume when this page is stored.

    `is_last` closes the stream for this run. `is_full` marks a pass over everything there is: once its last page is stored,
    records that the pass did not bring are gone from the CRM. `same` are records that are there as they are known, and so were not read
    whole; `prints` tell how those look that were. `counted` comes with the end of a pass over everything: how many records there are,
    without those that were deleted, as the CRM itself counts them. `gone` are records that are there no more and of which the CRM tells
    nothing. `kept` are those of the records whose past cannot be read now, so that what is known of it stays. `latest` are deals of which
    the CRM tells no stays but the present one: what is known of the earlier ones stays, and the last of them ends where it begins.
    """

    records: tuple[Record, ...]
    cursor: str
    is_last: bool
    is_full: bool
    rejected: tuple[Rejected, ...] = ()
    held: tuple[Held, ...] = ()
    total: int | None = None
    counted: int | None = None
    unread: tuple[Unread, ...] = ()
    same: tuple[str, ...] = ()
    prints: tuple[Print, ...] = ()
    gone: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    latest: tuple[str, ...] = ()
