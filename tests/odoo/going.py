"""What the road needs over a real Odoo and over the sandbox HubSpot of the same deals, side by side in one store."""

import json
from collections.abc import Mapping
from pathlib import Path

from tests.adapters.boxes import TOKEN
from tests.odoo.box import DATABASE
from tests.odoo.people import ADMIN
from tests.odoo.surveys import SETTING

SELLER = "Darcel Schlecht"
ACCOUNTS = ("hubspot", "odoo")
NAMES = {"Pipeline": "Sales Pipeline"}
"""What Odoo calls otherwise."""
APART = ("team",)
"""In Odoo 14 a person is in one team; the sandbox has two for each."""
_LEADS = "Odoo has leads of its own; in the sandbox without its extras contacts stand for them."
_SURVEYS = "The data tells of no surveys; in Odoo some customers were asked, and in the sandbox without its extras nobody was."
_TICKETS = "Odoo 14 Community has no Helpdesk."
_OF_LEADS = (
    *("average_conversion_time", "average_conversion_time_median", "crm_leads_created", "crm_records", "followups_per_lead"),
    *("lead_assignment_time", "lead_assignment_time_median", "lead_conversion_rate", "lead_conversion_rate_within"),
    *("lead_qualification_rate", "lead_qualification_rate_within", "lead_response_within_target", "lead_to_opportunity_rate"),
    *("lead_to_opportunity_rate_within", "leads_created", "records_created", "unworked_leads"),
)
_OF_SURVEYS = (
    *("customer_health_score", "customer_satisfaction_mean", "customer_satisfaction_score", "net_promoter_score"),
    "survey_response_rate",
)
_OF_TICKETS = (
    *("first_contact_resolution_rate", "resolution_time", "resolution_time_median", "tickets_created", "tickets_waiting"),
    *("waiting_time", "waiting_time_median"),
)
FORCED: Mapping[str, str] = {
    **dict.fromkeys(_OF_LEADS, _LEADS),
    **dict.fromkeys(_OF_SURVEYS, _SURVEYS),
    **dict.fromkeys(_OF_TICKETS, _TICKETS),
}
"""The KPIs that differ, and what forces them to."""
PAST: Mapping[str, str] = dict.fromkeys(
    ("forecast_undated_value", "weighted_pipeline_value"), "Odoo does not keep the chance that a deal had before it closed."
)
"""The KPIs that differ in periods that are over."""


def environ(folder: Path, hubspot: str, odoo: str) -> dict[str, str]:
    """Return the settings of an admin who has both; one seller has targets."""
    sums = {"kpi": "revenue_won", "subject": f"owner:{SELLER}", "period": "2017", "split": "quarter", "target": 100000}
    share = {"kpi": "win_rate", "subject": f"owner:{SELLER}", "period": "2017", "target": 0.6}
    settings = {
        "HUBSPOT__HUBSPOT": {"TOKEN": TOKEN, "BASE_URL": hubspot, "HEADROOM": "0"},
        "ODOO__ODOO": {
            "URL": odoo,
            "DATABASE": DATABASE,
            "USER": ADMIN,
            "KEY": ADMIN,
            "HEADROOM": "0",
            "REQUESTS_PER_SECOND": "1000",
            "SURVEY_QUESTIONS": SETTING,
        },
        "HUBSPOT": {"PUSH_GOALS": "false", "PUSH_FIELDS": "deals,companies,users"},
        "ODOO": {"GOALS": json.dumps([sums, share]), "PUSH_FIELDS": "deals,companies,users"},
    }
    named = {f"CRM_KPI_ACCOUNTS__{path}__{name}": value for path, own in settings.items() for name, value in own.items()}
    return named | {"CRM_KPI_DATABASE_URL": f"sqlite:///{folder}/store.sqlite"}
