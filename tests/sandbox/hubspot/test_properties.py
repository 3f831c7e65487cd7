"""Property definitions and groups."""

from collections.abc import Callable

import httpx
import pytest

from connector.sandbox.hubspot import Portal

BASE = "/crm/properties/2026-09/deals"
GROUP = {"name": "kpi_connector", "label": "KPI"}
RATE = {
    "groupName": "kpi_connector",
    "name": "kpi_win_rate",
    "label": "Win rate",
    "type": "number",
    "fieldType": "number",
    "numberDisplayHint": "percentage",
    "description": "Won of closed",
}


@pytest.fixture
def grouped(web: httpx.Client) -> httpx.Client:
    """A portal whose deals have our group."""
    assert web.post(f"{BASE}/groups", json=GROUP).status_code == 201
    return web


def test_definitions_tell_what_may_be_written(web: httpx.Client):
    """Each property says its type, whether it is calculated, and whether its value may be set."""
    found = {row["name"]: row for row in web.get(BASE).json()["results"]}
    assert (found["amount"]["type"], found["amount"]["calculated"], found["amount"]["hubspotDefined"]) == ("number", False, True)
    assert found["hs_is_closed_won"]["modificationMetadata"]["readOnlyValue"]
    assert [option["value"] for option in found["dealstage"]["options"]] == ["prospecting", "engaging", "closedwon", "closedlost"]
    assert "hs_v2_date_entered_closedwon" in found
    assert not found["opportunity_id"].get("hubspotDefined")


def test_a_property_is_created_once(grouped: httpx.Client, deal: str):
    """A new property holds values at once; its name is taken from then on."""
    made = grouped.post(BASE, json=RATE)
    assert (made.status_code, made.json()["numberDisplayHint"], made.json()["groupName"]) == (201, "percentage", "kpi_connector")
    again = grouped.post(BASE, json=RATE)
    assert (again.status_code, again.json()["subCategory"]) == (409, "Properties.PROPERTY_WITH_NAME_EXISTS")
    record = f"/crm/v3/objects/deals/{deal}"
    grouped.patch(record, json={"properties": {"kpi_win_rate": "0.6312"}})
    assert grouped.get(record, params={"properties": "kpi_win_rate"}).json()["properties"]["kpi_win_rate"] == "0.6312"


def test_an_archived_property_comes_back_with_its_values(grouped: httpx.Client, deal: str):
    """Archiving hides a property from reads and refuses writes; creating it again restores it as of its first day."""
    created = grouped.post(BASE, json=RATE).json()["createdAt"]
    record = f"/crm/v3/objects/deals/{deal}"
    grouped.patch(record, json={"properties": {"kpi_win_rate": "0.5"}})
    assert grouped.delete(f"{BASE}/kpi_win_rate").status_code == 204
    assert grouped.get(f"{BASE}/kpi_win_rate").json()["category"] == "OBJECT_NOT_FOUND"
    assert "kpi_win_rate" not in grouped.get(record, params={"properties": "kpi_win_rate"}).json()["properties"]
    refusal = grouped.patch(record, json={"properties": {"kpi_win_rate": "0.6"}})
    assert refusal.json()["errors"][0]["code"] == "PROPERTY_DOESNT_EXIST"
    assert [row["name"] for row in grouped.get(BASE, params={"archived": "true"}).json()["results"]] == ["kpi_win_rate"]
    restored = grouped.post(BASE, json=RATE)
    assert (restored.status_code, restored.json()["createdAt"]) == (201, created)
    assert grouped.get(record, params={"properties": "kpi_win_rate"}).json()["properties"]["kpi_win_rate"] == "0.5"


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Kpi"},
        {"name": "hs_kpi"},
        {"name": "1kpi"},
        {"type": "money"},
        {"type": "number", "fieldType": "text"},
        {"groupName": "nowhere"},
        {"numberDisplayHint": "percent"},
        {"colour": "red"},
        {"label": 5},
    ],
)
def test_bad_definitions_are_refused(grouped: httpx.Client, change: dict[str, object]):
    """Names, types, groups, hints and fields that the vendor does not know are validation errors."""
    refusal = grouped.post(BASE, json={**RATE, **change})
    assert (refusal.status_code, refusal.json()["category"]) == (400, "VALIDATION_ERROR")


