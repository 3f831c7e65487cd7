"""Single records and lists."""

from collections.abc import Callable
from decimal import Decimal

import httpx
import pytest

from connector.sandbox.hubspot import Portal

DEALS = "/crm/objects/2026-09/deals"
Opener = Callable[..., tuple[httpx.Client, Portal]]


@pytest.mark.parametrize("base", ["/crm/v3/objects", "/crm/objects/2026-03", "/crm/objects/2026-09"])
@pytest.mark.parametrize("kind", ["deals", "0-3", "deal"])
def test_both_path_styles_and_all_names_answer(web: httpx.Client, deal: str, base: str, kind: str):
    """A record is found under the legacy and the dated path, by name, singular and type id."""
    assert web.get(f"{base}/{kind}/{deal}").json()["id"] == deal


def test_a_page_has_ten_or_up_to_a_hundred_records(full: httpx.Client):
    """The default page is 10, the largest 100; beyond is refused."""
    assert len(full.get(DEALS).json()["results"]) == 10
    assert len(full.get(DEALS, params={"limit": 100}).json()["results"]) == 100
    for limit in ("101", "0", "many"):
        assert full.get(DEALS, params={"limit": limit}).status_code == 400


def test_a_list_ends_without_paging_and_misses_nothing(full: httpx.Client, walk: Callable[..., list[dict]]):
    """Following opaque cursors brings every record once, in order of a number, not of its text."""
    ids = [int(row["id"]) for row in walk(full, DEALS, limit="100")]
    assert len(set(ids)) == 8800
    assert ids == sorted(ids)
    assert [str(number) for number in ids] != sorted(str(number) for number in ids)


def test_cursors_belong_to_their_list(full: httpx.Client):
    """A made-up cursor, or that of another list, is refused."""
    after = full.get("/crm/v3/objects/contacts").json()["paging"]["next"]["after"]
    assert full.get(DEALS, params={"after": after}).status_code == 400
    assert full.get(DEALS, params={"after": "10"}).status_code == 400


def test_history_halves_the_page(full: httpx.Client):
    """With history 50 records are the most, and the refusal says so in the known words."""
    assert len(full.get(DEALS, params={"limit": 50, "propertiesWithHistory": "amount"}).json()["results"]) == 50
    refusal = full.get(DEALS, params={"limit": 51, "propertiesWithHistory": "amount"})
    assert (refusal.status_code, refusal.json()["category"]) == (400, "VALIDATION_ERROR")
    assert refusal.json()["message"] == "You can only request at most 50 objects in one request for properties with history"


def test_properties_come_as_asked(web: httpx.Client, deal: str):
    """Without names the defaults come, with names these and id and dates; unknown ones are ignored, unset ones are null."""
    defaults = web.get(f"{DEALS}/{deal}").json()["properties"]
    assert set(defaults) == {
        "amount", "closedate", "createdate", "dealname", "dealstage", "hs_lastmodifieddate", "hs_object_id", "pipeline",
    }  # fmt: skip
    asked = web.get(f"{DEALS}/{deal}", params={"properties": "dealtype,no_such_property"}).json()["properties"]
    assert set(asked) == {"dealtype", "createdate", "hs_lastmodifieddate", "hs_object_id"}
    assert asked["dealtype"] is None


def test_every_value_is_text_and_doubles_are_exact(web: httpx.Client, portal: Portal):
    """Numbers and booleans are strings, and a probability shows the double behind it."""
    open_ = next(record for record in portal.tables["deals"] if record.values["dealstage"] == "prospecting")
    names = "hs_deal_stage_probability,hs_is_closed,hs_is_open_count,hs_projected_amount"
    found = web.get(f"{DEALS}/{open_.id}", params={"properties": names}).json()["properties"]
    assert all(isinstance(value, str) for value in found.values())
    assert found["hs_deal_stage_probability"] == "0.200000000000000011102230246251565404236316680908203125"
    assert (found["hs_is_closed"], found["hs_is_open_count"]) == ("false", "1")
    assert round(Decimal(found["hs_projected_amount"]), 6) == round(Decimal(open_.values["amount"]) / 5, 6)


def test_contacts_call_their_modification_date_otherwise(full: httpx.Client):
    """Contacts have lastmodifieddate by default, the others hs_lastmodifieddate."""
    assert "lastmodifieddate" in full.get("/crm/v3/objects/contacts").json()["results"][0]["properties"]
    assert "hs_lastmodifieddate" in full.get("/crm/v3/objects/companies").json()["results"][0]["properties"]


