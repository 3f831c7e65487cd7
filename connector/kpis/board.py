"""The board record's fields: the headline KPIs of the whole account, its revenue goals, and teams, owners and other goals as text."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache

from connector.kpis.fields import CENT, PERMILLE, SHOWN
from connector.model import Entity, FieldKind, FieldSpec
from connector.period import Grain

PREFIX = "kpi_board_"
LABEL = "KPI board: "
PERIODS = (Grain.MONTH, Grain.QUARTER)
HEADLINE = "revenue_won"
"""The KPI whose goal of the whole account has fields of its own."""
LINE = (
    ("revenue_won", Grain.MONTH),
    ("revenue_won", Grain.QUARTER),
    ("win_rate", Grain.QUARTER),
    ("forecast_revenue", Grain.QUARTER),
    ("pipeline_value", Grain.ALL),
)
"""What the line of a team or an owner says."""
TEAMS, OWNERS, GOALS = (f"{PREFIX}{what}" for what in ("teams", "owners", "goals"))

_TEXTS = (
    (TEAMS, "Teams", "The headline KPIs of each team, one line a team."),
    (OWNERS, "Owners", "The headline KPIs of each owner, one line an owner; empty where user records show them."),
    (GOALS, "Goals", "The running goals that the CRM cannot hold itself: target, actual, attainment and pace, one line a goal."),
)
_GOAL = (
    ("target", "Revenue target", FieldKind.MONEY, "Revenue target of the whole account", CENT),
    ("attainment", "Target reached", FieldKind.PERCENT, "Share of the revenue target that is won", PERMILLE),
    ("pace", "Pace", FieldKind.PERCENT, "Revenue won against the part of the target due by the working days gone", PERMILLE),
)


@cache
def specs(entity: Entity) -> Mapping[str, FieldSpec]:
    """Return the fields of a board record of this kind, by name."""
    return {spec.name: spec for spec in _specs(entity)}


def _specs(entity: Entity) -> Iterator[FieldSpec]:
    for shown in SHOWN:
        own = shown.spec
        yield replace(own, entity=entity, name=board_name(own.name), label=LABEL + own.label.removeprefix("KPI: "))
    for name, label, kind, means, step in _GOAL:
        for grain in PERIODS:
            told = f"{LABEL}{label} this {grain}", kind, f"{means}, {grain} to date."
            yield FieldSpec(entity, f"{PREFIX}{name}_{grain}", *told, step)
    for name, label, means in _TEXTS:
        yield FieldSpec(entity, name, LABEL + label, FieldKind.LONG_TEXT, means)


def board_name(field: str) -> str:
    """Return what a field of a user record is called on the board."""
    return PREFIX + field.removeprefix("kpi_")
