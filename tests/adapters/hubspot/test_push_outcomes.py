"""What becomes of batches in a whole portal: each record's outcome is its own, and good rows arrive whatever happens to the others."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence

import pytest
from pydantic import SecretStr

from connector.adapters.hubspot.objects import Objects
from connector.adapters.hubspot.paths import Paths
from connector.adapters.hubspot.properties import Properties
from connector.adapters.hubspot.vendor import VENDOR, limiter
from connector.adapters.hubspot.writing import Batches, write_fields
from connector.http import Client, Fixed, Patience
from connector.model import Deal, Entity, FieldKind, FieldSpec, FieldWrite, Result, Status, Stream
from tests.adapters.boxes import TOKEN, HubSpotBox, read_all

SPEC = FieldSpec(Entity.DEALS, "kpi_x", "KPI: x", FieldKind.NUMBER, "X.")
DEALS = "/crm/objects/2026-09/deals"


class Pushing:
    """A portal with our field, and a way to write it that does not wait for real."""

    def __init__(self, box: HubSpotBox, objects: Objects, deals: Sequence[Deal], slept: Sequence[float]) -> None:
        self.box = box
        self.slept = slept
        self.objects = objects
        self.deals = deals

    async def write(self, *records: str) -> dict[str, Result]:
        """Write 7 to each record, and return each one's outcome."""
        receipt = await write_fields(Batches(self.objects), [FieldWrite(Entity.DEALS, one, SPEC, "7") for one in records])
        assert len({one.key for one in receipt.results}) == len(receipt.results) == len(records)
        return {one.key: one for one in receipt.results}

    async def held(self, *records: str) -> dict[str, str | None]:
        """Return what the records hold."""
        body = {"properties": [SPEC.name], "inputs": [{"id": one} for one in records]}
        rows = (await self.box.call("POST", f"{DEALS}/batch/read", body))["results"]
        return {row["id"]: row["properties"][SPEC.name] for row in rows}

    async def fail(self, **fault: object) -> None:
        """Let batch updates go wrong."""
        await self.box.call("POST", "/sandbox/faults", {"faults": [{"method": "POST", "path": f"{DEALS}/batch/update", **fault}]})

    async def updates(self) -> int:
        """Return how many batch updates were sent."""
        found: int = (await self.box.call("GET", "/sandbox/requests"))["write_requests"].get("POST objects/deals/batch/update", 0)
        return found


@pytest.fixture
async def pushing(hubspot: HubSpotBox) -> AsyncIterator[Pushing]:
    """Give a portal with our field."""
    adapter = await hubspot.adapter()
    deals = [row for page in await read_all(adapter, Stream.DEALS) for row in page.records if isinstance(row, Deal)]
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    client = Client(hubspot.url, bearer=Fixed(SecretStr(TOKEN)), vendor=VENDOR, limiter=limiter(0), patience=Patience(sleep=sleep))
    objects = Objects(client, Paths("2026-09"))
    await Properties(objects).ensure([SPEC])
    yield Pushing(hubspot, objects, deals, slept)
    await client.close()


async def test_a_rule_of_the_portal_costs_the_records_it_is_about(pushing: Pushing):
    """Where a reason must be given for a loss, the lost deal without one is refused by that rule's name; all others are written."""
    ids = [deal.id for deal in pushing.deals if deal.stage != "closedlost"][:9]
    lost = next(deal.id for deal in pushing.deals if deal.stage == "closedlost")
    rule = {"kind": "deals", "property": "closed_lost_reason", "when": {"dealstage": "closedlost"}}
    await pushing.box.call("POST", "/sandbox/rules", {"rules": [rule]})
    found = await pushing.write(*ids[:5], lost, *ids[5:])

    assert found[lost].status is Status.REFUSED
    assert "wants closed_lost_reason filled in first" in found[lost].message
    assert {one.status for key, one in found.items() if key != lost} == {Status.OK}
    assert await pushing.held(*ids, lost) == {**dict.fromkeys(ids, "7"), lost: None}
    assert await pushing.updates() == 1


@pytest.mark.parametrize("status", [400, 409])
async def test_a_batch_that_is_refused_whole_is_divided(pushing: Pushing, status: int):
    """A refusal that names no row is answered by two halves, and every record is written."""
    ids = [deal.id for deal in pushing.deals[:10]]
    await pushing.fail(status=status)
    found = await pushing.write(*ids)

    assert Counter(one.status for one in found.values()) == {Status.OK: 10}
    assert await pushing.held(*ids) == dict.fromkeys(ids, "7")
    assert await pushing.updates() == 3


async def test_a_gone_record_is_matched_among_the_others(pushing: Pushing):
    """Of a 207 each row has its own outcome: what was deleted is refused with HubSpot's reason, what was merged is skipped."""
    one, two, three, four, *_ = (deal.id for deal in pushing.deals)
    await pushing.box.delete_deal(two)
    await pushing.box.call("POST", f"{DEALS}/merge", {"primaryObjectId": one, "objectIdToMerge": three})
    found = await pushing.write(two, three, four)

    assert {key: result.status for key, result in found.items()} == {two: Status.REFUSED, three: Status.SKIPPED, four: Status.OK}
    assert f"answered for {one} instead" in found[three].message


async def test_a_lock_is_waited_out(pushing: Pushing):
    """A batch whose records are locked is sent again after two seconds or more, and arrives."""
    ids = [deal.id for deal in pushing.deals[:3]]
    await pushing.fail(status=423, count=2)
    found = await pushing.write(*ids)

    assert {one.status for one in found.values()} == {Status.OK}
    assert len(pushing.slept) == 2
    assert min(pushing.slept) >= 2
    assert await pushing.held(*ids) == dict.fromkeys(ids, "7")


async def test_a_field_that_vanished_is_made_again(pushing: Pushing):
    """A value for a field that somebody archived is refused by that field's name; the field made again, it arrives, with what was there."""
    one, two, *_ = (deal.id for deal in pushing.deals)
    await pushing.write(one)
    await pushing.box.drop_field(SPEC)
    refused = await pushing.write(two)
    await Properties(pushing.objects).ensure([SPEC])
    found = await pushing.write(two)

    assert refused[two].status is Status.REFUSED
    assert "has no property kpi_x any more" in refused[two].message
    assert found[two].status is Status.OK
    assert await pushing.held(one, two) == {one: "7", two: "7"}
