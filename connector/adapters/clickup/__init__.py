"""ClickUp: reads a Workspace's tasks as deals, companies, people and tickets, fills our custom fields and keeps up goals."""

from zoneinfo import ZoneInfo

from pydantic import BaseModel

from connector.adapters.base import Adapter
from connector.adapters.clickup.adapter import ClickUp
from connector.adapters.clickup.goals import AIMS
from connector.adapters.clickup.hints import hints_of, sender_of
from connector.adapters.clickup.origins import ORIGINS, SUPPLIES
from connector.adapters.clickup.settings import ClickUpSettings
from connector.adapters.clickup.words import KINDS, TITLE, WRITABLE
from connector.adapters.entry import Entry
from connector.http import TokenVault

__all__ = ["ENTRY", "ClickUp", "ClickUpSettings"]


def build(settings: BaseModel, timezone: ZoneInfo | None, vault: TokenVault) -> Adapter:  # noqa: ARG001 - as promised
    """Make the adapter of one account from its `ClickUpSettings`; days are counted in `timezone`, UTC when there is none."""
    return ClickUp(ClickUpSettings.model_validate(settings), timezone)


ENTRY = Entry(
    title=TITLE,
    settings=ClickUpSettings,
    build=build,
    docs="docs/clickup.md",
    streams=tuple(KINDS),
    fields=tuple(WRITABLE),
    goals=AIMS,
    sender_of=sender_of,
    hints_of=hints_of,
    origins=ORIGINS,
    supplies=SUPPLIES,
)
