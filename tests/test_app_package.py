"""The HubSpot app's project files: whole, consistent, and in step with what the adapter needs and reads."""

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from connector.adapters.hubspot import SCOPES, WRITABLE
from connector.adapters.hubspot.kinds import KINDS
from connector.kpis import fields
from connector.web.records import PATH

ROOT = Path(__file__).parents[1] / "hubspot-app"
APP = ROOT / "src" / "app"
METAS = sorted(APP.rglob("*-hsmeta.json"))
EXAMPLE = "https://kpi.example.com"


def read(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    """Return what a JSON file holds."""
    return json.loads(path.read_text(encoding="utf-8"))


def prepare() -> ModuleType:
    """Load the script that writes the files."""
    spec = importlib.util.spec_from_file_location("prepare", ROOT / "prepare.py")
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_the_files_are_in_step_with_the_adapter():
    """Scopes and webhooks are the adapter's; whoever changes those runs `.venv/bin/python hubspot-app/prepare.py https://kpi.example.com`."""
    for path, text in prepare().files(EXAMPLE).items():
        assert path.read_text(encoding="utf-8") == text, path.name


def test_the_app_asks_for_exactly_what_the_adapter_uses():
    """No scope is missing, and none is asked for that nothing uses."""
    config = read(APP / "app-hsmeta.json")["config"]

    assert config["auth"] == {"type": "static", "requiredScopes": list(SCOPES)}
    assert config["distribution"] == "private"


def test_the_project_names_its_folder_and_a_platform():
    """The project builds what is in its source folder."""
    project = read(ROOT / "hsproject.json")

    assert (ROOT / project["srcDir"]).is_dir()
    assert re.fullmatch(r"20\d\d\.\d\d?", project["platformVersion"])


def test_every_part_has_a_name_of_its_own():
    """Each part has a uid that no other one has, and a type that fits its folder."""
    parts = {path: read(path) for path in METAS}

    assert sorted(part["type"] for part in parts.values()) == ["app", "card", "webhooks"]
    assert len({part["uid"] for part in parts.values()}) == len(parts)
    assert all(re.fullmatch(r"[a-z][a-z_]*", part["uid"]) for part in parts.values())


def test_the_card_stands_on_records_that_have_fields():
    """The card's code is there, and it is shown on every kind of record that has our fields and a page of its own."""
    config = read(APP / "cards" / "kpi-card-hsmeta.json")["config"]
    kinds = {WRITABLE[entity].name for entity in fields.READS if entity in WRITABLE} - {"users"}

    assert (ROOT / "src" / config["entrypoint"].removeprefix("/")).is_file()
    assert set(config["objectTypes"]) == kinds


def test_the_card_asks_the_address_that_serves():
    """The address in the card's code has the shape that `serve` answers to."""
    code = (APP / "cards" / "KpiCard.tsx").read_text(encoding="utf-8")
    asked = re.search(r"\$\{ADDRESS\}([^`]+)`, \{ method", code)

    assert asked
    assert asked[1].replace("${entity}", "{entity}").replace("${objectId}", "{record}") == PATH


def test_the_card_may_ask_only_one_address():
    """Card, webhooks and permission all name the same address."""
    app, hooks = read(APP / "app-hsmeta.json")["config"], read(APP / "webhooks" / "webhooks-hsmeta.json")["config"]

    assert app["permittedUrls"] == {"fetch": [EXAMPLE], "iframe": [], "img": []}
    assert hooks["settings"]["targetUrl"].startswith(f"{EXAMPLE}/")
    assert f'"{EXAMPLE}"' in (APP / "cards" / "address.ts").read_text(encoding="utf-8")


def test_webhooks_tell_of_every_property_that_is_read():
    """Each property of deals that can change is subscribed to once, and none that changes with everything."""
    heard = read(APP / "webhooks" / "webhooks-hsmeta.json")["config"]["subscriptions"]["crmObjects"]
    deals = [one["propertyName"] for one in heard if one["objectType"] == "deal" and one["subscriptionType"] == "object.propertyChange"]
    kind = next(kind for kind in KINDS.values() if kind.name == "deals")

    assert len(deals) == len(set(deals))
    assert set(kind.properties) - set(deals) == {"createdate", "hs_lastmodifieddate", "hs_merged_object_ids"}


@pytest.mark.parametrize(
    ("words", "code"), [(["https://kpi.acme.com/"], 0), (["http://kpi.acme.com"], 2), (["https://x", "--without", "no"], 2)]
)
def test_preparing(tmp_path: Path, words: list[str], code: int):
    """The script writes the given address everywhere; a plain http address or an unknown scope is refused."""
    copy = tmp_path / "hubspot-app"
    subprocess.run(["cp", "-r", str(ROOT), str(copy)], check=True)  # noqa: S607 - cp is found by PATH on purpose

    done = subprocess.run([sys.executable, str(copy / "prepare.py"), *words], capture_output=True, text=True, check=False)

    assert done.returncode == code
    left = [path.name for path in copy.rglob("*.*") if path.suffix in (".json", ".ts") and EXAMPLE in path.read_text(encoding="utf-8")]
    assert (left == []) == (code == 0)
