"""Between which values a measured share may really lie."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.kpis import KPIS
from connector.kpis.interval import interval_of, is_share, promoted, wilson

D = Decimal


@pytest.mark.parametrize(
    ("won", "n", "low", "high"),
    [
        (0, 10, "0", "0.2775"),
        (1, 10, "0.0179", "0.4042"),
        (5, 10, "0.2366", "0.7634"),
        (10, 10, "0.7225", "1"),
        (81, 263, "0.2553", "0.3662"),
    ],
)
def test_known_intervals(won: int, n: int, low: str, high: str):
    """The bounds are those of printed tables (Newcombe 1998 for 81 of 263)."""
    assert [round(bound, 4) for bound in wilson(D(won), D(n))] == [D(low), D(high)]


@given(st.integers(1, 1000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share(pair: tuple[int, int]):
    """It never leaves 0 to 1, and what was measured lies inside."""
    won, n = pair
    low, high = wilson(Decimal(won), Decimal(n))
    assert 0 <= low <= Decimal(won) / n + D("1e-20")
    assert Decimal(won) / n - D("1e-20") <= high <= 1


def test_only_shares_of_records_have_one():
    """Won of decided deals is a share; won by value, growth and money are not, and of nothing there is none."""
    assert [key for key in ("win_rate", "win_rate_by_value", "revenue_growth", "revenue_won", "time_to_close") if is_share(KPIS[key])] == [
        "win_rate"
    ]
    assert interval_of(KPIS["win_rate"], D(0), D(0)) is None
    assert interval_of(KPIS["win_rate_by_value"], D(5), D(10)) is None


@pytest.mark.parametrize(
    ("promoters", "detractors", "n", "low", "high"),
    [(19, 5, 36, "13.16", "58.64"), (5, 0, 5, "17.49", "100"), (0, 1, 1, "-100", "48.50"), (1, 1, 2, "-73.34", "73.34")],
)
def test_known_intervals_of_promoters(promoters: int, detractors: int, n: int, low: str, high: str):
    """Worked out by hand from Rocks's formula: p = (promoters + 3/4) / (n + 3), d likewise, p - d and 1.96 roots of its variance."""
    found = promoted(D(promoters - detractors), D(promoters + detractors), D(n))
    assert [round(bound, 2) for bound in found] == [D(low), D(high)]


def test_shares_of_people_are_shares():
    """What counts different records above and below the line is a share where the ones are some of the others."""
    assert [key for key in ("engagement_rate", "active_user_rate", "close_rate_within", "session_to_lead_rate") if is_share(KPIS[key])] == [
        "engagement_rate", "active_user_rate", "close_rate_within",
    ]  # fmt: skip
