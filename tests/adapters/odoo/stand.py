"""Stands in for an Odoo's JSON-RPC at the socket: single methods of single models answer as a test says, and what was called is kept."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import respx
from pydantic import SecretStr

from connector.adapters.odoo.settings import OdooSettings

URL = "https://acme.example"
SETTINGS = OdooSettings(url=URL, database="acme", user="kpi", key=SecretStr("key-1"), patience_seconds=0, page_size=3, horizon_seconds=0)
DATE = {"date": "Fri, 01 Dec 2017 12:00:00 GMT"}
Said = Callable[..., Any]
"""What a method answers, from its arguments by place and by name."""


class Fails(Exception):
    """The method's error: the name that Odoo gives it."""


class Stand:
    """`says` holds the answers by model and method, `calls` what was asked; `silent` methods do their work without an answer.

    A model that nothing was said of is not installed.
    """

    def __init__(self, router: respx.MockRouter, says: Mapping[tuple[str, str], Said]) -> None:
        self.says = dict(says)
        self.calls: list[tuple[str, str, list[Any], dict[str, Any]]] = []
        self.silent: set[str] = set()
        router.post("/jsonrpc").mock(side_effect=self._answer)

    def called(self, method: str) -> list[tuple[str, list[Any], dict[str, Any]]]:
        """Return the calls of a method."""
        return [(model, args, named) for model, name, args, named in self.calls if name == method]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        params = json.loads(request.content)["params"]
        if params["service"] == "common":
            return _told({"server_version_info": [14, 0]} if params["method"] == "version" else 2)
        model, method, args, named = params["args"][3:]
        self.calls.append((model, method, args, named))
        if model not in {one for one, _ in self.says}:
            return _told(error={"data": {"name": "odoo.exceptions.UserError", "message": f"Object {model} doesn't exist"}})
        try:
            result = self.says[model, method](*args, **named)
        except Fails as why:
            return _told(error={"data": {"name": str(why), "message": "No"}})
        if method in self.silent:
            raise httpx.ReadError("gone")
        return _told(result)


def _told(result: object = None, **more: object) -> httpx.Response:
    return httpx.Response(200, headers=DATE, json={"jsonrpc": "2.0", "id": 1, **(more or {"result": result})})
