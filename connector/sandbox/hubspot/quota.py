"""The goals that people made by hand in the portal: one family of each kind, from which others can be cloned."""

from collections.abc import Mapping
from dataclasses import dataclass

_WON_FILTER = '[{"filters":[{"value":"true","property":"hs_is_closed_won","operator":"EQ"}]}]'
_QUOTA = {
    "hs_goal_name": "Sales Quota 2017",
    "hs_goal_type": "sales_quota",
    "hs_milestone": "quarterly",
    "hs_assignee_property_name": "hubspot_owner_id",
    "hs_fiscal_year_offset": "0",
    "hs_forecast_type_id": "0",
    "hs_goal_target_currency_code": "USD",
    "hs_is_forecastable": "true",
    "hs_kpi_filter_groups": _WON_FILTER,
    "hs_kpi_filter_groups_for_key_grouping": _WON_FILTER,
    "hs_kpi_filter_groups_for_key_team_grouping": _WON_FILTER,
    "hs_kpi_is_team_rollup": "false",
    "hs_kpi_metric_type": "SUM",
    "hs_kpi_object_type_id": "0-3",
    "hs_kpi_property_name": "amount_in_home_currency",
    "hs_kpi_single_object_custom_goal_type_name": "sum_amount_in_home_currency_0-3",
    "hs_kpi_time_period_property": "closedate",
    "hs_kpi_time_period_property_type": "datetime",
    "hs_kpi_tracking_method": "HIGHER_IS_BETTER",
    "hs_kpi_unit_type": "currency",
    "hs_template_id": "30",
    "hs_should_recalculate": "true",
    "hs_should_notify_on_edit_updates": "false",
}
"""Schedule and semantics; the values are those seen on a real portal (hubspot.md 8.11 [R])."""

_TEAM_QUOTA = _QUOTA | {
    "hs_goal_name": "Regional Quota 2017",
    "hs_assignee_property_name": "hubspot_team_id",
    "hs_kpi_is_team_rollup": "true",
}
_DEALS = _QUOTA | {
    "hs_goal_name": "Deals to win 2017",
    "hs_goal_type": "deals_won",
    "hs_kpi_metric_type": "COUNT",
    "hs_kpi_property_name": "hs_object_id",
    "hs_kpi_single_object_custom_goal_type_name": "count_0-3",
    "hs_kpi_unit_type": "number",
    "hs_template_id": "31",
}
"""Goals of teams and goals that count deals are assumed to differ from a quota in just this; nobody has shown one."""


def _family(shared: Mapping[str, str], number: int) -> Mapping[str, str]:
    return {
        **shared,
        "hs_group_correlation_uuid": f"9d7c1f0e-2017-4b6a-8a51-6f0b2f1e4c1{number}",
        "hs_goal_target_group_id": f"88001{6 + number}",
    }


@dataclass(frozen=True, slots=True)
class Family:
    """One family: what its rows share, whose it is (an agent's or a team's name), and the target of each quarter."""

    shared: Mapping[str, str]
    agent: str
    team: str
    targets: tuple[int, int, int, int]


FAMILIES = (
    Family(_family(_QUOTA, 1), "Darcel Schlecht", "", (120000, 350000, 350000, 350000)),
    Family(_family(_TEAM_QUOTA, 2), "", "Central", (400000, 1000000, 1000000, 1000000)),
    Family(_family(_DEALS, 3), "Vicki Laflamme", "", (20, 70, 70, 70)),
)
