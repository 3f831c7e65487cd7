"""Deals created, won and lost: hand-computed cases."""

from decimal import Decimal

import pytest

from connector.model import Record
from tests.engine.conftest import Book, at, deal

D = Decimal
Case = tuple[str, list[list[Record]], str, str, object, object, object, int]

WON_AND_LOST = [
    deal("1", ("first", "2017-01-10"), ("won", "2017-02-09"), home_amount=D(100)),
    deal("2", ("first", "2017-01-20"), ("won", "2017-02-19 10:30"), home_amount=D("50.5"), company="bolt"),
    deal("3", ("first", "2017-02-01"), ("lost", "2017-02-11"), home_amount=D(30)),
    deal("4", ("first", "2017-02-01")),
]
RENEWAL = deal("r", ("first", "2017-01-01"), ("won", "2017-02-01"), home_amount=D(900), kind="renewal")

CASES: list[Case] = [
    ("an empty account has created none", [], "deals_created", "2017", 0, 0, None, 0),
    ("deals count in the period they were created in", WON_AND_LOST, "deals_created", "2017-01", 2, 2, None, 2),
    ("won deals count in the period they were closed in", WON_AND_LOST, "deals_won", "2017-02", 2, 2, None, 2),
    ("nothing won is a true zero", WON_AND_LOST, "deals_won", "2017-01", 0, 0, None, 0),
    ("lost deals count in the period they were closed in", WON_AND_LOST, "deals_lost", "2017-Q1", 1, 1, None, 1),
    ("amounts of won deals add up", WON_AND_LOST, "revenue_won", "2017-02", D("150.5"), D("150.5"), None, 2),
    ("no revenue is a true zero", [], "revenue_won", "2017", 0, 0, None, 0),
    ("won of decided deals", WON_AND_LOST, "win_rate", "2017-02", D("0.66666667"), 2, 3, 3),
    ("no decided deal is nothing to measure", WON_AND_LOST, "win_rate", "2017-01", None, 0, 0, 0),
    ("renewals are no part of the win rate", [*WON_AND_LOST, RENEWAL], "win_rate", "2017-02", D("0.66666667"), 2, 3, 3),
    ("renewals bring revenue", [*WON_AND_LOST, RENEWAL], "revenue_won", "2017-02", D("1050.5"), D("1050.5"), None, 3),
    ("won worth of decided worth", WON_AND_LOST, "win_rate_by_value", "2017", D("0.83379501"), D("150.5"), D("180.5"), 3),
    (
        "deals without an amount are no part of the deal size",
        [*WON_AND_LOST, deal("5", ("first", "2017-01-01"), ("won", "2017-02-02"), home_amount=None)],
        "average_deal_size",
        "2017-02",
        D("75.25"),
        D("150.5"),
        2,
        2,
    ),
    (
        "an amount of zero is an amount",
        [*WON_AND_LOST, deal("5", ("first", "2017-01-01"), ("won", "2017-02-02"), home_amount=D(0))],
        "average_deal_size",
        "2017-02",
        D("50.16666667"),
        D("150.5"),
        3,
        3,
    ),
    (
        "the median of an even number is the mean of the middle two",
        WON_AND_LOST,
        "average_deal_size_median",
        "2017",
        D("75.25"),
        D("150.5"),
        2,
        2,
    ),
    ("the median of an odd number is the middle one", [*WON_AND_LOST, RENEWAL], "average_deal_size_median", "2017", 100, 100, 1, 3),
    ("the median of one is itself", [RENEWAL], "average_deal_size_median", "2017", 900, 900, 1, 1),
    (
        "an order without an amount is still an order",
        [*WON_AND_LOST, deal("5", ("first", "2017-01-01"), ("won", "2017-02-02"), home_amount=None)],
        "average_purchase_value",
        "2017",
        D("50.16666667"),
        D("150.5"),
        3,
        3,
    ),
    ("renewals are no orders", [*WON_AND_LOST, RENEWAL], "average_purchase_value", "2017", D("75.25"), D("150.5"), 2, 2),
    ("a cohort is judged by what became of it later", WON_AND_LOST, "close_rate", "2017-01", 1, 2, 2, 2),
    ("open deals are part of their cohort", WON_AND_LOST, "close_rate", "2017-02", 0, 0, 2, 2),
    ("days from creation to win", WON_AND_LOST, "time_to_close", "2017-02", D("30.02083333"), D("60.04166667"), 2, 2),
    ("median days from creation to win", WON_AND_LOST, "time_to_close_median", "2017-02", D("30.02083333"), D("60.04166667"), 2, 2),
    (
        "a deal closed before it was created is left out",
        [deal("1", ("first", "2017-03-01"), ("won", "2017-03-02"), created_at=at("2017-03-09"))],
        "time_to_close",
        "2017",
        None,
        0,
        0,
        0,
    ),
    (
        "the first deal that a customer won is new revenue",
        [*WON_AND_LOST, deal("6", ("first", "2017-02-01"), ("won", "2017-02-28"), home_amount=D(7))],
        "net_new_revenue",
        "2017-02",
        D("150.5"),
        D("150.5"),
        None,
        2,
    ),
    (
        "of two wins at one time the earlier created is first",
        [
            deal("8", ("first", "2017-01-02"), ("won", "2017-02-01"), home_amount=D(8)),
            deal("9", ("first", "2017-01-01"), ("won", "2017-02-01"), home_amount=D(9)),
        ],
        "net_new_revenue",
        "2017",
        9,
        9,
        None,
        1,
    ),
    (
        "a deal without company or contact has no customer",
        [deal("1", ("first", "2017-01-01"), ("won", "2017-02-01"), company=None)],
        "net_new_revenue",
        "2017",
        0,
        0,
        None,
        0,
    ),
    (
        "where there is no company the contact is the customer",
        [deal("1", ("first", "2017-01-01"), ("won", "2017-02-01"), company=None, contact="c")],
        "net_new_revenue",
        "2017",
        100,
        100,
        None,
        1,
    ),
]


@pytest.mark.parametrize(
    ("records", "kpi", "period", "value", "numerator", "denominator", "n"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_known_answers(
    book: Book, records: list[list[Record]], kpi: str, period: str, value: object, numerator: object, denominator: object, n: int
):
    """Each sales KPI of a small CRM is what a person computes by hand."""
    if records:
        book.put(*records)
    found = book.one(kpi, period)
    assert (found.value, found.numerator, found.denominator, found.n) == (value, numerator, denominator, n)
