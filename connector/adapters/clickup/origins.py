"""Where ClickUp keeps what each stream brings: for the page of KPIs."""

from collections.abc import Mapping

from connector.adapters.clickup.words import KINDS, needs
from connector.adapters.origin import Origin
from connector.kpis import Need
from connector.model import Stream

_MERGED = "A status that was entered again is told once, so the order of repeated moves is lost."
_PARTS: Mapping[Stream, Origin] = {
    Stream.USERS: Origin(name="members", properties=("username",)),
    Stream.TEAMS: Origin(name="groups", properties=("name", "members"), note="The first group of a person counts as the primary one."),
    Stream.PIPELINES: Origin(
        name="lists, statuses",
        properties=("name", "statuses: status, orderindex, type"),
        note="`CRM_KPI_CLICKUP__WON_STATUSES` and `…__LOST_STATUSES` say which statuses mean what.",
    ),
    Stream.COMPANIES: Origin(
        name="tasks",
        properties=("name", "assignees", "date_created"),
        note="`CRM_KPI_CLICKUP__COMPANY_LISTS` names the lists, `…__INDUSTRY_FIELD` and two more the fields.",
    ),
    Stream.CONTACTS: Origin(
        name="tasks",
        properties=("assignees", "date_created"),
        note="`CRM_KPI_CLICKUP__CONTACT_LISTS` names the lists, `…__COMPANY_FIELD` the link to a company.",
    ),
    Stream.PRODUCTS: Origin(name="options of a field", note="`CRM_KPI_CLICKUP__PRODUCT_FIELD` names it; there are no prices."),
    Stream.DEALS: Origin(
        name="tasks",
        properties=("name", "status", "assignees", "due_date", "date_created", "date_done", "custom_fields"),
        history=("status",),
        edition='the ClickApp "Total time in Status" for the past of stages',
        note=f"`CRM_KPI_CLICKUP__DEAL_LISTS` names the lists, `…__AMOUNT_FIELD` and others the fields. {_MERGED}",
    ),
    Stream.LINE_ITEMS: Origin(name="product field of tasks", note="A line for each label; only a deal's single product has its amount."),
    Stream.CALLS: Origin(
        name="time_entries",
        properties=("start", "duration", "description", "tags"),
        note="`CRM_KPI_CLICKUP__CALL_WORDS` says which; only owners and admins see the time of others.",
    ),
    Stream.MEETINGS: Origin(
        name="time_entries",
        properties=("start", "duration", "description", "tags"),
        note="`CRM_KPI_CLICKUP__MEETING_WORDS` says which; only owners and admins see the time of others.",
    ),
    Stream.TASKS: Origin(name="subtasks", properties=("status", "assignees", "due_date", "date_done")),
    Stream.TICKETS: Origin(
        name="tasks",
        properties=("status", "priority", "assignees", "date_created", "date_done"),
        note="`CRM_KPI_CLICKUP__TICKET_LISTS` names the lists, `…__COMPLAINT_VALUES` which are complaints. First answers are told nowhere.",
    ),
    Stream.GOALS: Origin(
        name="goals", properties=("name", "start_date", "due_date", "description", "key_results"), note="Only ours tell what they measure."
    ),
}


def _origin(stream: Stream) -> Origin:
    part = _PARTS[stream]
    return Origin(
        name=part.name, properties=part.properties, history=part.history, scopes=needs(stream), edition=part.edition, note=part.note
    )


ORIGINS: Mapping[Stream, Origin] = {stream: _origin(stream) for stream in KINDS}
"""Every stream that ClickUp is read for."""
SUPPLIES: Mapping[Need, str] = {
    Need.WORK: "subtasks of deals that are done",
    Need.COMPLAINTS: "tickets, once `CRM_KPI_CLICKUP__COMPLAINT_VALUES` says what makes one",
}
"""What ClickUp may supply of what KPIs need besides streams; its statuses have no chances."""
