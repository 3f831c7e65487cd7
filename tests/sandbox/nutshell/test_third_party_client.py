"""A third party's client, made for the real Nutshell, speaks to the older JSON-RPC of the box: nothing but its address is set."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from nutshell import NutshellAPI, methods
from nutshell.entities import (
    ActivityStatus,
    AnalyticsReportType,
    CreateActivity,
    FindActivitiesQuery,
    FindLeadsQuery,
    FindLeadsQueryFilter,
    FindLeadsQueryStatus,
    Milestone,
)
from pydantic import BaseModel, ValidationError

from connector.sandbox.nutshell import KEY, USER, Options, nutshell_app
from connector.sandbox.running import running

# It signs in by what the HTTP library that it rests on has come to call old.
pytestmark = [
    pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'auth' parameter is deprecated:DeprecationWarning"),
]
FINDERS = (
    methods.FindUsers,
    methods.FindTeams,
    methods.FindActivityTypes,
    methods.FindStagesets,
    methods.FindMilestones,
    methods.FindLeads,
    methods.FindActivities,
)


@pytest.fixture(scope="module")
def place(few: Path) -> Iterator[str]:
    """Where a box with calls and meetings listens."""
    with running(nutshell_app(data=few, options=Options(extras=True))) as url:
        yield url


@pytest.fixture
def client(place: str) -> NutshellAPI:
    """The client, told where to look."""
    made = NutshellAPI(USER, password=KEY)
    made.URL = f"{place}/api/v1/json"
    return made


@pytest.fixture
def rest(place: str) -> Iterator[httpx.Client]:
    """The newer API of the same box."""
    with httpx.Client(base_url=place, auth=(USER, KEY), timeout=30) as client:
        yield client


def call(client: NutshellAPI, *calls: BaseModel) -> Any:  # noqa: ANN401 - whatever the methods give
    """Make calls and return their results, that of one alone as it is."""
    client.api_calls = list(calls)
    answers = client.call_api()
    return [one.result for one in answers] if isinstance(answers, list) else answers.result


def listed(rest: httpx.Client, kind: str) -> list[dict[str, Any]]:
    """Return a whole list of the newer API."""
    return list(rest.get(f"/rest/{kind}", params={"page[limit]": 10_000}).json()[kind])


def test_every_finder_gives_what_the_client_reads(client: NutshellAPI):
    """All finders in one go, each by its own defaults; what they give has the names and forms that the client's models ask for."""
    found = call(client, *(one() for one in FINDERS))

    assert all(found)
    assert [len(rows) for rows in found[:2]] == [35, 9]
    assert [row.name for row in found[4]] == ["Engaging", "Prospecting"]
    assert {row.stageset_id for row in found[4]} == {found[3][0].id}


def test_leads_are_found_by_what_the_client_can_ask(client: NutshellAPI, rest: httpx.Client):
    """Status, stage and owner narrow the leads down to those that the newer API shows so; pages go through all of them once."""
    milestone: Milestone = call(client, methods.FindMilestones())[0]
    won = FindLeadsQuery(status=FindLeadsQueryStatus.WON, filter=FindLeadsQueryFilter.ALL_LEADS)
    pages = [call(client, methods.FindLeads(query=won, limit=10, page=page)) for page in (1, 2, 3, 4)]
    staged = call(client, methods.FindLeads(query=FindLeadsQuery(milestone_id=milestone.id), limit=100))
    user = call(client, methods.FindUsers())[0]
    owned = call(client, methods.FindLeads(query=FindLeadsQuery(assignee=[user]), limit=100, stub_responses=False))

    leads = listed(rest, "leads")
    wanted = [row["id"] for row in leads if row["status"] == "won"]
    assert [f"{row.id}-leads" for page in pages for row in page] == wanted
    assert len(staged) == sum(row["links"]["stage"] == f"{milestone.id}-stages" for row in leads)
    assert len(owned) == sum(row["links"]["owner"] == f"{user.id}-users" for row in leads)
    assert {row.assignee.name for row in owned} <= {user.name}


