"""The page on loopback to which a browser comes back from a consent; it shows nothing of what it was called with."""

import asyncio
from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

PATH = "/callback"
_GONE = 410


def callback_app(came: "asyncio.Future[Mapping[str, str]]") -> Starlette:
    """Build the app: the first call of `/callback` sets `came` to its query, and later ones are told that they are late."""

    async def back(request: Request) -> Response:
        if came.done():
            return PlainTextResponse("This was answered already; see the terminal.", status_code=_GONE)
        came.set_result(dict(request.query_params))
        return PlainTextResponse("Thank you. The terminal says how it went; this window can be closed.")

    hosts = Middleware(TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1"], www_redirect=False)
    return Starlette(routes=[Route(PATH, back, methods=["GET"])], middleware=[hosts])
