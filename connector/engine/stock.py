"""What has been supplied so far: without it, what is not there would be taken for zero."""

from collections.abc import Mapping
from datetime import date

from connector.engine.cache import Cache
from connector.kpis import Need
from connector.model import Policies

_COSTS = "select 1 from crm.costs where deleted_at is null and category = '{}'"
_OPEN_CHANCE = "select 1 from crm.stages where deleted_at is null and outcome = 'open' and probability is not null"
_OWN_CHANCE = """
select 1 from crm.deals as d left join crm.stages as s on s.id = d.stage
where d.deleted_at is null and d.probability is not null and coalesce(d.status, s.outcome, 'open') = 'open'
"""
_LOGIN = 'select 1 from crm."usage" where deleted_at is null'
_DONE = "select 1 from crm.activities where deleted_at is null and owner is not null"
_CHANGED = """select 1 from crm.field_history where deleted_at is null and "by" is not null"""
_UNSTAGED = "Nothing tells when deals entered and left their stages"
_STAY = """
select 1 from crm.stage_changes where deleted_at is null
union all select 1 where not exists (select 1 from crm.deals where deleted_at is null)
"""
"""Without deals there is nothing to know of stages, either."""
_ROWS: Mapping[Need, str] = {
    Need.STAYS: _STAY,
    Need.TOUCHES: "select 1 from crm.touches where deleted_at is null",
    Need.CONTRACTS: "select 1 from crm.contracts where deleted_at is null",
    Need.TRAFFIC: "select 1 from crm.traffic where deleted_at is null",
    Need.USAGE: 'select 1 from crm."usage" where deleted_at is null',
    Need.TRAININGS: "select 1 from crm.trainings where deleted_at is null",
    Need.CAMPAIGN_COSTS: "select 1 from crm.costs where deleted_at is null and coalesce(campaign, '') <> ''",
    Need.CRM_SOURCES: "select 1 from crm.campaigns where deleted_at is null",
    Need.COMPLAINTS: "select 1 from crm.tickets where deleted_at is null and is_complaint is not null",
    Need.CHANCES: f"{_OPEN_CHANCE} union all {_OWN_CHANCE}",
    Need.WORK: f"{_LOGIN} union all {_DONE} union all {_CHANGED}",
    **{need: _COSTS.format(need.removeprefix("costs.")) for need in Need if need.startswith("costs.")},
}
"""What shows that a need is met."""
_BEGINS: Mapping[Need, str] = {
    Need.TOUCHES: 'select local_day(min("at")) from crm.touches where deleted_at is null',
    Need.TRAFFIC: 'select min("day") from crm.traffic where deleted_at is null',
    Need.USAGE: 'select local_day(min("at")) from crm."usage" where deleted_at is null',
}
"""The first day of what was supplied."""


def lacking(cache: Cache, policies: Policies) -> Mapping[Need, str]:
    """Return every need that nothing meets, with what would."""
    tables = ", ".join(f"exists ({rows})" for rows in _ROWS.values())
    (found,) = cache.connection.execute(f"select {tables}").fetchall()
    met = {need for need, is_there in zip(_ROWS, found, strict=True) if is_there} | _set(policies)
    if policies.crm_revenue == "all" or Need.TOUCHES in met:
        met.add(Need.CRM_REVENUE)
    if policies.stalled_days or Need.STAYS in met:
        met.add(Need.STALLING)
    return {need: _remedy(need) for need in Need if need not in met}


def beginnings(cache: Cache) -> Mapping[Need, date]:
    """Return from which day on something is known that is counted: before it nobody looked, and none is not zero."""
    days = ", ".join(f"({query})" for query in _BEGINS.values())
    (found,) = cache.connection.execute(f"select {days}").fetchall()
    return {need: day for need, day in zip(_BEGINS, found, strict=True) if day is not None}


def _set(policies: Policies) -> set[Need]:
    values = {
        Need.GROSS_MARGIN: policies.gross_margin is not None,
        Need.CRM_SOURCES: bool(policies.crm_sources),
        Need.FEATURE: policies.crm_feature is not None,
        Need.STALLED_DAYS: policies.stalled_days is not None,
        # Streams meet it, which the terms of a measurement know.
        Need.SILENCE: True,
    }
    return {need for need, is_set in values.items() if is_set}


def _remedy(need: Need) -> str:
    if need.startswith("costs."):
        category = need.removeprefix("costs.")
        return f"No costs of {category} were supplied; `crm-kpi import costs` brings them, a row of amount 0 says that there were none."
    others = {
        Need.CAMPAIGN_COSTS: "No costs of campaigns were supplied; `crm-kpi import costs` brings them.",
        Need.CRM_SOURCES: "Nobody said which leads the CRM brings; CRM_KPI_CRM_SOURCES names their sources, campaigns count too.",
        Need.CRM_REVENUE: "No touches were supplied; `crm-kpi import touches` brings them; CRM_KPI_CRM_REVENUE=all counts all deals.",
        Need.GROSS_MARGIN: "No margin is set; CRM_KPI_GROSS_MARGIN says which share of revenue is left after direct costs.",
        Need.COMPLAINTS: "No ticket says whether it is a complaint; the CRM's setting COMPLAINT_VALUES names what makes one.",
        Need.CHANCES: "No stage and no deal says its chance to be won.",
        Need.WORK: "Nothing tells who works in the CRM, by logins, activities or changes; `crm-kpi import usage` brings logins.",
        Need.STALLED_DAYS: "No days of silence are set; CRM_KPI_STALLED_DAYS says how many.",
        Need.STAYS: f"{_UNSTAGED}; `crm-kpi import stage_changes` brings it.",
        Need.STALLING: f"{_UNSTAGED}; `crm-kpi import stage_changes` brings it, CRM_KPI_STALLED_DAYS goes by activities instead.",
        Need.FEATURE: "No feature is named; CRM_KPI_CRM_FEATURE says which one people should use.",
    }
    return others.get(need) or f"Nothing is known of {need} yet; `crm-kpi import {need}` brings it."
