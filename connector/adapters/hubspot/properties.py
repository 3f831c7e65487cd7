"""Our custom properties: made when missing, found again by the marker in their description, never taken from others."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from connector.adapters.hubspot.kinds import WRITABLE
from connector.adapters.hubspot.objects import Objects
from connector.adapters.hubspot.words import GROUP, GROUP_LABEL, MARK, TITLE
from connector.errors import AccessRefused
from connector.http import Body, Refused, Unanswered
from connector.model import Entity, FieldKind, FieldSpec, Receipt, Result, Status

_CONFLICT = 409
_TYPES: Mapping[FieldKind, Mapping[str, object]] = {
    FieldKind.NUMBER: {"type": "number", "fieldType": "number", "numberDisplayHint": "formatted"},
    FieldKind.MONEY: {"type": "number", "fieldType": "number", "numberDisplayHint": "currency", "showCurrencySymbol": True},
    FieldKind.PERCENT: {"type": "number", "fieldType": "number", "numberDisplayHint": "percentage"},
    FieldKind.DATE: {"type": "date", "fieldType": "date"},
    FieldKind.DATETIME: {"type": "datetime", "fieldType": "date"},
    FieldKind.BOOL: {
        "type": "bool",
        "fieldType": "booleancheckbox",
        "options": [
            {"label": "Yes", "value": "true", "displayOrder": 0, "hidden": False},
            {"label": "No", "value": "false", "displayOrder": 1, "hidden": False},
        ],
    },
    FieldKind.TEXT: {"type": "string", "fieldType": "text"},
}


def description_of(spec: FieldSpec) -> str:
    """Return what people read about a field, ending with our marker and the version of the definition."""
    return f"{spec.means} {MARK} v{spec.version}]"


def is_ours(definition: Body) -> bool:
    """Whether we made a property."""
    return MARK in str(definition.get("description") or "")


def definition_of(spec: FieldSpec) -> Body:
    """Return the property to create for a field."""
    return {
        "name": spec.name,
        "label": spec.label,
        "groupName": GROUP,
        "description": description_of(spec),
        "displayOrder": -1,
        "formField": False,
        "hasUniqueValue": False,
        "hidden": False,
        **_TYPES[spec.kind],
    }


class Properties:
    """The property definitions of one account."""

    def __init__(self, objects: Objects) -> None:
        self._client = objects.client
        self._paths = objects.paths

    async def of(self, kind: str) -> dict[str, Body]:
        """Read the definitions of one object type by name, archived ones left out."""
        body = await self._client.get(self._paths.properties(kind))
        return {str(row["name"]): row for row in body["results"]}

    async def ours_on(self, entity: Entity) -> set[str]:
        """Return the names of those that we made, archived ones left out."""
        kind = WRITABLE.get(entity)
        return {name for name, row in (await self.of(kind.name)).items() if is_ours(row)} if kind else set()

    async def ensure(self, fields: Sequence[FieldSpec]) -> Receipt:
        """Make the fields that are missing; results stand in the order of `fields`, because names may repeat from entity to entity."""
        ordered = sorted(fields, key=lambda spec: spec.entity)
        results: dict[tuple[Entity, str], Result] = {}
        for entity, part in groupby(ordered, key=lambda spec: spec.entity):
            results |= {(entity, result.key): result for result in await self._ensure_kind(list(part))}
        return Receipt(tuple(results[spec.entity, spec.name] for spec in fields))

    async def _ensure_kind(self, fields: Sequence[FieldSpec]) -> list[Result]:
        kind = WRITABLE.get(fields[0].entity)
        if kind is None:
            return _all(fields, Status.REFUSED, f"{TITLE} keeps no fields of ours on {fields[0].entity}.")
        try:
            present = await self.of(kind.name)
            if any(spec.name not in present for spec in fields):
                await self._ensure_group(kind.name)
        except (AccessRefused, Refused) as error:
            return _all(fields, Status.REFUSED, str(error))
        except Unanswered as error:
            return _all(fields, Status.UNKNOWN, str(error))
        return [await self._ensure_field(kind.name, spec, present.get(spec.name)) for spec in fields]

    async def _ensure_group(self, kind: str) -> None:
        path = f"{self._paths.properties(kind)}/groups"
        body = await self._client.get(path)
        if any(group["name"] == GROUP for group in body["results"]):
            return
        try:
            await self._client.send("POST", path, {"name": GROUP, "label": GROUP_LABEL, "displayOrder": -1})
        except Refused as error:
            if error.status != _CONFLICT:
                raise

    async def _ensure_field(self, kind: str, spec: FieldSpec, present: Body | None) -> Result:
        try:
            if present is None:
                present = await self._create(kind, spec)
            return await self._settle(kind, spec, present)
        except (AccessRefused, Refused) as error:
            return Result(spec.name, Status.REFUSED, str(error))
        except Unanswered as error:
            return Result(spec.name, Status.UNKNOWN, str(error))

    async def _create(self, kind: str, spec: FieldSpec) -> Body:
        """Create a property; an archived one of this name comes back as it was. One that is there already is read instead."""
        try:
            return await self._client.send("POST", self._paths.properties(kind), definition_of(spec))
        except Unanswered:
            found = (await self.of(kind)).get(spec.name)
            if found is None:
                raise
            return found
        except Refused as error:
            if error.status != _CONFLICT:
                raise
            return (await self.of(kind)).get(spec.name) or {}

    async def _settle(self, kind: str, spec: FieldSpec, present: Body) -> Result:
        """Judge a property that exists, and bring its description up to the present version of the definition."""
        if not is_ours(present):
            return Result(spec.name, Status.REFUSED, f"The name {spec.name} on {kind} is taken by a field that is not ours.")
        wanted = str(_TYPES[spec.kind]["type"])
        if present.get("type") != wanted:
            return Result(
                spec.name, Status.REFUSED, f"{TITLE}'s {spec.name} on {kind} is of type {present.get('type')}, but {wanted} is needed."
            )
        if present.get("description") != description_of(spec):
            await self._client.send(
                "PATCH", f"{self._paths.properties(kind)}/{spec.name}", {"description": description_of(spec)}, is_repeatable=True
            )
        return Result(spec.name, Status.OK, remote=spec.name)


def _all(fields: Sequence[FieldSpec], status: Status, message: str) -> list[Result]:
    return [Result(spec.name, status, message) for spec in fields]
