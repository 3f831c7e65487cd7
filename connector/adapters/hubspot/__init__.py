"""HubSpot: reads an account's sales records with their history, writes our properties and goals."""

from zoneinfo import ZoneInfo

from pydantic import BaseModel

from connector.adapters.base import Adapter
from connector.adapters.entry import Entry
from connector.adapters.hubspot.adapter import HubSpot
from connector.adapters.hubspot.goals import KPIS
from connector.adapters.hubspot.hints import hints_of
from connector.adapters.hubspot.journal import HubSpotJournal
from connector.adapters.hubspot.kinds import WRITABLE
from connector.adapters.hubspot.oauth import connection
from connector.adapters.hubspot.origins import ORIGINS, SUPPLIES
from connector.adapters.hubspot.settings import HubSpotSettings
from connector.adapters.hubspot.signature import sender_of
from connector.adapters.hubspot.words import READS, SCOPES, TITLE
from connector.adapters.journal import Journal
from connector.http import TokenVault

__all__ = ["ENTRY", "HubSpot", "HubSpotSettings"]


def build(settings: BaseModel, timezone: ZoneInfo | None, vault: TokenVault) -> Adapter:
    """Make the adapter of one account from its `HubSpotSettings`; `timezone` overrides the account's own, `vault` keeps its OAuth token."""
    return HubSpot(HubSpotSettings.model_validate(settings), timezone, vault)


def journal(settings: BaseModel) -> Journal | None:
    """Make the journal of one account from its `HubSpotSettings`; None where they do not ask for it."""
    found = HubSpotSettings.model_validate(settings)
    return HubSpotJournal(found) if found.journal else None


ENTRY = Entry(
    title=TITLE,
    settings=HubSpotSettings,
    build=build,
    docs="docs/hubspot.md",
    scopes=SCOPES,
    streams=tuple(READS),
    fields=tuple(WRITABLE),
    goals=KPIS,
    sender_of=sender_of,
    hints_of=hints_of,
    connection=connection,
    journal=journal,
    origins=ORIGINS,
    supplies=SUPPLIES,
)
