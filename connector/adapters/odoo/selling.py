"""What is sold and by which means: products, lines of orders, campaigns and exchange rates in our words."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from connector.adapters.odoo.parse import dates_of, day, decimal, link, name, text
from connector.adapters.odoo.passes import Kind
from connector.adapters.odoo.rpc import Row, Rpc
from connector.model import Campaign, FxRate, LineItem, Product, Stream, text_of

_DATES = ("create_date", "write_date")
PRODUCTS = Kind("product.product", ("display_name", "lst_price", *_DATES), (["sale_ok", "=", True],))
LINES = Kind(
    "sale.order.line",
    ("order_id", "product_id", "product_uom_qty", "price_subtotal", "currency_id", *_DATES),
    (["order_id.opportunity_id", "!=", False], ["display_type", "=", False]),
)
_MADE = ["state", "in", ["sale", "done"]]
_QUOTED = ["state", "in", ["draft", "sent"]]
CAMPAIGNS = Kind("utm.campaign", ("name", *_DATES))
RATES = Kind("res.currency.rate", ("name", "rate", "currency_id", *_DATES))
KINDS: Mapping[Stream, tuple[Kind, ...]] = {
    Stream.PRODUCTS: (PRODUCTS,),
    Stream.LINE_ITEMS: (LINES,),
    Stream.CAMPAIGNS: (CAMPAIGNS,),
    Stream.FX_RATES: (RATES,),
}
_PLACES = 12


async def counting(rpc: Rpc, kind: Kind) -> Kind:
    """Return lines with those that count: of orders that were made, and of a quotation that is all that a deal has.

    Of several quotations for one deal nobody knows which counts.
    """
    quoted = await rpc.rows("sale.order", [["opportunity_id", "!=", False], _QUOTED], ["opportunity_id"])
    deals = Counter(link(row["opportunity_id"]) for row in quoted)
    about = ["opportunity_id", "in", sorted(int(key) for key in deals if key)]
    made = {link(row["opportunity_id"]) for row in await rpc.rows("sale.order", [about, _MADE], ["opportunity_id"])} if deals else set()
    alone = [row["id"] for row in quoted if deals[link(row["opportunity_id"])] == 1 and link(row["opportunity_id"]) not in made]
    return replace(kind, domain=(*kind.domain, "|", _MADE, ["order_id", "in", alone]))


def product_of(row: Row) -> Product:
    """Read a product."""
    return Product(
        id=str(row["id"]), name=text(row["display_name"]) or str(row["id"]), list_price=decimal(row["lst_price"]), **dates_of(row)
    )


@dataclass(frozen=True, slots=True)
class Around:
    """What lines hang on: deals by their order, list prices by product, and the company's currency."""

    deals: Mapping[str, str]
    prices: Mapping[str, Decimal | None]
    home: str


async def around(rpc: Rpc, rows: Sequence[Row], home: str) -> Around:
    """Read what some lines hang on."""
    orders = await _linked(rpc, "sale.order", rows, ("order_id", "opportunity_id"))
    products = await _linked(rpc, PRODUCTS.model, rows, ("product_id", "lst_price"))
    deals = {str(row["id"]): deal for row in orders if (deal := link(row["opportunity_id"]))}
    return Around(deals, {str(row["id"]): decimal(row["lst_price"]) for row in products}, home)


async def _linked(rpc: Rpc, model: str, rows: Sequence[Row], names: tuple[str, str]) -> list[Row]:
    """Read one field of the records that a relation of some rows leads to."""
    relation, field = names
    wanted = sorted({int(key) for row in rows if (key := link(row[relation]))})
    return await rpc.rows(model, [["id", "in", wanted]], [field]) if wanted else []


def line_item_of(row: Row, near: Around) -> LineItem:
    """Read a line; one in another currency than the company's, in which its deal is, has no amount that could be added.

    Sellers change the price of a line at will, so what it would be at list price is told by its product.
    """
    quantity, product = decimal(row["product_uom_qty"]), link(row["product_id"])
    price = near.prices.get(product or "")
    return LineItem(
        id=str(row["id"]),
        deal=near.deals.get(link(row["order_id"]) or ""),
        product=product,
        quantity=quantity,
        amount=decimal(row["price_subtotal"]) if (name(row["currency_id"]) or near.home) == near.home else None,
        list_amount=decimal(price * quantity) if price is not None and quantity is not None else None,
        **dates_of(row),
    )


def campaign_of(row: Row) -> Campaign:
    """Read a campaign; Odoo keeps neither its days nor its costs."""
    return Campaign(id=str(row["id"]), name=text(row["name"]) or f"Campaign {row['id']}", **dates_of(row))


class Rates:
    """The rates of the company's own currency by day; Odoo tells of every currency how much of it one unit of a common one is."""

    def __init__(self, rows: Sequence[Row], home: str) -> None:
        self.home = home
        own = sorted((str(row["name"]), Decimal(str(row["rate"]))) for row in rows if name(row["currency_id"]) == home and row["rate"])
        self._days = [one for one, _ in own]
        self._rates = [rate for _, rate in own]

    def of(self, row: Row) -> list[FxRate]:
        """Read a rate; one of the own currency, and one of nothing, says nothing by itself."""
        currency, on, rate = name(row["currency_id"]), day(row["name"]), Decimal(str(row["rate"] or 0))
        if currency is None or currency == self.home or on is None or not rate:
            return []
        place = bisect_right(self._days, str(row["name"])) - 1
        worth = (self._rates[place] if place >= 0 else Decimal(1)) / rate
        return [
            FxRate(id=str(row["id"]), currency=currency, home=self.home, day=on, rate=str(text_of(round(worth, _PLACES))), **dates_of(row))
        ]
