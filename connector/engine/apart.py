"""Has caches filled by a process of its own, because two copies of SQLite in one process undo each other's locks (ADR 0025)."""

import atexit
import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any

from connector.errors import ConnectorError, SettingsError, StoreBusy, TryLater

FILLING = "connector.engine.filling"
"""The program of that process."""
_ERRORS: dict[str, type[ConnectorError]] = {kind.__name__: kind for kind in (ConnectorError, SettingsError, StoreBusy)}


class Hand:
    """The process that reads the store, started when it is first needed; it ends with ours, however that ends."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._turn = threading.Lock()

    def refresh(self, job: Mapping[str, str]) -> Mapping[str, Any]:
        """Have one cache refreshed that nobody else has open, and return what that did.

        Raises:
            ConnectorError: what the other process met.
            TryLater: it was stopped.
        """
        with self._turn:
            said = self._ask(json.dumps(job))
        if "error" in said:
            raise _ERRORS[said["error"]](said["message"])
        return said

    def stop(self) -> None:
        """End the process, whatever it is doing; the next refresh starts another one."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError, AttributeError):
                pipe.close()  # type: ignore[union-attr]

    def _ask(self, line: str) -> dict[str, Any]:
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(f"{line}\n")
            process.stdin.flush()
            said: dict[str, Any] = json.loads(process.stdout.readline())
        except (OSError, ValueError):
            self.stop()
            raise TryLater("Reading the store was interrupted; what was measured before stays.") from None
        return said

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            self.stop()
            # A session of its own: Ctrl-C is for us, and we end it then.
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", FILLING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
            )
        return self._process


HAND = Hand()
"""The one that this process has."""
atexit.register(HAND.stop)
