"""The manifest says what the program is, because it is made from the program."""

import json
from pathlib import Path

from connector import kpis
from connector.adapters import ADAPTERS
from connector.kpis import fields
from connector.manifest import manifest, manifest_text

FILE = Path(__file__).parents[1] / "manifest.json"


def test_the_manifest_in_the_repository_is_up_to_date():
    """Whoever changes a setting, a field, a KPI or an adapter writes the manifest anew with `crm-kpi manifest`."""
    assert FILE.read_text(encoding="utf-8") == manifest_text()


def test_the_manifest_names_everything_there_is():
    """No adapter, field or KPI is left out, and every setting says what it is for."""
    found = manifest()
    settings = [*found["settings"], *(row for adapter in found["adapters"] for row in adapter["settings"])]

    assert {adapter["name"] for adapter in found["adapters"]} == set(ADAPTERS)
    assert {f"{field['object']}.{field['name']}" for field in found["fields"]} == set(fields.specs())
    assert {kpi["key"] for kpi in found["kpis"]} == set(kpis.KPIS)
    assert [row["name"] for row in settings if not row["description"]] == []
    assert {row["level"] for row in settings} == {"process", "account"}


def test_secrets_are_marked_and_have_no_default():
    """A reader of the manifest knows which settings to keep in a vault."""
    found = json.loads(manifest_text())
    settings = [*found["settings"], *(row for adapter in found["adapters"] for row in adapter["settings"])]
    secret = {row["name"] for row in settings if row["secret"]}

    assert secret == {"CRM_KPI_DATABASE_URL", "CRM_KPI_SECRET_KEY", "CRM_KPI_HUBSPOT__TOKEN", "CRM_KPI_HUBSPOT__CLIENT_SECRET"}
    assert all(row["default"] is None for row in settings if row["secret"])
