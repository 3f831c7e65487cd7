"""HubSpot's vocabulary: names and scopes; facts and their sources stand in docs/hubspot-facts.md."""

from collections.abc import Mapping

from connector.model import Entity, Stream

TITLE = "HubSpot"
MARK = "[crm-kpi"
"""Begins the marker by which our fields and goals are found again; it stands at the end of a description or a name."""
GROUP = "kpi_connector"

READS: Mapping[Stream, tuple[str, ...]] = {
    Stream.USERS: ("crm.objects.owners.read", "crm.objects.users.read"),
    Stream.TEAMS: ("settings.users.teams.read",),
    Stream.PIPELINES: ("crm.objects.deals.read",),
    Stream.COMPANIES: ("crm.objects.companies.read",),
    Stream.CONTACTS: ("crm.objects.contacts.read",),
    Stream.PRODUCTS: ("crm.objects.products.read",),
    Stream.DEALS: ("crm.objects.deals.read",),
    Stream.LINE_ITEMS: ("crm.objects.line_items.read",),
    Stream.DEAL_SPLITS: ("crm.dealsplits.read_write", "crm.objects.deals.read"),
    Stream.LEADS: ("crm.objects.leads.read",),
    Stream.CALLS: ("crm.objects.calls.read",),
    Stream.EMAILS: ("crm.objects.emails.read",),
    Stream.MEETINGS: ("crm.objects.meetings.read",),
    Stream.NOTES: ("crm.objects.notes.read",),
    Stream.TASKS: ("crm.objects.tasks.read",),
    Stream.MESSAGES: ("crm.objects.contacts.read",),
    Stream.TICKETS: ("tickets",),
    Stream.SURVEYS: ("crm.objects.contacts.read", "crm.objects.feedback_submissions.read"),
    Stream.CAMPAIGNS: ("marketing.campaigns.read",),
    Stream.FX_RATES: ("settings.currencies.read",),
    Stream.GOALS: ("crm.objects.goals.read",),
}
"""The scopes that each stream needs; the streams stand in the order in which they are pulled."""
NEEDED = (Stream.USERS, Stream.PIPELINES, Stream.DEALS)
"""The streams that nothing works without, so that none of them can be left out."""
EDITIONS: Mapping[Stream, str] = {
    Stream.DEAL_SPLITS: "Sales Hub Enterprise",
    Stream.LEADS: "Sales Hub Professional",
    Stream.SURVEYS: "Service Hub Professional",
    Stream.CAMPAIGNS: "Marketing Hub Professional",
    Stream.FX_RATES: "a portal with several currencies",
}
"""What a portal must have to hold a stream at all, where the free edition does not."""
WRITES: Mapping[Entity, tuple[str, ...]] = {
    Entity.DEALS: ("crm.objects.deals.write", "crm.schemas.deals.write"),
    Entity.COMPANIES: ("crm.objects.companies.write", "crm.schemas.companies.write"),
    Entity.CONTACTS: ("crm.objects.contacts.write", "crm.schemas.contacts.write"),
    Entity.USERS: ("crm.objects.users.write",),
}
"""The scopes that our fields need, records first."""
SCHEMAS: Mapping[Entity, tuple[str, ...]] = {
    Entity.DEALS: ("crm.schemas.deals.read",),
    Entity.COMPANIES: ("crm.schemas.companies.read",),
    Entity.CONTACTS: ("crm.schemas.contacts.read",),
    Entity.USERS: ("crm.objects.users.read",),
}
GOALS_WRITE = ("crm.objects.goals.write",)
SCOPES = tuple(
    sorted({scope for table in (READS, SCHEMAS, WRITES) for scopes in table.values() for scope in scopes} | {*GOALS_WRITE}),
)
"""Every scope that the whole road uses."""
