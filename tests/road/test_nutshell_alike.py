"""The same real deals behind HubSpot and Nutshell give the same numbers, but for what Nutshell has no place for."""

from collections.abc import Mapping
from pathlib import Path

from connector.app import App
from connector.sandbox.hubspot import hubspot_app
from connector.sandbox.nutshell import KEY, USER, nutshell_app
from connector.sandbox.running import running
from tests.adapters.boxes import TOKEN
from tests.road.alike import Picture, go, unexplained

_SURVEYS = "Nutshell has no surveys."
_TICKETS = "Nutshell has no tickets."
_TASKS = "Nutshell's tasks are not read."
FORCED: Mapping[str, str] = {
    "customer_effort_score": _SURVEYS,
    "customer_satisfaction_mean": _SURVEYS,
    "customer_satisfaction_score": _SURVEYS,
    "net_promoter_score": _SURVEYS,
    "survey_response_rate": _SURVEYS,
    "first_contact_resolution_rate": _TICKETS,
    "resolution_time": _TICKETS,
    "resolution_time_median": _TICKETS,
    "tickets_created": _TICKETS,
    "tickets_waiting": _TICKETS,
    "waiting_time": _TICKETS,
    "waiting_time_median": _TICKETS,
    "overdue_followups": _TASKS,
    "pipeline_coverage": "Nutshell's quotas can be neither read nor written; HubSpot's goals are targets.",
}
_CHANCE = "Nutshell does not keep the chance that a lead had before it closed."
PAST: Mapping[str, str] = {
    "forecast_undated_value": _CHANCE,
    "weighted_pipeline_value": _CHANCE,
    "pipeline_value": "Nutshell does not keep the value that a lead had before it closed.",
}


def environ(folder: Path, hubspot: str, nutshell: str) -> dict[str, str]:
    """Return the settings of an admin who has both."""
    settings = {
        "HUBSPOT__HUBSPOT": {"TOKEN": TOKEN, "BASE_URL": hubspot, "HEADROOM": "0"},
        "NUTSHELL__NUTSHELL": {"USER": USER, "API_KEY": KEY, "BASE_URL": nutshell, "REQUESTS_PER_SECOND": "1000"},
        "NUTSHELL": {"TIMEZONE": "America/New_York", "PUSH_FIELDS": "companies", "DRY_RUN": "true"},
        "HUBSPOT": {"PUSH_FIELDS": "companies", "PUSH_GOALS": "false", "DRY_RUN": "true"},
    }
    named = {f"CRM_KPI_ACCOUNTS__{path}__{name}": value for path, own in settings.items() for name, value in own.items()}
    return named | {"CRM_KPI_DATABASE_URL": f"sqlite:///{folder}/store.sqlite"}


async def test_the_same_deals_give_the_same_values(few_deals: Path, tmp_path: Path):
    """Every KPI that either measures has the same values in both, for every member and period, or a reason not to."""
    hubspot = hubspot_app(data=few_deals, burst=100_000, search_per_second=1000)
    with running(hubspot) as theirs, running(nutshell_app(data=few_deals)) as ours:
        app = App.start(environ(tmp_path, theirs, ours))
        try:
            for account in ("hubspot", "nutshell"):
                await go(app, account)
            pictures = [Picture.of(app, account) for account in ("nutshell", "hubspot")]
        finally:
            app.close()

    assert unexplained(*pictures, FORCED, PAST) == {}
    assert len(pictures[0].values) > 60
