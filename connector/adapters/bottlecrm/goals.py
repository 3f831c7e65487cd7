"""Goals as BottleCRM holds them, and how ours are told from those of others; how far each is, BottleCRM works out by itself."""

import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from connector.adapters.bottlecrm.parse import Row
from connector.adapters.bottlecrm.words import MARK
from connector.http import Body
from connector.model import Goal, GoalRecord
from connector.period import Grain

TYPES: Mapping[str, str] = {"revenue_won": "REVENUE", "deals_won": "DEALS_CLOSED"}
"""The KPIs that a goal can mean. BottleCRM has a third type, of what it writes down about records, which is no KPI of ours."""
_KPIS = {word: kpi for kpi, word in TYPES.items()}
SUBJECTS: Mapping[str, str] = {"owner": "assigned_to", "team": "team"}
"""Where a goal names whose it is; one that names nobody is everybody's."""
_PERIODS: Mapping[Grain, str] = {Grain.MONTH: "MONTHLY", Grain.QUARTER: "QUARTERLY", Grain.YEAR: "YEARLY"}
_MARKER = re.compile(rf"{re.escape(MARK)} (?P<family>\S+)\]\s*$")
_DAY = timedelta(days=1)
_CENT = Decimal("0.01")
_LONGEST = 255


def named(goal: Goal) -> str:
    """Return a goal's name with our marker at its end, which holds the family; a long title is cut."""
    tail = f" {goal.period.name} {MARK} {goal.family}]"
    return goal.title[: _LONGEST - len(tail)] + tail


def family_in(row: Body) -> str | None:
    """Return the family of a goal of ours; None for one of others."""
    found = _MARKER.search(str(row.get("name") or ""))
    return found["family"] if found else None


def cents(value: Decimal | None) -> Decimal | None:
    """Return a target as BottleCRM keeps it."""
    return None if value is None else value.quantize(_CENT, ROUND_HALF_UP)


def body_of(goal: Goal, currency: str) -> Body:
    """Return a goal as BottleCRM takes it, whose periods end on a day, where ours end before one."""
    return {
        "name": named(goal),
        "goal_type": TYPES[goal.kpi],
        "target_value": str(cents(goal.target)),
        "currency": currency,
        "period_type": _PERIODS.get(goal.period.grain, "CUSTOM"),
        "period_start": goal.period.start.isoformat(),
        "period_end": (goal.period.end - _DAY).isoformat(),
        SUBJECTS[goal.subject_type]: goal.subject,
    }


def goal_of(row: Row, currency: str) -> GoalRecord:
    """Read a goal; one that is paused, weighs deals by their type, or is in another currency means no KPI of ours."""
    ends_on, family = row.day("period_end"), family_in(row.raw)
    word = row.text("goal_type") or ""
    is_foreign = word == "REVENUE" and row.text("currency") not in (None, currency)
    is_plain = row.raw.get("is_active") is not False and not row.raw.get("type_weights") and not is_foreign
    whose = [(kind, key) for kind, name in SUBJECTS.items() if (key := row.link(name))]
    kind, subject = whose[0] if whose else (None, None)
    return GoalRecord(
        id=row.id,
        name=row.text("name"),
        kpi=_KPIS.get(word) if is_plain else None,
        subject_type=kind,
        subject=subject,
        starts_on=row.day("period_start"),
        ends_on=ends_on + _DAY if ends_on else None,
        target=row.decimal("target_value"),
        family=family,
        marker=f"{MARK}]" if family else None,
        created_at=row.instant("created_at"),
        updated_at=row.instant("updated_at"),
    )
