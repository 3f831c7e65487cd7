"""Whose Workspace this is, and what reading its tasks needs to know beyond a task itself."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from connector.adapters.clickup.mapped import MappedFields
from connector.adapters.clickup.memo import Memo
from connector.adapters.clickup.objects import Objects, rows_of
from connector.adapters.clickup.parse import is_called
from connector.adapters.clickup.places import Outcomes, Place, Places
from connector.adapters.clickup.settings import ClickUpSettings, Mapped
from connector.adapters.clickup.words import TITLE, named
from connector.errors import AccessRefused, SettingsError
from connector.http import Body, Refused
from connector.model import Stream, Tenant

NO_CURRENCY = "N/A"
"""The home currency where none is known: guessing one would make sums of it."""


@dataclass(frozen=True, slots=True)
class Account:
    """What the tasks of some lists are read with."""

    tenant: Tenant
    zone: ZoneInfo
    settings: ClickUpSettings
    outcomes: Outcomes
    places: tuple[Place, ...] = ()

    @property
    def meaning(self) -> str:
        """A digest of what the settings say lists, statuses and fields mean."""
        told = self.settings.model_dump_json(include=set(Mapped.model_fields))
        return hashlib.sha256(told.encode()).hexdigest()[:12]

    def place(self, key: str) -> Place | None:
        """Return one of the lists."""
        return next((one for one in self.places if one.id == key), None)


class Accounts:
    """Asks for it; ClickUp tells no time zone and no currency of a Workspace."""

    def __init__(self, objects: Objects, settings: ClickUpSettings, zone: ZoneInfo | None) -> None:
        self.settings = settings
        self.zone = zone
        self.places = Places(objects, settings)
        self.mapped = MappedFields(objects, self.places, settings)
        self._objects = objects
        self._workspace = Memo(self._found)
        self._tenant = Memo(self._read)

    @property
    def days(self) -> ZoneInfo:
        """Where days begin and end: UTC unless the settings say otherwise."""
        return self.zone or ZoneInfo("UTC")

    async def workspace(self) -> Body:
        """Return the Workspace that is meant.

        Raises:
            AccessRefused: the token sees none.
            SettingsError: it sees several and the settings name none of them.
        """
        return await self._workspace.get()

    async def tenant(self) -> Tenant:
        """Return whose Workspace this is; without a time zone in the settings days are those of UTC."""
        return await self._tenant.get()

    async def _found(self) -> Body:
        found = await self._objects.workspaces()
        seen = ", ".join(f"{row.get('name')} ({row.get('id')})" for row in found)
        wanted = self.settings.workspace
        if not found:
            raise AccessRefused(f"This token sees no Workspace of {TITLE}.", ("a token whose user belongs to a Workspace",))
        if wanted is None and len(found) > 1:
            raise SettingsError(f"{named('workspace')} is missing, and this token sees several Workspaces; allowed are {seen}.")
        fit = [row for row in found if wanted in (None, str(row.get("id")))]
        if not fit:
            raise SettingsError(f"{named('workspace')} is {wanted!r}, which this token does not see; allowed are {seen}.")
        return fit[0]

    async def _read(self) -> Tenant:
        row = await self.workspace()
        key = str(row["id"])
        currency = self.settings.currency or await self._currency(key)
        return Tenant(key, str(row.get("name") or f"{TITLE} {key}"), self.zone.key if self.zone else "UTC", currency)

    async def _currency(self, workspace: str) -> str:
        """Return the currency of the amount field, which is the only place where ClickUp keeps one."""
        try:
            places = await self.places.named("deal_lists", workspace) if self.settings.amount_field else []
            for place in places:
                for field in await self._objects.fields(place.id):
                    if is_called(field, self.settings.amount_field) and (told := currency_of(field)):
                        return told
        except (AccessRefused, Refused):
            pass
        return NO_CURRENCY

    async def account(self, stream: Stream) -> Account:
        """Return what a stream of tasks is read with.

        Raises:
            AccessRefused: what the settings name is not there, or may not be seen.
        """
        tenant = await self.tenant()
        places = await self.places.of(stream, tenant.id)
        await self.mapped.hold(stream, places, tenant.id)
        return self._with(tenant, places)

    def _with(self, tenant: Tenant, places: Sequence[Place]) -> Account:
        return Account(tenant, self.days, self.settings, Outcomes(self.settings), tuple(places))


def currency_of(field: Body) -> str | None:
    """Return the currency of a currency field."""
    found = (field.get("type_config") or {}).get("currency_type")
    return str(found) if found else None


def members_of(workspace: Body) -> list[Body]:
    """Return the people of a Workspace."""
    return [row["user"] for row in rows_of(workspace, "members") if isinstance(row.get("user"), dict) and row["user"].get("id")]
