"""Goals as Odoo's gamification holds them, and how ours are told from those of others.

Odoo works out by itself how far the won deals of a person are; of every other KPI the progress is ours to write.
"""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from connector.adapters.odoo.parse import dates_of, day, decimal, link, name, text
from connector.adapters.odoo.passes import Kind
from connector.adapters.odoo.rpc import Domain, Row
from connector.adapters.odoo.words import MARK
from connector.model import GoalRecord

FAMILY = "x_kpi_family"
"""The field of a goal that says to which family of ours it belongs."""
MARKER = f"{MARK}]"
GOALS = Kind(
    "gamification.goal",
    ("definition_id", "user_id", "start_date", "end_date", "target_goal", "current", "create_date", "write_date"),
)
KPIS = ("revenue_won", "deals_won")
"""The KPIs that a goal which Odoo computes by itself can mean."""
LABELS: Mapping[str, str] = {"revenue_won": "Revenue won", "deals_won": "Deals won"}
WON = "[('type', '=', 'opportunity'), ('stage_id.is_won', '=', True), ('user_id', '=', user.id)]"
"""The deals that our definitions count: those that a person has won."""
_ABOUT: Domain = (["model_id.model", "=", "crm.lead"], ["field_date_id.name", "=", "date_closed"])
COMPUTED: Mapping[str, Domain] = {
    "revenue_won": (*_ABOUT, ["computation_mode", "=", "sum"], ["field_id.name", "=", "expected_revenue"]),
    "deals_won": (*_ABOUT, ["computation_mode", "=", "count"]),
}
"""How definitions are found that may mean a KPI."""
MEASURED: Domain = (["computation_mode", "=", "manually"], ["description", "like", MARK])
"""How our definitions are found whose progress we write."""
_NEEDED = {("stage_id.is_won", "=", "True"), ("user_id", "=", "user.id")}
_ALLOWED = {*_NEEDED, ("type", "=", "opportunity"), ("active", "=", "True")}
_DAY = timedelta(days=1)
_MEASURED = re.compile(re.escape(MARK) + r" v1 (\w+)\]")


@dataclass(frozen=True, slots=True)
class Meanings:
    """Which KPI each goal definition means: those that Odoo computes, and ours, whose progress we write."""

    computed: Mapping[str, str]
    measured: Mapping[str, str]


def mark_of(kpi: str) -> str:
    """Return what ends the description of our definition of a KPI that we measure."""
    return f"{MARK} v1 {kpi}]"


def measured_kpi(description: object) -> str | None:
    """Return the KPI that a definition of ours is for; None for one that is not ours, or that Odoo computes."""
    found = _MEASURED.search(str(description or ""))
    return found[1] if found else None


def counts_won(domain: object) -> bool:
    """Whether a definition's search is for exactly the deals that a person has won."""
    try:
        found = ast.parse(str(domain).strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return False
    parts = {_part(one) for one in found.elts} if isinstance(found, (ast.List, ast.Tuple)) else set()
    return parts >= _NEEDED and parts <= _ALLOWED


def _part(node: ast.expr) -> tuple[str, ...]:
    parts = node.elts if isinstance(node, (ast.Tuple, ast.List)) else ()
    return tuple(str(one.value) if isinstance(one, ast.Constant) else ast.unparse(one) for one in parts)


def is_ours(row: Row) -> bool:
    """Whether we made a goal."""
    return text(row.get(FAMILY)) is not None


def goal_of(row: Row, meanings: Meanings) -> GoalRecord:
    """Read a goal; the progress only where we wrote it. Odoo's periods end on a day, ours before one."""
    ends_on, definition = day(row["end_date"]), link(row["definition_id"]) or ""
    is_measured = definition in meanings.measured
    return GoalRecord(
        id=str(row["id"]),
        name=name(row["definition_id"]),
        kpi=meanings.measured.get(definition) or meanings.computed.get(definition),
        subject_type="owner",
        subject=link(row["user_id"]),
        starts_on=day(row["start_date"]),
        ends_on=ends_on + _DAY if ends_on else None,
        target=decimal(row["target_goal"]),
        family=text(row.get(FAMILY)),
        marker=MARKER if is_ours(row) else None,
        actual=decimal(row["current"]) if is_measured and is_ours(row) else None,
        **dates_of(row),
    )
