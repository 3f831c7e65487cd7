"""Pipelines of deals, tickets and leads, and their stages."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from connector.adapters.hubspot.parse import decimal, instant, integer, text, value_of
from connector.http import Body
from connector.model import Entity, Outcome, Pipeline, Record, Stage

_CERTAIN = Decimal(1)
_PREFIXES: Mapping[Entity, str] = {Entity.TICKETS: "ticket:", Entity.LEADS: "lead:"}
"""Tickets and leads number their pipelines and stages from 1 again, as deals may; only the ids of deals stand as they are."""
_LEAD_STATES: Mapping[str, Outcome] = {
    "QUALIFIED": Outcome.WON,
    "UNQUALIFIED": Outcome.LOST,
    "DISQUALIFIED": Outcome.LOST,
    "qualified-stage-id": Outcome.WON,
    "unqualified-stage-id": Outcome.LOST,
}


class _Dates(TypedDict):
    created_at: datetime | None
    updated_at: datetime | None


def id_in(of: Entity, value: object) -> str | None:
    """Return our id of a pipeline or stage of a kind of records; nothing for an empty one."""
    written = text(value)
    return written and f"{_PREFIXES.get(of, '')}{written}"


def outcome_of(metadata: Body) -> Outcome:
    """Return what a stage means for a deal: certain is won, closed and impossible is lost, everything else goes on."""
    chance = _probability(metadata)
    if chance == _CERTAIN:
        return Outcome.WON
    return Outcome.LOST if _is_closed(metadata) and not chance else Outcome.OPEN


def lead_outcome(*words: object) -> Outcome:
    """Return what the first word that tells anything says of a lead; nothing that does, and it is open."""
    return next((_LEAD_STATES[str(word)] for word in words if str(word) in _LEAD_STATES), Outcome.OPEN)


def _outcome(of: Entity, stage: Body) -> Outcome:
    metadata = stage.get("metadata") or {}
    if of is Entity.TICKETS:
        is_over = str(metadata.get("ticketState", "")).upper() == "CLOSED" or _is_closed(metadata)
        return Outcome.WON if is_over else Outcome.OPEN
    if of is Entity.LEADS:
        told = lead_outcome(metadata.get("leadState"), metadata.get("category"), stage.get("id"))
        return told if told is not Outcome.OPEN else outcome_of(metadata)
    return outcome_of(metadata)


def _is_closed(metadata: Body) -> bool:
    return str(metadata.get("isClosed", "")).lower() == "true"


def pipeline_of(row: Body, of: Entity = Entity.DEALS) -> Pipeline:
    """Read a pipeline of a kind of records."""
    name = text(row.get("label")) or str(row["id"])
    return Pipeline(id=id_in(of, row["id"]) or "", name=name, position=_place(row), of=of, **_dates(row))


def stages_of(row: Body, of: Entity = Entity.DEALS) -> Iterator[Stage]:
    """Read the stages of a pipeline; positions count from 0 in the order in which people see them."""
    rows = sorted(row.get("stages") or (), key=_place)
    for position, stage in enumerate(rows):
        yield Stage(
            id=id_in(of, stage["id"]) or "",
            pipeline=id_in(of, row["id"]) or "",
            name=text(stage.get("label")) or str(stage["id"]),
            position=position,
            outcome=_outcome(of, stage),
            probability=_probability(stage.get("metadata") or {}) if of is Entity.DEALS else None,
            **_dates(stage),
        )


def all_of(row: Body, of: Entity) -> Iterator[Record]:
    """Read a pipeline and its stages."""
    yield pipeline_of(row, of)
    yield from stages_of(row, of)


def _probability(metadata: Body) -> Decimal | None:
    return value_of(metadata, "probability", decimal)


def _place(row: Body) -> int:
    return value_of(row, "displayOrder", integer) or 0


def _dates(row: Body) -> _Dates:
    return _Dates(created_at=value_of(row, "createdAt", instant), updated_at=value_of(row, "updatedAt", instant))