def test_a_whole_lead_holds_what_it_points_to(client: NutshellAPI, rest: httpx.Client):
    """A lead comes with its owner, stage, value and product as the newer API has them."""
    theirs = next(row for row in listed(rest, "leads") if row["status"] == "won" and row["links"]["accounts"])
    lead = call(client, methods.GetLead(lead_id=int(theirs["id"].partition("-")[0])))

    company = rest.get(f"/rest/accounts/{theirs['links']['accounts'][0]}").json()["accounts"][0]
    item = rest.get(f"/rest/productmaps/{theirs['links']['productMaps'][0]}").json()["productMaps"][0]
    assert (lead.name, lead.status, lead.value["amount"]) == (theirs["name"], 10, theirs["value"]["amount"])
    assert (lead.primary_account["name"], f"{lead.milestone.id}-stages") == (company["name"], theirs["links"]["stage"])
    assert [(one["price"]["amount"], one["quantity"]) for one in lead.products] == [(item["price"]["amount"], item["quantity"])]
    created = datetime.fromisoformat(lead.created_time)
    assert created.timestamp() == theirs["createdTime"]["timestamp"]


def test_a_change_needs_the_present_revision(client: NutshellAPI):
    """A lead changes for who has seen it last; a revision that is out of date changes nothing."""
    key = call(client, methods.FindLeads())[0].id
    before = call(client, methods.GetLead(lead_id=key))
    after = call(client, methods.EditLead(lead_id=key, rev=before.rev, lead={"description": "Another name"}))

    assert after.description == "Another name"
    assert after.rev != before.rev
    with pytest.raises(ValidationError):
        call(client, methods.EditLead(lead_id=key, rev=before.rev, lead={"description": "Too late"}))
    assert call(client, methods.GetLead(lead_id=key)).description == "Another name"


def test_an_activity_is_made_changed_logged_and_deleted(client: NutshellAPI, rest: httpx.Client):
    """An activity goes its whole way by the client, and the newer API shows each step."""
    kind = call(client, methods.FindActivityTypes())[0]
    given = CreateActivity(
        name="Call back", activity_type_id=kind.id, start_time="2018-02-01T18:00:00+00:00", end_time="2018-02-01T18:30:00+00:00"
    )
    made = call(client, methods.NewActivity(activity=given))
    assert (made.name, made.activity_type.name, made.status) == ("Call back", kind.name, ActivityStatus.SCHEDULED)

    logged = call(client, methods.EditActivity(activity_id=made.id, rev=made.rev, activity={"status": 1, "description": "He will buy"}))
    shown = rest.get(f"/rest/activities/{made.id}-activities").json()["activities"][0]
    assert (logged.status, logged.description) == (ActivityStatus.LOGGED, "He will buy")
    assert (shown["isLogged"], shown["agenda"], shown["endTime"] - shown["startTime"]) == (True, "He will buy", 1800)

    assert call(client, methods.DeleteActivity(activity_id=made.id, rev=logged.rev)) is True
    assert f"{made.id}-activities" not in {row["id"] for row in listed(rest, "activities")}


def test_activities_are_found_by_what_the_client_can_ask(client: NutshellAPI, rest: httpx.Client):
    """The kind, the people and the state of activities narrow them down."""
    kind = next(one for one in call(client, methods.FindActivityTypes()) if one.name == "Phone call")
    query = FindActivitiesQuery(activity_type_id=[kind.id], status=ActivityStatus.LOGGED)
    found = call(client, methods.FindActivities(query=query, limit=100))

    rows = [row for row in listed(rest, "activities") if row["links"]["activityType"] == f"{kind.id}-activityTypes" and row["isLogged"]]
    assert 0 < len(found) == min(len(rows), 100)


def test_who_signs_in_and_what_was_done_are_told(client: NutshellAPI):
    """Without an id the user is the one who signs in; the report of effort counts activities by day."""
    me, report = call(
        client, methods.GetUser(), methods.GetAnalyticsReport(report_type=AnalyticsReportType.EFFORT, period="-d30", filters=None)
    )

    assert me.last_name
    assert len(report.series_data.total_effort) == 30
    assert report.summary_data["total_effort"].sum == sum(count for _, count in report.series_data.total_effort)


@pytest.mark.parametrize(
    ("method", "given", "code"),
    [
        ("findLeads", {"query": {"modifiedTime": "2017-01-01"}}, 400),
        ("findLeads", {"sort": "name"}, 400),
        ("getLead", {"leadId": 1}, 404),
        ("newLead", {}, 404),
        ("getAnalyticsReport", {"reportType": "Pipeline", "period": "-d30"}, 400),
    ],
)
def test_what_is_unknown_is_refused(rest: httpx.Client, method: str, given: dict[str, object], code: int):
    """A query, a parameter, a record, a method and a report that the box does not know end in an error of the older API."""
    answer = rest.post("/api/v1/json", json={"method": method, "params": given, "id": "1"}).json()

    assert (answer["error"]["code"], answer["result"]) == (code, None)
