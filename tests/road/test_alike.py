"""What counts as the same numbers of two CRMs."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from tests.road.alike import Picture, unexplained

ONE, TWO = (Decimal(1), 1), (Decimal(2), 1)
FORMER, PRESENT, MEMBER = ("2016", "", ""), ("2017", "", ""), ("2017", "owner", "Ann")


@pytest.mark.parametrize(
    ("ours", "theirs", "forced", "past", "is_fine"),
    [
        ({"a": {PRESENT: ONE}}, {"a": {PRESENT: ONE}}, {}, {}, True),
        ({"a": {PRESENT: ONE, MEMBER: (None, 0)}}, {"a": {PRESENT: ONE}}, {}, {}, True),
        ({"a": {PRESENT: ONE, MEMBER: ONE}}, {"a": {PRESENT: ONE}}, {}, {}, False),
        ({"a": {PRESENT: ONE}}, {"a": {PRESENT: (Decimal(1), 2)}}, {}, {}, False),
        ({"a": {PRESENT: ONE}}, {"a": {PRESENT: TWO}}, {"a": "so"}, {}, True),
        ({"a": {PRESENT: ONE}}, {"a": {PRESENT: ONE}}, {"a": "so"}, {}, False),
        ({"a": {PRESENT: ONE}}, {}, {}, {}, False),
        ({}, {"a": {PRESENT: ONE}}, {}, {}, False),
        ({}, {"a": {PRESENT: ONE}}, {"a": "so"}, {}, True),
        ({"a": {FORMER: ONE}}, {"a": {FORMER: TWO}}, {}, {"a": "so"}, True),
        ({"a": {FORMER: ONE, PRESENT: ONE}}, {"a": {FORMER: TWO, PRESENT: TWO}}, {}, {"a": "so"}, False),
        ({"a": {FORMER: ONE}}, {"a": {FORMER: ONE}}, {}, {"a": "so"}, False),
        ({"a": {MEMBER: ONE}}, {"a": {MEMBER: TWO}}, {"a by owner": "so"}, {}, True),
        ({"a": {MEMBER: ONE, PRESENT: ONE}}, {"a": {MEMBER: TWO, PRESENT: TWO}}, {"a by owner": "so"}, {}, False),
        ({"a": {PRESENT: ONE}}, {"a": {PRESENT: TWO}}, {"a": "so", "b": "so"}, {}, False),
    ],
)
def test_every_difference_has_a_reason_and_every_reason_a_difference(
    ours: Mapping[str, Mapping[tuple[str, str, str], tuple[Decimal, int]]],
    theirs: Mapping[str, Mapping[tuple[str, str, str], tuple[Decimal, int]]],
    forced: Mapping[str, str],
    past: Mapping[str, str],
    is_fine: bool,  # noqa: FBT001 - a column of the table
):
    """Values, numbers of records and members are the same, a KPI is measured by both, or a reason says why not; none is out of date."""
    assert (unexplained(Picture(ours), Picture(theirs), forced, past) == {}) is is_fine
