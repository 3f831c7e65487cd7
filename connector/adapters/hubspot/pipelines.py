"""Deal pipelines and their stages."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from connector.adapters.hubspot.parse import Unreadable, decimal, instant, integer, text, value_of
from connector.http import Body
from connector.model import Outcome, Pipeline, Stage

_CERTAIN = Decimal(1)


class _Dates(TypedDict):
    created_at: datetime | None
    updated_at: datetime | None


def outcome_of(metadata: Body) -> Outcome:
    """Return what a stage means: certain is won, closed and impossible is lost, everything else goes on."""
    chance = _probability(metadata)
    if chance == _CERTAIN:
        return Outcome.WON
    is_closed = str(metadata.get("isClosed", "")).lower() == "true"
    return Outcome.LOST if is_closed and not chance else Outcome.OPEN


def pipeline_of(row: Body) -> Pipeline:
    """Read a pipeline."""
    return Pipeline(id=str(row["id"]), name=text(row.get("label")) or str(row["id"]), position=_place(row), **_dates(row))


def stages_of(row: Body) -> Iterator[Stage]:
    """Read the stages of a pipeline; positions count from 0 in the order in which people see them."""
    rows = sorted(row.get("stages") or (), key=_place)
    for position, stage in enumerate(rows):
        metadata = stage.get("metadata") or {}
        yield Stage(
            id=str(stage["id"]),
            pipeline=str(row["id"]),
            name=text(stage.get("label")) or str(stage["id"]),
            position=position,
            outcome=outcome_of(metadata),
            probability=_probability(metadata),
            **_dates(stage),
        )


def _probability(metadata: Body) -> Decimal | None:
    try:
        return decimal(metadata.get("probability"))
    except Unreadable:
        return None


def _place(row: Body) -> int:
    return value_of(row, "displayOrder", integer) or 0


def _dates(row: Body) -> _Dates:
    return _Dates(created_at=value_of(row, "createdAt", instant), updated_at=value_of(row, "updatedAt", instant))
