"""What a family of goals must look like: one row per period, all made at once, semantics cloned from a standing goal (hubspot.md 8.11)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from connector.sandbox.hubspot.clock import instant, milliseconds, moment
from connector.sandbox.hubspot.errors import invalid
from connector.sandbox.hubspot.kinds import GOALS
from connector.sandbox.hubspot.portal import Portal
from connector.sandbox.hubspot.records import Record
from connector.sandbox.hubspot.writing import Values

FAMILY, GROUP = "hs_group_correlation_uuid", "hs_goal_target_group_id"
ROWS: Mapping[str, int] = {"monthly": 12, "quarterly": 4, "yearly": 1}
"""How many rows a milestone asks for."""
_MONTHS: Mapping[str, int] = {"monthly": 1, "quarterly": 3, "yearly": 12}
SCHEDULE = ("hs_goal_name", "hs_milestone", "hs_goal_type", "hs_target_amount", "hs_start_datetime", "hs_end_datetime", FAMILY, GROUP)
"""What names a row and its period [D]."""
SEMANTICS = (
    "hs_assignee_property_name",
    "hs_fiscal_year_offset",
    "hs_forecast_type_id",
    "hs_goal_target_currency_code",
    "hs_is_forecastable",
    "hs_kpi_filter_groups",
    "hs_kpi_is_team_rollup",
    "hs_kpi_metric_type",
    "hs_kpi_object_type_id",
    "hs_kpi_property_name",
    "hs_kpi_single_object_custom_goal_type_name",
    "hs_kpi_time_period_property",
    "hs_kpi_time_period_property_type",
    "hs_kpi_tracking_method",
    "hs_kpi_unit_type",
    "hs_template_id",
)
"""What says how the vendor computes the goal; a row without it shows nothing, so the portal refuses it [R]."""
_ASSIGNEES = ("hubspot_owner_id", "hs_assignee_team_id", "hubspot_team_id")
_SHARED = ("hs_goal_name", "hs_pipeline_ids")
"""What must be equal in all rows of a family [D]."""


def check_families(portal: Portal, rows: Sequence[Values]) -> None:
    """Check the rows of one create.

    Raises:
        Refusal: a family is incomplete, uneven, or was begun by an earlier call.
    """
    for row in rows:
        _check_row(row)
    families = {row[FAMILY] for row in rows}
    standing = {record.values.get(FAMILY) for record in portal.table(GOALS)}
    if families & standing:
        raise invalid(f"Goal family {min(families & standing)} exists already; all rows of a family are created in one batch.")
    for family in families:
        _check_family([row for row in rows if row[FAMILY] == family])


def _check_row(row: Values) -> None:
    missing = [name for name in (*SCHEDULE, *SEMANTICS) if not row.get(name)]
    if missing:
        raise invalid(f"A goal needs {', '.join(missing)}.", context={"propertyName": missing})
    if not any(row.get(name) for name in _ASSIGNEES):
        raise invalid(f"A goal needs an assignee: one of {', '.join(_ASSIGNEES)}.")


def _check_family(rows: Sequence[Values]) -> None:
    for name in (*_SHARED, "hs_milestone", "hs_goal_type", *SEMANTICS):
        if len({row.get(name) for row in rows}) > 1:
            raise invalid(f"The rows of a goal family differ in {name}.")
    for group in {row[GROUP] for row in rows}:
        _check_group([row for row in rows if row[GROUP] == group])


def _check_group(rows: Sequence[Values]) -> None:
    milestone = rows[0]["hs_milestone"]
    if len(rows) != ROWS[milestone]:
        raise invalid(f"A {milestone} goal has {ROWS[milestone]} rows, not {len(rows)}.")
    for name in _ASSIGNEES:
        if len({row.get(name) for row in rows}) > 1:
            raise invalid(f"The rows of a target group differ in {name}.")
    spans = sorted((instant(row["hs_start_datetime"]) or 0, instant(row["hs_end_datetime"]) or 0) for row in rows)
    for start, end in spans:
        if end != _last(moment(start), _MONTHS[milestone]):
            raise invalid(f"A {milestone} goal starts at the first millisecond of a month (UTC) and ends at the last one of its period.")
    if any(end + 1 != start for (_, end), (start, _) in pairwise(spans)):
        raise invalid("The periods of a target group must follow one another without gap or overlap.")


def _last(start: datetime, months: int) -> int:
    if start != datetime(start.year, start.month, 1, tzinfo=UTC):
        return -1
    count = start.year * 12 + start.month - 1 + months
    return milliseconds(datetime(count // 12, count % 12 + 1, 1, tzinfo=UTC) - timedelta(milliseconds=1))


def check_changes(portal: Portal, changes: Sequence[tuple[Record, Values]]) -> None:
    """Check that what a family shares changes in all of its rows or in none.

    Raises:
        Refusal: some rows of a family are left out.
    """
    for name in _SHARED:
        touched = {record.id: values[name] for record, values in changes if name in values and values[name] != record.values.get(name)}
        families = {record.values.get(FAMILY) for record, _ in changes if record.id in touched}
        for family in families:
            values = {
                touched.get(record.id, record.values.get(name)) for record in portal.table(GOALS) if record.values.get(FAMILY) == family
            }
            if len(values) > 1:
                raise invalid(f"{name} must change in every row of goal family {family} at once.")
