"""Our custom fields: no program can make one, so people do, and they are found by the name at the end of their title and their type."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from connector.adapters.clickup.account import Accounts
from connector.adapters.clickup.objects import Objects
from connector.adapters.clickup.parse import decimal, instant, millis, text
from connector.adapters.clickup.places import Place
from connector.adapters.clickup.words import TITLE, WRITABLE, name_in
from connector.errors import AccessRefused
from connector.http import Body, Refused, together
from connector.model import Entity, FieldKind, FieldSpec, Held, Receipt, Result, Status, text_of

_TYPES: Mapping[FieldKind, tuple[str, ...]] = {
    FieldKind.NUMBER: ("number",),
    FieldKind.MONEY: ("currency", "number"),
    FieldKind.PERCENT: ("number",),
    FieldKind.DATE: ("date",),
    FieldKind.DATETIME: ("date",),
    FieldKind.BOOL: ("checkbox",),
    FieldKind.TEXT: ("short_text", "text"),
    FieldKind.LONG_TEXT: ("text",),
}
"""The types that a field of ours may have, the one that we ask for first."""
_CALLED: Mapping[str, str] = {
    "number": "Number",
    "currency": "Money",
    "date": "Date",
    "checkbox": "Checkbox",
    "short_text": "Text",
    "text": "Text area (long text)",
}
"""What people read when they choose a type."""
_PERCENT = Decimal(100)
_NOON = time(12)


@dataclass(frozen=True, slots=True)
class Found:
    """The custom fields that carry one name of ours: mostly one, made where all the lists have it."""

    id: str
    title: str
    type: str
    is_alone: bool
    lacking: tuple[str, ...] = ()
    """The lists that do not have it."""


def title_of(spec: FieldSpec) -> str:
    """Return the title that a field of ours is to have."""
    return f"{spec.label} [{spec.name}]"


def type_of(spec: FieldSpec) -> str:
    """Return the type that we ask for."""
    return _TYPES[spec.kind][0]


def objection(spec: FieldSpec, found: Found) -> str | None:
    """Return why a field that carries our name cannot be it, None if it can."""
    if not found.is_alone:
        return f"The name {spec.name} ends the titles of several fields, of which some are not ours; keep one, made for the whole space."
    if found.type not in _TYPES[spec.kind]:
        needed = _CALLED[type_of(spec)]
        return f"The name {spec.name} is taken by a field of the type {found.type} that is not ours; {needed} is needed."
    return None


def refusal(spec: FieldSpec, found: Found) -> str | None:
    """Return why a field that carries our name is not taken for ours: beside objections, a title that we give none, unless it is known."""
    if why := objection(spec, found):
        return why
    if not spec.is_owned and found.title.strip() not in {f"{label} [{spec.name}]" for label in (spec.label, *spec.wording.labels)}:
        return f"The name {spec.name} is taken by {found.title!r}, which is not ours; call it {title_of(spec)!r} if it is."
    if found.lacking:
        return f"The lists {', '.join(found.lacking)} lack the field {found.title!r}; add it to them, or make it for the whole space."
    return None


class Fields:
    """The custom fields of one Workspace that are ours."""

    def __init__(self, objects: Objects, accounts: Accounts) -> None:
        self._objects = objects
        self._accounts = accounts

    async def there(self, entity: Entity) -> Mapping[str, Found]:
        """Return the fields of an entity's lists that carry a name of ours, by that name.

        Raises:
            AccessRefused: no list is set for it, or it may not be seen.
        """
        workspace = await self._accounts.workspace()
        places = await self._accounts.places.of(WRITABLE[entity], str(workspace["id"]))
        rows = await together(self._objects.fields(place.id) for place in places)
        return _by_name(places, rows)

    async def ours_on(self, entity: Entity) -> set[str]:
        """Return the names of our fields that are there, as far as their titles tell; none where an entity has no lists."""
        if entity not in WRITABLE or not self._has_lists(entity):
            return set()
        return {name for name, found in (await self.there(entity)).items() if found.is_alone and not found.lacking}

    def _has_lists(self, entity: Entity) -> bool:
        return self._accounts.places.are_set(WRITABLE[entity])

    async def ensure(self, fields: Sequence[FieldSpec]) -> Receipt:
        """Find the fields; what is missing is refused with what people have to make, see `Sink`."""
        present: dict[Entity, Mapping[str, Found] | str] = {}
        results = []
        for spec in fields:
            if spec.entity not in present:
                present[spec.entity] = await self._there_or_why(spec.entity)
            known = present[spec.entity]
            results.append(Result(spec.name, Status.REFUSED, known) if isinstance(known, str) else _ensured(spec, known))
        return Receipt(tuple(results))

    async def _there_or_why(self, entity: Entity) -> Mapping[str, Found] | str:
        if entity not in WRITABLE:
            return f"{TITLE} keeps no fields of ours on {entity}."
        try:
            return await self.there(entity)
        except (AccessRefused, Refused) as error:
            return str(error)

    async def held(self, entity: Entity, records: Sequence[str], own: Sequence[FieldSpec], zone: ZoneInfo) -> list[Held]:
        """Read our fields on some records; a record that is gone brings nothing."""
        wanted = [spec for spec in own if spec.entity is entity]
        if entity not in WRITABLE or not wanted:
            return []
        tasks, _ = await self._objects.some(records)
        return held_in(entity, tasks, wanted, zone)


def _ensured(spec: FieldSpec, present: Mapping[str, Found]) -> Result:
    found = present.get(spec.name)
    if found is None:
        todo = f"Make a custom field {title_of(spec)!r} of the type {_CALLED[type_of(spec)]} on the lists of {spec.entity}"
        return Result(spec.name, Status.REFUSED, f"{todo}; {TITLE} lets no program make one.")
    why = refusal(spec, found)
    return Result(spec.name, Status.REFUSED, why) if why else Result(spec.name, Status.OK, remote=found.id)


def _by_name(places: Sequence[Place], rows: Sequence[Sequence[Body]]) -> dict[str, Found]:
    found: dict[str, dict[str, Body]] = {}
    where: dict[str, set[str]] = {}
    for place, fields in zip(places, rows, strict=True):
        names = Counter(name_in(str(field.get("name"))) for field in fields)
        for field in fields:
            if name := name_in(str(field.get("name"))):
                # Two of one name on one list are as bad as different ones on two lists.
                found.setdefault(name, {})[str(field.get("id")) if names[name] == 1 else f"{place.id}:{field.get('id')}"] = field
                where.setdefault(name, set()).add(place.id)
    return {
        name: Found(
            next(iter(fields)),
            str(next(iter(fields.values())).get("name")),
            str(next(iter(fields.values())).get("type")),
            is_alone=len(fields) == 1,
            lacking=tuple(place.name for place in places if place.id not in where[name]),
        )
        for name, fields in found.items()
    }


def held_in(entity: Entity, tasks: Iterable[Body], own: Sequence[FieldSpec], zone: ZoneInfo) -> list[Held]:
    """Return what tasks hold in our fields; empty, too, where a field is not there or is not one that can be ours."""
    return [Held(entity, str(task["id"]), spec.name, _held(spec, task, zone)) for task in tasks for spec in own]


def _held(spec: FieldSpec, task: Body, zone: ZoneInfo) -> str | None:
    rows = [row for row in task.get("custom_fields") or () if name_in(str(row.get("name"))) == spec.name]
    if len(rows) != 1 or rows[0].get("type") not in _TYPES[spec.kind]:
        return None
    try:
        return _canonical(spec.kind, rows[0].get("value"), zone)
    except ValueError:
        # Not in the form that we write: told as it stands, so that it is written anew.
        return text(rows[0].get("value"))


def _canonical(kind: FieldKind, value: object, zone: ZoneInfo) -> str | None:
    match kind:
        case FieldKind.PERCENT:
            number = decimal(value)
            return None if number is None else text_of(number / _PERCENT)
        case FieldKind.NUMBER | FieldKind.MONEY:
            return text_of(decimal(value))
        case FieldKind.DATE:
            moment = instant(value)
            return text_of(moment.astimezone(zone).date()) if moment else None
        case FieldKind.DATETIME:
            return text_of(instant(value))
        case FieldKind.BOOL:
            return None if value is None else str(str(value).casefold() == "true").lower()
    return text(value)


def sent(spec: FieldSpec, value: str, zone: ZoneInfo) -> Body:
    """Return the body that sets a field to a canonical text; shares stand as percent, and days at their noon."""
    match spec.kind:
        case FieldKind.PERCENT:
            return {"value": float(Decimal(value) * _PERCENT)}
        case FieldKind.NUMBER | FieldKind.MONEY:
            return {"value": float(Decimal(value))}
        case FieldKind.DATE:
            noon = datetime.combine(datetime.fromisoformat(value).date(), _NOON, zone)
            return {"value": millis(noon.astimezone(UTC)), "value_options": {"time": False}}
        case FieldKind.DATETIME:
            return {"value": millis(datetime.fromisoformat(value).astimezone(UTC)), "value_options": {"time": True}}
        case FieldKind.BOOL:
            return {"value": value == "true"}
    return {"value": value}
