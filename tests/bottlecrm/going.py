"""What the road needs over a real BottleCRM and over the sandbox HubSpot of the same deals, side by side in one store."""

import json
from collections.abc import Mapping
from pathlib import Path

from tests.adapters.boxes import TOKEN as HUBSPOT_TOKEN
from tests.bottlecrm.box import TOKEN

SELLER = "Lajuana Vencill"
ACCOUNTS = ("hubspot", "bottlecrm")
_SURVEYS = "BottleCRM has no surveys that are read."
_ACTS = "BottleCRM's calls, meetings and messages stand record by record, and are not read."
_WORK = "BottleCRM tells of nobody who works in it."
_STAGES = "BottleCRM tells only the present stage of a deal, and these deals were moved before they were first read."
_OF_SURVEYS = (
    *("customer_effort_score", "customer_satisfaction_mean", "customer_satisfaction_score", "net_promoter_score"),
    "survey_response_rate",
)
_OF_ACTS = (
    *("activity_win_lift", "email_click_rate", "email_open_rate", "engagement_rate", "engagement_score", "followups_per_lead"),
    *("interactions_per_customer", "lead_response_time", "lead_response_time_median", "lead_response_within_target", "response_time"),
    *("response_time_median", "unworked_leads"),
)
_OF_STAGES = ("stage_conversion_rate", "stage_duration", "stage_duration_median", "stage_still_in_rate", "stalled_deals")
FORCED: Mapping[str, str] = {
    **dict.fromkeys(_OF_SURVEYS, _SURVEYS),
    **dict.fromkeys(_OF_ACTS, _ACTS),
    **dict.fromkeys(("active_user_rate", "usage_frequency"), _WORK),
    **dict.fromkeys(_OF_STAGES, _STAGES),
}
"""The KPIs that differ, and what forces them to."""
_CHANCE = "BottleCRM does not keep the chance that a deal had before it closed."
PAST: Mapping[str, str] = {
    "forecast_undated_value": _CHANCE,
    "weighted_pipeline_value": _CHANCE,
    "pipeline_value": "BottleCRM does not keep the amount that a deal had before it closed.",
}
"""The KPIs that differ in periods that are over."""


def environ(folder: Path, hubspot: str, bottlecrm: str) -> dict[str, str]:
    """Return the settings of an admin who has both; one seller has a target."""
    goal = {"kpi": "revenue_won", "subject": f"owner:{SELLER}", "period": "2017", "split": "quarter", "target": 100000}
    settings = {
        "HUBSPOT__HUBSPOT": {"TOKEN": HUBSPOT_TOKEN, "BASE_URL": hubspot, "HEADROOM": "0"},
        "BOTTLECRM__BOTTLECRM": {"URL": bottlecrm, "TOKEN": TOKEN, "REQUESTS_PER_SECOND": "1000"},
        "HUBSPOT": {"PUSH_GOALS": "false", "PUSH_FIELDS": "deals"},
        "BOTTLECRM": {"GOALS": json.dumps([goal]), "PUSH_FIELDS": "deals"},
    }
    named = {f"CRM_KPI_ACCOUNTS__{path}__{name}": value for path, own in settings.items() for name, value in own.items()}
    return named | {"CRM_KPI_DATABASE_URL": f"sqlite:///{folder}/store.sqlite"}
