"""HubSpot's own Python client speaks to the sandbox as to the real thing: nothing but its host is set."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hubspot import HubSpot
from hubspot.crm.associations.v4 import (
    AssociationSpec,
    BatchInputPublicAssociationMultiPost,
    BatchInputPublicFetchAssociationsBatchRequest,
    PublicAssociationMultiPost,
    PublicFetchAssociationsBatchRequest,
    PublicObjectId,
)
from hubspot.crm.deals import (
    BatchInputSimplePublicObjectBatchInput,
    BatchReadInputSimplePublicObjectId,
    Filter,
    FilterGroup,
    PublicObjectSearchRequest,
    SimplePublicObjectBatchInput,
    SimplePublicObjectId,
)
from hubspot.crm.deals.exceptions import ApiException
from hubspot.crm.properties import PropertyCreate, PropertyGroupCreate

from connector.sandbox.hubspot import Portal, hubspot_app
from connector.sandbox.running import running


@pytest.fixture(scope="module")
def place(few: Path) -> Iterator[tuple[str, Portal]]:
    """Where a small portal with extras listens, and its state."""
    app = hubspot_app(data=few, extras=True, burst=10**6, search_per_second=10**6)
    with running(app) as url:
        yield url, app.state.portal


@pytest.fixture(scope="module")
def client(place: tuple[str, Portal]) -> HubSpot:
    """The official client, told where to look."""
    return HubSpot(access_token="pat-na1-sandbox", host=place[0])


@pytest.fixture(scope="module")
def portal(place: tuple[str, Portal]) -> Portal:
    """The state of the portal."""
    return place[1]


@pytest.fixture(scope="module")
def won(portal: Portal) -> list[str]:
    """Ids of deals that are won and have a company."""
    kind = portal.tables["companies"].kind
    return [
        str(deal.id)
        for deal in portal.tables["deals"]
        if deal.values["dealstage"] == "closedwon" and portal.links.of(deal.kind, deal.id, kind)
    ]


def test_it_lists_to_the_end(client: HubSpot, portal: Portal):
    """Its own paging brings every record of a kind once, with properties and associations."""
    deals = client.crm.deals.get_all(properties=["amount", "opportunity_id"], associations=["companies"])
    assert [int(deal.id) for deal in deals] == [record.id for record in portal.tables["deals"]]
    assert {deal.properties["opportunity_id"] for deal in deals} == {record.values["opportunity_id"] for record in portal.tables["deals"]}
    assert any(deal.associations and deal.associations["companies"].results for deal in deals)


def test_it_lists_with_history(client: HubSpot, portal: Portal):
    """With history it asks for smaller pages by itself and reads who changed what when."""
    deals = client.crm.deals.get_all(properties_with_history=["dealstage"])
    changes = [len(record.history["dealstage"]) for record in portal.tables["deals"]]
    assert [len(deal.properties_with_history["dealstage"]) for deal in deals] == changes
    assert deals[0].properties_with_history["dealstage"][0].source_type == "CRM_UI"


@pytest.mark.parametrize("kind", ["tickets", "calls", "emails", "meetings", "notes", "tasks", "leads", "feedback_submissions", "0-18"])
def test_it_reads_every_kind(client: HubSpot, portal: Portal, kind: str):
    """Kinds without a client of their own are listed by name or type id."""
    name = "communications" if kind == "0-18" else kind
    page = client.crm.objects.basic_api.get_page(kind, limit=5)
    assert [int(row.id) for row in page.results] == [record.id for record in portal.tables[name]][:5]


def test_it_searches(client: HubSpot, portal: Portal):
    """A filtered, sorted search gives total, rows and the place of the next page."""
    request = PublicObjectSearchRequest(
        filter_groups=[FilterGroup(filters=[Filter(property_name="dealstage", operator="EQ", value="closedwon")])],
        sorts=[{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
        properties=["dealstage"],
        limit=20,
    )
    found = client.crm.deals.search_api.do_search(public_object_search_request=request)
    wanted = [record.id for record in portal.tables["deals"] if record.values["dealstage"] == "closedwon"]
    assert (found.total, found.paging.next.after) == (len(wanted), "20")
    assert [int(row.id) for row in found.results] == wanted[:20]


def test_it_reads_and_updates_batches(client: HubSpot, won: list[str]):
    """What a batch update writes, a batch read brings back."""
    inputs = [SimplePublicObjectBatchInput(id=one, properties={"hs_next_step": f"Call {one}"}) for one in won[:3]]
    written = client.crm.deals.batch_api.update(BatchInputSimplePublicObjectBatchInput(inputs=inputs))
    wanted = BatchReadInputSimplePublicObjectId(
        properties=["hs_next_step"], properties_with_history=[], inputs=[SimplePublicObjectId(id=one) for one in won[:3]]
    )
    read = client.crm.deals.batch_api.read(wanted)
    assert (written.status, {row.id for row in written.results}) == ("COMPLETE", set(won[:3]))
    assert {row.id: row.properties["hs_next_step"] for row in read.results} == {one: f"Call {one}" for one in won[:3]}


def test_it_makes_groups_and_properties(client: HubSpot):
    """A group and a property in it are created and read back."""
    client.crm.properties.groups_api.create("deals", PropertyGroupCreate(name="measures", label="Measures", display_order=-1))
    made = PropertyCreate(name="days_open", label="Days open", group_name="measures", type="number", field_type="number")
    client.crm.properties.core_api.create("deals", made)
    read = client.crm.properties.core_api.get_by_name("deals", "days_open")
    assert (read.label, read.group_name, read.type, read.calculated) == ("Days open", "measures", "number", False)
    assert "measures" in {group.name for group in client.crm.properties.groups_api.get_all("deals").results}
    assert "days_open" in {one.name for one in client.crm.properties.core_api.get_all("deals").results}


def test_it_reads_and_makes_associations(client: HubSpot, portal: Portal, won: list[str]):
    """Links with their labels are read in batches and of one record, and new ones made in batches."""
    batch = BatchInputPublicFetchAssociationsBatchRequest(inputs=[PublicFetchAssociationsBatchRequest(id=one) for one in won[:3]])
    found = client.crm.associations.v4.batch_api.get_page("deals", "companies", batch)
    assert {row.to_dict()["_from"]["id"] for row in found.results} == set(won[:3])
    assert {spec.type_id for row in found.results for link in row.to for spec in link.association_types} == {5, 341}
    contact = str(next(iter(portal.tables["contacts"])).id)
    spec = AssociationSpec(association_category="HUBSPOT_DEFINED", association_type_id=3)
    post = PublicAssociationMultiPost(_from=PublicObjectId(id=won[0]), to=PublicObjectId(id=contact), types=[spec])
    client.crm.associations.v4.batch_api.create("deals", "contacts", BatchInputPublicAssociationMultiPost(inputs=[post]))
    page = client.crm.associations.v4.basic_api.get_page("deals", won[0], "contacts")
    assert contact in {str(link.to_object_id) for link in page.results}


def test_it_reads_owners_and_pipelines(client: HubSpot, portal: Portal):
    """Owners come with their teams, pipelines with their stages."""
    owners = client.crm.owners.get_all()
    assert {int(owner.id) for owner in owners} == set(portal.owners)
    assert all(owner.teams for owner in owners)
    (pipeline,) = client.crm.pipelines.pipelines_api.get_all("deals").results
    assert [stage.label for stage in pipeline.stages] == ["Prospecting", "Engaging", "Won", "Lost"]
    (support,) = client.crm.pipelines.pipelines_api.get_all("tickets").results
    assert [stage.metadata["ticketState"] for stage in support.stages] == ["OPEN", "OPEN", "OPEN", "CLOSED"]


def test_it_understands_refusals(client: HubSpot):
    """A record that is not there is the client's own error, with the status and the body."""
    with pytest.raises(ApiException) as caught:
        client.crm.deals.basic_api.get_by_id("1")
    assert (caught.value.status, "OBJECT_NOT_FOUND" in caught.value.body) == (404, True)
