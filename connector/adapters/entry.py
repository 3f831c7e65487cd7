"""How an adapter registers: each declares one entry beside its code."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from connector.adapters.base import Adapter
from connector.adapters.journal import Journal
from connector.adapters.origin import Origin
from connector.adapters.sender import Sender
from connector.http import Incoming, OAuth, TokenVault
from connector.kpis import Need
from connector.model import Entity, Hint, Stream


def nobody(settings: BaseModel, request: Incoming, now: datetime) -> Sender | None:  # noqa: ARG001 - as promised
    """Know nobody, for a CRM that sends us nothing."""
    return None


def no_delivery(body: bytes) -> Sequence[Hint]:  # noqa: ARG001 - as promised
    """Take no delivery, for a CRM that sends us nothing.

    Raises:
        ValueError: always.
    """
    raise ValueError("This CRM sends no changes.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One adapter: its name for people, its settings, how to make it, its page in the docs, and all that it could do."""

    title: str
    settings: type[BaseModel]
    build: Callable[[BaseModel, ZoneInfo | None, TokenVault], Adapter]
    docs: str
    scopes: tuple[str, ...] = ()
    streams: tuple[Stream, ...] = ()
    fields: tuple[Entity, ...] = ()
    goals: tuple[str, ...] = ()
    sender_of: Callable[[BaseModel, Incoming, datetime], Sender | None] = nobody
    """Who has signed a request, by the settings of one account."""
    hints_of: Callable[[bytes], Sequence[Hint]] = no_delivery
    """What a delivery of changes says is to be read again; raises ValueError where it is none."""
    connection: Callable[[BaseModel, TokenVault], OAuth] | None = None
    """The OAuth connection of one account, where there is such a thing."""
    journal: Callable[[BaseModel], Journal | None] | None = None
    """Where one account's changes are written down, where there is such a thing and the settings ask for it."""
    origins: Mapping[Stream, Origin] = field(default_factory=dict)
    """Where the CRM keeps what each stream brings, in its own words."""
    supplies: Mapping[Need, str] = field(default_factory=dict)
    """What of the CRM meets which other needs of KPIs."""
