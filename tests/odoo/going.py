"""The whole road over a real Odoo and over the sandbox HubSpot of the same deals, side by side in one store."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from connector import steps
from connector.app import App
from connector.model import KpiValue
from connector.steps import Road, Work, recorded
from tests.adapters.boxes import TOKEN
from tests.odoo.box import DATABASE
from tests.odoo.people import ADMIN

LAST_DAY = date(2017, 12, 31)
SELLER = "Darcel Schlecht"
ACCOUNTS = ("hubspot", "odoo")
_CHANCE = "Odoo does not keep the chance that a deal had before it closed."
_LEADS = "Odoo has leads of its own; in the sandbox without its extras contacts stand for them."
_UNREAD = "Products, order lines and activities are not read from Odoo."
FORCED: Mapping[str, str] = {
    "weighted_pipeline_value": _CHANCE,
    "forecast_undated_value": _CHANCE,
    "average_conversion_time": _LEADS,
    "average_conversion_time_median": _LEADS,
    "leads_created": _LEADS,
    "lead_assignment_time": _LEADS,
    "lead_assignment_time_median": _LEADS,
    "lead_conversion_rate": _LEADS,
    "lead_conversion_rate_within": _LEADS,
    "lead_qualification_rate": _LEADS,
    "lead_qualification_rate_within": _LEADS,
    "lead_to_opportunity_rate": _LEADS,
    "lead_to_opportunity_rate_within": _LEADS,
    "active_user_rate": _UNREAD,
    "usage_frequency": _UNREAD,
    "crm_records": _UNREAD,
    "records_created": _UNREAD,
}
"""The KPIs that differ, and what forces them to."""
Values = Mapping[tuple[str, str, str], KpiValue]
"""Values by KPI, period and member."""


def environ(folder: Path, hubspot: str, odoo: str) -> dict[str, str]:
    """Return the settings of an admin who has both; one seller has a target."""
    goal = {"kpi": "revenue_won", "subject": f"owner:{SELLER}", "period": "2017", "split": "quarter", "target": 100000}
    settings = {
        "HUBSPOT__HUBSPOT": {"TOKEN": TOKEN, "BASE_URL": hubspot, "HEADROOM": "0"},
        "ODOO__ODOO": {"URL": odoo, "DATABASE": DATABASE, "USER": ADMIN, "KEY": ADMIN, "HEADROOM": "0", "REQUESTS_PER_SECOND": "1000"},
        "HUBSPOT": {"PUSH_GOALS": "false", "PUSH_FIELDS": "deals,companies,users"},
        "ODOO": {"GOALS": json.dumps([goal]), "PUSH_FIELDS": "deals,companies,users"},
    }
    named = {f"CRM_KPI_ACCOUNTS__{path}__{name}": value for path, own in settings.items() for name, value in own.items()}
    return named | {"CRM_KPI_DATABASE_URL": f"sqlite:///{folder}/store.sqlite"}


async def go(app: App, account: str) -> Road:
    """Go the whole road once, as of the last day of the data."""
    async with app.work(account) as work:
        at = await _end_of_day(work)
        async with recorded(work, "run", at) as (lease, run):
            road = Road(run)
            await steps.run(work, lease, road, as_of=at, yes=True)
            return road


async def _end_of_day(work: Work) -> datetime:
    await steps.check(work)
    return work.calendar(await work.bound()).end_of(LAST_DAY)


def values(app: App, account: str, by: str = "") -> Values:
    """Return what was measured last."""
    return {(one.kpi, one.period.name, one.by.get(by, "")): one for one in app.store.values.find(account, dimension=by)}


def differing(ours: Values, theirs: Values) -> set[str]:
    """Return the KPIs that have another value, or rest on another number of records, for some member and period that both have."""
    common = ours.keys() & theirs.keys()
    return {key[0] for key in common if (ours[key].value, ours[key].n) != (theirs[key].value, theirs[key].n)}
