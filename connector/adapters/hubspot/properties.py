"""Our custom properties: made or brought back when missing, found again by the marker in their description, never taken from others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from connector.adapters.hubspot.kinds import WRITABLE
from connector.adapters.hubspot.objects import Objects
from connector.adapters.hubspot.words import GROUP, MARK, TITLE
from connector.errors import AccessRefused
from connector.http import Body, Refused, Unanswered
from connector.model import Entity, FieldKind, FieldSpec, Receipt, Result, Status, Wording

_CONFLICT = 409
_TYPES: Mapping[FieldKind, Mapping[str, object]] = {
    FieldKind.NUMBER: {"type": "number", "fieldType": "number", "numberDisplayHint": "formatted"},
    FieldKind.MONEY: {"type": "number", "fieldType": "number", "numberDisplayHint": "currency", "showCurrencySymbol": True},
    FieldKind.PERCENT: {"type": "number", "fieldType": "number", "numberDisplayHint": "percentage"},
    FieldKind.DATE: {"type": "date", "fieldType": "date"},
    FieldKind.DATETIME: {"type": "datetime", "fieldType": "date"},
    FieldKind.BOOL: {"type": "bool", "fieldType": "booleancheckbox"},
    FieldKind.TEXT: {"type": "string", "fieldType": "text"},
    FieldKind.LONG_TEXT: {"type": "string", "fieldType": "textarea"},
}


def description_of(spec: FieldSpec) -> str:
    """Return what people read about a field, ending with our marker and the version of the definition."""
    return f"{spec.means} {MARK} v{spec.version}]"


def is_ours(definition: Body) -> bool:
    """Whether we made a property."""
    return MARK in str(definition.get("description") or "")


def definition_of(spec: FieldSpec, group: str = GROUP) -> Body:
    """Return the property to create for a field, in our group or in another one that is there."""
    return {
        "name": spec.name,
        "label": spec.label,
        "groupName": group,
        "description": description_of(spec),
        "displayOrder": -1,
        "formField": False,
        "hasUniqueValue": False,
        "hidden": False,
        **_TYPES[spec.kind],
        **_options(spec),
    }


def _options(spec: FieldSpec) -> Body:
    """Return the choices of a yes-or-no field, which HubSpot shows by their labels."""
    if spec.kind is not FieldKind.BOOL:
        return {}
    labels = {"true": spec.wording.yes, "false": spec.wording.no}
    rows = enumerate(labels.items())
    return {"options": [{"label": label, "value": value, "displayOrder": place, "hidden": False} for place, (value, label) in rows]}


def objection(kind: str, spec: FieldSpec, present: Body) -> str | None:
    """Return why a property that has the name of our field cannot be it, None if it can."""
    wanted = str(_TYPES[spec.kind]["type"])
    if not is_ours(present):
        state = (
            "archived field that is not ours; making it would bring that one back" if present.get("archived") else "field that is not ours"
        )
        return f"The name {spec.name} on {kind} is taken by {'an' if present.get('archived') else 'a'} {state}."
    if present.get("calculated") or _metadata(present).get("readOnlyValue"):
        return f"{TITLE}'s {spec.name} on {kind} is calculated or read-only by now, so no value can be written."
    if present.get("type") != wanted:
        return f"{TITLE}'s {spec.name} on {kind} is of type {present.get('type')}, but {wanted} is needed."
    return None


def _metadata(definition: Body) -> Body:
    found: Body = definition.get("modificationMetadata") or {}
    return found


def renewal(spec: FieldSpec, present: Body) -> Body:
    """Return what of our property is to change: description, and label and choices where they are still what we called them once."""
    if _metadata(present).get("readOnlyDefinition"):
        return {}
    described = {} if present.get("description") == description_of(spec) else {"description": description_of(spec)}
    if present.get("label") == spec.label or present.get("label") not in spec.wording.labels:
        return described
    return described | {"label": spec.label} | _options(spec)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a field is made: the object type, and the group within it."""

    kind: str
    group: str


