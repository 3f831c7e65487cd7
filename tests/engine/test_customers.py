"""Who buys again: hand-computed cases."""

from decimal import Decimal

import pytest

from connector.kpis import Dimension
from connector.model import Record
from tests.engine.conftest import Book, deal

D = Decimal
ORDERS = [
    deal("1", ("first", "2017-01-01"), ("won", "2017-01-10"), home_amount=D(10)),
    deal("2", ("first", "2017-01-01"), ("won", "2017-02-09"), home_amount=D(20), owner="bob"),
    deal("3", ("first", "2017-01-01"), ("won", "2017-02-19"), home_amount=D(40)),
    deal("4", ("first", "2017-01-01"), ("won", "2017-02-20"), home_amount=D(5), company="bolt"),
    deal("5", ("first", "2017-01-01"), ("lost", "2017-02-21"), home_amount=D(5), company="bolt"),
    deal("6", ("first", "2017-01-01"), ("won", "2017-02-22"), home_amount=D(8), company="bolt", kind="renewal"),
    deal("7", ("first", "2017-01-01"), ("won", "2017-02-23"), home_amount=D(3), company=None),
]
CASES: list[tuple[str, list[list[Record]], str, str, object, object, object, int]] = [
    ("orders after a customer's first", ORDERS, "repeat_purchases", "2017-02", 2, 2, None, 2),
    ("a first order is no repeat", ORDERS, "repeat_purchases", "2017-01", 0, 0, None, 0),
    ("customers with two orders by the period's end", ORDERS, "repeat_purchase_rate", "2017-02", D("0.5"), 1, 2, 2),
    ("orders before the period count too", ORDERS, "repeat_purchase_rate", "2017-12", D("0.5"), 1, 2, 2),
    ("one order is no repeat", ORDERS, "repeat_purchase_rate", "2017-01", 0, 0, 1, 1),
    ("nobody ordered yet", [ORDERS[4]], "repeat_purchase_rate", "2017", None, 0, 0, 0),
    ("orders per buying customer", ORDERS, "purchase_frequency", "2017-02", D("1.5"), 3, 2, 2),
    ("nobody bought", ORDERS, "purchase_frequency", "2017-03", None, 0, 0, 0),
    ("the middle of the gaps, the later order in the period", ORDERS, "days_between_orders", "2017-02", 20, 40, 2, 2),
    ("no second order, no gap", ORDERS, "days_between_orders", "2017-01", None, 0, 0, 0),
    ("all a customer ever brought, renewals too", ORDERS, "customer_lifetime_value", "2017-12", D("41.5"), 83, 2, 2),
    ("up to the period's end", ORDERS, "customer_lifetime_value", "2017-01", 10, 10, 1, 1),
    ("nobody ever bought", [], "customer_lifetime_value", "2017", None, 0, 0, 0),
]


@pytest.mark.parametrize(
    ("records", "kpi", "period", "value", "numerator", "denominator", "n"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_known_answers(
    book: Book, records: list[list[Record]], kpi: str, period: str, value: object, numerator: object, denominator: object, n: int
):
    """Each customer KPI of a small CRM is what a person computes by hand."""
    if records:
        book.put(*records)
    found = book.one(kpi, period)
    assert (found.value, found.numerator, found.denominator, found.n) == (value, numerator, denominator, n)


def test_an_owners_customers_are_judged_by_the_owners_orders(book: Book):
    """Acme ordered twice from Ann and once from Bob: it came back to Ann, not to Bob; but Bob's order was not Acme's first."""
    book.put(*ORDERS)
    rates = {one.by["owner"]: one.value for one in book.compute("repeat_purchase_rate", by=[Dimension.OWNER])}
    repeats = {one.by["owner"]: one.value for one in book.compute("repeat_purchases", by=[Dimension.OWNER])}
    assert rates == {"ann": D("0.5"), "bob": 0}
    assert repeats == {"ann": 1, "bob": 1}
