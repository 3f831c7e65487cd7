"""Rows of a report: added up, never lost without a word, and never more than they were."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.feeds.ga4.rows import Row, costs, traffic
from connector.model import Arrival, Cost, Fault, Record, Traffic

DAYS = st.dates(date(2020, 1, 1), date(2020, 1, 3)).map(lambda day: day.strftime("%Y%m%d"))
NAMES = st.sampled_from(["google", "Google", "cpc", "(direct)", "(none)", "(not set)", "", "a|b", "ä"])
COUNTS = st.integers(0, 10**9).map(str)
PARTS = st.decimals(0, 10**6, places=6).map(lambda number: f"{number:f}")
ROWS = st.lists(
    st.builds(lambda day, names, figures: Row((day, *names), figures), DAYS, st.tuples(NAMES, NAMES, NAMES), st.tuples(COUNTS, PARTS))
)
"""Rows as Google gives them."""
ANYTHING = st.lists(
    st.builds(
        lambda day, names, figures: Row((day, *names), figures),
        st.one_of(DAYS, st.just("(other)"), st.text()),
        st.tuples(st.text(), NAMES, NAMES),
        st.tuples(st.one_of(COUNTS, PARTS, st.text()), st.one_of(PARTS, st.sampled_from(["NaN", "-1E-9", "1E9999", "\u0663"]), st.text())),
    ),
    max_size=8,
)
"""Rows as they should not be."""


def records(rows: Sequence[Arrival | Fault]) -> list[Record]:
    """Return the records among these."""
    return [row.record for row in rows if isinstance(row, Arrival)]


@given(ROWS)
def test_traffic_adds_up(rows: list[Row]):
    """Nothing is lost or doubled on the way: sessions and key events come to the same, once for each day and names."""
    found = [record for record in records(traffic(rows).rows) if isinstance(record, Traffic)]
    assert sum(one.sessions for one in found) == sum(int(row.metrics[0]) for row in rows)
    events = sum((one.key_events or Decimal() for one in found), Decimal())
    assert abs(events - sum((Decimal(row.metrics[1]) for row in rows), Decimal())) <= Decimal("0.00005") * len(found)
    keys = [(one.day, one.source, one.medium, one.campaign) for one in found]
    assert len(keys) == len(set(keys))
    assert {one.day.strftime("%Y%m%d") for one in found} == {row.dimensions[0] for row in rows}
    assert not {one.source for one in found} & {"", "(not set)"}


@given(ROWS)
def test_costs_add_up(rows: list[Row]):
    """Costs of one day, source and campaign are one, to a ten-thousandth, and none is zero."""
    wanted: dict[tuple[str, str | None, str | None], Decimal] = {}
    for row in rows:
        source, campaign = (None if name in ("", "(not set)") else name for name in (row.dimensions[1], row.dimensions[3]))
        key = row.dimensions[0], source, campaign
        wanted[key] = wanted.get(key, Decimal()) + Decimal(row.metrics[1])
    rounded = {key: amount.quantize(Decimal("0.0001"), ROUND_HALF_UP) for key, amount in wanted.items()}
    found = records(costs([Row(row.dimensions, row.metrics[1:]) for row in rows], "EUR").rows)
    assert {(one.day.strftime("%Y%m%d"), one.source, one.campaign): one.amount for one in found if isinstance(one, Cost)} == {
        key: amount for key, amount in rounded.items() if amount
    }


@given(ANYTHING)
def test_whatever_comes_is_a_record_or_has_a_reason(rows: list[Row]):
    """No text breaks the reading: a row is added, told with its number and reason, or counted as one of no day."""
    found = traffic(rows)
    faults = [row for row in found.rows if isinstance(row, Fault)]
    assert all(fault.reason and 1 <= fault.line <= len(rows) for fault in faults)
    assert len(records(found.rows)) <= len(rows) - len(faults) - found.dayless
    assert bool(records(found.rows)) == (len(faults) + found.dayless < len(rows))


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (Row(("20261301", "a", "b", "c"), ("1", "0")), "day"),
        (Row(("2026-12-01", "a", "b", "c"), ("1", "0")), "day"),
        (Row(("20261201", "a", "b", "c"), ("1.5", "0")), "sessions"),
        (Row(("20261201", "a", "b", "c"), ("1", "NaN")), "key_events"),
        (Row(("20261201", "a", "b", "c"), ("1", "1E99")), "key_events"),
        (Row(("20261201", "a", "b", "c"), ("", "0")), "sessions"),
    ],
)
def test_a_row_that_cannot_be_read_is_told(row: Row, column: str):
    """The reason names the column, and the other rows are taken."""
    good = Row(("20261201", "a", "b", "c"), ("2", "1"))
    found = traffic([good, row, good]).rows
    assert [(fault.line, fault.column) for fault in found if isinstance(fault, Fault)] == [(2, column)]
    assert [record.sessions for record in records(found) if isinstance(record, Traffic)] == [4]