class Properties:
    """The property definitions of one account."""

    def __init__(self, objects: Objects) -> None:
        self._client = objects.client
        self._paths = objects.paths

    async def of(self, kind: str, *, is_archived: bool = False) -> dict[str, Body]:
        """Read the definitions of one object type by name: those in use, or those that were archived."""
        body = await self._client.get(self._paths.properties(kind), {"archived": "true"} if is_archived else None)
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
            group = await self._group_for(kind.name, fields, present)
            buried = {} if group is None else await self.of(kind.name, is_archived=True)
        except (AccessRefused, Refused) as error:
            return _all(fields, Status.REFUSED, str(error))
        except Unanswered as error:
            return _all(fields, Status.UNKNOWN, str(error))
        place = _Place(kind.name, group or GROUP)
        return [await self._ensure_field(place, spec, present.get(spec.name), buried.get(spec.name)) for spec in fields]

    async def _group_for(self, kind: str, fields: Sequence[FieldSpec], present: Mapping[str, Body]) -> str | None:
        """Make our group ready where a field is to be made or renamed; return the one to make fields in, None where none is missing."""
        is_missing = any(spec.name not in present for spec in fields)
        if is_missing or any("label" in renewal(spec, present[spec.name]) for spec in fields):
            group = await self._ensure_group(kind, fields[0].wording)
            return group if is_missing else None
        return None

    async def _ensure_group(self, kind: str, wording: Wording) -> str:
        path = f"{self._paths.properties(kind)}/groups"
        groups = {str(group["name"]): str(group.get("label")) for group in (await self._client.get(path))["results"]}
        label = groups.get(GROUP)
        if label is None:
            return await self._make_group(path, wording.group, list(groups))
        if label != wording.group and label in wording.groups:
            await self._client.send("PATCH", f"{path}/{GROUP}", {"label": wording.group}, is_repeatable=True)
        return GROUP

    async def _make_group(self, path: str, label: str, others: Sequence[str]) -> str:
        """Make our group; where an object type takes none of ours, as user records may, its first one has to do."""
        try:
            await self._client.send("POST", path, {"name": GROUP, "label": label, "displayOrder": -1})
        except Refused as error:
            if error.status != _CONFLICT and not others:
                raise
            return GROUP if error.status == _CONFLICT else others[0]
        return GROUP

    async def _ensure_field(self, place: _Place, spec: FieldSpec, present: Body | None, buried: Body | None) -> Result:
        # Making a property whose name was archived brings that one back, whoever made it.
        if found := present or buried:
            why = objection(place.kind, spec, found)
            if why:
                return Result(spec.name, Status.REFUSED, why)
        try:
            return await self._settle(place.kind, spec, present or await self._create(place, spec))
        except (AccessRefused, Refused) as error:
            return Result(spec.name, Status.REFUSED, str(error))
        except Unanswered as error:
            return Result(spec.name, Status.UNKNOWN, str(error))

    async def _create(self, place: _Place, spec: FieldSpec) -> Body:
        """Create a property; an archived one of this name comes back as it was. One that is there already is read instead."""
        try:
            return await self._client.send("POST", self._paths.properties(place.kind), definition_of(spec, place.group))
        except Unanswered:
            found = (await self.of(place.kind)).get(spec.name)
            if found is None:
                raise
            return found
        except Refused as error:
            if error.status != _CONFLICT:
                raise
            return (await self.of(place.kind)).get(spec.name) or {}

    async def _settle(self, kind: str, spec: FieldSpec, present: Body) -> Result:
        """Judge a property that exists, and bring what people read about it up to the present definition and language."""
        if why := objection(kind, spec, present):
            return Result(spec.name, Status.REFUSED, why)
        if changes := renewal(spec, present):
            await self._client.send("PATCH", f"{self._paths.properties(kind)}/{spec.name}", changes, is_repeatable=True)
        return Result(spec.name, Status.OK, remote=spec.name)


def _all(fields: Sequence[FieldSpec], status: Status, message: str) -> list[Result]:
    return [Result(spec.name, status, message) for spec in fields]
