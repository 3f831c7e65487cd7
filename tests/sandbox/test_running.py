"""Running a sandbox in a process of its own."""

import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

SCRIPT = """
import sys
from pathlib import Path

from connector.sandbox.hubspot import run_hubspot

run_hubspot(port=0, data=Path(sys.argv[1]), hint="set BASE_URL={url}")
"""


@pytest.mark.parametrize("wish", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(few: Path, wish: signal.Signals):
    """It says where it listens and how to use that, answers there, and ends with 0 and without noise when asked to."""
    command = [sys.executable, "-c", SCRIPT, str(few)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process:  # our own script
        line = process.stdout.readline()
        assert line.startswith("Sandbox HubSpot listens on http://127.0.0.1:")
        assert process.stdout.readline() == f"set BASE_URL={line.split()[-1]}\n"
        assert httpx.get(f"{line.split()[-1]}/crm/v3/owners").status_code == 401
        process.send_signal(wish)
        rest, noise = process.communicate(timeout=20)
    assert (process.returncode, rest, noise) == (0, "", "")
