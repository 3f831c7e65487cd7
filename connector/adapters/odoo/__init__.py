"""Odoo: reads a database's opportunities with their history, writes our fields and goals."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from connector.adapters.base import Adapter
from connector.adapters.odoo.adapter import Odoo
from connector.adapters.odoo.fields import MODELS
from connector.adapters.odoo.goals import KPIS
from connector.adapters.odoo.origins import ORIGINS, SUPPLIES
from connector.adapters.odoo.settings import OdooSettings
from connector.adapters.odoo.words import READS, SCOPES, TITLE
from connector.adapters.sender import Sender
from connector.http import Incoming, TokenVault
from connector.model import Hint

__all__ = [
    "KPIS",
    "MODELS",
    "ORIGINS",
    "READS",
    "SCOPES",
    "SUPPLIES",
    "TITLE",
    "Odoo",
    "OdooSettings",
    "build",
    "hints_of",
    "sender_of",
]


def build(settings: BaseModel, timezone: ZoneInfo | None, vault: TokenVault) -> Adapter:  # noqa: ARG001 - the registry's promise
    """Make the adapter of one account from its `OdooSettings`."""
    return Odoo(OdooSettings.model_validate(settings))


def sender_of(settings: BaseModel, request: Incoming, at: datetime) -> Sender | None:  # noqa: ARG001 - the registry's promise
    """Know nobody: Odoo sends us nothing."""
    return None


def hints_of(body: bytes) -> Sequence[Hint]:  # noqa: ARG001 - the registry's promise
    """Refuse every delivery.

    Raises:
        ValueError: always; Odoo sends none.
    """
    raise ValueError("Odoo sends no changes.")
