"""The page of KPIs says what the declarations say, because it is made from them."""

import re
from dataclasses import fields

import pytest

from connector.adapters import ADAPTERS, hubspot
from connector.kpis import FAMILIES, KPIS, Need
from connector.kpis.choices import OF_COLUMNS, OF_FACTS, OF_KPIS, columns_of, settings_of_kpi
from connector.kpis.facts import FACTS
from connector.model import Entity, Policies
from connector.reference import ARTICLES, NEEDS, PAGE, reference_text
from connector.settings import AccountSettings

PRIVATE = {"home", "stalled_factor", "lead_weights"}
"""Choices of a measurement that are no settings, or that only fields of records hang on."""


def section(key: str) -> str:
    """Return what the page says of one KPI."""
    return re.split(r"^##", reference_text().split(f"\n### {key}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def test_the_page_in_the_repository_is_up_to_date():
    """Whoever changes a KPI, or where an adapter finds its input, writes the page anew with `make write`."""
    assert PAGE.read_text(encoding="utf-8") == reference_text()


def test_every_kpi_stands_on_the_page():
    """Each KPI has its section, and a median stands with its mean."""
    sections = set(re.findall(r"^### ([a-z0-9_]+)$", reference_text(), flags=re.MULTILINE))
    medians = set(re.findall(r"^\| Median \| `([a-z_]+)`", reference_text(), flags=re.MULTILINE))

    assert sections | medians == set(KPIS)
    assert {kpi.key for family in FAMILIES.values() for kpi in family.KPIS} == sections


def test_a_section_tells_all_of_it():
    """Meaning, formula, unit, articles, breakdowns, inputs, settings, what is left out and the CRM's own words stand together."""
    told = section("lead_qualification_rate_within")

    assert "**Lead qualification rate within the age.** The share of leads that were worth pursuing." in told
    assert "| Unit | a share: 0.25 is 25 %; more is better |" in told
    assert f"| Asked for by | {ARTICLES['C']} |" in told
    assert "| Reads | `deals`, `pipelines`, `contacts` |" in told
    assert "| Settings | `CRM_KPI_COHORT_DAYS`, `CRM_KPI_MIN_SAMPLE` |" in told
    assert "| Left out | it is too young to be judged |" in told
    assert "| HubSpot | deals: deals; pipelines: deal pipelines; contacts: contacts |" in told


@pytest.mark.parametrize(
    ("key", "settings"),
    [
        ("deals_won", ()),
        ("close_rate_within", ("cohort_days", "min_sample")),
        ("unworked_leads", ("lead_response_hours", "business_hours")),
        ("crm_roi", ("cost_precedence", "crm_revenue", "crm_sources", "fx", "min_sample")),
        ("revenue_by_source", ("credit", "fx")),
        ("predicted_lifetime_value", ("churn_policy", "churn_days", "grace_days", "fx", "gross_margin", "min_sample")),
    ],
)
def test_settings_of_a_kpi(key: str, settings: tuple[str, ...]):
    """A KPI names the settings that change it, found by the columns that it reads."""
    assert settings_of_kpi(KPIS[key]) == settings


def test_choices_are_those_of_measurements():
    """Every choice that a measurement knows changes some KPI, is a setting, and hangs on facts and columns that there are."""
    known = {one.name for one in fields(Policies)} - PRIVATE
    columns = {f"{fact}.{column}" for fact, names in FACTS.items() for column in names}

    assert {name for kpi in KPIS.values() for name in settings_of_kpi(kpi)} == known
    assert known <= set(AccountSettings.model_fields)
    assert set(OF_FACTS) <= set(FACTS)
    assert set(OF_COLUMNS) <= columns
    assert set(OF_KPIS) <= set(KPIS)
    assert {column for kpi in KPIS.values() for column in columns_of(kpi)} <= columns


def test_an_adapter_says_where_each_stream_comes_from():
    """What is read of a CRM is on the page: each stream with its scopes; without words for it a KPI would seem to need an import."""
    for entry in ADAPTERS.values():
        assert set(entry.origins) == set(entry.streams)
    assert {stream: origin.scopes for stream, origin in hubspot.ORIGINS.items()} == dict(hubspot.READS)
    assert set(hubspot.SUPPLIES) <= set(Need)


def test_every_need_is_told_in_words():
    """What must be supplied is a table of its own name, or the page says what it is."""
    assert set(Need) - set(NEEDS) <= {str(entity) for entity in Entity}
