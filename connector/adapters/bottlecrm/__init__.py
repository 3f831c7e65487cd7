"""BottleCRM: reads an organisation's opportunities, accounts and people, writes our custom fields and goals."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from connector.adapters.base import Adapter
from connector.adapters.bottlecrm.adapter import BottleCrm
from connector.adapters.bottlecrm.goals import TYPES
from connector.adapters.bottlecrm.origins import ORIGINS, SUPPLIES
from connector.adapters.bottlecrm.settings import BottleCrmSettings
from connector.adapters.bottlecrm.words import SCOPES, STREAMS, TITLE, WRITABLE
from connector.adapters.sender import Sender
from connector.http import Incoming, TokenVault
from connector.model import Hint

KPIS = tuple(TYPES)
"""The KPIs that a goal of BottleCRM can mean."""
__all__ = [
    "KPIS",
    "ORIGINS",
    "SCOPES",
    "STREAMS",
    "SUPPLIES",
    "TITLE",
    "WRITABLE",
    "BottleCrm",
    "BottleCrmSettings",
    "build",
    "hints_of",
    "sender_of",
]


def build(settings: BaseModel, timezone: ZoneInfo | None, vault: TokenVault) -> Adapter:  # noqa: ARG001 - as promised
    """Make the adapter of one account from its `BottleCrmSettings`; days are counted in `timezone`, the organisation's when not set."""
    return BottleCrm(BottleCrmSettings.model_validate(settings), timezone)


def sender_of(settings: BaseModel, request: Incoming, at: datetime) -> Sender | None:  # noqa: ARG001 - as promised
    """Know nobody: deliveries of BottleCRM are not taken."""
    return None


def hints_of(body: bytes) -> Sequence[Hint]:  # noqa: ARG001 - as promised
    """Refuse every delivery.

    Raises:
        ValueError: always; deliveries of BottleCRM are not taken.
    """
    raise ValueError("Deliveries of BottleCRM are not taken.")
