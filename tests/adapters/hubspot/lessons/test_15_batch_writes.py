"""Lesson 15: one bad row fails a hundred, ids come back different, and an answer may be empty; every row still has its own outcome."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import respx

from connector.adapters.hubspot import HubSpot, HubSpotSettings
from connector.model import Entity, FieldKind, FieldSpec, FieldWrite, Result, Status

UPDATE = "/crm/objects/2026-09/deals/batch/update"
SPEC = FieldSpec(Entity.DEALS, "kpi_x", "KPI: x", FieldKind.NUMBER, "X.")


@pytest.fixture
async def adapter() -> AsyncIterator[HubSpot]:
    """Give an adapter that does not wait."""
    made = HubSpot(HubSpotSettings(token="t", patience_seconds=0, headroom=0))
    yield made
    await made.close()


@pytest.fixture
def crm() -> Iterator[respx.MockRouter]:
    """Stand in for HubSpot at the socket."""
    with respx.mock(base_url="https://api.hubapi.com") as router:
        yield router


def ids_in(request: httpx.Request) -> list[str]:
    """Return the ids that a batch is for."""
    return [row["id"] for row in json.loads(request.content)["inputs"]]


def done(ids: list[str], errors: list[dict[str, Any]] | None = None, **traces: str) -> httpx.Response:
    """Answer a batch: `traces` says which id came back for the input of a trace id (`t1="9"`)."""
    results = [{"id": one, "properties": {}} for one in ids]
    results += [{"id": one, "properties": {}, "objectWriteTraceId": trace.removeprefix("t")} for trace, one in traces.items()]
    return httpx.Response(207 if errors else 200, json={"status": "COMPLETE", "results": results, "errors": errors or []})


async def written(adapter: HubSpot, *ids: str) -> dict[str, Result]:
    """Write 1 to each record."""
    return {one.key: one for one in (await adapter.write([FieldWrite(Entity.DEALS, key, SPEC, "1") for key in ids])).results}


@pytest.mark.parametrize("status", [400, 409])
async def test_one_bad_row_does_not_cost_the_others(adapter: HubSpot, crm: respx.MockRouter, status: int):
    """A batch that is refused whole, as invalid or as in conflict, is halved until only the bad row is left."""

    def reply(request: httpx.Request) -> httpx.Response:
        ids = ids_in(request)
        return httpx.Response(status, json={"message": "bad", "category": "CONFLICT"}) if "5" in ids else done(ids)

    route = crm.post(UPDATE).mock(side_effect=reply)
    found = await written(adapter, *map(str, range(10)))
    assert {key for key, one in found.items() if one.status is Status.REFUSED} == {"5"}
    assert {one.status for key, one in found.items() if key != "5"} == {Status.OK}
    assert route.call_count <= 9


async def test_a_refusal_that_names_its_rows_needs_no_search(adapter: HubSpot, crm: respx.MockRouter):
    """Where the refusal of a whole batch says which rows it is about, the others go out with the very next request."""
    errors = [{"message": "It is locked by another app", "context": {"objectWriteTraceId": ["2"]}}]
    refusal = httpx.Response(400, json={"message": "bad", "category": "VALIDATION_ERROR", "errors": errors})
    route = crm.post(UPDATE).mock(side_effect=[refusal, done(["1", "3"])])
    found = await written(adapter, "1", "2", "3")
    assert {key: one.status for key, one in found.items()} == {"1": Status.OK, "2": Status.REFUSED, "3": Status.OK}
    assert ids_in(route.calls[1].request) == ["1", "3"]


async def test_a_rule_of_the_account_is_told_for_its_record(adapter: HubSpot, crm: respx.MockRouter):
    """A property that an admin made conditionally required is named with HubSpot's reason, on the records that lack it only."""
    error = {
        "category": "VALIDATION_ERROR",
        "subCategory": "MISSING_CONDITIONAL_REQUIRED_PROPERTY",
        "message": "Closed lost reason is required for deals in this stage",
        "context": {"objectWriteTraceId": ["2"], "propertyName": ["closed_lost_reason"]},
    }
    crm.post(UPDATE).mock(return_value=done(["1"], [error]))
    found = await written(adapter, "1", "2")
    assert found["1"].status is Status.OK
    assert found["2"].status is Status.REFUSED
    assert "wants closed_lost_reason filled in first: Closed lost reason is required" in found["2"].message


@pytest.mark.parametrize("answer", [done(["1"], t2="99"), done(["1", "99"])], ids=["traced", "untraced"])
async def test_an_id_that_comes_back_different_is_not_taken_for_done(adapter: HubSpot, crm: respx.MockRouter, answer: httpx.Response):
    """A record that was merged answers under another id: it is reported with that id, and counts neither as done nor as to be repeated."""
    crm.post(UPDATE).mock(return_value=answer)
    found = await written(adapter, "1", "2")
    assert {key: one.status for key, one in found.items()} == {"1": Status.OK, "2": Status.SKIPPED}
    assert "answered for 99 instead" in found["2"].message


async def test_an_empty_success_is_not_taken_for_done(adapter: HubSpot, crm: respx.MockRouter):
    """A success that returns no rows says nothing about any: they are unknown, and read before anything is sent again."""
    crm.post(UPDATE).mock(return_value=done([]))
    assert {one.status for one in (await written(adapter, "1", "2")).values()} == {Status.UNKNOWN}


async def test_each_record_is_named_once_by_its_record_id(adapter: HubSpot, crm: respx.MockRouter):
    """Two values for one record are one input with a trace id of its own and no idProperty, which HubSpot refuses beside a record id."""
    route = crm.post(UPDATE).mock(side_effect=lambda request: done(ids_in(request)))
    other = FieldSpec(Entity.DEALS, "kpi_y", "KPI: y", FieldKind.NUMBER, "Y.")
    await adapter.write([FieldWrite(Entity.DEALS, "1", spec, "1") for spec in (SPEC, other)])
    assert json.loads(route.calls[0].request.content)["inputs"] == [
        {"id": "1", "properties": {"kpi_x": "1", "kpi_y": "1"}, "objectWriteTraceId": "1"}
    ]
