"""What Odoo's activities, messages and meetings mean in our words."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connector.adapters.odoo.activities import KINDS, Around, activity_of, typed
from connector.adapters.odoo.rpc import Rpc
from connector.model import ActivityStatus, Direction, Stream
from tests.adapters.odoo.stand import SETTINGS, Stand

NEAR = Around(
    leads={"7": {"id": 7, "partner_id": [31, "Ann"]}},
    partners={
        "30": {"id": 30, "is_company": True, "commercial_partner_id": [30, "Acme"]},
        "31": {"id": 31, "is_company": False, "commercial_partner_id": [30, "Acme"]},
    },
    users={"3": "2"},
    machine="9",
    zone=ZoneInfo("America/New_York"),
)
DATES = {"create_date": "2017-05-01 10:00:00", "write_date": "2017-05-01 10:00:00"}


def message(**more: object) -> dict[str, Any]:
    """Build a message about the lead."""
    return {"id": 5, "model": "crm.lead", "res_id": 7, "author_id": [3, "Bob"], "date": "2017-05-02 11:00:00", **DATES, **more}


def planned(**more: object) -> dict[str, Any]:
    """Build something that is to be done about the lead."""
    return {"id": 5, "res_model": "crm.lead", "res_id": 7, "user_id": [2, "Bob"], "date_deadline": "2017-05-03", **DATES, **more}


def met(**more: object) -> dict[str, Any]:
    """Build a meeting about the lead."""
    times = {"start": "2017-05-04 10:00:00", "stop": "2017-05-04 11:30:00", "active": True}
    about = {"opportunity_id": [7, "Deal"], "res_model": False, "res_id": 0}
    return {"id": 5, "user_id": [2, "Bob"], **about, **times, **DATES, **more}


@pytest.mark.parametrize(
    ("author", "direction", "owner", "is_automated"),
    [([3, "Bob"], Direction.OUT, "2", False), ([31, "Ann"], Direction.IN, None, False), ([9, "Bot"], Direction.OUT, None, True)],
)
def test_who_speaks_says_whose_turn_it_was(author: list[object], direction: Direction, owner: str | None, *, is_automated: bool):
    """A user of ours turns to the customer, everybody else to us; what Odoo says by itself is nobody's work."""
    found = activity_of(message(author_id=author), KINDS[Stream.EMAILS][0], Stream.EMAILS, NEAR)

    assert (found.id, found.direction, found.owner, found.is_automated) == ("mail:5", direction, owner, is_automated)
    assert (found.deal, found.contact, found.company) == ("7", "31", "30")
    assert found.at == datetime(2017, 5, 2, 11, tzinfo=UTC)


def test_what_is_planned_for_a_day_is_due_at_its_end():
    """A deadline is a day, and is not missed before that day is over where the login is."""
    found = activity_of(planned(), KINDS[Stream.TASKS][0], Stream.TASKS, NEAR)

    assert (found.status, found.due_at) == (ActivityStatus.PLANNED, datetime(2017, 5, 4, 4, tzinfo=UTC))


def test_an_activity_about_a_partner_belongs_to_no_deal():
    """What hangs on a company or a person is theirs alone."""
    company = activity_of(planned(res_model="res.partner", res_id=30), KINDS[Stream.CALLS][0], Stream.CALLS, NEAR)
    person = activity_of(message(model="res.partner", res_id=31), KINDS[Stream.NOTES][0], Stream.NOTES, NEAR)

    assert (company.deal, company.company, company.contact) == (None, "30", None)
    assert (person.deal, person.company, person.contact) == (None, "30", "31")


@pytest.mark.parametrize(
    ("more", "status", "duration"),
    [
        ({}, ActivityStatus.DONE, 5400),
        ({"active": False}, ActivityStatus.CANCELLED, 5400),
        ({"stop": False}, ActivityStatus.DONE, None),
        ({"stop": "2017-05-01 10:00:00"}, ActivityStatus.DONE, None),
        ({"stop": "2018-05-01 10:00:00"}, ActivityStatus.DONE, None),
    ],
)
def test_a_meeting_is_as_long_as_the_calendar_says(more: dict[str, object], status: ActivityStatus, duration: int | None):
    """A meeting that was put away was not held, and one without a credible end has no length."""
    found = activity_of(met(**more), KINDS[Stream.MEETINGS][0], Stream.MEETINGS, NEAR)

    assert (found.status, found.duration, found.deal) == (status, duration, "7")


@pytest.mark.parametrize(("stream", "expected"), [(Stream.CALLS, [1, 2, 5]), (Stream.TASKS, [3, 6])])
async def test_types_of_activities_tell_calls_from_tasks(stand: Stand, stream: Stream, expected: list[int]):
    """A type is a call's by its name or its category; meetings stand in the calendar, and everything else is a task."""
    names = {1: "Call", 2: "Puhelinsoitto – phone", 3: "To Do", 4: "Meeting", 5: "Anything", 6: "Monitoring"}
    categories = {4: "meeting", 5: "phonecall"}
    rows = [{"id": key, "name": name, "category": categories.get(key, "default")} for key, name in names.items()]
    stand.says["mail.activity.type", "search_read"] = lambda *_, **__: rows
    stand.says["mail.activity", "fields_get"] = lambda *_, **__: {"user_id": {"type": "many2one"}}
    rpc = Rpc(SETTINGS)
    await rpc.version()
    found = await typed(rpc, stream, KINDS[stream])
    await rpc.client.close()

    assert [kind.domain[-1] for kind in found] == [["activity_type_id", "in", expected], ["mail_activity_type_id", "in", expected]]
    assert len({kind.prefix for some in KINDS.values() for kind in some}) == sum(map(len, KINDS.values()))


async def test_what_is_done_and_kept_is_not_planned(stand: Stand):
    """Where Odoo keeps what was done as put away, only the message tells of it, so that nothing counts twice."""
    stand.says["mail.activity.type", "search_read"] = lambda *_, **__: [{"id": 1, "name": "Call", "category": "phonecall"}]
    stand.says["mail.activity", "fields_get"] = lambda *_, **__: {"active": {"type": "boolean"}}
    rpc = Rpc(SETTINGS)
    await rpc.version()
    planned, said = await typed(rpc, Stream.CALLS, KINDS[Stream.CALLS])
    await rpc.client.close()

    assert ["active", "=", True] in planned.domain
    assert ["active", "=", True] not in said.domain
