"""ClickUp: reads a Workspace's tasks as deals, companies, people and tickets, and writes our custom fields."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from connector.adapters.base import Adapter
from connector.adapters.clickup.adapter import ClickUp
from connector.adapters.clickup.origins import ORIGINS
from connector.adapters.clickup.settings import ClickUpSettings
from connector.adapters.clickup.words import KINDS, TITLE, WRITABLE
from connector.adapters.sender import Sender
from connector.http import Incoming, TokenVault
from connector.model import Hint

__all__ = ["KINDS", "ORIGINS", "TITLE", "WRITABLE", "ClickUp", "ClickUpSettings", "build", "hints_of", "sender_of"]


def build(settings: BaseModel, timezone: ZoneInfo | None, vault: TokenVault) -> Adapter:  # noqa: ARG001 - as promised
    """Make the adapter of one account from its `ClickUpSettings`; days are counted in `timezone`, UTC when there is none."""
    return ClickUp(ClickUpSettings.model_validate(settings), timezone)


def sender_of(settings: BaseModel, request: Incoming, now: datetime) -> Sender | None:  # noqa: ARG001 - as promised
    """Know nobody yet."""
    return None


def hints_of(body: bytes) -> Sequence[Hint]:  # noqa: ARG001 - as promised
    """Take no delivery, see `sender_of`."""
    raise ValueError("ClickUp's deliveries are not taken yet.")