def test_a_property_can_be_changed_but_not_renamed(grouped: httpx.Client):
    """Label, description and options may change, options as a whole; the name may not."""
    options = [{"label": word, "value": word, "displayOrder": 0, "hidden": False} for word in ("a", "b")]
    grouped.post(BASE, json={**RATE, "name": "kpi_kind", "type": "enumeration", "fieldType": "select", "options": options})
    path = f"{BASE}/kpi_kind"
    changed = grouped.patch(path, json={"label": "Kind", "options": options[:1]}).json()
    assert (changed["label"], [option["value"] for option in changed["options"]]) == ("Kind", ["a"])
    assert grouped.patch(path, json={"name": "other"}).status_code == 400
    assert grouped.patch(f"{BASE}/amount", json={"label": "Sum"}).status_code == 400
    assert grouped.delete(f"{BASE}/amount").status_code == 400


def test_several_are_created_and_read_at_once(grouped: httpx.Client):
    """A batch makes what it can and names the rest."""
    body = {"inputs": [RATE, {**RATE, "name": "kpi_other"}, {**RATE, "name": "Bad"}]}
    answer = grouped.post(f"{BASE}/batch/create", json=body)
    assert (answer.status_code, [row["name"] for row in answer.json()["results"]]) == (207, ["kpi_win_rate", "kpi_other"])
    names = {"archived": False, "inputs": [{"name": "kpi_other"}, {"name": "kpi_none"}]}
    answer = grouped.post(f"{BASE}/batch/read", json=names)
    assert (answer.status_code, [row["name"] for row in answer.json()["results"]]) == (207, ["kpi_other"])
    assert grouped.post(f"{BASE}/batch/archive", json={"inputs": [{"name": "kpi_other"}]}).status_code == 204
    assert grouped.get(f"{BASE}/kpi_other").status_code == 404


def test_groups_are_created_once_and_removed_when_empty(grouped: httpx.Client):
    """A group exists once, and stays as long as it holds properties."""
    assert grouped.post(f"{BASE}/groups", json=GROUP).status_code == 409
    assert grouped.get(f"{BASE}/groups/kpi_connector").json()["label"] == "KPI"
    assert "kpi_connector" in {row["name"] for row in grouped.get(f"{BASE}/groups").json()["results"]}
    grouped.post(BASE, json=RATE)
    assert grouped.delete(f"{BASE}/groups/kpi_connector").json()["subCategory"] == "PropertyGroupError.GROUP_WITH_ACTIVE_PROPERTIES"
    grouped.delete(f"{BASE}/kpi_win_rate")
    assert grouped.delete(f"{BASE}/groups/kpi_connector").status_code == 204
    assert grouped.get(f"{BASE}/groups/kpi_connector").status_code == 404


def test_the_limit_is_told_and_kept(open_portal: Callable[..., tuple[httpx.Client, Portal]]):
    """The account says how many custom properties are used, and refuses more than it allows."""
    web, _ = open_portal(property_limit=2)
    web.post(f"{BASE}/groups", json=GROUP)
    assert [web.post(BASE, json={**RATE, "name": f"kpi_{word}"}).status_code for word in ("a", "b")] == [201, 400]
    rows = {row["objectTypeId"]: row for row in web.get("/crm/limits/2026-09/custom-properties").json()["byObjectType"]}
    assert (rows["0-3"]["limit"], rows["0-3"]["usage"], rows["0-1"]["usage"]) == (2, 2, 0)


def test_users_may_or_may_not_take_properties(open_portal: Callable[..., tuple[httpx.Client, Portal]]):
    """Custom user properties work by default and can be switched off, since nobody has seen them on a real account."""
    for allowed, status in ((True, 201), (False, 400)):
        web, _ = open_portal(user_properties=allowed)
        made = web.post("/crm/properties/2026-09/users", json={**RATE, "groupName": "user_information"})
        assert made.status_code == status
