"""Who buys again, how often, and what a customer brings over time."""

from connector.kpis.deals import priced
from connector.kpis.metric import Better, Columns, Kpi, Role, Rows, Unit, count, median, one, per_customer


def _is_order(deals: Columns) -> Columns:
    return (deals.status == "won") & (deals.kind != "renewal") & deals.customer.notnull()


def _is_nameless(deals: Columns) -> Columns:
    return (deals.status == "won") & deals.customer.isnull()


def _is_bought(deals: Columns) -> Columns:
    return (deals.status == "won") & deals.customer.notnull()


NAMELESS = {"it names no company or contact": _is_nameless}
ORDERS = Rows(of="deals", at="closed", where=_is_order, left_out=NAMELESS)
ORDERS_EVER = Rows(of="deals", at="closed", where=_is_order, role=Role.THROUGH, left_out=NAMELESS)
BOUGHT_EVER = Rows(of="deals", at="closed", where=_is_bought, role=Role.THROUGH, left_out=NAMELESS)
AGAIN = Rows(of="deals", at="closed", where=lambda deals: _is_order(deals) & (deals.order_no > 1), left_out=NAMELESS)

KPIS = (
    Kpi(
        key="repeat_purchases",
        label="Repeat purchases",
        unit=Unit.COUNT,
        better=Better.UP,
        means="How many orders came from customers who had ordered before.",
        formula_words="Orders (won deals that are no renewals) closed in the period that are not their customer's first ever.",
        source="U",
        formula=count(AGAIN),
    ),
    Kpi(
        key="repeat_purchase_rate",
        label="Repeat purchase rate",
        unit=Unit.RATE,
        better=Better.UP,
        means="The share of customers who ordered more than once.",
        formula_words="Customers with at least 2 orders by the period's end / customers with at least 1; of the member's own orders.",
        source="U",
        formula=per_customer(ORDERS_EVER, {"orders": one}, lambda customers: customers.orders > 1, one),
    ),
    Kpi(
        key="purchase_frequency",
        label="Purchase frequency",
        unit=Unit.PER_CUSTOMER,
        better=Better.UP,
        means="How many orders a buying customer placed in the period.",
        formula_words="Orders in the period / distinct customers who placed them.",
        source="U",
        formula=per_customer(ORDERS, {"orders": one}, lambda customers: customers.orders, one),
    ),
    Kpi(
        key="days_between_orders",
        label="Days between orders",
        unit=Unit.DAYS,
        better=Better.DOWN,
        means="How long customers wait before they order again.",
        formula_words="Median time between a customer's consecutive orders, the later one in the period.",
        source="U",
        formula=median(AGAIN, lambda deals: deals.gap_us),
    ),
    Kpi(
        key="customer_lifetime_value",
        label="Customer lifetime value",
        unit=Unit.MONEY,
        better=Better.UP,
        means="What a customer has brought so far, on average over all who ever bought.",
        formula_words="Home amounts of all deals won by the period's end / customers who won them.",
        source="N",
        formula=priced(per_customer(BOUGHT_EVER, {"revenue": lambda deals: deals.home_amount}, lambda customers: customers.revenue, one)),
    ),
)
