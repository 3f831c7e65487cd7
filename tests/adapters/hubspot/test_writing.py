"""Batch writes, property definitions and goals when HubSpot answers in ways that a whole account would not show on demand."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest
import respx

from connector.adapters.hubspot import HubSpot, HubSpotSettings
from connector.adapters.hubspot.goals import family_uuid, kpi_of, marker_in, titled
from connector.adapters.hubspot.people import user_of
from connector.adapters.hubspot.vendor import missing_properties, reason
from connector.model import Entity, FieldKind, FieldSpec, FieldWrite, Goal, Result, Status, User
from connector.period import Grain, Period

BASE = "https://api.hubapi.com"
OBJECTS = "/crm/objects/2026-09"
SPEC = FieldSpec(Entity.DEALS, "kpi_x", "KPI: x", FieldKind.NUMBER, "X.")
OTHER = FieldSpec(Entity.DEALS, "kpi_y", "KPI: y", FieldKind.MONEY, "Y.")
Reply = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
async def adapter() -> AsyncIterator[HubSpot]:
    """Give an adapter that does not wait."""
    made = HubSpot(HubSpotSettings(token="t", patience_seconds=0, headroom=0))
    yield made
    await made.close()


@pytest.fixture
def crm() -> Iterator[respx.MockRouter]:
    """Stand in for HubSpot at the socket."""
    with respx.mock(base_url=BASE) as router:
        yield router


def rows(request: httpx.Request) -> list[dict[str, Any]]:
    """Return the inputs of a batch."""
    found: list[dict[str, Any]] = json.loads(request.content)["inputs"]
    return found


def done(ids: list[str], errors: list[dict[str, Any]] | None = None) -> httpx.Response:
    """Answer a batch."""
    results = [{"id": one, "properties": {}} for one in ids]
    return httpx.Response(207 if errors else 200, json={"status": "COMPLETE", "results": results, "errors": errors or []})


def bad_value(name: str, code: str) -> str:
    """Write the message that HubSpot wraps its details in."""
    detail = [{"isValid": False, "message": f'Property "{name}" is wrong', "error": code, "name": name}]
    return f"Property values were not valid: {json.dumps(detail)}"


def outcomes(results: tuple[Result, ...]) -> dict[str, Status]:
    """Return each row's outcome."""
    return {result.key: result.status for result in results}


def writes(*ids: str, spec: FieldSpec = SPEC) -> list[FieldWrite]:
    """Write 1 to each record."""
    return [FieldWrite(Entity.DEALS, one, spec, "1") for one in ids]


async def test_every_row_of_a_partial_answer_is_matched(adapter: HubSpot, crm: respx.MockRouter):
    """Returned ids are done, traced errors refused with their reason, and what is neither is unknown."""
    error = {"category": "VALIDATION_ERROR", "message": bad_value("kpi_x", "INVALID_INTEGER"), "context": {"objectWriteTraceId": ["2"]}}
    crm.post(f"{OBJECTS}/deals/batch/update").mock(return_value=done(["1"], [error]))
    results = (await adapter.write(writes("1", "2", "3"))).results
    assert outcomes(results) == {"1": Status.OK, "2": Status.REFUSED, "3": Status.UNKNOWN}
    assert 'Property "kpi_x" is wrong' in results[1].message


async def test_inputs_are_as_hubspot_wants_them(adapter: HubSpot, crm: respx.MockRouter):
    """One input a record with all its fields, a trace id each, no idProperty, an empty text to clear."""
    route = crm.post(f"{OBJECTS}/deals/batch/update").mock(side_effect=lambda request: done([row["id"] for row in rows(request)]))
    await adapter.write([FieldWrite(Entity.DEALS, "1", SPEC, "1"), FieldWrite(Entity.DEALS, "1", OTHER, None), *writes("2")])
    assert rows(route.calls[0].request) == [
        {"id": "1", "properties": {"kpi_x": "1", "kpi_y": ""}, "objectWriteTraceId": "1"},
        {"id": "2", "properties": {"kpi_x": "1"}, "objectWriteTraceId": "2"},
    ]