def test_a_change_moves_value_history_and_modification_date(web: httpx.Client, deal: str):
    """A patch is seen at once, newest first in the history, as made by an integration at the portal's time."""
    before = web.get(f"{DEALS}/{deal}").json()
    changed = web.patch(f"{DEALS}/{deal}", json={"properties": {"amount": 1200.50}})
    assert (changed.status_code, changed.json()["properties"]["amount"]) == (200, "1200.5")
    after = web.get(f"{DEALS}/{deal}", params={"properties": "amount", "propertiesWithHistory": "amount"}).json()
    assert [entry["value"] for entry in after["propertiesWithHistory"]["amount"]] == ["1200.5", "1054", "1096"]
    assert after["propertiesWithHistory"]["amount"][0]["sourceType"] == "INTEGRATION"
    assert after["updatedAt"] == after["properties"]["hs_lastmodifieddate"] > before["updatedAt"]
    assert after["updatedAt"].startswith("2017-12-31T23:0")


def test_an_equal_value_leaves_no_history(web: httpx.Client, deal: str):
    """Writing what is there already adds no entry."""
    web.patch(f"{DEALS}/{deal}", json={"properties": {"amount": "1054.00"}})
    entries = web.get(f"{DEALS}/{deal}", params={"propertiesWithHistory": "amount"}).json()["propertiesWithHistory"]["amount"]
    assert [entry["value"] for entry in entries] == ["1054", "1096"]


def test_the_empty_text_clears(web: httpx.Client, deal: str):
    """A cleared property reads as an empty text, not as null."""
    web.patch(f"{DEALS}/{deal}", json={"properties": {"amount": ""}})
    found = web.get(f"{DEALS}/{deal}", params={"properties": "amount,amount_in_home_currency"}).json()["properties"]
    assert (found["amount"], found["amount_in_home_currency"]) == ("", None)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("no_such_property", "1", "PROPERTY_DOESNT_EXIST"),
        ("hs_is_closed_won", "true", "READ_ONLY_VALUE"),
        ("amount_in_home_currency", "1", "READ_ONLY_VALUE"),
        ("hs_object_id", "1", "READ_ONLY_VALUE"),
        ("amount", "a lot", "INVALID_INTEGER"),
        ("amount", "NaN", "INVALID_INTEGER"),
        ("dealstage", "Won", "INVALID_OPTION"),
        ("closedate", "tomorrow", "INVALID_DATE"),
        ("hubspot_owner_id", "1", "INVALID_OWNER_ID"),
        ("dealname", None, "INVALID_VALUE"),
        ("dealname", "x" * 65_537, "INVALID_STRING"),
    ],
)
def test_wrong_values_are_refused(web: httpx.Client, deal: str, name: str, value: object, code: str):
    """A value that does not fit fails the write with the vendor's word for why, and nothing is written."""
    refusal = web.patch(f"{DEALS}/{deal}", json={"properties": {"dealname": "renamed", name: value}})
    body = refusal.json()
    assert (refusal.status_code, body["category"], body["errors"][0]["code"]) == (400, "VALIDATION_ERROR", code)
    assert body["message"].startswith("Property values were not valid: [")
    assert body["correlationId"] == refusal.headers["X-HubSpot-Correlation-Id"]
    assert web.get(f"{DEALS}/{deal}").json()["properties"]["dealname"].startswith("Cancity")


def test_days_are_midnight_utc(web: httpx.Client, portal: Portal):
    """A date takes YYYY-MM-DD or milliseconds at midnight UTC, and nothing in between."""
    item = f"/crm/v3/objects/line_items/{next(iter(portal.tables['line_items'])).id}"
    for given in ("2017-05-01", "1493596800000", "2017-05-01T00:00:00Z"):
        written = web.patch(item, json={"properties": {"hs_recurring_billing_start_date": given}})
        assert written.json()["properties"]["hs_recurring_billing_start_date"] == "2017-05-01"
    refused = web.patch(item, json={"properties": {"hs_recurring_billing_start_date": "2017-05-01T09:30:00Z"}})
    assert refused.json()["errors"][0]["code"] == "INVALID_DATE"


def test_closing_a_deal_dates_it(web: httpx.Client, portal: Portal):
    """A move to a closed stage sets the close date to now, unless the write brings one; calculated values follow."""
    one, other = [str(record.id) for record in portal.tables["deals"] if record.values["dealstage"] == "engaging"][:2]
    web.patch(f"{DEALS}/{one}", json={"properties": {"dealstage": "closedwon"}})
    web.patch(f"{DEALS}/{other}", json={"properties": {"dealstage": "closedlost", "closedate": "2017-12-01T10:00:00Z"}})
    names = "closedate,hs_is_closed_won,hs_is_closed_lost,hs_v2_date_entered_closedwon,hs_closed_won_date"
    first, second = (web.get(f"{DEALS}/{word}", params={"properties": names}).json()["properties"] for word in (one, other))
    assert first["closedate"] == first["hs_lastmodifieddate"] == first["hs_v2_date_entered_closedwon"] == first["hs_closed_won_date"]
    assert (first["hs_is_closed_won"], second["hs_is_closed_won"], second["hs_is_closed_lost"]) == ("true", "false", "true")
    assert (second["closedate"], second["hs_closed_won_date"]) == ("2017-12-01T10:00:00Z", None)


