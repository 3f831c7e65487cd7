"""BottleCRM: reads an organisation's opportunities, accounts and people, writes our custom fields and goals."""

from zoneinfo import ZoneInfo

from pydantic import BaseModel

from connector.adapters.base import Adapter
from connector.adapters.bottlecrm.adapter import BottleCrm
from connector.adapters.bottlecrm.goals import TYPES
from connector.adapters.bottlecrm.hints import hints_of, sender_of
from connector.adapters.bottlecrm.origins import ORIGINS, SUPPLIES
from connector.adapters.bottlecrm.settings import BottleCrmSettings
from connector.adapters.bottlecrm.words import SCOPES, STREAMS, TITLE, WRITABLE
from connector.adapters.entry import Entry
from connector.http import TokenVault

__all__ = ["ENTRY", "SCOPES", "WRITABLE", "BottleCrm", "BottleCrmSettings"]


def build(settings: BaseModel, timezone: ZoneInfo | None, vault: TokenVault) -> Adapter:  # noqa: ARG001 - as promised
    """Make the adapter of one account from its `BottleCrmSettings`; days are counted in `timezone`, the organisation's when not set."""
    return BottleCrm(BottleCrmSettings.model_validate(settings), timezone)


ENTRY = Entry(
    title=TITLE,
    settings=BottleCrmSettings,
    build=build,
    docs="docs/bottlecrm.md",
    scopes=SCOPES,
    streams=STREAMS,
    fields=tuple(WRITABLE),
    goals=tuple(TYPES),
    sender_of=sender_of,
    hints_of=hints_of,
    origins=ORIGINS,
    supplies=SUPPLIES,
)
