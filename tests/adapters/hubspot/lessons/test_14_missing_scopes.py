"""Lesson 14: a 403 on one object must cost what hangs on that object, and nothing else."""

from datetime import UTC, datetime
from pathlib import Path

from connector import steps
from connector.cli.proposing import losses
from connector.model import Answer, Entity, Stream
from connector.steps import Road, recorded
from tests.adapters.boxes import HubSpotBox
from tests.adapters.hubspot.working import at_work

AS_OF = datetime(2018, 1, 1, 5, tzinfo=UTC)
LOST = ("crm.objects.products.read", "crm.objects.contacts.read", "crm.objects.contacts.write", "crm.objects.goals.read")


async def test_a_403_on_one_object_costs_only_what_hangs_on_it(hubspot: HubSpotBox, tmp_path: Path):
    """Without products, contacts and goals the run goes to its end; what reads them is unavailable, never 0, and all else is written."""
    await hubspot.call("POST", "/sandbox/scopes", {"revoked": LOST})
    async with at_work(tmp_path, hubspot) as work:
        async with recorded(work, "run", AS_OF) as (lease, run):
            road = Road(run)
            await steps.run(work, lease, road, as_of=AS_OF, yes=True)
        missing = work.store.values.unavailable("acme")
        measured = {value.kpi: value for value in work.store.values.find("acme", period="2017")}

    assert road.pulled
    assert set(road.pulled.refused) == {Stream.PRODUCTS, Stream.CONTACTS, Stream.MESSAGES, Stream.SURVEYS, Stream.GOALS}
    assert "needs crm.objects.products.read" in missing["by product"]
    assert measured["win_rate"].value
    assert not measured.keys() & missing.keys()
    assert road.pushed
    assert road.pushed.counts["ok"] > 100
    assert road.pushed.counts.keys() == {"ok"}


async def test_the_check_says_what_a_missing_scope_costs(hubspot: HubSpotBox):
    """Each stream that cannot be read is told with the scope it needs and the KPIs, breakdowns and fields that go with it."""
    whole = losses(await (await hubspot.adapter()).check())
    await hubspot.call("POST", "/sandbox/scopes", {"revoked": ["crm.objects.owners.read", *LOST]})
    able = await (await hubspot.adapter()).check()
    found = {loss.stream: loss for loss in losses(able)}

    assert able.streams[Stream.DEALS].answer is Answer.YES
    assert found["users"].needs == ("crm.objects.owners.read",)
    assert found["users"].breakdowns == ("by owner",)
    assert found["users"].fields == (f"fields on {Entity.USERS}",)
    assert found["products"].breakdowns == ("by product",)
    assert not {"users", "products"} & {loss.stream for loss in whole}
