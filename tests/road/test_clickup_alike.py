"""The same real deals behind HubSpot and ClickUp give the same numbers, but for what ClickUp has no place for."""

from collections.abc import Mapping
from pathlib import Path

from connector.app import App
from connector.sandbox.clickup import TOKEN as CLICKUP_TOKEN
from connector.sandbox.clickup import clickup_app
from connector.sandbox.hubspot import hubspot_app
from connector.sandbox.running import running
from tests.adapters.boxes import TOKEN
from tests.road.alike import Picture, go, unexplained

_SURVEYS = "ClickUp has no surveys."
_MAILS = "ClickUp has no e-mails of its own."
_CHANCE = "ClickUp's statuses have no chance to be won."
_WHO = "ClickUp does not tell who changed what; its owner has a licence, and HubSpot's sellers alone do."
FORCED: Mapping[str, str] = {
    "customer_effort_score": _SURVEYS,
    "customer_satisfaction_mean": _SURVEYS,
    "customer_satisfaction_score": _SURVEYS,
    "net_promoter_score": _SURVEYS,
    "survey_response_rate": _SURVEYS,
    "activity_win_lift": _MAILS,
    "email_click_rate": _MAILS,
    "email_open_rate": _MAILS,
    "engagement_rate": _MAILS,
    "engagement_score": _MAILS,
    "followups_per_lead": _MAILS,
    "interactions_per_customer": _MAILS,
    "lead_response_time": _MAILS,
    "lead_response_time_median": _MAILS,
    "lead_response_within_target": _MAILS,
    "response_time": _MAILS,
    "response_time_median": _MAILS,
    "unworked_leads": _MAILS,
    "forecast_overdue_value": _CHANCE,
    "forecast_revenue": _CHANCE,
    "forecast_undated_value": _CHANCE,
    "weighted_pipeline_value": _CHANCE,
    "active_user_rate": _WHO,
    "usage_frequency": _WHO,
    "pipeline_coverage": "ClickUp's goals are not read as targets; HubSpot's are.",
}
PAST: Mapping[str, str] = {"pipeline_value": "ClickUp does not keep the value that a deal had before it closed."}
MAPPING = {
    "DEAL_LISTS": "Deals",
    "COMPANY_LISTS": "Companies",
    "CONTACT_LISTS": "Contacts",
    "TICKET_LISTS": "Support",
    "WON_STATUSES": "won",
    "LOST_STATUSES": "lost",
    "AMOUNT_FIELD": "Deal value",
    "CLOSE_DATE_FIELD": "Close date",
    "COMPANY_FIELD": "Company",
    "CONTACT_FIELD": "Contact",
    "PRODUCT_FIELD": "Product",
    "INDUSTRY_FIELD": "Industry",
    "COUNTRY_FIELD": "Country",
    "EMPLOYEES_FIELD": "Employees",
}


def environ(folder: Path, hubspot: str, clickup: str) -> dict[str, str]:
    """Return the settings of an admin who has both."""
    settings = {
        "HUBSPOT__HUBSPOT": {"TOKEN": TOKEN, "BASE_URL": hubspot, "HEADROOM": "0"},
        "CLICKUP__CLICKUP": {"TOKEN": CLICKUP_TOKEN, "BASE_URL": clickup, "HEADROOM": "0", **MAPPING},
        "CLICKUP": {"TIMEZONE": "America/New_York", "PUSH_FIELDS": "companies", "DRY_RUN": "true"},
        "HUBSPOT": {"PUSH_FIELDS": "companies", "PUSH_GOALS": "false", "DRY_RUN": "true"},
    }
    named = {f"CRM_KPI_ACCOUNTS__{path}__{name}": value for path, own in settings.items() for name, value in own.items()}
    return named | {"CRM_KPI_DATABASE_URL": f"sqlite:///{folder}/store.sqlite"}


def called_alike(picture: Picture) -> Picture:
    """Call the one pipeline and its stages, which in ClickUp are a List and its statuses, as HubSpot does."""
    names = {"Deals": "Sales Pipeline", **{word: word.capitalize() for word in ("prospecting", "engaging", "won", "lost")}}
    return Picture(
        {
            kpi: {(period, by, names.get(name, name)): figures for (period, by, name), figures in own.items()}
            for kpi, own in picture.values.items()
        },
        picture.unavailable,
    )


async def test_the_same_deals_give_the_same_values(few_deals: Path, tmp_path: Path):
    """Every KPI that either measures has the same values in both, for every member and period, or a reason not to."""
    hubspot = hubspot_app(data=few_deals, burst=100_000, search_per_second=1000)
    with running(hubspot) as theirs, running(clickup_app(data=few_deals)) as ours:
        app = App.start(environ(tmp_path, theirs, ours))
        try:
            for account in ("hubspot", "clickup"):
                await go(app, account)
            pictures = [called_alike(Picture.of(app, "clickup")), Picture.of(app, "hubspot")]
        finally:
            app.close()

    assert unexplained(*pictures, FORCED, PAST) == {}
    assert len(pictures[0].values) > 60
