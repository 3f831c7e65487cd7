"""What Odoo's order lines and exchange rates mean in our words."""

from decimal import Decimal
from typing import Any

import pytest

from connector.adapters.odoo.rpc import Rpc
from connector.adapters.odoo.selling import LINES, Around, Rates, counting, line_item_of
from tests.adapters.odoo.stand import SETTINGS, Stand

NEAR = Around(deals={"1": "7"}, prices={"4": Decimal(550)}, home="USD")
DATES = {"create_date": "2017-05-01 10:00:00", "write_date": "2017-05-01 10:00:00"}


def line(**more: object) -> dict[str, Any]:
    """Build a line of an order."""
    usual = {"id": 5, "order_id": [1, "S1"], "product_id": [4, "GTX"], "product_uom_qty": 2.0, "price_subtotal": 900.0}
    return {**usual, "currency_id": [2, "USD"], **DATES, **more}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, ("7", "4", Decimal(2), Decimal(900), Decimal(1100))),
        ({"currency_id": [1, "EUR"]}, ("7", "4", Decimal(2), None, Decimal(1100))),
        ({"product_id": False}, ("7", None, Decimal(2), Decimal(900), None)),
        ({"order_id": [3, "S3"]}, (None, "4", Decimal(2), Decimal(900), Decimal(1100))),
    ],
)
def test_a_line_is_what_its_order_and_product_say(more: dict[str, object], expected: tuple[object, ...]):
    """A line belongs to its order's deal and costs what was agreed; at list price it would be the product's."""
    found = line_item_of(line(**more), NEAR)

    assert (found.deal, found.product, found.quantity, found.amount, found.list_amount) == expected


def rate(key: int, currency: str, day: str, value: float) -> dict[str, Any]:
    """Build a rate."""
    return {"id": key, "currency_id": [key, currency], "name": day, "rate": value, **DATES}


def test_rates_are_turned_to_what_one_unit_is_worth_at_home():
    """Odoo tells how much of a currency one common unit is; of two currencies the quotient of the same day counts."""
    rows = [
        rate(1, "EUR", "2017-01-01", 0.8),
        rate(2, "USD", "2017-03-01", 2.0),
        rate(3, "EUR", "2017-03-01", 0.8),
        rate(4, "GBP", "2017-04-01", 0.0),
    ]
    rates = Rates(rows, "USD")

    assert [(one.currency, one.home, str(one.day), one.rate) for row in rows for one in rates.of(row)] == [
        ("EUR", "USD", "2017-01-01", "1.25"),
        ("EUR", "USD", "2017-03-01", "2.5"),
    ]


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        ([(1, 7, "draft")], [1]),
        ([(1, 7, "sent"), (2, 7, "cancel")], [1]),
        ([(1, 7, "draft"), (2, 7, "sent")], []),
        ([(1, 7, "draft"), (2, 7, "sale")], []),
        ([(1, 7, "draft"), (2, 8, "done"), (3, 9, "draft")], [1, 3]),
        ([], []),
    ],
)
async def test_a_quotation_counts_while_it_is_all_that_a_deal_has(stand: Stand, orders: list[tuple[int, int, str]], expected: list[int]):
    """Of several nobody knows which counts, and once an order is made that one counts; what was cancelled is nothing."""

    def found(domain: list[list[Any]], **_: object) -> list[dict[str, Any]]:
        states, deals = ({term[0]: term[2] for term in domain}.get(name) for name in ("state", "opportunity_id"))
        rows = [{"id": key, "opportunity_id": [deal, "x"]} for key, deal, state in orders if state in (states or ())]
        return [row for row in rows if not deals or row["opportunity_id"][0] in deals]

    stand.says["sale.order", "search_read"] = found
    rpc = Rpc(SETTINGS)
    await rpc.version()
    kind = await counting(rpc, LINES)
    await rpc.client.close()

    assert kind.domain[-3:] == ("|", ["state", "in", ["sale", "done"]], ["order_id", "in", expected])
