"""What the rows of the hand-made family of revenue goals share; it is the template that others are cloned from."""

_WON_FILTER = '[{"filters":[{"value":"true","property":"hs_is_closed_won","operator":"EQ"}]}]'
QUOTA = {
    "hs_goal_name": "Sales Quota 2017",
    "hs_goal_type": "sales_quota",
    "hs_milestone": "quarterly",
    "hs_group_correlation_uuid": "9d7c1f0e-2017-4b6a-8a51-6f0b2f1e4c11",
    "hs_goal_target_group_id": "880017",
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
