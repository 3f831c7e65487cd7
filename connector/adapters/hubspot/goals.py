"""Goals as HubSpot holds them, one row a period, and how ours are told from those of others."""

import json
import re
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5

from connector.adapters.hubspot.objects import Row
from connector.adapters.hubspot.parse import decimal, identifier, instant, needed, text, value_of
from connector.adapters.hubspot.records import dates_of, properties_of
from connector.adapters.hubspot.words import MARK
from connector.http import Body
from connector.model import Goal, GoalRecord

_SPACE = UUID("6f0b1f0e-52f4-5d0c-9a53-2f6f0c8f7a11")
_MARKER = re.compile(rf"{re.escape(MARK)} (?P<start>[0-9a-f]{{8}})\]")
_WON = [{"property": "hs_is_closed_won", "operator": "EQ", "value": "true"}]
_MEASURES = {("SUM", "amount_in_home_currency"): "revenue_won", ("COUNT", ""): "deals_won"}
KPIS = tuple(_MEASURES.values())
"""The KPIs that a goal of HubSpot can mean."""
GOAL_KINDS = tuple((kpi, subject) for kpi in KPIS for subject in ("owner", "team"))
"""The same, for people and for teams."""
_LAST = timedelta(milliseconds=1)


def family_uuid(family: str) -> str:
    """Return the id that the rows of one of our goals share: the family itself where it is a UUID, else always the same one for it."""
    try:
        return str(UUID(family))
    except ValueError:
        return str(uuid5(_SPACE, family))


def group_id(family: str) -> str:
    """Return the number of our goal's schedule, as constant as its `family_uuid`."""
    return str(uuid5(_SPACE, family).int % 10**12)


def titled(goal: Goal) -> str:
    """Return a goal's name with our marker, which holds the beginning of the family's id."""
    return f"{goal.title} {MARK} {family_uuid(goal.family)[:8]}]"


def marker_in(row: Row) -> str | None:
    """Return our marker, if a row carries it; name and family id must agree, as a copied name alone makes nothing ours."""
    raw = properties_of(row)
    found = _MARKER.search(text(raw.get("hs_goal_name")) or "")
    is_real = found is not None and (text(raw.get("hs_group_correlation_uuid")) or "").startswith(found["start"])
    return found[0] if found and is_real else None


def goal_of(row: Row) -> GoalRecord:
    """Read one row of a goal; its days are those of UTC, in which HubSpot writes periods.

    Raises:
        Unreadable: its period cannot be read.
    """
    raw = properties_of(row)
    kind, subject = subject_of(raw)
    ends_at = needed(((raw, "hs_end_datetime"),), instant)
    return GoalRecord(
        id=str(row["id"]),
        name=text(raw.get("hs_goal_name")),
        kpi=kpi_of(raw),
        subject_type=kind,
        subject=subject,
        starts_on=_day(needed(((raw, "hs_start_datetime"),), instant)),
        ends_on=_day(ends_at + _LAST if ends_at and ends_at.time() != time() else ends_at),
        target=value_of(raw, "hs_target_amount", decimal),
        family=text(raw.get("hs_group_correlation_uuid")),
        marker=marker_in(row),
        **dates_of(row),
    )


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def subject_of(raw: Body) -> tuple[str | None, str | None]:
    """Return whose goal it is: (`owner` or `team`, id), or nothing for one that is nobody's we know."""
    if owner := identifier(raw.get("hubspot_owner_id")):
        return "owner", owner
    if team := identifier(raw.get("hs_assignee_team_id")):
        return "team", team
    return None, None


def kpi_of(raw: Body) -> str | None:
    """Return the KPI that a goal means exactly: won deals of all pipelines by close date, their amounts summed or counted."""
    about = (raw.get("hs_kpi_object_type_id"), raw.get("hs_kpi_time_period_property"))
    if about != ("0-3", "closedate") or text(raw.get("hs_pipeline_ids")) or not _counts_won(raw.get("hs_kpi_filter_groups")):
        return None
    metric = str(raw.get("hs_kpi_metric_type"))
    return _MEASURES.get((metric, "" if metric == "COUNT" else str(raw.get("hs_kpi_property_name"))))


def _counts_won(groups: object) -> bool:
    try:
        found = json.loads(str(groups))
        return [group["filters"] for group in found] == [_WON]
    except (ValueError, TypeError, KeyError):
        return False


def is_ours(row: Row) -> bool:
    """Whether we made this row."""
    return marker_in(row) is not None


def starts_on(row: Row) -> date | None:
    """Return the first day of a row's period; None when it cannot be read."""
    return _day(value_of(properties_of(row), "hs_start_datetime", instant))
