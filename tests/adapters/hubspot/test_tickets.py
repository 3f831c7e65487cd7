"""Tickets and leads: how far they have come, and when."""

from datetime import UTC, datetime
from typing import Any

import pytest

from connector.adapters.hubspot.leads import lead_of
from connector.adapters.hubspot.pipelines import all_of
from connector.adapters.hubspot.tickets import Complaint, ticket_of
from connector.model import Entity, Lead, Outcome, Pipeline, Stage, Ticket
from tests.adapters.hubspot.rows import CREATED, history, row_of

HELP = {
    "id": "0",
    "label": "Support",
    "displayOrder": 0,
    "stages": [
        {"id": "1", "label": "New", "displayOrder": 0, "metadata": {"ticketState": "OPEN", "isClosed": "false"}},
        {"id": "4", "label": "Closed", "displayOrder": 3, "metadata": {"ticketState": "CLOSED", "isClosed": "true"}},
        {"id": "2", "label": "Waiting", "displayOrder": 1, "metadata": {"ticketState": "OPEN"}},
    ],
}
PROSPECTING = {
    "id": "lead-pipeline-id",
    "label": "Leads",
    "displayOrder": 0,
    "stages": [
        {"id": "new-stage-id", "label": "New", "displayOrder": 0, "metadata": {}},
        {"id": "1701461227", "label": "Good", "displayOrder": 1, "metadata": {"leadState": "QUALIFIED"}},
        {"id": "qualified-stage-id", "label": "Qualified", "displayOrder": 2, "metadata": {}},
        {"id": "unqualified-stage-id", "label": "Disqualified", "displayOrder": 3, "metadata": {}},
    ],
}


def stages_in(pipeline: dict[str, Any], of: Entity) -> dict[str, Stage]:
    """Read the stages of a pipeline by our ids."""
    return {one.id: one for one in all_of(pipeline, of) if isinstance(one, Stage)}


def day(number: int, hour: int = 12) -> datetime:
    """Return a moment of March 2017."""
    return datetime(2017, 3, number, hour, tzinfo=UTC)


def ticket(properties: dict[str, Any], stages: tuple[tuple[str, str], ...] = (), complaint: Complaint | None = None) -> Ticket:
    """Read a ticket with a history of stages."""
    row = row_of({"createdate": CREATED, "hs_pipeline": "0"} | properties, {"companies": ["21"], "contacts": ["11"], "deals": ["31"]})
    row["propertiesWithHistory"] = {"hs_pipeline_stage": history(*stages)}
    return ticket_of(row, stages_in(HELP, Entity.TICKETS), complaint or Complaint())


def test_pipelines_of_tickets_and_leads_have_ids_of_their_own():
    """Pipelines and stages of tickets and leads say whose they are: a deal's stage 1 is another. Closed and qualified are won."""
    read = list(all_of(HELP, Entity.TICKETS))
    assert [(one.id, one.of) for one in read if isinstance(one, Pipeline)] == [("ticket:0", Entity.TICKETS)]
    assert [(one.id, one.pipeline, one.outcome, one.position) for one in read if isinstance(one, Stage)] == [
        ("ticket:1", "ticket:0", Outcome.OPEN, 0),
        ("ticket:2", "ticket:0", Outcome.OPEN, 1),
        ("ticket:4", "ticket:0", Outcome.WON, 2),
    ]
    leads = stages_in(PROSPECTING, Entity.LEADS)
    assert {key: one.outcome for key, one in leads.items()} == {
        "lead:new-stage-id": Outcome.OPEN,
        "lead:1701461227": Outcome.WON,
        "lead:qualified-stage-id": Outcome.WON,
        "lead:unqualified-stage-id": Outcome.LOST,
    }


def test_a_ticket_as_it_stands():
    """Stage, outcome, channel, priority, owner and links come through."""
    found = ticket(
        {
            "hs_pipeline_stage": "4",
            "source_type": "EMAIL",
            "hs_ticket_priority": "HIGH",
            "hubspot_owner_id": "5",
            "hs_ticket_category": "BILLING_ISSUE",
            "hs_number_of_touches": "3",
            "closed_date": "2017-03-09T12:00:00Z",
        }
    )
    assert (found.pipeline, found.stage, found.outcome) == ("ticket:0", "ticket:4", Outcome.WON)
    assert (found.channel, found.priority, found.owner, found.reason, found.touches) == ("EMAIL", "HIGH", "5", "BILLING_ISSUE", 3)
    assert (found.company, found.contact, found.deal) == ("21", "11", "31")
    assert (found.resolved_at, found.reopened_at, found.paused) == (day(9), None, None)


