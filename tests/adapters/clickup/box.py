"""The sandbox ClickUp as the contract sees it."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from connector.adapters.base import Adapter
from connector.adapters.clickup import ClickUp, ClickUpSettings
from connector.adapters.clickup.fields import title_of, type_of
from connector.model import Entity, FieldSpec, Stream
from connector.sandbox.clickup import TOKEN
from tests.adapters.boxes import NO_TLS

ZONE = ZoneInfo("America/New_York")
LISTS = {Entity.DEALS: "Deals", Entity.COMPANIES: "Companies", Entity.CONTACTS: "Contacts"}
MAPPING: dict[str, Any] = {
    "deal_lists": ("Deals",),
    "company_lists": ("Companies",),
    "contact_lists": ("Contacts",),
    "ticket_lists": ("Support",),
    "won_statuses": ("won",),
    "lost_statuses": ("lost",),
    "amount_field": "Deal value",
    "close_date_field": "Close date",
    "company_field": "Company",
    "contact_field": "Contact",
    "source_field": "Source",
    "lost_reason_field": "Lost reason",
    "product_field": "Product",
    "deal_type_field": "Deal type",
    "industry_field": "Industry",
    "channel_field": "Channel",
    "category_field": "Category",
}


class ClickUpBox:
    """The sandbox ClickUp on a loopback port."""

    name = "clickup"
    apart = (Stream.TICKETS,)
    lacks = ()

    def __init__(self, url: str) -> None:
        self.url = url
        self.people = httpx.AsyncClient(base_url=url, headers={"Authorization": TOKEN}, timeout=30, verify=NO_TLS)
        self._adapters: list[Adapter] = []

    async def adapter(self, **more: Any) -> ClickUp:  # noqa: ANN401 - any setting
        """Connect anew."""
        settings: dict[str, Any] = {"token": TOKEN, "base_url": self.url, "headroom": 0, "horizon_seconds": 0, **MAPPING}
        made = ClickUp(ClickUpSettings(**(settings | more)), ZONE)
        self._adapters.append(made)
        return made

    async def bare(self, **more: Any) -> ClickUp:  # noqa: ANN401 - any setting
        """Connect without any mapping but what is given."""
        made = ClickUp(ClickUpSettings(**{"token": TOKEN, "base_url": self.url, "headroom": 0, **more}), ZONE)
        self._adapters.append(made)
        return made

    async def call(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - any JSON
        """Do something that people or other apps do."""
        answer = await self.people.request(method, path, json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else {}

    async def list_ids(self) -> dict[str, str]:
        """Return the ids of all lists by their names."""
        team = (await self.call("GET", "/api/v2/team"))["teams"][0]["id"]
        found = {}
        for space in (await self.call("GET", f"/api/v2/team/{team}/space"))["spaces"]:
            folders = (await self.call("GET", f"/api/v2/space/{space['id']}/folder"))["folders"]
            alone = (await self.call("GET", f"/api/v2/space/{space['id']}/list"))["lists"]
            found |= {one["name"]: one["id"] for one in [*alone, *(one for folder in folders for one in folder["lists"])]}
        return found

    async def field(self, place: str, name: str) -> str:
        """Return the id of a field of a list."""
        rows = (await self.call("GET", f"/api/v2/list/{(await self.list_ids())[place]}/field"))["fields"]
        return next(str(row["id"]) for row in rows if row["name"] == name)

    async def edit_deal(self, deal: str, amount: Decimal) -> None:
        """Change a deal's amount, as people do."""
        await self.call("POST", f"/api/v2/task/{deal}/field/{await self.field('Deals', 'Deal value')}", {"value": float(amount)})

    async def delete_deal(self, deal: str) -> None:
        """Delete a deal, as people do."""
        await self.call("DELETE", f"/api/v2/task/{deal}")

    async def make_fields(self, specs: Iterable[FieldSpec]) -> None:
        """Make fields by the list of what is to do, as people do."""
        for spec in specs:
            await self.make_field(spec.entity, title_of(spec), type_of(spec))

    async def make_field(self, entity: Entity, name: str, kind: str) -> str:
        """Make one field."""
        return str((await self.call("POST", "/sandbox/field", {"place": LISTS[entity], "name": name, "type": kind}))["id"])

    async def add_task(self, place: str, name: str, **more: object) -> str:
        """Make a task, or with a `parent` a subtask."""
        path = f"/api/v2/list/{(await self.list_ids())[place]}/task"
        return str((await self.call("POST", path, {"name": name, **more}))["id"])

    async def first_deal(self) -> str:
        """Return the id of some deal."""
        rows = (await self.call("GET", f"/api/v2/list/{(await self.list_ids())['Deals']}/task"))["tasks"]
        return str(rows[0]["id"])

    async def add_goal(self, name: str, **more: object) -> str:
        """Make a goal, as people do."""
        body = {"name": name, "due_date": 1522468800000, "description": "", "multiple_owners": True, "owners": [], "color": "#32a852"}
        return str((await self.call("POST", "/api/v2/team/512/goal", body | more))["goal"]["id"])

    async def take_field(self, spec: FieldSpec) -> None:
        """Make a field of this name that is not ours."""
        await self.make_field(spec.entity, f"Theirs [{spec.name}]", type_of(spec))

    async def drop_field(self, spec: FieldSpec) -> None:
        """Delete a field, as people do."""
        await self.call("POST", "/sandbox/drop", {"field": await self.field(LISTS[spec.entity], title_of(spec))})

    async def revoke(self, stream: Stream) -> None:
        """Take away the right to read a stream."""
        assert stream is Stream.TICKETS
        await self.call("POST", "/sandbox/hide", {"spaces": ["Service"]})

    async def lose_write(self, *, does_land: bool) -> None:
        """Leave the next write without an answer."""
        await self.fail(kind="drop", method="POST", path="/api/v2/task", applied=does_land)

    async def break_page(self, page: int) -> None:
        """Let the page of this number (from 0) fail in a way that passes."""
        await self.fail(kind=("html", "drop", "truncate")[page % 3], status=502, method="GET", path="/api/v2/team/512/task", after=page)

    async def fail(self, **fault: object) -> None:
        """Plan a fault."""
        await self.call("POST", "/sandbox/faults", {"faults": [fault]})

    async def close(self) -> None:
        """Give back what was opened."""
        await self.people.aclose()
        for adapter in self._adapters:
            await adapter.close()
