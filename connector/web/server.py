"""Serves an app on a socket inside the event loop that is already running."""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from urllib.parse import urlsplit

import uvicorn
from starlette.types import ASGIApp

from connector.errors import SettingsError

_GRACE_SECONDS = 2
_LAST_PORT = 65535


class _Server(uvicorn.Server):
    """A server that leaves the process's signals to the process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def web_server(app: ASGIApp, listen: str, setting: str = "CRM_KPI_LISTEN") -> AsyncIterator[str]:
    """Serve `app` on `listen` (address:port, port 0 for any free one) while the block runs; yields its URL.

    Raises:
        SettingsError: the address is not one, or cannot be listened on.
    """
    bound = _bind(listen, setting)
    config = uvicorn.Config(
        app, log_config=None, access_log=False, lifespan="off", ws="none", server_header=False, timeout_graceful_shutdown=_GRACE_SECONDS
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[bound]), name="web server")
    try:
        while not (server.started or task.done()):  # noqa: ASYNC110 - the server tells by an attribute, not by an event
            await asyncio.sleep(0.01)
        host, port = bound.getsockname()[:2]
        yield f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    finally:
        server.should_exit = True
        await task
        bound.close()


def hosts_for(listen: str, public_url: str | None = None) -> tuple[str, ...]:
    """Return the names an app on this address should answer to: its own and the public one for a loopback address, any for the others."""
    host = listen.rpartition(":")[0]
    public = (urlsplit(public_url).hostname or "",) if public_url else ()
    return ("localhost", "127.0.0.1", *public) if _is_loopback(host) else ("*",)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _bind(listen: str, setting: str) -> socket.socket:
    host, _, port = listen.rpartition(":")
    wrong = SettingsError(f"{setting} is {listen!r}, which is no address:port of this machine.")
    if not (host and port.isdecimal() and int(port) <= _LAST_PORT):
        raise wrong
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, proto)
    except OSError:
        raise wrong from None
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(address)
    except OSError as error:
        bound.close()
        raise SettingsError(f"{setting} is {listen!r}, which cannot be listened on: {error.strerror}.") from None
    return bound
