"""Whether a CRM has room for the fields that a plan would make, found out before anything is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from connector.kpis.fields import UPDATED_AT
from connector.model import Capabilities, Entity, FieldSpec, FieldValue


@dataclass(frozen=True, slots=True)
class Room:
    """The values whose fields are there or fit in, the stamps that may go beside them, and a sentence for what is left out."""

    fields: tuple[FieldValue, ...]
    stamps: Mapping[Entity, FieldSpec]
    notes: tuple[str, ...]


def fitting(fields: Sequence[FieldValue], there: Mapping[Entity, set[str]], able: Capabilities) -> Room:
    """Leave out the new fields of each kind of record that has no room for all of them.

    Half of its fields would be worse than none: those that are there already are kept up, and no other is begun.
    """
    crowded = {entity: names for entity in {value.spec.entity for value in fields} if (names := _crowded(entity, fields, there, able))}
    return Room(
        tuple(value for value in fields if value.spec.name not in crowded.get(value.spec.entity, ())),
        {entity: stamp for entity, stamp in UPDATED_AT.items() if stamp.name not in crowded.get(entity, ())},
        tuple(_said(entity, names, able) for entity, names in sorted(crowded.items())),
    )


def fitting_both(fields: Sequence[FieldValue], board: Sequence[FieldValue], there: Mapping[Entity, set[str]], able: Capabilities) -> Room:
    """Fit in the fields of all records first, so that those of the board record get what room they leave."""
    first = fitting(fields, there, able)
    names = {entity: set(there.get(entity, ())) | _names(first, entity) for entity in Entity}
    taken = {_limit(entity): len(names[entity] - there.get(entity, set())) for entity in Entity}
    left = {limit: figure - taken.get(limit, 0) for limit, figure in able.limits.items()}
    second = fitting(board, names, replace(able, limits=left))
    stamps = {entity: stamp for entity, stamp in first.stamps.items() if entity in second.stamps}
    return Room((*first.fields, *second.fields), stamps, (*first.notes, *second.notes))


def _names(room: Room, entity: Entity) -> set[str]:
    own = {value.spec.name for value in room.fields if value.spec.entity is entity}
    return own | ({UPDATED_AT[entity].name} if own and entity in room.stamps else set())


def _crowded(entity: Entity, fields: Sequence[FieldValue], there: Mapping[Entity, set[str]], able: Capabilities) -> tuple[str, ...]:
    """Return the fields that would have to be made on this kind of record, if there is no room for all of them."""
    wanted = dict.fromkeys(value.spec.name for value in fields if value.spec.entity is entity)
    stamp = (UPDATED_AT[entity].name,) if entity in UPDATED_AT else ()
    new = tuple(name for name in (*wanted, *stamp) if name not in there.get(entity, ()))
    left = able.limits.get(_limit(entity)) if able.makes_fields else 0
    return new if left is not None and left < len(new) else ()


def _limit(entity: Entity) -> str:
    return f"fields_left_{entity}"


def _said(entity: Entity, names: Sequence[str], able: Capabilities) -> str:
    if not able.makes_fields:
        todo = "are still to be made by people, see `crm-kpi check`; until then none of them is filled"
        return f"{len(names)} fields on {entity} {todo}: {', '.join(names)}."
    left = max(able.limits[_limit(entity)], 0)
    return (
        f"The CRM has room for {left} more fields on {entity}, and {len(names)} would be new, so none of them is made: {', '.join(names)}."
    )
