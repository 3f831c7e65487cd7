"""Hours of business are read as people write them, or refused with what is allowed."""

import pytest

from connector.errors import SettingsError
from connector.hours import Hours


@pytest.mark.parametrize(
    ("text", "shifts"),
    [
        ("mon-wed 09:00-17:00", [(1, 540, 1020), (2, 540, 1020), (3, 540, 1020)]),
        ("Fri 13:00-17:00,fri 08:30-12:00", [(5, 510, 720), (5, 780, 1020)]),
        ("sat-mon 00:00-24:00", [(1, 0, 1440), (6, 0, 1440), (7, 0, 1440)]),
        ("fri 08:00-12:00, fri 12:00-13:00", [(5, 480, 720), (5, 720, 780)]),
    ],
)
def test_what_is_understood(text: str, shifts: list[tuple[int, int, int]]):
    """Days are single or from one to another, also over a Sunday; spans may touch."""
    assert list(Hours.parse(text).shifts) == shifts


@pytest.mark.parametrize(
    "text",
    [
        "",
        "09:00-17:00",
        "mon-fri",
        "mon-fri 9-17",
        "mon-fry 09:00-17:00",
        "mon-fri 17:00-09:00",
        "mon 09:00-09:00",
        "mon 09:00-24:01",
        "mon 09:60-17:00",
        "mon-fri 09:00-17:00,",
        "mon-fri 09:00-17:00, wed 16:00-18:00",
        "sat 22:00-25:00",
    ],
)
def test_what_is_refused(text: str):
    """What names no time, none that exists, one over midnight or one twice is refused."""
    with pytest.raises(SettingsError, match="are no hours of business; allowed are days and times such as"):
        Hours.parse(text)
