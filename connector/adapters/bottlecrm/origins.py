"""Where BottleCRM keeps what each stream brings: for the page of KPIs."""

from collections.abc import Mapping

from connector.adapters.bottlecrm.words import STREAMS, needs
from connector.adapters.origin import Origin
from connector.kpis import Need
from connector.model import Stream

_PARTS: Mapping[Stream, Origin] = {
    Stream.USERS: Origin(name="users", properties=("user_details", "is_active")),
    Stream.TEAMS: Origin(name="teams", properties=("name", "users"), note="Admins alone see teams."),
    Stream.PIPELINES: Origin(name="pipelines, stages", properties=("name", "code", "label", "order", "kind")),
    Stream.COMPANIES: Origin(
        name="accounts",
        properties=("name", "industry", "country", "number_of_employees", "assigned_to"),
        note="There are no parent companies.",
    ),
    Stream.CONTACTS: Origin(name="contacts", properties=("account", "linked_accounts", "assigned_to", "source")),
    Stream.PRODUCTS: Origin(name="products", properties=("name", "price", "currency")),
    Stream.DEALS: Origin(
        name="opportunities",
        properties=(
            "stage",
            "stage_kind",
            "stage_changed_at",
            "opportunity_type",
            "amount",
            "currency",
            "probability",
            "closed_on",
            "lead_source",
            "assigned_to",
            "account",
            "contacts",
        ),
        note="Only the present stage is told, and since when; earlier stages are those that our runs have seen.",
    ),
    Stream.LINE_ITEMS: Origin(name="line_items", properties=("product", "quantity", "subtotal", "total"), note="Read with the deals."),
    Stream.TASKS: Origin(
        name="tasks", properties=("status", "due_date", "opportunity", "account", "case"), note="When one was done is not told."
    ),
    Stream.TICKETS: Origin(
        name="cases",
        properties=("status", "priority", "case_type", "first_response_at", "resolved_at"),
        note="Merged ones are not listed.",
    ),
    Stream.GOALS: Origin(
        name="sales goals",
        properties=("goal_type", "target_value", "currency", "period_start", "period_end", "assigned_to", "team"),
        note="Goals of revenue in the home currency and of deals closed; those that weigh deals by their type mean no KPI.",
    ),
}


def _origin(stream: Stream) -> Origin:
    part = _PARTS[stream]
    return Origin(name=part.name, properties=part.properties, scopes=needs(stream), note=part.note)


ORIGINS: Mapping[Stream, Origin] = {stream: _origin(stream) for stream in STREAMS}
"""Every stream that BottleCRM is read for."""
SUPPLIES: Mapping[Need, str] = {Need.CHANCES: "probability of opportunities"}
"""What BottleCRM may supply of what KPIs need besides streams."""
