"""The sandbox Nutshell as the contract sees it."""

import json
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from connector.adapters.base import Adapter
from connector.adapters.nutshell import Nutshell, NutshellSettings
from connector.adapters.nutshell.fields import type_of
from connector.model import Entity, FieldSpec, Stream
from connector.sandbox.nutshell import KEY, USER
from tests.adapters.boxes import NO_TLS

ZONE = ZoneInfo("America/New_York")
KINDS = {Entity.DEALS: "leads", Entity.COMPANIES: "accounts", Entity.CONTACTS: "contacts"}
PATCH = {"content-type": "application/json-patch+json"}


class NutshellBox:
    """The sandbox Nutshell on a loopback port."""

    name = "nutshell"
    apart = (Stream.CONTACTS,)
    lacks = ()

    def __init__(self, url: str) -> None:
        self.url = url
        self.people = httpx.AsyncClient(base_url=url, auth=(USER, KEY), timeout=30, verify=NO_TLS)
        self._adapters: list[Adapter] = []

    async def adapter(self, **more: Any) -> Nutshell:  # noqa: ANN401 - any setting
        """Connect anew."""
        settings: dict[str, Any] = {"user": USER, "api_key": KEY, "base_url": self.url, "requests_per_second": 1000}
        made = Nutshell(NutshellSettings(**(settings | more)), ZONE)
        self._adapters.append(made)
        return made

    async def call(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - any JSON
        """Do something that people or other apps do."""
        answer = await self.people.request(method, path, json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else {}

    async def patch(self, kind: str, record: str, path: str, value: object) -> None:
        """Change one thing of a record."""
        body = json.dumps([{"op": "replace", "path": f"/{kind}/0/{path}", "value": value}])
        (await self.people.patch(f"/rest/{kind}/{record}", content=body, headers=PATCH)).raise_for_status()

    async def edit_deal(self, deal: str, amount: Decimal) -> None:
        """Change a deal's amount, as people do."""
        await self.patch("leads", deal, "manualValue", str(amount))

    async def delete_deal(self, deal: str) -> None:
        """Delete a deal, as people do."""
        await self.call("DELETE", f"/rest/leads/{deal}")

    async def take_field(self, spec: FieldSpec, kind: str = "") -> None:
        """Make a field of this name that is not ours, by default of the type that ours has."""
        body = {"name": f"Theirs [{spec.name}]", "type": kind or type_of(spec)}
        await self.call("POST", f"/rest/{KINDS[spec.entity]}/customfield", body)

    async def give_field(self, kind: str, record: str, title: str, value: str) -> None:
        """Make a field that people made, and fill it on one record."""
        await self.call("POST", f"/rest/{kind}/customfield", {"name": title, "type": "Text"})
        await self.call("POST", "/sandbox/fill", {"kind": kind, "record": record, "title": title, "value": value})

    async def custom(self, kind: str, record: str) -> dict[str, object]:
        """Return all custom fields of a record by title."""
        rows = (await self.call("GET", f"/rest/{kind}/{record}/customfields"))["customFields"]
        return {row["title"]: row["value"] for row in rows}

    async def drop_field(self, spec: FieldSpec) -> None:
        """Delete a field, as people do."""
        await self.call("POST", "/sandbox/drop", {"kind": KINDS[spec.entity], "title": f"{spec.label} [{spec.name}]"})

    async def revoke(self, stream: Stream) -> None:
        """Take away the right to read a stream."""
        await self.call("POST", "/sandbox/revoke", {"revoked": [stream.value]})

    async def lose_write(self, *, does_land: bool) -> None:
        """Leave the next write without an answer."""
        await self.fail(kind="drop", method="PATCH", path="/rest/leads", applied=does_land)

    async def break_page(self, page: int) -> None:
        """Let the page of this number (from 0) fail in a way that passes."""
        await self.fail(kind=("html", "drop", "truncate")[page % 3], status=502, method="GET", path="/rest/leads", after=page)

    async def fail(self, **fault: object) -> None:
        """Plan a fault."""
        await self.call("POST", "/sandbox/faults", {"faults": [fault]})

    async def close(self) -> None:
        """Give back what was opened."""
        await self.people.aclose()
        for adapter in self._adapters:
            await adapter.close()
