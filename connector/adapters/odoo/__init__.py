"""Odoo: reads a database's opportunities with their history, writes our fields and goals."""

from zoneinfo import ZoneInfo

from pydantic import BaseModel

from connector.adapters.base import Adapter
from connector.adapters.entry import Entry
from connector.adapters.odoo.adapter import Odoo
from connector.adapters.odoo.fields import MODELS
from connector.adapters.odoo.goals import KPIS
from connector.adapters.odoo.origins import ORIGINS, SUPPLIES
from connector.adapters.odoo.settings import OdooSettings
from connector.adapters.odoo.words import READS, SCOPES, TITLE
from connector.http import TokenVault

__all__ = ["ENTRY", "MODELS", "Odoo", "OdooSettings"]


def build(settings: BaseModel, timezone: ZoneInfo | None, vault: TokenVault) -> Adapter:  # noqa: ARG001 - the registry's promise
    """Make the adapter of one account from its `OdooSettings`."""
    return Odoo(OdooSettings.model_validate(settings))


ENTRY = Entry(
    title=TITLE,
    settings=OdooSettings,
    build=build,
    docs="docs/odoo.md",
    scopes=SCOPES,
    streams=tuple(READS),
    fields=tuple(MODELS),
    goals=KPIS,
    origins=ORIGINS,
    supplies=SUPPLIES,
)
