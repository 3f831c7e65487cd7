"""A real BottleCRM as the contract of adapters sees it: its own database, and a front before it in which requests can go wrong."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import httpx

from connector.adapters.base import Adapter
from connector.adapters.bottlecrm import SCOPES, WRITABLE, BottleCrm, BottleCrmSettings
from connector.adapters.bottlecrm.words import LISTS
from connector.model import FieldSpec, Stream
from tests.bottlecrm.front import Front
from tests.bottlecrm.server import Server

TOKEN = "bcrm_pat_of-an-admin"
_PRINT = """
SELECT (SELECT max(updated_at) FROM opportunity), (SELECT count(*) FROM opportunity), (SELECT max(updated_at) FROM custom_field_definition),
    (SELECT count(*) FROM sales_goal), (SELECT max(updated_at) FROM sales_goal), (SELECT sum(amount) FROM opportunity),
    (SELECT string_agg(scopes::text, ' ') FROM personal_access_token), (SELECT string_agg(role, ' ') FROM profile),
    (SELECT count(*) FROM contacts)
"""
"""What tells whether a test has changed anything, so that the next one needs a database of its own."""


class BottleCrmBox:
    """The one organisation of the server."""

    name = "bottlecrm"
    apart = (Stream.CONTACTS,)
    lacks = ()

    def __init__(self, server: Server, front: Front, url: str) -> None:
        self.server = server
        self.front = front
        self.url = url
        self.people = httpx.AsyncClient(base_url=server.url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60)
        self._adapters: list[Adapter] = []

    async def adapter(self, **more: Any) -> BottleCrm:  # noqa: ANN401 - any setting
        """Connect anew."""
        settings: dict[str, Any] = {"url": self.url, "token": TOKEN, "requests_per_second": 1000, "page_size": 10}
        made = BottleCrm(BottleCrmSettings(**(settings | more)))
        self._adapters.append(made)
        return made

    async def call(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - any JSON
        """Do something that people or other apps do."""
        answer = await self.people.request(method, path, json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else {}

    def tell(self, statement: str, *values: object) -> None:
        """Change something in the database."""
        with self.server.connect() as connection:
            connection.execute(statement, values)

    async def edit_deal(self, deal: str, amount: Decimal) -> None:
        """Change a deal's amount; one with lines takes no other one than theirs from people."""
        self.tell("UPDATE opportunity SET amount = %s WHERE id = %s", amount, deal)

    async def delete_deal(self, deal: str) -> None:
        """Delete a deal, as people do."""
        await self.call("DELETE", f"/api/opportunities/{deal}/")

    async def take_field(self, spec: FieldSpec) -> None:
        """Make a field of this key that is not ours."""
        body = {"target_model": WRITABLE[spec.entity][0], "key": spec.name, "label": "Theirs", "field_type": "number"}
        await self.call("POST", "/api/custom-fields/", body)

    async def drop_field(self, spec: FieldSpec) -> None:
        """Put a field away, which is all that people can do."""
        rows = (await self.call("GET", f"/api/custom-fields/?target_model={WRITABLE[spec.entity][0]}"))["definitions"]
        await self.call("DELETE", f"/api/custom-fields/{next(row['id'] for row in rows if row['key'] == spec.name)}/")

    async def revoke(self, stream: Stream) -> None:
        """Take away the right to read a stream."""
        kept = [scope for scope in SCOPES if scope != f"{LISTS[stream].resource}:read"]
        self.tell("UPDATE personal_access_token SET scopes = %s", json.dumps(kept))

    async def lose_write(self, *, does_land: bool) -> None:
        """Leave the next write without an answer."""
        self.front.lost_writes.append(does_land)

    async def break_page(self, page: int) -> None:
        """Let the page of this number (from 0) fail in a way that passes."""
        self.front.broken[LISTS[Stream.DEALS].path] = page

    async def close(self) -> None:
        """Give back what was opened."""
        await self.people.aclose()
        for adapter in self._adapters:
            await adapter.close()

    def print(self) -> Sequence[object]:
        """Return what changes when anything does."""
        with self.server.connect() as connection:
            return connection.execute(_PRINT).fetchone() or ()
