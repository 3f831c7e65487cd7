"""Companies, products and line items in our words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TypedDict

from connector.adapters.hubspot.objects import Row
from connector.adapters.hubspot.parse import boolean, day, decimal, exact, identifier, instant, integer, needed, text, value_of
from connector.adapters.values import LARGEST, PLACES, Unreadable
from connector.http import Body
from connector.model import Company, FieldKind, FieldSpec, Held, LineItem, Product, text_of


class Dates(TypedDict):
    """The dates that every record has."""

    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None


def dates_of(row: Row, modified: str = "hs_lastmodifieddate") -> Dates:
    """Read when a record was created, changed and archived.

    Raises:
        Unreadable: when it was created or archived is told only in forms that we do not know.
    """
    properties = properties_of(row)
    return Dates(
        created_at=needed(((properties, "createdate"), (row, "createdAt")), instant),
        updated_at=value_of(properties, modified, instant) or value_of(row, "updatedAt", instant),
        deleted_at=_deleted_at(row),
    )


def _deleted_at(row: Row) -> datetime | None:
    if not row.get("archived"):
        return None
    return needed(((row, "archivedAt"), (row, "updatedAt"), (row, "createdAt")), instant)


def properties_of(row: Row) -> Body:
    """Return a record's properties."""
    found: Body = row.get("properties") or {}
    return found


def first_link(row: Row, target: str) -> str | None:
    """Return the first record of another type that a listed record is linked to."""
    return next(iter(linked(row, target)), None)


def linked(row: Row, target: str) -> list[str]:
    """Return the ids, each once, of the records of another type that a listed record is linked to."""
    associations: Mapping[str, Body] = row.get("associations") or {}
    # "line items" and "line_items" have both been seen as keys.
    part = associations.get(target) or associations.get(target.replace("_", " ")) or {}
    return list(dict.fromkeys(str(one["id"]) for one in part.get("results") or ()))


def company_of(row: Row, segment: str) -> Company:
    """Read a company; `segment` names the property for the breakdown by segment."""
    raw = properties_of(row)
    return Company(
        id=str(row["id"]),
        name=text(raw.get("name")),
        owner=identifier(raw.get("hubspot_owner_id")),
        parent=identifier(raw.get("hs_parent_company_id")),
        industry=text(raw.get("industry")),
        country=text(raw.get("country")),
        size=value_of(raw, "numberofemployees", integer),
        segment=text(raw.get(segment)),
        **dates_of(row),
    )


def product_of(row: Row) -> Product:
    """Read a product."""
    raw = properties_of(row)
    return Product(
        id=str(row["id"]), name=text(raw.get("name")) or f"Product {row['id']}", list_price=value_of(raw, "price", decimal), **dates_of(row)
    )


def line_item_of(row: Row) -> LineItem:
    """Read a line item; one that stands on a quote only has no deal."""
    raw = properties_of(row)
    price, quantity, cost = (value_of(raw, name, decimal) for name in ("price", "quantity", "hs_cost_of_goods_sold"))
    return LineItem(
        id=str(row["id"]),
        deal=first_link(row, "deals"),
        product=identifier(raw.get("hs_product_id")),
        quantity=quantity,
        amount=value_of(raw, "amount", decimal),
        list_amount=None if price is None or quantity is None else times(price, quantity),
        cost=None if cost is None or quantity is None else times(cost, quantity),
        recurrence=text(raw.get("recurringbillingfrequency")),
        **dates_of(row),
    )


def times(one: Decimal, other: Decimal) -> Decimal | None:
    """Multiply, with four places; nothing where the product is beyond all amounts."""
    product = one * other
    return product.quantize(PLACES, ROUND_HALF_UP) if abs(product) < LARGEST else None


def held_in(row: Row, own: Sequence[FieldSpec]) -> list[Held]:
    """Read our fields on a record; HubSpot leaves out a property that does not exist, and we take it for empty."""
    raw = properties_of(row)
    return [Held(spec.entity, str(row["id"]), spec.name, held_value(raw.get(spec.name), spec.kind)) for spec in own]


def held_value(value: object, kind: FieldKind) -> str | None:
    """Return what one of our fields holds as canonical text; something unreadable is kept as it stands, so that it is seen to differ."""
    parsers = {
        FieldKind.NUMBER: exact,
        FieldKind.MONEY: exact,
        FieldKind.PERCENT: exact,
        FieldKind.DATE: day,
        FieldKind.DATETIME: instant,
        FieldKind.BOOL: boolean,
        FieldKind.TEXT: text,
        FieldKind.LONG_TEXT: text,
    }
    try:
        return text_of(parsers[kind](value))
    except Unreadable:
        return text(value)
