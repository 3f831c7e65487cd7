"""People at work in Odoo, through its own API and with a client that is not ours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import httpx

ADMIN = "admin"


@dataclass
class People:
    """Somebody who is logged in to a database."""

    url: str
    database: str
    login: str = ADMIN
    password: str = ADMIN
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=120))

    def call(self, model: str, method: str, *args: object, **named: object) -> Any:  # noqa: ANN401 - whatever Odoo gives
        """Call a method of a model."""
        return self._ask("object", "execute_kw", [self.database, self.uid, self.password, model, method, list(args), named])

    @cached_property
    def uid(self) -> int:
        """Our own user's id."""
        return int(self._ask("common", "authenticate", [self.database, self.login, self.password, {}]))

    def find(self, model: str, *domain: object, **named: object) -> list[dict[str, Any]]:
        """Return the records that fit, inactive ones included."""
        found: list[dict[str, Any]] = self.call(model, "search_read", list(domain), context={"active_test": False}, order="id", **named)
        return found

    def id_of(self, xml_id: str) -> int:
        """Return the id of something that an app brought."""
        module, name = xml_id.split(".")
        return int(self.find("ir.model.data", ["module", "=", module], ["name", "=", name], fields=["res_id"])[0]["res_id"])

    def make(self, model: str, rows: Sequence[Mapping[str, object]], **context: object) -> list[int]:
        """Make records."""
        return list(self.call(model, "create", list(rows), context=context)) if rows else []

    def _ask(self, service: str, method: str, args: Sequence[object]) -> Any:  # noqa: ANN401 - whatever Odoo gives
        params = {"service": service, "method": method, "args": args}
        body = self.client.post(f"{self.url}/jsonrpc", json={"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}).json()
        assert "error" not in body, body["error"]["data"]["message"]
        return body.get("result")
