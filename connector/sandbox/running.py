"""Runs a sandbox on a loopback port: in the foreground for the command line, in a thread for tests and the demo."""

import socket
import sys
import threading
import time
from asyncio import Transport
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

_START_SECONDS = 10.0
_STEP_SECONDS = 0.005


class _Wire(H11Protocol):
    """Hands the connection to the app as `scope["state"]["transport"]`, so that a planned fault can cut it."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # uvicorn narrows the argument the same way
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class _Server(uvicorn.Server):
    """Says where it listens and takes SIGINT and SIGTERM as a wish to end, not as a failure."""

    def __init__(self, config: uvicorn.Config, greeting: str = "") -> None:
        super().__init__(config)
        self._greeting = greeting

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, then greet."""
        await super().startup(sockets)
        if self._greeting:
            sys.stdout.write(f"{self._greeting}\n")
            sys.stdout.flush()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002  # the signature is uvicorn's
        """End after the request in hand."""
        self.should_exit = True


def _config(app: Starlette) -> uvicorn.Config:
    # The app sends Date itself, from the sandbox's clock.
    return uvicorn.Config(
        app,
        http=_Wire,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_level="critical",
        access_log=False,
        date_header=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )


def _listen(host: str, port: int) -> socket.socket:
    # Named as TCP, so that asyncio turns Nagle's delay off, which costs 40 ms an answer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()
    return f"http://{host}:{port}"


def serve(app: Starlette, *, name: str, host: str, port: int, hint: str = "") -> None:
    """Serve until SIGINT or SIGTERM; prints a line with the URL once it listens (port 0 takes a free one), and the hint with that URL.

    Raises:
        OSError: the port is taken.
    """
    with _listen(host, port) as listener:
        lines = [f"{name} listens on {_url(listener)}", hint.replace("{url}", _url(listener))]
        _Server(_config(app), "\n".join(line for line in lines if line)).run(sockets=[listener])


@contextmanager
def running(app: Starlette) -> Iterator[str]:
    """Serve on a free loopback port in a thread and yield the base URL; the state stays reachable as `app.state`.

    Raises:
        RuntimeError: the server did not come up within ten seconds.
    """
    with _listen("127.0.0.1", 0) as listener:
        server = _Server(_config(app))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="sandbox", daemon=True)
        thread.start()
        try:
            _await_start(server, thread)
            yield _url(listener)
        finally:
            server.should_exit = True
            thread.join()


def _await_start(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("The sandbox did not start.")
        time.sleep(_STEP_SECONDS)
