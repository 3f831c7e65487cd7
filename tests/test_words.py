"""What people read in a terminal."""

import os
from pathlib import Path

import pytest

from connector.cli.words import say, table
from tests.road.warm import WARM

EVIL = "Acme\x1b]0;owned\x07\x9b2J ü"
SEEN = "Acme\\x1b]0;owned\\x07\\x9b2J ü"


def test_names_give_a_terminal_no_orders(capsys: pytest.CaptureFixture[str]):
    """Control characters in what comes from a CRM or a file are shown, not obeyed; lines stay lines."""
    say(f"Took {EVIL}.\nAll of it.")
    table(EVIL, ("deal",), [[EVIL]], foot=[EVIL])
    told = capsys.readouterr().out
    assert f"Took {SEEN}.\nAll of it." in told
    assert told.count(SEEN) == 4
    assert not {"\x1b", "\x07", "\x9b"} & {*told}


def test_errors_give_a_terminal_no_orders(tmp_path: Path):
    """An error names what was given, and shows its control characters."""
    made = ("ADAPTER=files", "FILES__COMPANY=Acme", "FILES__CURRENCY=EUR", f"{EVIL.upper()}=1")
    environ = {**os.environ, **{f"CRM_KPI_{name}": value for name, value in (one.split("=") for one in made)}}
    code, _, told = WARM.run(["status"], environ, tmp_path)
    assert code
    assert "ACME\\x1b]0;OWNED\\x07" in told
    assert "\x1b" not in told
