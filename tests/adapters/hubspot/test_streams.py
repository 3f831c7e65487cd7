"""Tickets, activities, leads, answers and what stands beside the records, over a socket: what the contract does not ask of every vendor."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest

from connector.adapters.hubspot import HubSpot
from connector.adapters.hubspot.kinds import KINDS
from connector.errors import AccessRefused
from connector.model import (
    Activity,
    Answer,
    Contact,
    Direction,
    Entity,
    Outcome,
    Page,
    Pipeline,
    Record,
    Stream,
    Survey,
    SurveyKind,
    Ticket,
)
from tests.adapters.boxes import HubSpotBox, read_all

V = "2026-09"
ACTIVITIES = {
    Stream.CALLS: "calls",
    Stream.EMAILS: "emails",
    Stream.MEETINGS: "meetings",
    Stream.NOTES: "notes",
    Stream.TASKS: "tasks",
    Stream.MESSAGES: "communications",
}


def records_in(pages: Iterable[Page]) -> list[Record]:
    """Return the records of some pages."""
    return [record for page in pages for record in page.records]


async def rows_of(box: HubSpotBox, kind: str, *names: str) -> list[dict[str, Any]]:
    """Read the properties of all records of a type by plain means."""
    rows: list[dict[str, Any]] = []
    after = ""
    while after is not None:
        more = f"&after={after}" if after else ""
        body = await box.call("GET", f"/crm/objects/{V}/{kind}?limit=100&properties={','.join(names)}{more}")
        rows += [row["properties"] for row in body["results"]]
        after = body.get("paging", {}).get("next", {}).get("after")
    return rows


async def tickets_of(adapter: HubSpot, since: str | None = None) -> tuple[list[Ticket], str]:
    """Read tickets, and where to go on."""
    pages = await read_all(adapter, Stream.TICKETS, since)
    return [one for one in records_in(pages) if isinstance(one, Ticket)], pages[-1].cursor


async def test_activities_are_those_of_the_portal(hubspot: HubSpotBox):
    """Each object type brings all of its records, none twice under one id; directions and seconds add up to what the portal holds."""
    adapter = await hubspot.adapter()
    found: list[Activity] = []
    for stream, kind in ACTIVITIES.items():
        brought = [one for one in records_in(await read_all(adapter, stream)) if isinstance(one, Activity)]
        assert len(brought) == len(await rows_of(hubspot, kind)) > 0
        assert all(one.at and one.owner and one.deal for one in brought)
        assert any(one.contact and one.company for one in brought)
        assert {one.id.rpartition(":")[0] for one in brought} == {KINDS[stream].prefix}
        found += brought
    assert len({one.id for one in found}) == len(found)
    calls = await rows_of(hubspot, "calls", "hs_call_direction", "hs_call_duration")
    emails = await rows_of(hubspot, "emails", "hs_email_direction")
    outward = Counter(one.kind.value for one in found if one.direction is Direction.OUT and one.kind.value in ("call", "email"))
    assert outward == {
        "call": sum(row["hs_call_direction"] == "OUTBOUND" for row in calls),
        "email": sum(row["hs_email_direction"] == "EMAIL" for row in emails),
    }
    assert sum(one.duration or 0 for one in found if one.kind.value == "call") == sum(int(row["hs_call_duration"]) // 1000 for row in calls)


async def test_a_ticket_is_closed_and_opened_again(hubspot: HubSpotBox):
    """What people do to a ticket comes with the next reading: its closing, and later its opening again, each at its moment."""
    adapter = await hubspot.adapter()
    tickets, cursor = await tickets_of(adapter)
    stages = (await hubspot.call("GET", f"/crm/pipelines/{V}/tickets"))["results"][0]["stages"]
    closed = next(stage["id"] for stage in stages if stage["metadata"]["ticketState"] == "CLOSED")
    start = next(stage["id"] for stage in stages if stage["metadata"]["ticketState"] == "OPEN")
    one = next(ticket for ticket in tickets if ticket.outcome is Outcome.WON and ticket.reopened_at is None)
    path = f"/crm/objects/{V}/tickets/{one.id}"
    await hubspot.call("PATCH", path, {"properties": {"hs_pipeline_stage": start}})
    (opened,), cursor = await tickets_of(adapter, cursor)
    assert (opened.id, opened.outcome, opened.resolved_at) == (one.id, Outcome.OPEN, one.resolved_at)
    assert opened.reopened_at
    assert one.resolved_at
    assert opened.reopened_at > one.resolved_at
    await hubspot.call("PATCH", path, {"properties": {"hs_pipeline_stage": closed}})
    (again,), _ = await tickets_of(adapter, cursor)
    assert (again.outcome, again.reopened_at) == (Outcome.WON, opened.reopened_at)
    assert again.resolved_at
    assert again.resolved_at >= opened.reopened_at


async def test_complaints_follow_the_settings(hubspot: HubSpotBox):
    """Without a setting nobody can tell complaints; with one, those are that hold its values, in whatever property it names."""
    plain, _ = await tickets_of(await hubspot.adapter())
    assert {one.is_complaint for one in plain} == {None}
    rows = await rows_of(hubspot, "tickets", "hs_ticket_priority")
    value = next(row["hs_ticket_priority"] for row in rows if row["hs_ticket_priority"])
    mapped, _ = await tickets_of(await hubspot.adapter(complaint_property="hs_ticket_priority", complaint_values=(value,)))
    assert sum(one.is_complaint for one in mapped) == sum(row["hs_ticket_priority"] == value for row in rows) > 0


async def test_milestones_are_reached_one_by_one(hubspot: HubSpotBox):
    """A contact that people move through the lifecycle tells when it first came to each step, and when it was first given to somebody."""
    adapter = await hubspot.adapter()
    pages = await read_all(adapter, Stream.CONTACTS)
    contact = next(one for one in records_in(pages) if isinstance(one, Contact) and not one.owner and not one.lifecycle)
    owner = (await hubspot.call("GET", f"/crm/owners/{V}?limit=1"))["results"][0]["id"]
    for properties in ({"lifecyclestage": "salesqualifiedlead"}, {"hubspot_owner_id": owner}, {"lifecyclestage": "customer"}):
        await hubspot.call("PATCH", f"/crm/objects/{V}/contacts/{contact.id}", {"properties": properties})
    (found,) = [one for one in records_in(await read_all(adapter, Stream.CONTACTS, pages[-1].cursor)) if isinstance(one, Contact)]
    assert (found.id, found.owner, found.lifecycle) == (contact.id, owner, "customer")
    assert found.qualified_at
    assert found.assigned_at
    assert found.customer_at
    assert found.qualified_at <= found.assigned_at <= found.customer_at == found.opportunity_at


async def test_answers_are_those_of_the_portal(hubspot: HubSpotBox):
    """Promoters and detractors are as many as the portal says, and effort stands the other way round than it was answered."""
    found = [one for one in records_in(await read_all(await hubspot.adapter(), Stream.SURVEYS)) if isinstance(one, Survey)]
    rows = await rows_of(hubspot, "feedback_submissions", "hs_survey_type", "hs_value", "hs_response_group")
    nps = [row for row in rows if row["hs_survey_type"] == "NPS"]
    scores = [one.score for one in found if one.kind is SurveyKind.NPS and one.score is not None]
    assert len(scores) == len(nps) > 0
    assert sum(score >= 9 for score in scores) == sum(row["hs_response_group"] == "PROMOTER" for row in nps)
    assert sum(score <= 6 for score in scores) == sum(row["hs_response_group"] == "DETRACTOR" for row in nps)
    efforts = [one for one in found if one.kind is SurveyKind.CES]
    assert efforts
    assert {(one.score or 0) + (one.raw_score or 0) for one in efforts} == {8}


async def test_without_tickets_everything_else_is_read(hubspot: HubSpotBox):
    """A token that may not read tickets still reads pipelines of deals and leads, and activities with all of their other links."""
    await hubspot.call("POST", "/sandbox/scopes", {"revoked": ["tickets", "crm.schemas.tickets.read"]})
    adapter = await hubspot.adapter()
    able = (await adapter.check()).streams
    assert {stream for stream, ability in able.items() if ability.answer is Answer.NO} == {Stream.TICKETS}
    assert able[Stream.TICKETS].needs == ("tickets",)
    with pytest.raises(AccessRefused):
        await read_all(adapter, Stream.TICKETS)
    pipelines = records_in(await read_all(adapter, Stream.PIPELINES))
    assert {one.of for one in pipelines if isinstance(one, Pipeline)} == {Entity.DEALS, Entity.LEADS}
    calls = [one for one in records_in(await read_all(adapter, Stream.CALLS)) if isinstance(one, Activity)]
    assert calls
    assert all(one.deal and one.ticket is None for one in calls)
    assert any(one.contact for one in calls)


async def test_what_is_left_out_is_not_asked_for_anywhere(hubspot: HubSpotBox):
    """Without tickets by setting, no request names them: not for pipelines, not for links of activities."""
    adapter = await hubspot.adapter(streams_left_out=("tickets",))
    await hubspot.call("DELETE", "/sandbox/requests")
    await read_all(adapter, Stream.PIPELINES)
    await read_all(adapter, Stream.NOTES)
    sent = (await hubspot.call("GET", "/sandbox/requests"))["requests"]
    assert len(sent) > 3
    assert not [request for request in sent if "tickets" in str(request)]


@pytest.mark.parametrize("stream", [Stream.SURVEYS, Stream.NOTES])
async def test_any_stream_may_be_the_first(hubspot: HubSpotBox, stream: Stream):
    """A new process may begin with any stream, also with one that needs to know nothing of the portal."""
    adapter = await hubspot.adapter(streams_left_out=("tickets",))
    assert records_in(await read_all(adapter, stream))


async def test_reading_again_costs_little(hubspot: HubSpotBox):
    """When nothing has changed, each of the streams of activities costs at most five requests."""
    adapter = await hubspot.adapter()
    cursors = {stream: (await read_all(adapter, stream))[-1].cursor for stream in ACTIVITIES}
    for stream, cursor in cursors.items():
        before = adapter.calls
        assert records_in(await read_all(adapter, stream, cursor)) == []
        assert adapter.calls - before <= 5
