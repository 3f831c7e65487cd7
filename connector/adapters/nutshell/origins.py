"""Where Nutshell keeps what each stream brings: for the page of KPIs."""

from collections.abc import Mapping

from connector.adapters.nutshell.words import KINDS, needs
from connector.adapters.origin import Origin
from connector.kpis import Need
from connector.model import Stream

_PARTS: Mapping[Stream, Origin] = {
    Stream.USERS: Origin(name="users", properties=("name", "isEnabled")),
    Stream.TEAMS: Origin(name="teams", properties=("name", "users"), note="By the older JSON-RPC; the REST API has none."),
    Stream.PIPELINES: Origin(name="stagesets, stages", properties=("name", "position"), note="Winning is a lead's status, no stage."),
    Stream.COMPANIES: Origin(
        name="accounts",
        properties=("name", "employeeCount", "addresses", "industry"),
        history=("creation",),
        note="There are no parent companies.",
    ),
    Stream.CONTACTS: Origin(name="contacts", properties=("accounts", "owner"), history=("creation",)),
    Stream.PRODUCTS: Origin(name="products", properties=("name",), note="List prices are not read."),
    Stream.DEALS: Origin(
        name="leads",
        properties=("status", "value", "confidence", "closedTime", "dueTime", "stage", "owner", "sources", "outcome"),
        history=("stage", "status"),
        note="Earlier amounts, owners and expected days are told nowhere, so the past is seen with the present ones.",
    ),
    Stream.LINE_ITEMS: Origin(name="productmaps", properties=("price", "quantity", "product")),
    Stream.CALLS: Origin(name="activities", properties=("startTime", "endTime"), note="Those whose type's name holds call or phone."),
    Stream.EMAILS: Origin(
        name="emails",
        properties=("sentTime", "from", "to", "cc", "isAutomatedReply"),
        note="Those that events tell of; openings have no time, and clicks are not told.",
    ),
    Stream.MEETINGS: Origin(name="activities", properties=("startTime", "endTime"), note="All that are no calls."),
}


def _origin(stream: Stream) -> Origin:
    part = _PARTS[stream]
    return Origin(name=part.name, properties=part.properties, history=part.history, scopes=needs(stream), note=part.note)


ORIGINS: Mapping[Stream, Origin] = {stream: _origin(stream) for stream in KINDS}
"""Every stream that Nutshell is read for."""
SUPPLIES: Mapping[Need, str] = {
    Need.CHANCES: "confidence of leads",
    Need.WORK: "activities, and events, which name their actor",
}
"""What Nutshell may supply of what KPIs need besides streams."""
