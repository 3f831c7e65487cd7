"""One vendor, one module: each reads a CRM in our words and writes our fields and goals back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from connector.adapters import hubspot
from connector.adapters.base import Adapter
from connector.model import Entity, Stream

__all__ = ["ADAPTERS", "Adapter", "Entry"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One adapter: its name for people, its settings, how to make it, its page in the docs, and all that it could do."""

    title: str
    settings: type[BaseModel]
    build: Callable[[BaseModel, ZoneInfo | None], Adapter]
    docs: str
    scopes: tuple[str, ...]
    streams: tuple[Stream, ...]
    fields: tuple[Entity, ...]
    goals: tuple[str, ...]


_HUBSPOT = Entry(
    hubspot.TITLE,
    hubspot.HubSpotSettings,
    hubspot.build,
    "docs/hubspot.md",
    hubspot.SCOPES,
    tuple(hubspot.READS),
    tuple(hubspot.WRITABLE),
    hubspot.KPIS,
)
ADAPTERS: Mapping[str, Entry] = {"hubspot": _HUBSPOT}
"""Every adapter by the name that settings use; adding one is a line here."""