def test_a_new_deal_is_dated_by_the_portals_clock(web: httpx.Client, portal: Portal):
    """A created record has the next id, the portal's time and the associations it was given."""
    company = next(iter(portal.tables["companies"])).id
    tie = {"to": {"id": str(company)}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 5}]}
    made = web.post(DEALS, json={"properties": {"dealname": "New", "pipeline": "default", "dealstage": "engaging"}, "associations": [tie]})
    assert made.status_code == 201
    found = web.get(f"{DEALS}/{made.json()['id']}", params={"associations": "companies"}).json()
    assert found["createdAt"].startswith("2017-12-31T23:0")
    assert {row["type"] for row in found["associations"]["companies"]["results"]} == {"deal_to_company", "deal_to_company_unlabeled"}


def test_unique_values_are_kept_unique(web: httpx.Client, deal: str):
    """A record can be read by a unique property, and no second one may take the value."""
    assert web.get(f"{DEALS}/1C1I7A6R", params={"idProperty": "opportunity_id"}).json()["id"] == deal
    assert web.get(f"{DEALS}/1054", params={"idProperty": "amount"}).status_code == 400
    refusal = web.post(DEALS, json={"properties": {"dealname": "Twin", "opportunity_id": "1C1I7A6R"}})
    assert (refusal.status_code, refusal.json()["category"]) == (400, "VALIDATION_ERROR")


def test_archived_records_leave_the_list_without_a_trace_in_time(web: httpx.Client, deal: str):
    """An archived record is found only by `archived=true`, keeps its modification date, and cannot be changed."""
    before = web.get(f"{DEALS}/{deal}").json()
    assert web.delete(f"{DEALS}/{deal}").status_code == 204
    assert web.delete(f"{DEALS}/{deal}").status_code == 204
    assert web.get(f"{DEALS}/{deal}").json()["category"] == "OBJECT_NOT_FOUND"
    (row,) = web.get(DEALS, params={"archived": "true"}).json()["results"]
    assert (row["id"], row["archived"], row["updatedAt"]) == (deal, True, before["updatedAt"])
    assert row["archivedAt"].startswith("2017-12-31T23:0")
    assert web.patch(f"{DEALS}/{deal}", json={"properties": {"amount": "1"}}).status_code == 404
    assert deal not in {found["id"] for found in web.get(DEALS, params={"limit": 100}).json()["results"]}


def test_users_take_values_but_are_not_created(web: httpx.Client, portal: Portal):
    """A user's job title can be set, the e-mail cannot, and users are made in the settings alone."""
    user = f"/crm/v3/objects/users/{next(iter(portal.tables['users'])).id}"
    assert web.patch(user, json={"properties": {"hs_job_title": "Agent"}}).status_code == 200
    assert web.patch(user, json={"properties": {"hs_email": "a@example.com"}}).json()["errors"][0]["code"] == "READ_ONLY_VALUE"
    assert web.post("/crm/v3/objects/users", json={"properties": {"hs_job_title": "Agent"}}).status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/crm/objects/2026-09/deals?sort=amount", None, 400),
        ("GET", "/crm/objects/2026-09/unicorns", None, 400),
        ("GET", "/crm/objects/2027-03/deals", None, 404),
        ("GET", "/crm/objects/2026-09/deals/17", None, 404),
        ("GET", "/crm/objects/2026-09/deals?archived=perhaps", None, 400),
        ("POST", "/crm/objects/2026-09/deals", {"properties": {"dealname": "x"}, "owner": "1"}, 400),
        ("POST", "/crm/objects/2026-09/deals", {"properties": []}, 400),
        ("POST", "/crm/objects/2026-09/deals", [1], 400),
        ("PUT", "/crm/objects/2026-09/deals", {}, 405),
    ],
)
def test_what_is_unknown_is_refused(web: httpx.Client, method: str, path: str, body: object, status: int):
    """Unknown parameters, kinds, versions, records, fields and methods have an error body."""
    answer = web.request(method, path, json=body)
    assert (answer.status_code, answer.json()["status"]) == (status, "error")


def test_long_urls_get_a_page(web: httpx.Client):
    """A list with too many property names is answered with a page, not with JSON."""
    answer = web.get(DEALS, params={"properties": ",".join(f"property_number_{number}" for number in range(1000))})
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (414, "text/html")
