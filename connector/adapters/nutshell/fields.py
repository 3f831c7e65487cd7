"""Our custom fields: made when missing, found again by the name at the end of their title, never taken from others.

Nutshell keeps a title and a type of a custom field and nothing else, so the title carries our name: `KPI: win rate [kpi_win_rate]`.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from connector.adapters.nutshell.objects import GONE, Objects, rows_of
from connector.adapters.nutshell.parse import decimal, instant
from connector.adapters.nutshell.words import TITLE, WRITABLE
from connector.errors import AccessRefused
from connector.http import Body, Refused, Unanswered, together
from connector.model import Entity, FieldKind, FieldSpec, Held, Receipt, Result, Status, text_of

_TYPES: Mapping[FieldKind, str] = {FieldKind.MONEY: "Currency", FieldKind.DATE: "Date", FieldKind.LONG_TEXT: "LongText"}
"""Everything else is text: the types for numbers and for yes or no are not known well enough to be trusted with a value."""
_NAME = re.compile(r"\[(kpi_\w+)\]\s*$")
_CONFLICT = 409


@dataclass(frozen=True, slots=True)
class Found:
    """A custom field that is there."""

    title: str
    type: str
    is_alone: bool = True
    """Whether no other field carries its name."""

    @property
    def name(self) -> str | None:
        """The name of ours that it carries."""
        found = _NAME.search(self.title)
        return found[1] if found else None


def type_of(spec: FieldSpec) -> str:
    """Return the type that a field of ours has."""
    return _TYPES.get(spec.kind, "Text")


def title_of(spec: FieldSpec) -> str:
    """Return the title that a field of ours is made with."""
    return f"{spec.label} [{spec.name}]"


def objection(spec: FieldSpec, found: Found) -> str | None:
    """Return why a field that carries our name cannot be it, None if it can."""
    if not found.is_alone:
        return f"The name {spec.name} ends the titles of several fields, of which some are not ours; rename or delete those."
    if found.type != type_of(spec):
        return f"The name {spec.name} is taken by a {found.type} field that is not ours; {type_of(spec)} is needed."
    return None


def refusal(spec: FieldSpec, found: Found) -> str | None:
    """Return why a field that carries our name is not taken for ours: beside objections, a title that we give none, unless it is known."""
    if why := objection(spec, found):
        return why
    if spec.is_owned or found.title.strip() in {f"{label} [{spec.name}]" for label in (spec.label, *spec.wording.labels)}:
        return None
    return f"The name {spec.name} is taken by {found.title!r}, which is not ours; call it {title_of(spec)!r} if it is."


class Fields:
    """The custom fields of one account."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    async def there(self, kind: str) -> dict[str, Found]:
        """Return the fields of a kind that carry a name of ours, by that name."""
        rows = rows_of(await self._objects.client.get(f"/rest/{kind}/customfields/attributes"), "customFields")
        found = [Found(str(row.get("title") or row.get("name") or ""), str(row.get("type") or "")) for row in rows]
        names = Counter(field.name for field in found)
        return {name: replace(field, is_alone=names[name] == 1) for field in found if (name := field.name)}

    async def ours_on(self, entity: Entity) -> set[str]:
        """Return the names of our fields that are there, as far as their types and titles tell."""
        known = await self.there(WRITABLE[entity]) if entity in WRITABLE else {}
        return {name for name, field in known.items() if field.is_alone and field.type in ("Text", *_TYPES.values())}

    async def ensure(self, fields: Sequence[FieldSpec]) -> Receipt:
        """Make the fields that are missing; results stand in the order of `fields`."""
        present: dict[Entity, Mapping[str, Found] | str] = {}
        results = []
        for spec in fields:
            if spec.entity not in present:
                present[spec.entity] = await self._there_or_why(spec.entity)
            known = present[spec.entity]
            refused = Result(spec.name, Status.REFUSED, known) if isinstance(known, str) else None
            results.append(refused or await self._ensure(spec, known if isinstance(known, Mapping) else {}))
        return Receipt(tuple(results))

    async def _there_or_why(self, entity: Entity) -> Mapping[str, Found] | str:
        if entity not in WRITABLE:
            return f"{TITLE} keeps no fields of ours on {entity}."
        try:
            return await self.there(WRITABLE[entity])
        except (AccessRefused, Refused) as error:
            return str(error)

    async def _ensure(self, spec: FieldSpec, present: Mapping[str, Found]) -> Result:
        if found := present.get(spec.name):
            why = refusal(spec, found)
            return Result(spec.name, Status.REFUSED, why) if why else Result(spec.name, Status.OK, remote=found.title)
        body = {"name": title_of(spec), "type": type_of(spec), "choices": [], "isMultiple": False}
        try:
            await self._objects.client.send("POST", f"/rest/{WRITABLE[spec.entity]}/customfield", body)
        except Unanswered as error:
            return await self._again(spec, Result(spec.name, Status.UNKNOWN, str(error)))
        except (AccessRefused, Refused) as error:
            return await self._again(spec, Result(spec.name, Status.REFUSED, str(error)))
        return Result(spec.name, Status.OK, remote=title_of(spec))

    async def _again(self, spec: FieldSpec, otherwise: Result) -> Result:
        """Look whether a field is there after all: an unanswered request may have made it, or somebody else has."""
        found = (await self.there(WRITABLE[spec.entity])).get(spec.name)
        return Result(spec.name, Status.OK, remote=found.title) if found and not refusal(spec, found) else otherwise

    async def held(self, entity: Entity, records: Sequence[str], own: Sequence[FieldSpec]) -> list[Held]:
        """Read our fields on some records: a request for each, but where none of the fields is there; a record that is gone has none."""
        kind = WRITABLE.get(entity)
        if kind is None or not own:
            return []
        there = await self.there(kind)
        known = {spec.name: found for spec in own if (found := there.get(spec.name)) and not objection(spec, found)}
        if not known:
            return [Held(entity, record, spec.name, None) for record in records for spec in own]
        rows = await together(self.values(kind, record) for record in records)
        return [
            Held(entity, record, spec.name, value_of(spec, row, known.get(spec.name)))
            for record, row in zip(records, rows, strict=True)
            if row is not None
            for spec in own
        ]

    async def values(self, kind: str, record: str) -> Mapping[str, object] | None:
        """Read all custom fields of a record by title, those of others too; None where the record is gone."""
        try:
            body = await self._objects.client.get(f"/rest/{kind}/{record}/customfields")
        except Refused as error:
            if error.status in GONE:
                return None
            raise
        return {str(row.get("title") or row.get("name")): row.get("value") for row in rows_of(body, "customFields")}


