"""Between which values a measured share may really lie."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.aims import interval_of, is_share, wilson
from connector.kpis import KPIS
from tests.aims.conftest import D, value


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
    assert interval_of(KPIS["win_rate"], value("win_rate", None, parts=(0, 0))) is None
    assert interval_of(KPIS["win_rate_by_value"], value("win_rate_by_value", "0.5", parts=(5, 10))) is None
