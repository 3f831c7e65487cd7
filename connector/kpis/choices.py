"""Which settings of an account change which KPIs: by the columns of facts that a KPI looks at, and what it says of itself."""

from collections.abc import Iterator, Mapping

from connector.kpis.expressions import columns_read
from connector.kpis.metric import Kpi, Part, Rule

_CHURN = ("churn_policy", "churn_days", "grace_days")
OF_FACTS: Mapping[str, tuple[str, ...]] = {
    "arrivals": _CHURN,
    "dealings": _CHURN,
    "departures": _CHURN,
    "standings": _CHURN,
    "contracts": ("grace_days",),
    "recurring": ("grace_days",),
    "healths": (*_CHURN, "health_weights"),
    "costs": ("cost_precedence",),
    "credits": ("credit",),
}
"""The settings on which all rows of a fact depend."""
OF_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "acts.is_with_customer": _CHURN,
    "credits.home_amount": ("fx",),
    "deals.home_amount": ("fx",),
    "open_deals.home_amount": ("fx",),
    "recurring.at_start": ("fx",),
    "deals.is_young": ("cohort_days",),
    "deals.won_early": ("cohort_days",),
    "leads.is_crm": ("crm_sources",),
    "leads.answer_us": ("business_hours",),
    "leads.is_in_time": ("lead_response_hours", "business_hours"),
    "leads.is_judged": ("lead_response_hours", "business_hours"),
    "leads.is_overdue": ("lead_response_hours", "business_hours"),
    "leads.is_web": ("web_sources",),
    "leads.is_young": ("cohort_days",),
    "leads.was_customer_early": ("cohort_days",),
    "leads.was_opportunity_early": ("cohort_days",),
    "leads.was_qualified_early": ("cohort_days",),
    "open_deals.is_stalled": ("stalled_days",),
    "replies.response_us": ("business_hours",),
    "standings.margin": ("gross_margin",),
    "tickets.waiting_us": ("business_hours",),
    "uses.is_feature": ("crm_feature",),
}
"""The settings on which a single column depends."""
OF_KPIS: Mapping[str, tuple[str, ...]] = {"crm_roi": ("cost_precedence", "crm_revenue", "crm_sources", "fx")}
"""KPIs for which facts would say the wrong thing: the CRM is not credited as sources and campaigns are."""


def settings_of_kpi(kpi: Kpi) -> tuple[str, ...]:
    """Return the names of the settings that change a KPI, those for all of them (the calendar) apart."""
    looked_at = [*(part.rows.of for part in kpi.formula.parts), *columns_of(kpi)]
    found = OF_KPIS.get(kpi.key) or [name for place in looked_at for name in {**OF_FACTS, **OF_COLUMNS}.get(place, ())]
    sample = ("min_sample",) if kpi.formula.sampled else ()
    return tuple(dict.fromkeys((*found, *sample)))


def columns_of(kpi: Kpi) -> tuple[str, ...]:
    """Return every column, as `fact.column`, by which a KPI chooses rows or which it adds up."""
    return tuple(
        sorted(
            {f"{part.rows.of}.{name}" for part in kpi.formula.parts for rule in _rules(part) for name in columns_read(part.rows.of, rule)}
        )
    )


def _rules(part: Part) -> Iterator[Rule]:
    sums = part.adds if part.per_customer is None else part.per_customer
    yield from (rule for rule in (part.rows.where, part.middle, *sums.values()) if rule is not None)