def value_of(spec: FieldSpec, row: Mapping[str, object], found: Found | None) -> str | None:
    """Return a value as canonical text; one that is not in the form that we write is told as it stands, so that it is written anew."""
    value = row.get(found.title) if found else None
    if value is None or value == "":
        return None
    try:
        return _canonical(spec.kind, value)
    except ValueError:
        return str(value)


def _canonical(kind: FieldKind, value: object) -> str | None:
    if kind in (FieldKind.NUMBER, FieldKind.MONEY, FieldKind.PERCENT):
        return text_of(Decimal(str(value)) if not isinstance(value, dict) else decimal(value)) if _is_plain(value) else str(value)
    if kind is FieldKind.DATETIME:
        return text_of(instant(value))
    if kind is FieldKind.DATE:
        written = str(value)
        if len(written) == len("2026-01-31"):
            return text_of(date.fromisoformat(written))
        moment = instant(value)
        return text_of(moment.date()) if moment else None
    return str(value)


def _is_plain(value: object) -> bool:
    try:
        return isinstance(value, dict) or Decimal(str(value)).is_finite()
    except ArithmeticError:
        return False


def values_of(writes: Mapping[str, str | None], known: Mapping[str, Found]) -> Body:
    """Return what a record's fields are to hold, by title."""
    return {known[name].title: value for name, value in writes.items()}
