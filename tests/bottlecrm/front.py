"""Stands before a real BottleCRM and lets single requests go wrong, as networks and servers do."""

from dataclasses import dataclass, field

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

WRITES = ("POST", "PUT", "PATCH", "DELETE")
_HEADERS = ("content-type", "date")


@dataclass
class Front:
    """What is to go wrong: the next write without an answer, which lands or not, and the page of a number of a list."""

    url: str
    lost_writes: list[bool] = field(default_factory=list)
    broken: dict[str, int] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)

    def app(self) -> Starlette:
        """Return the app that passes everything else on."""
        return Starlette(routes=[Route("/{path:path}", self._pass, methods=["GET", *WRITES])])

    async def _pass(self, request: Request) -> Response:
        method, path = request.method, request.url.path
        self.calls.append((method, path))
        is_lost = method in WRITES and bool(self.lost_writes)
        lands = self.lost_writes.pop(0) if is_lost else True
        if self._is_broken(method, path):
            return Response("<html>Bad gateway</html>", 502)
        answer = await self._forward(request) if lands else None
        if is_lost or answer is None:
            request.scope["state"]["transport"].close()
            return Response()
        headers = {name: answer.headers[name] for name in _HEADERS if name in answer.headers}
        return Response(answer.content, answer.status_code, headers)

    async def _forward(self, request: Request) -> httpx.Response:
        headers = {name: request.headers[name] for name in ("authorization", "content-type") if name in request.headers}
        url = f"{self.url}{request.url.path}?{request.url.query}"
        async with httpx.AsyncClient(timeout=60) as client:
            return await client.request(request.method, url, content=await request.body(), headers=headers)

    def _is_broken(self, method: str, path: str) -> bool:
        if method != "GET" or path not in self.broken:
            return False
        self.broken[path] -= 1
        return self.broken[path] == -1
