"""What queries added up is divided exactly, and rounded only for keeping."""

from decimal import Decimal

import pytest

from connector.engine.dividing import divided
from connector.kpis import KPIS
from connector.kpis.interval import wilson

D = Decimal


@pytest.mark.parametrize(
    ("kpi", "figures", "value", "numerator", "denominator"),
    [
        ("win_rate", ("2", "3", None), "0.66666667", "2", "3"),
        ("win_rate", ("0", "0", None), None, "0", "0"),
        ("win_rate", (None, None, None), None, None, None),
        ("revenue_won", ("1200.5000", None, None), "1200.5", "1200.5", None),
        ("time_to_close", ("28800000000", "3", None), "0.11111111", "0.33333333", "3"),
        ("time_to_close", ("1", "1", None), "0", "0", "1"),
        ("revenue_growth", ("-0.0000", "7", None), "0", "0", "7"),
    ],
)
def test_figures_become_a_value(
    kpi: str, figures: tuple[str | None, ...], value: str | None, numerator: str | None, denominator: str | None
):
    """Spans are told in their unit, of nothing there is no share, needless zeros go, and no zero has a sign."""
    over, under, spread = figures
    found = divided(KPIS[kpi], [(over, under, spread)])[over, under, spread]
    assert [None if one is None else str(one) for one in found[:3]] == [value, numerator, denominator]


def test_more_digits_than_python_usually_keeps_are_exact():
    """A numerator of forty digits is divided before anything of it is rounded."""
    figures = ("1" + "0" * 35 + ".0001", "3", None)
    value, *_ = divided(KPIS["win_rate_by_value"], [figures])[figures]
    assert str(value) == "3" * 35 + ".33336667"


def test_bounds_are_rounded_like_values():
    """A share has eight decimals of each bound, a ratio of sums has no bounds."""
    low, high = wilson(D(2), D(3))
    figures = ("2", "3", None)
    assert divided(KPIS["win_rate"], [figures])[figures][3] == (round(low, 8), round(high, 8))
    assert divided(KPIS["win_rate_by_value"], [figures])[figures][3] is None
