"""The process that brings caches up to date, see `apart`: a job a line on its input, an outcome a line on its output."""

import json
import os
import queue
import sys
import threading
from pathlib import Path
from typing import IO

from connector.engine.cache import Cache
from connector.errors import ConnectorError, SettingsError, StoreBusy


def _listen(lines: IO[str], jobs: "queue.Queue[str]") -> None:
    """Hand on what is asked. Who asks no more is gone, and what was begun for him must hold no lock any longer."""
    for line in lines:
        jobs.put(line)
    os._exit(0)


def _done(line: str) -> dict[str, object]:
    job = json.loads(line)
    try:
        with Cache.open(Path(job["path"]), store_url=job["store_url"], account=job["account"], memory=job["memory"]) as cache:
            found = cache.refresh_here()
    except ConnectorError as error:
        kind = next(known for known in (StoreBusy, SettingsError, ConnectorError) if isinstance(error, known))
        return {"error": kind.__name__, "message": str(error)}
    return {"rows": found.rows, "is_rebuilt": found.is_rebuilt}


def main() -> None:
    """Refresh caches as they are asked for, until nobody asks any more."""
    jobs: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_listen, args=(sys.stdin, jobs), daemon=True).start()
    while True:
        sys.stdout.write(f"{json.dumps(_done(jobs.get()))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
