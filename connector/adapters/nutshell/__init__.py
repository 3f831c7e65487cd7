"""Nutshell: reads leads, companies and people with what events tell of them, writes our custom fields; its quotas cannot be written."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from connector.adapters.base import Adapter
from connector.adapters.nutshell.adapter import Nutshell
from connector.adapters.nutshell.origins import ORIGINS
from connector.adapters.nutshell.settings import NutshellSettings
from connector.adapters.nutshell.words import KINDS, TITLE, WRITABLE
from connector.adapters.sender import Sender
from connector.http import Incoming, TokenVault
from connector.model import Hint

__all__ = ["KINDS", "ORIGINS", "TITLE", "WRITABLE", "Nutshell", "NutshellSettings", "build", "hints_of", "sender_of"]


def build(settings: BaseModel, timezone: ZoneInfo | None, vault: TokenVault) -> Adapter:  # noqa: ARG001 - as promised
    """Make the adapter of one account from its `NutshellSettings`; days are counted in `timezone`, UTC when there is none."""
    return Nutshell(NutshellSettings.model_validate(settings), timezone)


def sender_of(settings: BaseModel, request: Incoming, now: datetime) -> Sender | None:  # noqa: ARG001 - as promised
    """Know nobody: Nutshell signs nothing."""
    return None


def hints_of(body: bytes) -> Sequence[Hint]:  # noqa: ARG001 - as promised
    """Take no delivery, see `sender_of`."""
    raise ValueError("Nutshell's deliveries are not signed, so none is taken.")
