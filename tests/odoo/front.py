"""Stands before a real Odoo and lets single requests go wrong, as networks and servers do."""

import json
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

WRITES = ("create", "write", "unlink")
_HEADERS = ("content-type", "date")


@dataclass
class Front:
    """What is to go wrong: the next write without an answer, which lands or not, and the page of a number of a model's lists."""

    url: str
    lost_writes: list[bool] = field(default_factory=list)
    broken: dict[str, int] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    _client: httpx.AsyncClient | None = None

    def app(self) -> Starlette:
        """Return the app that passes everything else on."""
        return Starlette(routes=[Route("/{path:path}", self._pass, methods=["POST"])])

    async def _pass(self, request: Request) -> Response:
        body = await request.body()
        model, method = _called(json.loads(body))
        self.calls.append((model, method))
        is_lost = method in WRITES and bool(self.lost_writes)
        lands = self.lost_writes.pop(0) if is_lost else True
        if self._is_broken(model, method):
            return Response("<html>Bad gateway</html>", 502)
        answer = await self._forward(request, body) if lands else None
        if is_lost or answer is None:
            request.scope["state"]["transport"].close()
            return Response()
        headers = {name: answer.headers[name] for name in _HEADERS if name in answer.headers}
        return Response(answer.content, answer.status_code, headers)

    async def _forward(self, request: Request, body: bytes) -> httpx.Response:
        self._client = self._client or httpx.AsyncClient(timeout=60)
        return await self._client.post(self.url + request.url.path, content=body, headers={"Content-Type": "application/json"})

    def _is_broken(self, model: str, method: str) -> bool:
        if method != "search_read" or model not in self.broken:
            return False
        self.broken[model] -= 1
        return self.broken[model] == -1


def _called(body: dict[str, Any]) -> tuple[str, str]:
    args = body.get("params", {}).get("args", [])
    return (str(args[3]), str(args[4])) if body.get("params", {}).get("method") == "execute_kw" else ("", "")
