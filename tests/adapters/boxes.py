"""Two CRMs of the same real rows, as seen by the contract: the HubSpot sandbox over a socket, and the memory CRM."""

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import httpx

from connector.adapters.base import Adapter
from connector.adapters.hubspot import HubSpot, HubSpotSettings
from connector.adapters.memory import Memory
from connector.model import Deal, Entity, FieldSpec, Page, Record, Stream
from connector.sandbox.hubspot import hubspot_app
from connector.sandbox.running import running

TOKEN = "pat-na1-sandbox"
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Loopback speaks plain HTTP; loading the certificates of the world for each client would take longer than many a test."""


class Box(Protocol):
    """A CRM as the contract sees it; each `adapter` is a new one, as after a restart.

    `apart` is a stream that a login can lose the right to read, and those that may go with it; `lacks` are streams that are not there.
    """

    name: str
    apart: tuple[Stream, ...]
    lacks: tuple[Stream, ...]

    async def adapter(self) -> Adapter:
        """Connect anew."""
        ...

    async def edit_deal(self, deal: str, amount: Decimal) -> None:
        """Change a deal's amount, as people do."""
        ...

    async def delete_deal(self, deal: str) -> None:
        """Delete a deal, as people do."""
        ...

    async def take_field(self, spec: FieldSpec) -> None:
        """Make a field of this name that is not ours."""
        ...

    async def drop_field(self, spec: FieldSpec) -> None:
        """Delete a field, as people do."""
        ...

    async def revoke(self, stream: Stream) -> None:
        """Take away the right to read a stream."""
        ...

    async def lose_write(self, *, does_land: bool) -> None:
        """Leave the next write without an answer."""
        ...

    async def break_page(self, page: int) -> None:
        """Let the page of this number (from 0) fail in a way that passes."""
        ...

    async def close(self) -> None:
        """Give back what was opened."""
        ...


class HubSpotBox:
    """The sandbox HubSpot on a loopback port."""

    name = "hubspot"
    apart = (Stream.CONTACTS, Stream.MESSAGES, Stream.SURVEYS)
    lacks = ()

    def __init__(self, url: str) -> None:
        self.url = url
        self.people = httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}, verify=NO_TLS)
        self._adapters: list[Adapter] = []

    async def adapter(self, *, zone: ZoneInfo | None = None, **more: Any) -> HubSpot:  # noqa: ANN401 - any setting
        """Connect anew; `zone` overrides the account's own time zone."""
        settings: dict[str, Any] = {"token": TOKEN, "base_url": self.url, "headroom": 0, "horizon_seconds": 0}
        made = HubSpot(HubSpotSettings(**(settings | more)), zone)
        self._adapters.append(made)
        return made

    async def call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Do something that people or other apps do."""
        answer = await self.people.request(method, path, json=body)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found

    async def edit_deal(self, deal: str, amount: Decimal) -> None:
        """Change a deal's amount, as people do."""
        await self.call("PATCH", f"/crm/objects/2026-09/deals/{deal}", {"properties": {"amount": str(amount)}})

    async def delete_deal(self, deal: str) -> None:
        """Delete a deal, as people do."""
        await self.call("DELETE", f"/crm/objects/2026-09/deals/{deal}")

    async def take_field(self, spec: FieldSpec) -> None:
        """Make a field of this name that is not ours."""
        body = {"name": spec.name, "label": "Theirs", "groupName": "dealinformation", "type": "number", "fieldType": "number"}
        await self.call("POST", f"/crm/properties/2026-09/{spec.entity}", body)

    async def drop_field(self, spec: FieldSpec) -> None:
        """Delete a field, as people do."""
        await self.call("DELETE", f"/crm/properties/2026-09/{spec.entity}/{spec.name}")

    async def revoke(self, stream: Stream) -> None:
        """Take away the right to read a stream."""
        await self.call("POST", "/sandbox/scopes", {"revoked": [f"crm.objects.{stream}.read"]})

    async def lose_write(self, *, does_land: bool) -> None:
        """Leave the next write without an answer."""
        lost = [
            {"kind": "drop", "method": "POST", "path": f"/crm/objects/2026-09/{kind}/batch/{verb}", "applied": does_land}
            for kind, verb in (("deals", "update"), ("goal_targets", "create"))
        ]
        await self.call("POST", "/sandbox/faults", {"faults": lost})

    async def break_page(self, page: int) -> None:
        """Let the page of this number (from 0) fail in a way that passes."""
        fault = {"kind": ("html", "drop", "truncate")[page % 3], "method": "GET", "path": "/crm/objects/2026-09/deals", "after": page}
        await self.call("POST", "/sandbox/faults", {"faults": [fault]})

    async def close(self) -> None:
        """Give back what was opened."""
        await self.people.aclose()
        for adapter in self._adapters:
            await adapter.close()


class MemoryBox:
    """The memory CRM; its adapter is the CRM itself."""

    name = "memory"
    apart = (Stream.CONTACTS,)
    lacks = ()

    def __init__(self, memory: Memory) -> None:
        self.memory = memory

    async def adapter(self) -> Adapter:
        """Connect anew."""
        return self.memory

    async def edit_deal(self, deal: str, amount: Decimal) -> None:
        """Change a deal's amount, as people do."""
        found = self.memory.get(Entity.DEALS, deal)
        assert isinstance(found, Deal)
        self.memory.put(replace(found, amount=amount))

    async def delete_deal(self, deal: str) -> None:
        """Delete a deal, as people do."""
        self.memory.remove(Entity.DEALS, deal, datetime(2017, 12, 31, 20, tzinfo=UTC))

    async def take_field(self, spec: FieldSpec) -> None:
        """Make a field of this name that is not ours."""
        self.memory.fields[spec.entity, spec.name] = None

    async def drop_field(self, spec: FieldSpec) -> None:
        """Delete a field, as people do."""
        del self.memory.fields[spec.entity, spec.name]

    async def revoke(self, stream: Stream) -> None:
        """Take away the right to read a stream."""
        self.memory.faults.refused.add(stream)

    async def lose_write(self, *, does_land: bool) -> None:
        """Leave the next write without an answer."""
        self.memory.faults.write, self.memory.faults.does_write_land = 0, does_land

    async def break_page(self, page: int) -> None:
        """Let the page of this number (from 0) fail in a way that passes."""
        self.memory.faults.page = page

    async def close(self) -> None:
        """Keep everything."""


async def read_all(adapter: Adapter, stream: Stream, since: str | None = None, own: Sequence[FieldSpec] = ()) -> list[Page]:
    """Read a stream to its end."""
    return [page async for page in adapter.pages(stream, since, own)]


def everything(data: Path) -> list[Record]:
    """Read all that a HubSpot in a box holds of a data set."""

    async def read(url: str) -> list[Record]:
        adapter = HubSpot(HubSpotSettings(token=TOKEN, base_url=url, headroom=0))
        records = [record for stream in adapter.streams for page in await read_all(adapter, stream) for record in page.records]
        await adapter.close()
        return records

    with running(hubspot_app(data=data, burst=100_000)) as url:
        return asyncio.run(read(url))
