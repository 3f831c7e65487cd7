"""One vendor, one module: each reads a CRM in our words and writes our fields and goals back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from connector.adapters import bottlecrm, clickup, files, hubspot, nutshell, odoo
from connector.adapters.base import Adapter
from connector.adapters.journal import Journal, News
from connector.adapters.origin import Origin
from connector.adapters.sender import Sender
from connector.http import Incoming, OAuth, TokenVault
from connector.kpis import Need
from connector.model import Entity, Hint, Stream

__all__ = ["ADAPTERS", "Adapter", "Entry", "Journal", "News", "Origin", "Sender"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One adapter: its name for people, its settings, how to make it, its page in the docs, and all that it could do."""

    title: str
    settings: type[BaseModel]
    build: Callable[[BaseModel, ZoneInfo | None, TokenVault], Adapter]
    docs: str
    scopes: tuple[str, ...]
    streams: tuple[Stream, ...]
    fields: tuple[Entity, ...]
    goals: tuple[str, ...]
    sender_of: Callable[[BaseModel, Incoming, datetime], Sender | None]
    """Who has signed a request, by the settings of one account."""
    hints_of: Callable[[bytes], Sequence[Hint]]
    """What a delivery of changes says is to be read again; raises ValueError where it is none."""
    connection: Callable[[BaseModel, TokenVault], OAuth] | None = None
    """The OAuth connection of one account, where there is such a thing."""
    journal: Callable[[BaseModel], Journal | None] | None = None
    """Where one account's changes are written down, where there is such a thing and the settings ask for it."""
    origins: Mapping[Stream, Origin] = field(default_factory=dict)
    """Where the CRM keeps what each stream brings, in its own words."""
    supplies: Mapping[Need, str] = field(default_factory=dict)
    """What of the CRM meets which other needs of KPIs."""


_BOTTLECRM = Entry(
    bottlecrm.TITLE,
    bottlecrm.BottleCrmSettings,
    bottlecrm.build,
    "docs/bottlecrm.md",
    bottlecrm.SCOPES,
    bottlecrm.STREAMS,
    tuple(bottlecrm.WRITABLE),
    bottlecrm.KPIS,
    bottlecrm.sender_of,
    bottlecrm.hints_of,
    origins=bottlecrm.ORIGINS,
    supplies=bottlecrm.SUPPLIES,
)
_CLICKUP = Entry(
    clickup.TITLE,
    clickup.ClickUpSettings,
    clickup.build,
    "docs/clickup.md",
    (),
    tuple(clickup.KINDS),
    tuple(clickup.WRITABLE),
    clickup.AIMS,
    clickup.sender_of,
    clickup.hints_of,
    origins=clickup.ORIGINS,
    supplies=clickup.SUPPLIES,
)
_ODOO = Entry(
    odoo.TITLE,
    odoo.OdooSettings,
    odoo.build,
    "docs/odoo.md",
    odoo.SCOPES,
    tuple(odoo.READS),
    tuple(odoo.MODELS),
    odoo.KPIS,
    odoo.sender_of,
    odoo.hints_of,
    origins=odoo.ORIGINS,
    supplies=odoo.SUPPLIES,
)
_HUBSPOT = Entry(
    hubspot.TITLE,
    hubspot.HubSpotSettings,
    hubspot.build,
    "docs/hubspot.md",
    hubspot.SCOPES,
    tuple(hubspot.READS),
    tuple(hubspot.WRITABLE),
    hubspot.KPIS,
    hubspot.sender_of,
    hubspot.hints_of,
    hubspot.connection,
    hubspot.journal,
    hubspot.ORIGINS,
    hubspot.SUPPLIES,
)
_FILES = Entry(files.TITLE, files.FilesSettings, files.build, "docs/files.md", (), (), (), (), files.sender_of, files.hints_of)
_NUTSHELL = Entry(
    nutshell.TITLE,
    nutshell.NutshellSettings,
    nutshell.build,
    "docs/nutshell.md",
    (),
    tuple(nutshell.KINDS),
    tuple(nutshell.WRITABLE),
    (),
    nutshell.sender_of,
    nutshell.hints_of,
    origins=nutshell.ORIGINS,
    supplies=nutshell.SUPPLIES,
)
ADAPTERS: Mapping[str, Entry] = {
    "bottlecrm": _BOTTLECRM,
    "clickup": _CLICKUP,
    "files": _FILES,
    "hubspot": _HUBSPOT,
    "nutshell": _NUTSHELL,
    "odoo": _ODOO,
}
"""Every adapter by the name that settings use; adding one is a line here."""
