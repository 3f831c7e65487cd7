"""The `crm-kpi` command: every verb of the road, and what there is to look at."""

import sys

from connector.cli.commands import app
from connector.errors import ConnectorError

__all__ = ["app", "main"]

INTERRUPTED = 130


def main() -> None:
    """Run one command; what went wrong is one sentence on standard error and an exit code of ARCHITECTURE section 5."""
    try:
        app()
    except ConnectorError as error:
        from connector.cli.words import plain  # noqa: PLC0415 - tables are slow to load, and most commands that fail print none

        sys.stderr.write(f"{plain(str(error))}\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted; what was done is kept, and the next run goes on from here.\n")
        sys.exit(INTERRUPTED)
