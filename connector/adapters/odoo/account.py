"""Whose database this is, and what reading its records needs to know of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from connector.adapters.odoo.parse import name, text
from connector.adapters.odoo.rpc import Row, Rpc
from connector.adapters.odoo.settings import OdooSettings
from connector.adapters.odoo.versions import Words
from connector.errors import AccessRefused
from connector.model import Tenant


@dataclass(frozen=True, slots=True)
class Account:
    """What reading a deal needs to know beyond the deal itself: whose it is, the stages by id, and the words of the version."""

    tenant: Tenant
    stages: Mapping[str, Row]
    words: Words

    def is_won(self, stage: str | None) -> bool:
        """Whether a deal in this stage is won."""
        return bool(self.stages.get(stage or "", {}).get("is_won"))


class Accounts:
    """Asks for it."""

    def __init__(self, rpc: Rpc, settings: OdooSettings) -> None:
        self._rpc = rpc
        self._settings = settings

    async def tenant(self) -> Tenant:
        """Return whose database this is: by its name and address, which every login knows, and by its own id where that may be read.

        A copy of a database keeps its own id, and a login's rights come and go, so the account cannot be bound by that alone.
        """
        me = (await self._rpc.rows("res.users", [["id", "=", await self._rpc.uid()]], ["tz", "company_id"]))[0]
        company = (await self._rpc.rows("res.company", [["id", "=", me["company_id"][0]]], ["name", "currency_id"]))[0]
        place = self._settings.url.partition("://")[2]
        return Tenant(
            id=f"{self._settings.database}@{place}",
            name=f"{company['name']} ({self._settings.database} on {urlsplit(self._settings.url).hostname})",
            timezone=text(me["tz"]) or "UTC",
            currency=name(company["currency_id"]) or "EUR",
            seal=await self._uuid(),
        )

    async def company(self) -> int:
        """Return the id of our user's company."""
        me = (await self._rpc.rows("res.users", [["id", "=", await self._rpc.uid()]], ["company_id"]))[0]
        return int(me["company_id"][0])

    async def _uuid(self) -> str | None:
        try:
            rows = await self._rpc.rows("ir.config_parameter", [["key", "=", "database.uuid"]], ["value"])
        except AccessRefused:
            return None
        return text(rows[0]["value"]) if rows else None

    async def account(self) -> Account:
        """Return what deals are read with."""
        stages = await self._rpc.rows("crm.stage", [], ["is_won"])
        return Account(await self.tenant(), {str(row["id"]): row for row in stages}, await self._rpc.words())
