"""ClickUp's vocabulary: what each stream is read from, and what it takes to see it; everything of a CRM is a task in some list there."""

import re
from collections.abc import Mapping

from connector.model import Entity, Stream

TITLE = "ClickUp"
MARK = "[crm-kpi-connector"
"""Begins what stands behind every goal that we make, so that it is known again."""
PREFIX = "CRM_KPI_CLICKUP__"
"""Begins the names of the settings in messages."""
LISTS: Mapping[Stream, str] = {
    Stream.COMPANIES: "company_lists",
    Stream.CONTACTS: "contact_lists",
    Stream.DEALS: "deal_lists",
    Stream.LINE_ITEMS: "deal_lists",
    Stream.TASKS: "deal_lists",
    Stream.TICKETS: "ticket_lists",
}
"""The streams that are tasks, and the setting that names their lists."""
KINDS: Mapping[Stream, str] = {
    Stream.USERS: "members",
    Stream.TEAMS: "groups",
    Stream.PIPELINES: "lists, statuses",
    Stream.COMPANIES: "tasks of the company lists",
    Stream.CONTACTS: "tasks of the contact lists",
    Stream.PRODUCTS: "options of the product field",
    Stream.DEALS: "tasks of the deal lists",
    Stream.LINE_ITEMS: "product field of tasks of the deal lists",
    Stream.CALLS: "time that others tracked, too",
    Stream.MEETINGS: "time that others tracked, too",
    Stream.TASKS: "subtasks of the deal lists",
    Stream.TICKETS: "tasks of the ticket lists",
    Stream.GOALS: "goals",
}
"""What each stream is read from; the streams stand in the order in which they are pulled."""
WRITABLE: Mapping[Entity, Stream] = {
    Entity.DEALS: Stream.DEALS,
    Entity.COMPANIES: Stream.COMPANIES,
    Entity.CONTACTS: Stream.CONTACTS,
}
"""The kinds that take custom fields, by the stream that tells their lists."""
WRITE_BATCH = 100
"""How many records one batch may have; each value is a request of its own."""


_NAME = re.compile(r"\[(kpi_\w+)\]\s*$")


def name_in(title: str) -> str | None:
    """Return the name of ours that the title of a field carries."""
    found = _NAME.search(title)
    return found[1] if found else None


def named(setting: str) -> str:
    """Return a setting as it is written in the environment."""
    return f"{PREFIX}{setting.upper()}"


def needs(stream: Stream) -> tuple[str, ...]:
    """Return what lets us see a stream; ClickUp names no scopes, its tokens see what their user sees."""
    return (f"a token whose user may see the {KINDS[stream]}",)
