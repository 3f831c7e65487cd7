"""The manifest says what the program is, because it is made from the program."""

import json
from pathlib import Path
from typing import Any

from connector import kpis
from connector.adapters import ADAPTERS
from connector.feeds import FEEDS
from connector.kpis import fields
from connector.manifest import manifest, manifest_text

FILE = Path(__file__).parents[1] / "manifest.json"


def all_settings(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the settings of the house, of every adapter and of every feed."""
    parts = [*found["adapters"], *found["feeds"]]
    return [*found["settings"], *(row for part in parts for row in part["settings"])]


def test_the_manifest_in_the_repository_is_up_to_date():
    """Whoever changes a setting, a field, a KPI or an adapter writes the manifest anew with `crm-kpi manifest`."""
    assert FILE.read_text(encoding="utf-8") == manifest_text()


def test_the_manifest_names_everything_there_is():
    """No adapter, feed, field or KPI is left out, and every setting says what it is for."""
    found = manifest()
    settings = all_settings(found)

    assert {adapter["name"] for adapter in found["adapters"]} == set(ADAPTERS)
    assert {feed["name"] for feed in found["feeds"]} == set(FEEDS)
    assert {f"{field['object']}.{field['name']}" for field in found["fields"]} == set(fields.specs())
    assert {kpi["key"] for kpi in found["kpis"]} == set(kpis.KPIS)
    assert [row["name"] for row in settings if not row["description"]] == []
    assert {row["level"] for row in settings} == {"process", "account"}


def test_secrets_are_marked_and_have_no_default():
    """A reader of the manifest knows which settings to keep in a vault."""
    found = json.loads(manifest_text())
    settings = all_settings(found)
    secret = {row["name"] for row in settings if row["secret"]}

    assert secret == {
        "CRM_KPI_DATABASE_URL",
        "CRM_KPI_SECRET_KEY",
        "CRM_KPI_HUBSPOT__TOKEN",
        "CRM_KPI_HUBSPOT__CLIENT_SECRET",
        "CRM_KPI_NUTSHELL__API_KEY",
        "CRM_KPI_NUTSHELL__HOOK_SECRET",
        "CRM_KPI_CLICKUP__TOKEN",
        "CRM_KPI_CLICKUP__WEBHOOK_SECRET",
        "CRM_KPI_GA4__CREDENTIALS",
        "CRM_KPI_ODOO__KEY",
        "CRM_KPI_BOTTLECRM__TOKEN",
        "CRM_KPI_BOTTLECRM__WEBHOOK_SECRET",
    }
    assert all(row["default"] is None for row in settings if row["secret"])