@pytest.mark.parametrize(
    ("stages", "properties", "resolved", "reopened"),
    [
        ((("2017-03-01T14:00:00Z", "1"), ("2017-03-05T12:00:00Z", "4")), {}, day(5), None),
        ((("2017-03-01T14:00:00Z", "1"), ("2017-03-05T12:00:00Z", "4"), ("2017-03-06T12:00:00Z", "2")), {}, day(5), day(6)),
        (
            (
                ("2017-03-01T14:00:00Z", "1"),
                ("2017-03-05T12:00:00Z", "4"),
                ("2017-03-06T12:00:00Z", "2"),
                ("2017-03-08T12:00:00Z", "4"),
            ),
            {"closed_date": "2017-03-05T12:00:00Z"},
            day(8),
            day(6),
        ),
        ((("2017-03-01T14:00:00Z", "4"),), {"closed_date": "2017-02-20T12:00:00Z"}, datetime(2017, 2, 20, 12, tzinfo=UTC), None),
        ((), {"hs_last_closed_date": "2017-03-07T12:00:00Z", "hs_ticket_reopened_at": "2017-03-08T12:00:00Z"}, day(7), day(8)),
        ((("2017-03-01T14:00:00Z", "1"), ("2017-03-03T12:00:00Z", "99")), {}, None, None),
    ],
    ids=["closed", "opened again", "closed again", "imported closed", "no history", "a deleted stage"],
)
def test_closing_and_opening_again(
    stages: tuple[tuple[str, str], ...], properties: dict[str, str], resolved: datetime | None, reopened: datetime | None
):
    """The history of the stage tells the last closing and the last opening again; without it, and for imports, the dates do."""
    found = ticket({"hs_pipeline_stage": stages[-1][1] if stages else "2"} | properties, stages)
    assert (found.resolved_at, found.reopened_at) == (resolved, reopened)


@pytest.mark.parametrize(
    ("properties", "first"),
    [
        ({"first_agent_reply_date": "2017-03-03T12:00:00Z", "hs_first_agent_message_sent_at": "2017-03-02T12:00:00Z"}, day(2)),
        ({"first_agent_reply_date": "2017-03-03T12:00:00Z"}, day(3)),
        ({"first_agent_reply_date": "2017-03-03T12:00:00Z", "source_type": "PHONE"}, None),
        ({}, None),
    ],
)
def test_the_first_response(properties: dict[str, str], first: datetime | None):
    """The earlier of the two replies counts; who calls is not waiting for a written one."""
    assert ticket(properties).first_response_at == first


def test_complaints_are_what_settings_say():
    """Without values nobody can tell; with them, a ticket is one when any of its choices is among them."""
    raw = {"hs_ticket_category": "PRODUCT_ISSUE;COMPLAINT", "hs_pipeline": "0"}
    assert ticket(raw).is_complaint is None
    assert ticket(raw, complaint=Complaint(values=frozenset({"COMPLAINT"}))).is_complaint
    assert ticket(raw, complaint=Complaint(values=frozenset({"BILLING_ISSUE"}))).is_complaint is False
    assert ticket(raw, complaint=Complaint("hs_pipeline", frozenset({"0"}))).is_complaint


@pytest.mark.parametrize(
    ("properties", "touches"), [({"hs_is_one_touch_ticket": "true"}, 1), ({"hs_is_one_touch_ticket": "false"}, None), ({}, None)]
)
def test_one_touch(properties: dict[str, str], touches: int | None):
    """Where touches are not counted, a ticket solved at first contact had one."""
    assert ticket(properties).touches == touches


def lead(properties: dict[str, Any], **histories: list[dict[str, Any]]) -> Lead:
    """Read a lead with histories."""
    row = row_of({"createdate": CREATED, "hs_pipeline": "lead-pipeline-id"} | properties, {"contacts": ["11"], "deals": ["31"]})
    row["propertiesWithHistory"] = histories
    return lead_of(row, stages_in(PROSPECTING, Entity.LEADS))


def test_a_lead_and_its_milestones():
    """Qualified is the first time in a stage that means it, assigned the first time that somebody owned the lead."""
    found = lead(
        {"hs_pipeline_stage": "new-stage-id", "hubspot_owner_id": "6", "hs_primary_contact_id": "12", "hs_lead_source": "ONLINE"},
        hs_pipeline_stage=history(
            ("2017-03-01T14:00:00Z", "new-stage-id"),
            ("2017-03-04T12:00:00Z", "1701461227"),
            ("2017-03-05T12:00:00Z", "new-stage-id"),
            ("2017-03-06T12:00:00Z", "qualified-stage-id"),
            ("2017-03-07T12:00:00Z", "new-stage-id"),
        ),
        hubspot_owner_id=history(("2017-03-01T14:00:00Z", ""), ("2017-03-02T12:00:00Z", "5"), ("2017-03-03T12:00:00Z", "6")),
    )
    assert (found.contact, found.deal, found.owner, found.source) == ("12", "31", "6", "ONLINE")
    assert (found.pipeline, found.stage, found.outcome) == ("lead:lead-pipeline-id", "lead:new-stage-id", Outcome.OPEN)
    assert (found.qualified_at, found.assigned_at) == (day(4), day(2))


@pytest.mark.parametrize(
    ("properties", "outcome"),
    [
        ({"hs_pipeline_stage": "55", "hs_pipeline_stage_category_v2": "QUALIFIED"}, Outcome.WON),
        ({"hs_pipeline_stage": "55", "hs_pipeline_stage_category": "UNQUALIFIED"}, Outcome.LOST),
        ({"hs_pipeline_stage": "unqualified-stage-id"}, Outcome.LOST),
        ({"hs_pipeline_stage": "55"}, Outcome.OPEN),
    ],
)
def test_what_became_of_a_lead(properties: dict[str, str], outcome: Outcome):
    """A lead's own category counts first, then its stage; a stage that nobody knows is open."""
    found = lead(properties)
    assert (found.outcome, found.qualified_at, found.assigned_at, found.contact) == (outcome, None, None, "11")
