"""Nutshell: reads leads, companies and people with what events tell of them, writes our custom fields; its quotas cannot be written."""

from zoneinfo import ZoneInfo

from pydantic import BaseModel

from connector.adapters.base import Adapter
from connector.adapters.entry import Entry
from connector.adapters.nutshell.adapter import Nutshell
from connector.adapters.nutshell.hints import hints_of, sender_of
from connector.adapters.nutshell.origins import ORIGINS, SUPPLIES
from connector.adapters.nutshell.settings import NutshellSettings
from connector.adapters.nutshell.words import KINDS, TITLE, WRITABLE
from connector.http import TokenVault

__all__ = ["ENTRY", "Nutshell", "NutshellSettings"]


def build(settings: BaseModel, timezone: ZoneInfo | None, vault: TokenVault) -> Adapter:  # noqa: ARG001 - as promised
    """Make the adapter of one account from its `NutshellSettings`; days are counted in `timezone`, UTC when there is none."""
    return Nutshell(NutshellSettings.model_validate(settings), timezone)


ENTRY = Entry(
    title=TITLE,
    settings=NutshellSettings,
    build=build,
    docs="docs/nutshell.md",
    streams=tuple(KINDS),
    fields=tuple(WRITABLE),
    sender_of=sender_of,
    hints_of=hints_of,
    origins=ORIGINS,
    supplies=SUPPLIES,
)
