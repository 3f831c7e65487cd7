"""What a Workspace holds besides its sales: tickets in the List Support, and what was done about deals.

All of it is the other box's (see its extras), told in ClickUp's words: calls and meetings that took place are tracked time, notes,
e-mails and messages are comments, things to do are subtasks of the deal, which therefore have the statuses of deals. Whoever ticked one
off moved it to "won", the only status there that is done.
"""

from collections.abc import Mapping

from connector.sandbox.clickup.calls import Raw
from connector.sandbox.clickup.fields import Field
from connector.sandbox.clickup.filling import Filling
from connector.sandbox.clickup.places import Person
from connector.sandbox.clickup.tasks import Comment, Task
from connector.sandbox.hubspot.clock import instant
from connector.sandbox.hubspot.kinds import CALLS, COMPANIES, CONTACTS, DEALS, EMAILS, MEETINGS, MESSAGES, NOTES, TASKS, TICKETS, Kind
from connector.sandbox.hubspot.records import Record

_STAGES = {"1": "new", "2": "waiting on contact", "3": "waiting on us", "4": "closed"}
_PRIORITIES = {"URGENT": 1, "HIGH": 2, "MEDIUM": 3, "LOW": 4}
_HALF_HOUR, _MINUTE = 1_800_000, 60_000


def add_extras(filling: Filling) -> None:
    """Add everything to a Workspace that holds its sales."""
    fields = _ticket_fields(filling)
    for record in filling.portal.table(TICKETS):
        _add_ticket(filling, record, fields)
    for kind, name in ((CALLS, "Call"), (MEETINGS, "Meeting")):
        for record in _about_deals(filling, kind):
            _track(filling, record, name)
    for kind in (NOTES, EMAILS, MESSAGES):
        for record in _about_deals(filling, kind):
            _comment(filling, record)
    for record in _about_deals(filling, TASKS):
        _add_subtask(filling, record)


def _ticket_fields(filling: Filling) -> Mapping[str, Field]:
    tickets = list(filling.portal.table(TICKETS))
    channels, kinds = (dict.fromkeys(record.values[name] for record in tickets) for name in ("source_type", "hs_ticket_category"))
    made = [
        filling.field(filling.support, "Channel", "drop_down", filling.options(*channels)),
        filling.field(filling.support, "Category", "drop_down", filling.options(*kinds)),
        filling.field(filling.support, "Company", "tasks", {"subcategory_id": filling.companies.id}),
        filling.field(filling.support, "Contact", "tasks", {"subcategory_id": filling.contacts.id}),
    ]
    return {field.name: field for field in made}


def _add_ticket(filling: Filling, record: Record, fields: Mapping[str, Field]) -> None:
    values = record.values
    log = [(_STAGES[entry.value], entry.at) for entry in record.history["hs_pipeline_stage"]]
    task = filling.add(filling.support, record, values["subject"], log)
    task.assignees = [person] if (person := _person(filling, record)) else []
    task.priority = _PRIORITIES[values["hs_ticket_priority"]]
    task.values[fields["Channel"].id] = fields["Channel"].option(values["source_type"])
    task.values[fields["Category"].id] = fields["Category"].option(values["hs_ticket_category"])
    for name, kind in (("Company", COMPANIES), ("Contact", CONTACTS)):
        if found := filling.linked(record, kind):
            task.values[fields[name].id] = found


def _about_deals(filling: Filling, kind: Kind) -> list[Record]:
    return [record for record in filling.portal.table(kind) if filling.linked(record, DEALS)]


def _deal(filling: Filling, record: Record) -> Task:
    return filling.workspace.tasks[filling.linked(record, DEALS)[0]]


def _person(filling: Filling, record: Record) -> Person | None:
    return filling.people.get(record.values.get("hubspot_owner_id", ""))


def _moment(record: Record) -> int:
    return instant(record.values.get("hs_timestamp", "")) or record.created


def _track(filling: Filling, record: Record, name: str) -> None:
    if record.values.get("hs_meeting_outcome", "COMPLETED") != "COMPLETED":
        return
    deal, at = _deal(filling, record), _moment(record)
    length = max(_MINUTE, int(record.values.get("hs_call_duration", _HALF_HOUR)))
    person = _person(filling, record) or filling.owner
    filling.workspace.entries.append(_entry(filling, (deal, person, name), (at, length)))


def _entry(filling: Filling, what: tuple[Task, Person, str], when: tuple[int, int]) -> Raw:
    (deal, person, name), (at, length) = what, when
    key, place = filling.workspace.number("entry", 4_300_000_000), deal.place
    return {
        "id": key,
        "task": {"id": deal.id, "name": deal.name, "status": deal.status, "custom_type": None},
        "wid": filling.workspace.team,
        "user": person.brief,
        "billable": False,
        "start": str(at),
        "end": str(at + length),
        "duration": str(length),
        "description": name,
        "tags": [],
        "source": "clickup",
        "at": str(at + length),
        "task_location": {"list_id": place.id, "folder_id": place.folder.id, "space_id": place.space.id},
        "task_url": f"https://app.clickup.com/t/{deal.id}",
    }


def _comment(filling: Filling, record: Record) -> None:
    deal, at = _deal(filling, record), _moment(record)
    words = record.values.get("hs_email_subject") or "What people write down is nobody's measure."
    person = _person(filling, record) or filling.owner
    deal.comments.append(Comment(filling.workspace.number("comment", 90_150_000), words, person, at))
    deal.updated = max(deal.updated, at)


def _add_subtask(filling: Filling, record: Record) -> None:
    deal, ended = _deal(filling, record), instant(record.values.get("hs_task_completion_date", ""))
    first = deal.place.statuses[0].name
    log = [(first, record.created), *([("won", max(record.created, ended))] if ended else [])]
    task = filling.add(deal.place, record, record.values["hs_task_subject"], log)
    task.parent, task.due = deal.id, _moment(record)
    task.assignees = [person] if (person := _person(filling, record)) else []