async def test_a_refused_batch_is_divided(adapter: HubSpot, crm: respx.MockRouter):
    """When one bad record fails a whole batch, halving finds it and every other row arrives, each sent alone to the end at most once."""

    def reply(request: httpx.Request) -> httpx.Response:
        ids = [row["id"] for row in rows(request)]
        return httpx.Response(400, json={"message": "bad", "category": "VALIDATION_ERROR"}) if "13" in ids else done(ids)

    route = crm.post(f"{OBJECTS}/deals/batch/update").mock(side_effect=reply)
    results = (await adapter.write(writes(*map(str, range(100))))).results
    assert {key for key, status in outcomes(results).items() if status is Status.REFUSED} == {"13"}
    assert sum(status is Status.OK for status in outcomes(results).values()) == 99
    assert route.call_count <= 2 * 7 + 1


async def test_a_missing_property_does_not_cost_a_search(adapter: HubSpot, crm: respx.MockRouter):
    """A batch refused for a property that vanished is sent once more without the rows that carry it, which are told its name."""

    def reply(request: httpx.Request) -> httpx.Response:
        inputs = rows(request)
        if any("kpi_x" in row["properties"] for row in inputs):
            return httpx.Response(400, json={"message": bad_value("kpi_x", "PROPERTY_DOESNT_EXIST"), "category": "VALIDATION_ERROR"})
        return done([row["id"] for row in inputs])

    route = crm.post(f"{OBJECTS}/deals/batch/update").mock(side_effect=reply)
    results = (await adapter.write([*writes("1", "2"), *writes("3", "4", spec=OTHER)])).results
    assert outcomes(results) == {"1": Status.REFUSED, "2": Status.REFUSED, "3": Status.OK, "4": Status.OK}
    assert "has no property kpi_x" in results[0].message
    assert route.call_count == 2


@pytest.mark.parametrize("lost", [httpx.ReadTimeout("slow"), httpx.Response(200, text='{"results":[')], ids=str)
async def test_a_lost_answer_leaves_every_row_unknown(adapter: HubSpot, crm: respx.MockRouter, lost: httpx.Response | Exception):
    """After a time-out, or half an answer, nobody knows; the batch is sent once."""
    route = crm.post(f"{OBJECTS}/deals/batch/update").mock(side_effect=[lost])
    assert set(outcomes((await adapter.write(writes("1", "2"))).results).values()) == {Status.UNKNOWN}
    assert route.call_count == 1


async def test_nobody_elses_record_is_written(adapter: HubSpot, crm: respx.MockRouter):
    """An owner without a user record has no place for fields; nothing is sent."""
    owner = user_of({"id": "51", "firstName": "Ann", "userIdIncludingInactive": 9, "archived": True}, {})
    assert isinstance(owner, User)
    assert (owner.name, owner.is_active) == ("Ann", False)
    spec = FieldSpec(Entity.USERS, "kpi_x", "KPI: x", FieldKind.NUMBER, "X.")
    result = (await adapter.write([FieldWrite(Entity.USERS, owner.record or "51", spec, "1")])).results[0]
    assert result.status is Status.REFUSED
    assert not crm.calls


