"""Our custom fields: how they are called and kept in Odoo, and what is read off them.

A number or a yes-or-no field of Odoo cannot be empty: it then holds 0 or no. So one more field of each model, `x_kpi_zeros`, names those
of our fields whose 0 or no is meant; any other is empty.

A user has all fields of the partner behind it, too, under their names, so those that are a user's own are called otherwise (`x_user_…`).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from connector.adapters.odoo.parse import day, instant, text
from connector.adapters.odoo.rpc import Row, Rpc
from connector.adapters.odoo.words import MARK, PREFIX
from connector.model import Entity, FieldKind, FieldSpec, FieldWrite, Held, text_of

MODELS: Mapping[Entity, str] = {
    Entity.DEALS: "crm.lead",
    Entity.COMPANIES: "res.partner",
    Entity.CONTACTS: "res.partner",
    Entity.USERS: "res.users",
}
"""The models that take our fields."""
TYPES: Mapping[FieldKind, str] = {
    FieldKind.NUMBER: "float",
    FieldKind.MONEY: "float",
    FieldKind.PERCENT: "float",
    FieldKind.DATE: "date",
    FieldKind.DATETIME: "datetime",
    FieldKind.BOOL: "boolean",
    FieldKind.TEXT: "char",
    FieldKind.LONG_TEXT: "text",
}
"""What a field is made as; money is a plain number, because Odoo would want a currency field beside it."""
ZEROS = "kpi_zeros"
"""Names the numbers that really are 0."""
_OF_USERS = "x_user_"
NEVER_EMPTY = (FieldKind.NUMBER, FieldKind.MONEY, FieldKind.PERCENT, FieldKind.BOOL)
_ATTRIBUTES = ("type", "string", "help", "store")
_DOUBLE = Decimal("0.000001")


def called(entity: Entity, name: str) -> str:
    """Return what a field of ours on a kind of records is called in Odoo."""
    return (_OF_USERS if entity is Entity.USERS else PREFIX) + name


def name_of(spec: FieldSpec) -> str:
    """Return what a field of ours is called in Odoo."""
    return called(spec.entity, spec.name)


@dataclass(frozen=True, slots=True)
class Definition:
    """A field as Odoo has it."""

    name: str
    type: str
    label: str
    help: str

    @property
    def is_ours(self) -> bool:
        """Whether we made it."""
        return MARK in self.help

    def is_our(self, kind: str) -> bool:
        """Whether we made it, and it still is of the type that we need."""
        return self.is_ours and self.type == kind


class Fields:
    """The field definitions of one database."""

    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def of(self, model: str, names: Collection[str] = ()) -> Mapping[str, Definition]:
        """Return the fields that begin like ours, or those of some names, that the model has of its own."""
        asked = {"allfields": sorted(names)} if names else {}
        found = await self._rpc.ask(model, "fields_get", attributes=[*_ATTRIBUTES], **asked)
        rows = {name: row for name, row in found.items() if name.startswith(PREFIX) and row.get("store", True)}
        return {name: Definition(name, row["type"], row["string"], str(row.get("help") or "")) for name, row in rows.items()}

    async def has(self, model: str, name: str, kind: str = "char") -> bool:
        """Whether a field of ours is there; one of that name that is not ours counts for nothing."""
        found = (await self.of(model, {name})).get(name)
        return found is not None and found.is_our(kind)

    async def ours(self, entity: Entity) -> set[str]:
        """Return the names of our fields on the records of a kind."""
        model = MODELS.get(entity)
        there = (await self.of(model)).values() if model else ()
        prefix = called(entity, "")
        names = {one.name.removeprefix(prefix) for one in there if one.is_ours and one.name.startswith(f"{prefix}kpi_")}
        return names - {ZEROS}

    async def readable(self, own: Sequence[FieldSpec]) -> tuple[str, ...]:
        """Return which fields to ask for so that ours can be read: those that are there."""
        if not own:
            return ()
        there = await self.of(MODELS[own[0].entity], {called(own[0].entity, ZEROS), *map(name_of, own)})
        return tuple(name for name, one in there.items() if one.is_ours)


def held_in(row: Row, own: Sequence[FieldSpec]) -> Iterator[Held]:
    """Read what a record holds in our fields; a field that is not there is empty."""
    for spec in own:
        zeros = _zeros(row, spec.entity)
        yield Held(spec.entity, str(row["id"]), spec.name, _told(row.get(name_of(spec)), spec, is_meant=spec.name in zeros))


def _zeros(row: Row, entity: Entity) -> set[str]:
    return set((text(row.get(called(entity, ZEROS))) or "").split())


def _told(value: Any, spec: FieldSpec, *, is_meant: bool) -> str | None:  # noqa: ANN401 - whatever Odoo holds
    if spec.kind in NEVER_EMPTY and not value and not is_meant:
        return None
    match spec.kind:
        case FieldKind.BOOL:
            return text_of(bool(value))
        case FieldKind.NUMBER | FieldKind.MONEY | FieldKind.PERCENT:
            return text_of(Decimal(str(value or 0)).quantize(_DOUBLE, ROUND_HALF_UP))
        case FieldKind.DATE:
            return text_of(day(value))
        case FieldKind.DATETIME:
            return text_of(instant(value))
        case _:
            return text_of(value or None)


def values_of(writes: Sequence[FieldWrite], row: Row) -> dict[str, Any]:
    """Return what to write to one record, which holds `row` now."""
    values = {name_of(one.spec): _written(one) for one in writes}
    fickle = [one for one in writes if one.spec.kind in NEVER_EMPTY]
    if fickle:
        meant = {one.spec.name for one in fickle if one.value is not None and not values[name_of(one.spec)]}
        kept = _zeros(row, fickle[0].entity) - {one.spec.name for one in fickle}
        values[called(fickle[0].entity, ZEROS)] = " ".join(sorted(kept | meant)) or False
    return values


def _written(write: FieldWrite) -> Any:  # noqa: ANN401 - whatever Odoo takes
    value = write.value
    match write.spec.kind:
        case _ if value is None:
            return False
        case FieldKind.BOOL:
            return value == "true"
        case FieldKind.NUMBER | FieldKind.MONEY | FieldKind.PERCENT:
            return float(value)
        case FieldKind.DATETIME:
            return value.replace("T", " ").removesuffix("Z").partition(".")[0]
        case _:
            return value
