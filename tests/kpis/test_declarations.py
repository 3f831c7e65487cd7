"""The catalogue is whole: what is declared can be derived, named and pushed."""

import re
import subprocess
import sys

import pytest

from connector.engine.layers import BASES, STANDS_ON, definitions
from connector.kpis import KPIS, Kpi, fields
from connector.kpis.facts import FACTS, LEVELS
from connector.model import Entity, FieldKind, Stream

SECTION = {
    "deals_created",
    "deals_won",
    "deals_lost",
    "revenue_won",
    "revenue_growth",
    "net_new_revenue",
    "average_deal_size",
    "average_purchase_value",
    "win_rate",
    "close_rate",
    "time_to_close",
    "sales_cycle_length",
    "pipeline_velocity",
    "sales_velocity",
    "stage_duration",
    "stage_conversion_rate",
    "pipeline_value",
    "weighted_pipeline_value",
    "pipeline_coverage",
    "forecast_revenue",
    "stalled_deals",
    "repeat_purchases",
    "repeat_purchase_rate",
    "purchase_frequency",
    "days_between_orders",
    "customer_lifetime_value",
}
SERVICE = {"complaints", "resolution_time", "waiting_time", "first_contact_resolution_rate"}
SURVEYS = {"net_promoter_score", "customer_effort_score", "customer_satisfaction_score", "survey_response_rate"}
LEADS = {
    "leads_created",
    "crm_leads_created",
    "cost_per_lead",
    "sessions",
    "session_to_lead_rate",
    "lead_qualification_rate",
    "lead_to_opportunity_rate",
    "lead_conversion_rate",
    "average_conversion_time",
    "lead_assignment_time",
    "lead_response_time",
    "lead_response_within_target",
    "unworked_leads",
    "followups_per_lead",
}
MEANS = {
    "average_deal_size",
    "time_to_close",
    "sales_cycle_length",
    "pipeline_velocity",
    "stage_duration",
    "resolution_time",
    "waiting_time",
    "average_conversion_time",
    "lead_assignment_time",
    "lead_response_time",
    "response_time",
    "onboarding_time",
}
LOYALTY = {
    "upsell_rate",
    "cross_sell_rate",
    "expansion_revenue",
    "revenue_by_source",
    "revenue_by_campaign",
    "revenue_by_workflow",
    "customers",
    "new_customers",
    "lost_customers",
    "reactivated_customers",
    "customer_retention_rate",
    "customer_churn_rate",
    "revenue_churn_rate",
    "net_revenue_retention",
    "renewal_rate",
    "customer_acquisition_cost",
    "customer_health_score",
    "customer_retention_cost",
    "retention_cost_ratio",
    "predicted_lifetime_value",
    "clv_to_cac",
}
ENGAGEMENT = {
    "engagement_rate",
    "interactions_per_customer",
    "engagement_score",
    "email_open_rate",
    "email_click_rate",
    "response_time",
    "overdue_followups",
    "activity_win_lift",
    "crm_records",
    "records_created",
    "crm_logins",
    "active_user_rate",
    "usage_frequency",
    "feature_adoption_rate",
    "onboarding_time",
    "training_completion_rate",
}
MONEY = {"crm_roi", "campaign_roi", "sales_roi", "cost_to_serve_ratio", "cost_per_won_deal"}
every_kpi = pytest.mark.parametrize("kpi", KPIS.values(), ids=KPIS)


def test_the_catalogue_has_what_the_articles_ask_for():
    """Every KPI of sales and pipeline that deals alone can carry, of leads, service and surveys is there, under its own key."""
    assert set(KPIS) >= SECTION | LEADS | SERVICE | SURVEYS | LOYALTY | MONEY | ENGAGEMENT
    assert [key for key, kpi in KPIS.items() if key != kpi.key] == []


def test_means_have_medians():
    """Every mean, and nothing else, has its median beside it, counted in the same unit."""
    twins = {key.removesuffix("_median") for key in KPIS if key.endswith("_median")}
    assert twins == MEANS
    assert all(KPIS[key].unit is KPIS[f"{key}_median"].unit for key in twins)


@every_kpi
def test_words(kpi: Kpi):
    """A KPI says what it means and how it is made in a sentence each, and has a label that fits a table."""
    assert kpi.means.endswith(".")
    assert kpi.formula_words.endswith(".")
    assert 3 < len(kpi.label) <= 50
    assert set(kpi.source) <= set("NRUC+")


@every_kpi
def test_parts_name_facts_that_exist(kpi: Kpi):
    """Every part of a formula stands on a declared table, dated by one of its days or with periods of its own, and reads streams."""
    for part in kpi.formula.parts:
        columns = FACTS[part.rows.of]
        assert ("period" in columns) if part.rows.at is None else (columns[f"{part.rows.at}_on"] == "date")
    reads_deals = any("deals" in definitions([part.rows.of]) for part in kpi.formula.parts if part.rows.of in BASES)
    assert ({Stream.DEALS, Stream.PIPELINES} if reads_deals else set()) <= set(kpi.reads)
    assert kpi.reads or kpi.needs


def test_definitions_stand_on_those_before():
    """Each definition comes after all that it stands on, and each fact is made by one."""
    names = list(STANDS_ON)
    assert all(names.index(other) < names.index(name) for name, others in STANDS_ON.items() for other in others)
    assert {definition for _, definition in BASES.values()} <= set(names)
    of_time = {"calendar", "levels", "slices", "slices_of_periods", "numbered_days", "cut_days", "numbered_periods"}
    assert set(BASES) == set(FACTS) - {"targets", *of_time, *LEVELS.values()}


def test_fields_are_ours():
    """Our fields are named so that nobody's field has the same name, and labelled so that a rep knows where they come from."""
    for key, spec in fields.specs().items():
        assert key == f"{spec.entity}.{spec.name}"
        assert re.fullmatch(r"kpi_[a-z_]+", spec.name)
        assert spec.label.startswith("KPI: ")
        assert len(spec.label) <= 45
        assert spec.means.endswith(".")


def test_every_entity_says_when_it_was_updated():
    """Each kind of record that we write to has one field for the time of the last change."""
    assert {entity: spec.kind for entity, spec in fields.UPDATED_AT.items()} == dict.fromkeys(
        (Entity.DEALS, Entity.COMPANIES, Entity.CONTACTS, Entity.USERS), FieldKind.DATETIME
    )


def test_users_show_kpis_that_exist():
    """What a user record shows is a KPI that has owners."""
    assert {shown.kpi for shown in fields.SHOWN} <= set(KPIS)
    assert len({shown.spec.name for shown in fields.SHOWN}) == len(fields.SHOWN)


def test_reading_the_catalogue_needs_no_engine():
    """Labels and units are there without loading the compiler, so that help and tables answer at once."""
    code = "import sys, connector.kpis; print(sorted({'ibis', 'duckdb', 'sqlglot'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