async def test_properties_of_each_kind(adapter: HubSpot, crm: respx.MockRouter):
    """Definitions carry type, display and our marker; the group is made once, and nothing that exists is made again."""
    path = "/crm/properties/2026-09/deals"
    crm.get(path).mock(return_value=httpx.Response(200, json={"results": []}))
    crm.get(f"{path}/groups").mock(return_value=httpx.Response(200, json={"results": []}))
    crm.post(f"{path}/groups").mock(return_value=httpx.Response(201, json={}))
    made = crm.post(path).mock(side_effect=lambda request: httpx.Response(201, json=json.loads(request.content)))
    specs = [FieldSpec(Entity.DEALS, f"kpi_{kind}", f"KPI: {kind}", kind, "Means it.", version=3) for kind in FieldKind]
    assert set(outcomes((await adapter.ensure_fields(specs)).results).values()) == {Status.OK}
    sent = {body["name"]: body for body in (json.loads(call.request.content) for call in made.calls)}
    assert {name: (body["type"], body["fieldType"], body.get("numberDisplayHint")) for name, body in sent.items()} == {
        "kpi_number": ("number", "number", "formatted"),
        "kpi_money": ("number", "number", "currency"),
        "kpi_percent": ("number", "number", "percentage"),
        "kpi_date": ("date", "date", None),
        "kpi_datetime": ("datetime", "date", None),
        "kpi_bool": ("bool", "booleancheckbox", None),
        "kpi_text": ("string", "text", None),
        "kpi_long_text": ("string", "textarea", None),
    }
    assert sent["kpi_money"]["showCurrencySymbol"] is True
    assert {(body["groupName"], body["description"]) for body in sent.values()} == {("kpi_connector", "Means it. [crm-kpi v3]")}


@pytest.mark.parametrize(
    ("present", "status", "said"),
    [
        ({"description": "X. [crm-kpi v1]", "type": "number"}, Status.OK, ""),
        ({"description": "Made by hand", "type": "number"}, Status.REFUSED, "not ours"),
        ({"description": "X. [crm-kpi v1]", "type": "string"}, Status.REFUSED, "of type string, but number is needed"),
    ],
)
async def test_a_property_made_meanwhile(adapter: HubSpot, crm: respx.MockRouter, present: dict[str, str], status: Status, said: str):
    """When a name was taken between looking and making, what stands there is judged like one that was seen at first."""
    path = "/crm/properties/2026-09/deals"
    there = {"results": [{"name": "kpi_x", **present}]}
    nothing = httpx.Response(200, json={"results": []})
    crm.get(path, params={"archived": "true"}).mock(return_value=nothing)
    crm.get(path).mock(side_effect=[nothing, httpx.Response(200, json=there)])
    crm.get(f"{path}/groups").mock(return_value=httpx.Response(200, json={"results": [{"name": "kpi_connector"}]}))
    crm.post(path).mock(return_value=httpx.Response(409, json={"category": "OBJECT_ALREADY_EXISTS", "message": "exists"}))
    result = (await adapter.ensure_fields([SPEC])).results[0]
    assert result.status is status
    assert said in result.message


async def test_an_object_type_without_groups_of_ours(adapter: HubSpot, crm: respx.MockRouter):
    """Where HubSpot lets nobody make a group, as on user records it may, fields go into the first one that is there."""
    path = "/crm/properties/2026-09/users"
    crm.get(path).mock(return_value=httpx.Response(200, json={"results": []}))
    crm.get(f"{path}/groups").mock(return_value=httpx.Response(200, json={"results": [{"name": "user_info", "label": "User"}]}))
    crm.post(f"{path}/groups").mock(return_value=httpx.Response(400, json={"category": "VALIDATION_ERROR", "message": "no groups here"}))
    made = crm.post(path).mock(side_effect=lambda request: httpx.Response(201, json=json.loads(request.content)))
    result = (await adapter.ensure_fields([replace(SPEC, entity=Entity.USERS)])).results[0]
    assert result.status is Status.OK
    assert json.loads(made.calls[0].request.content)["groupName"] == "user_info"


async def test_a_new_definition_is_described(adapter: HubSpot, crm: respx.MockRouter):
    """A new version of a definition changes the description that people read, and nothing else; an equal one changes nothing."""
    path = "/crm/properties/2026-09/deals"
    there = {"name": "kpi_x", "description": "X. [crm-kpi v1]", "type": "number", "label": "Renamed by somebody"}
    crm.get(path).mock(return_value=httpx.Response(200, json={"results": [there]}))
    change = crm.patch(f"{path}/kpi_x").mock(return_value=httpx.Response(200, json={}))
    await adapter.ensure_fields([SPEC])
    assert not change.called
    await adapter.ensure_fields([replace(SPEC, version=2, means="Better.")])
    assert json.loads(change.calls[0].request.content) == {"description": "Better. [crm-kpi v2]"}


