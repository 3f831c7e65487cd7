"""Our custom fields: made when missing, brought back when put away, known by their key and label, never taken from others.

BottleCRM takes a value for a field that it does not have without a word, and keeps the values of fields that were put away: only the
list of definitions tells what is there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from connector.adapters.bottlecrm.objects import Objects
from connector.adapters.bottlecrm.words import FIELDS, TITLE, WRITABLE
from connector.errors import AccessRefused
from connector.http import Body, Refused, Unanswered
from connector.model import Entity, FieldKind, FieldSpec, Held, Receipt, Result, Status, text_of

TYPES: Mapping[FieldKind, str] = {
    FieldKind.NUMBER: "number",
    FieldKind.MONEY: "number",
    FieldKind.PERCENT: "number",
    FieldKind.DATE: "date",
    FieldKind.DATETIME: "text",
    FieldKind.BOOL: "checkbox",
    FieldKind.TEXT: "text",
    FieldKind.LONG_TEXT: "textarea",
}
_NUMBERS = (FieldKind.NUMBER, FieldKind.MONEY, FieldKind.PERCENT)


@dataclass(frozen=True, slots=True)
class Found:
    """A custom field that is there, or was put away by somebody."""

    id: str
    label: str
    type: str
    is_active: bool


def objection(spec: FieldSpec, found: Found) -> str | None:
    """Return why a field of our key is not taken for ours, None if it is: BottleCRM keeps no mark, so its label tells, or our own books."""
    if not spec.is_owned and found.label not in (spec.label, *spec.wording.labels):
        return f"The key {spec.name} is taken by {found.label!r}, which is not ours; call it {spec.label!r} if it is."
    if found.type != TYPES[spec.kind]:
        return f"The key {spec.name} is taken by a {found.type} field that is not ours; {TYPES[spec.kind]} is needed."
    return None


class Fields:
    """The custom fields of one organisation."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    async def all(self, entity: Entity) -> dict[str, Found]:
        """Return the fields of a kind by key, those that were put away too."""
        asked = {"target_model": WRITABLE[entity][0], "include_counts": "false"}
        rows = (await self._objects.client.get(FIELDS, asked)).get("definitions")
        return {str(row["key"]): _found(row) for row in rows or () if isinstance(row, dict) and row.get("key")}

    async def there(self, entity: Entity) -> dict[str, Found]:
        """Return the fields of a kind that take values now, by key."""
        return {key: found for key, found in (await self.all(entity)).items() if found.is_active}

    async def ours_on(self, entity: Entity) -> set[str]:
        """Return the keys of our fields that are there, as far as keys tell; people may have given them other labels."""
        known = await self.there(entity) if entity in WRITABLE else {}
        return {key for key in known if key.startswith("kpi_")}

    async def ensure(self, fields: Sequence[FieldSpec]) -> Receipt:
        """Make the fields that are missing; results stand in the order of `fields`."""
        present: dict[Entity, Mapping[str, Found] | str] = {}
        results = []
        for spec in fields:
            if spec.entity not in present:
                present[spec.entity] = await self._all_or_why(spec.entity)
            known = present[spec.entity]
            refused = Result(spec.name, Status.REFUSED, known) if isinstance(known, str) else None
            results.append(refused or await self._ensure(spec, known.get(spec.name) if isinstance(known, Mapping) else None))
        return Receipt(tuple(results))

    async def _all_or_why(self, entity: Entity) -> Mapping[str, Found] | str:
        if entity not in WRITABLE:
            return f"{TITLE} keeps no fields of ours on {entity}."
        try:
            return await self.all(entity)
        except (AccessRefused, Refused) as error:
            return str(error)

    async def _ensure(self, spec: FieldSpec, found: Found | None) -> Result:
        if found and (why := objection(spec, found)):
            return Result(spec.name, Status.REFUSED, why)
        if found and found.is_active:
            return Result(spec.name, Status.OK, remote=found.id)
        body = {"target_model": WRITABLE[spec.entity][0], "key": spec.name, "label": spec.label, "field_type": TYPES[spec.kind]}
        try:
            if found:
                await self._objects.client.send("PUT", f"{FIELDS}{found.id}/", {"is_active": True}, is_repeatable=True)
            else:
                await self._objects.client.send("POST", FIELDS, body)
        except Unanswered as error:
            return await self._again(spec, Result(spec.name, Status.UNKNOWN, str(error)))
        except (AccessRefused, Refused) as error:
            return await self._again(spec, Result(spec.name, Status.REFUSED, str(error)))
        return Result(spec.name, Status.OK, remote=found.id if found else spec.name)

    async def _again(self, spec: FieldSpec, otherwise: Result) -> Result:
        """Look whether a field is there after all: an unanswered request may have made it, or somebody else has."""
        found = (await self.there(spec.entity)).get(spec.name)
        return Result(spec.name, Status.OK, remote=found.id) if found and not objection(spec, found) else otherwise

    async def held_in(self, entity: Entity, rows: Sequence[Body], own: Sequence[FieldSpec]) -> tuple[Held, ...]:
        """Return what records hold in our fields; nothing in those that are not there."""
        if entity not in WRITABLE or not own or not rows:
            return ()
        there = await self.there(entity)
        return tuple(
            Held(entity, str(row["id"]), spec.name, value_of(spec, row) if spec.name in there else None) for row in rows for spec in own
        )


def _found(row: Body) -> Found:
    return Found(str(row.get("id")), str(row.get("label") or ""), str(row.get("field_type") or ""), bool(row.get("is_active", True)))


def value_of(spec: FieldSpec, row: Body) -> str | None:
    """Return a value as canonical text; one that is not in the form that we write is told as it stands, so that it is written anew."""
    held = row.get("custom_fields")
    value = held.get(spec.name) if isinstance(held, dict) else None
    if value is None or value == "":
        return None
    try:
        if spec.kind in _NUMBERS:
            return text_of(Decimal(str(value)))
        if spec.kind is FieldKind.DATE:
            return text_of(date.fromisoformat(str(value)))
    except (ValueError, InvalidOperation):
        return str(value)
    return text_of(value) if isinstance(value, bool) else str(value)


def json_of(spec: FieldSpec, value: str | None) -> object:
    """Return a value as BottleCRM keeps it."""
    if value is None:
        return None
    if spec.kind in _NUMBERS:
        return float(value)
    return value == "true" if spec.kind is FieldKind.BOOL else value
