"""Runs commands in processes of their own that begin with the program loaded, because loading it takes longer than most commands.

A process that has loaded it and done nothing else forks for each command. The child goes on as `python -m connector` would: with its own
arguments, environment, folder and output, and an end of its own.
"""

import atexit
import importlib
import json
import os
import pkgutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

ROOT = Path(__file__).parents[2]


class Warm:
    """The process that forks, started when it is first needed; it ends with ours."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def run(self, words: Sequence[str], environ: Mapping[str, str], folder: Path) -> tuple[int, str, str]:
        """Run a command to its end, and return its exit code, what it printed, and what it said on standard error."""
        with NamedTemporaryFile("r", encoding="utf-8") as out, NamedTemporaryFile("r", encoding="utf-8") as errors:
            job = {"words": words, "environ": environ, "folder": str(folder), "places": [out.name, errors.name]}
            return self._ask(job), out.read(), errors.read()

    def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.communicate()

    def _ask(self, job: Mapping[str, Any]) -> int:
        if self._process is None:
            line = [sys.executable, "-m", "tests.road.warm"]
            # Compiled modules are kept, for the processes that commands start themselves.
            environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
            self._process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environ)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(f"{json.dumps(job)}\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())
        except BaseException:
            # What was cut off would be answered later, in the place of what is asked next.
            self._process.kill()
            self._process = None
            raise


WARM = Warm()
"""The one of this test session."""
atexit.register(WARM.stop)


def _load() -> None:
    """Load what commands load, but for the compiler, which starts threads that a fork would lose."""
    import connector.cli  # noqa: PLC0415 - who only asks for commands need not load them

    for module in pkgutil.iter_modules(connector.cli.__path__, "connector.cli."):
        importlib.import_module(module.name)
    importlib.import_module("connector.engine")


def _listen() -> None:
    """Fork for each line, and answer with the exit code; in a child, go on as the command."""
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _become(**json.loads(line))
            return
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _become(words: Sequence[str], environ: Mapping[str, str], folder: str, places: Sequence[str]) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    for number, place in enumerate((os.devnull, *places)):
        opened = os.open(place, os.O_RDWR)
        os.dup2(opened, number)
        os.close(opened)
    sys.argv = ["crm-kpi", *words]
    importlib.import_module("connector.cli").main()


if __name__ == "__main__":
    atexit.unregister(WARM.stop)
    _load()
    _listen()
