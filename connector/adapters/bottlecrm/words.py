"""BottleCRM's vocabulary: where each stream is listed, what a token needs to see it, and which objects take fields."""

from collections.abc import Mapping
from dataclasses import dataclass

from connector.model import Entity, Stream

TITLE = "BottleCRM"
MARK = "[crm-kpi-connector"
"""Begins what stands at the end of the name of every goal that we make, so that it is known again."""
ADMIN = "ADMIN"
"""The role of users who see everything."""
MERGED = "Duplicate"
"""The status of tickets that were merged into others."""
CASES = "cases"
"""The id of the one pipeline that tickets move through."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of the lists that an answer holds side by side: where its rows and their number stand."""

    rows: tuple[str, ...]
    count: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """Where a stream is listed; `resource` names it in scopes, `detail` is what holds a single record."""

    path: str
    resource: str
    parts: tuple[Part, ...]
    detail: str = ""


def _one(rows: str, count: str) -> tuple[Part, ...]:
    return (Part((rows,), (count,)),)


def _both(kind: str, active: str, inactive: str) -> tuple[Part, ...]:
    blocks = ((f"active_{kind}", active), (inactive.replace("close_", "closed_"), inactive))
    return tuple(Part((block, rows), (block, f"{rows}_count")) for block, rows in blocks)


_DEALS = Listing("/api/opportunities/", "opportunities", _one("opportunities", "opportunities_count"), "opportunity_obj")
LISTS: Mapping[Stream, Listing] = {
    Stream.USERS: Listing("/api/users/", "users", _both("users", "active_users", "inactive_users")),
    Stream.TEAMS: Listing("/api/teams/", "teams", _one("teams", "teams_count")),
    Stream.COMPANIES: Listing("/api/accounts/", "accounts", _both("accounts", "open_accounts", "close_accounts"), "account_obj"),
    Stream.CONTACTS: Listing("/api/contacts/", "contacts", _one("results", "count"), "contact_obj"),
    Stream.PRODUCTS: Listing("/api/invoices/products/", "invoices", _one("results", "count")),
    Stream.DEALS: _DEALS,
    Stream.LINE_ITEMS: _DEALS,
    Stream.TASKS: Listing("/api/tasks/", "tasks", _one("tasks", "tasks_count"), "task_obj"),
    Stream.TICKETS: Listing("/api/cases/", CASES, _one("cases", "cases_count"), "cases_obj"),
    Stream.GOALS: Listing("/api/opportunities/goals/", "opportunities", _one("goals", "goals_count")),
}
"""What is listed page by page; there is no list of what changed."""
PIPELINES = "/api/opportunities/pipelines/"
ORGANISATION = "/api/org/settings/"
FIELDS = "/api/custom-fields/"
_ORDER = (Stream.USERS, Stream.TEAMS, Stream.PIPELINES)
STREAMS: tuple[Stream, ...] = (*_ORDER, *(one for one in LISTS if one not in _ORDER))
"""Every stream, in the order in which they are pulled."""
WRITABLE: Mapping[Entity, tuple[str, Stream]] = {
    Entity.DEALS: ("Opportunity", Stream.DEALS),
    Entity.COMPANIES: ("Account", Stream.COMPANIES),
    Entity.CONTACTS: ("Contact", Stream.CONTACTS),
}
"""The kinds that take fields of ours: BottleCRM's name for what a field belongs to, and the stream that tells its values."""
WRITE_BATCH = 100
"""How many records one batch may have; each is a request of its own."""


def needs(stream: Stream) -> tuple[str, ...]:
    """Return the scopes without which a token does not see a stream; one without any scope sees all that its user sees."""
    resource = "opportunities" if stream is Stream.PIPELINES else LISTS[stream].resource
    return (f"{resource}:read",)


def writes(entity: Entity) -> tuple[str, ...]:
    """Return the scopes without which a token cannot keep our fields on a kind."""
    return ("custom-fields:write", f"{LISTS[WRITABLE[entity][1]].resource}:write")


_ALWAYS = ("custom-fields:read", "org:read", "profile:read")
SCOPES = tuple(
    sorted({*_ALWAYS, *(one for stream in STREAMS for one in needs(stream)), *(one for kind in WRITABLE for one in writes(kind))})
)
"""Every scope that the whole road uses."""