QUARTER = Period(date(2018, 1, 1), date(2018, 4, 1), Grain.QUARTER, "2018-Q1")
GOAL = Goal("revenue_won", "team", "5", QUARTER, Decimal(10), "sales/team:5", "Revenue won")
WON = json.dumps([{"filters": [{"value": "true", "property": "hs_is_closed_won", "operator": "EQ"}]}])
SALES = {
    "hs_kpi_object_type_id": "0-3",
    "hs_kpi_time_period_property": "closedate",
    "hs_kpi_metric_type": "SUM",
    "hs_kpi_property_name": "amount_in_home_currency",
    "hs_kpi_filter_groups": WON,
}


async def test_without_a_template_no_goal_is_made(adapter: HubSpot, crm: respx.MockRouter):
    """Nobody documents what makes a goal mean something, so without one made by people for such a subject none is made."""
    template = {"id": "1", "properties": SALES | {"hubspot_owner_id": "7"}}
    crm.get(f"{OBJECTS}/goal_targets").mock(return_value=httpx.Response(200, json={"results": [template]}))
    for goal in (GOAL, Goal("deals_won", "owner", "7", QUARTER, Decimal(10), "f", "Deals won")):
        result = (await adapter.upsert_goals([goal])).results[0]
        assert (result.key, result.status) == ("2018-Q1", Status.REFUSED)
        assert "no existing goal of this type to clone from" in result.message


@pytest.mark.parametrize(
    ("properties", "kpi"),
    [
        ({}, "revenue_won"),
        ({"hs_kpi_metric_type": "COUNT"}, "deals_won"),
        ({"hs_kpi_property_name": "amount"}, None),
        ({"hs_kpi_metric_type": "AVG"}, None),
        ({"hs_kpi_filter_groups": "[]"}, None),
        ({"hs_kpi_filter_groups": "nonsense"}, None),
        ({"hs_kpi_filter_groups": WON.replace("]}]", ', {"value": "1", "property": "hubspot_owner_id", "operator": "EQ"}]}]')}, None),
        ({"hs_pipeline_ids": "default"}, None),
        ({"hs_kpi_time_period_property": "createdate"}, None),
        ({"hs_kpi_object_type_id": "0-5"}, None),
    ],
)
def test_a_goal_is_only_a_kpi_when_it_means_the_same(properties: dict[str, str], kpi: str | None):
    """Sum or count of all won deals by close date are ours; anything filtered, dated or measured otherwise is not."""
    assert kpi_of(SALES | properties) == kpi


def test_a_copied_name_does_not_make_a_goal_ours():
    """Our marker counts only together with the family id that it begins."""
    uuid = family_uuid(GOAL.family)
    name = titled(GOAL)
    assert marker_in({"properties": {"hs_goal_name": name, "hs_group_correlation_uuid": uuid}}) == f"[crm-kpi {uuid[:8]}]"
    assert marker_in({"properties": {"hs_goal_name": name, "hs_group_correlation_uuid": "00000000-1"}}) is None
    assert marker_in({"properties": {"hs_goal_name": "Revenue won", "hs_group_correlation_uuid": uuid}}) is None
    assert family_uuid(uuid) == uuid


def test_reasons_are_for_people():
    """Details wrapped as JSON in a message are unwrapped, each said once; property names are found wherever they stand."""
    wrapped = {"message": bad_value("kpi_x", "PROPERTY_DOESNT_EXIST")}
    assert reason(wrapped) == 'Property values were not valid; Property "kpi_x" is wrong'
    assert missing_properties(wrapped) == {"kpi_x"}
    listed = {"message": "no", "errors": [{"message": "no", "code": "PROPERTY_DOESNT_EXIST", "context": {"propertyName": ["kpi_y"]}}]}
    assert reason(listed) == "no"
    assert missing_properties(listed) == {"kpi_y"}
    assert reason({}) == "no reason given"
