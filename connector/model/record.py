"""Every kind of record that we keep, and the streams in which a CRM tells them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar


class Entity(StrEnum):
    """Every kind of record we keep; the value is also the name of its table."""

    USERS = "users"
    TEAMS = "teams"
    MEMBERSHIPS = "memberships"
    PIPELINES = "pipelines"
    STAGES = "stages"
    COMPANIES = "companies"
    CONTACTS = "contacts"
    PRODUCTS = "products"
    DEALS = "deals"
    STAGE_CHANGES = "stage_changes"
    FIELD_HISTORY = "field_history"
    DEAL_SPLITS = "deal_splits"
    LINE_ITEMS = "line_items"
    LEADS = "leads"
    TOUCHES = "touches"
    ACTIVITIES = "activities"
    TICKETS = "tickets"
    SURVEYS = "surveys"
    CONTRACTS = "contracts"
    CAMPAIGNS = "campaigns"
    COSTS = "costs"
    TRAFFIC = "traffic"
    USAGE = "usage"
    TRAININGS = "trainings"
    PRODUCT_USAGE = "product_usage"
    FX_RATES = "fx_rates"
    HOLIDAYS = "holidays"
    GOALS = "goals"
    MERGES = "merges"


class Stream(StrEnum):
    """What is pulled as one unit, with one cursor; `FILLS` says which tables it brings."""

    USERS = "users"
    TEAMS = "teams"
    PIPELINES = "pipelines"
    COMPANIES = "companies"
    CONTACTS = "contacts"
    PRODUCTS = "products"
    DEALS = "deals"
    DEAL_SPLITS = "deal_splits"
    LINE_ITEMS = "line_items"
    LEADS = "leads"
    CALLS = "calls"
    EMAILS = "emails"
    MEETINGS = "meetings"
    NOTES = "notes"
    TASKS = "tasks"
    MESSAGES = "messages"
    TICKETS = "tickets"
    SURVEYS = "surveys"
    CAMPAIGNS = "campaigns"
    FX_RATES = "fx_rates"
    GOALS = "goals"


_ACTIVITIES = (Entity.ACTIVITIES,)
FILLS: Mapping[Stream, tuple[Entity, ...]] = {
    Stream.USERS: (Entity.USERS,),
    Stream.TEAMS: (Entity.TEAMS, Entity.MEMBERSHIPS),
    Stream.PIPELINES: (Entity.PIPELINES, Entity.STAGES),
    Stream.COMPANIES: (Entity.COMPANIES, Entity.MERGES),
    Stream.CONTACTS: (Entity.CONTACTS, Entity.MERGES),
    Stream.PRODUCTS: (Entity.PRODUCTS,),
    Stream.DEALS: (Entity.DEALS, Entity.STAGE_CHANGES, Entity.FIELD_HISTORY, Entity.CONTRACTS, Entity.MERGES),
    Stream.DEAL_SPLITS: (Entity.DEAL_SPLITS,),
    Stream.LINE_ITEMS: (Entity.LINE_ITEMS,),
    Stream.LEADS: (Entity.LEADS, Entity.MERGES),
    Stream.CALLS: _ACTIVITIES,
    Stream.EMAILS: _ACTIVITIES,
    Stream.MEETINGS: _ACTIVITIES,
    Stream.NOTES: _ACTIVITIES,
    Stream.TASKS: _ACTIVITIES,
    Stream.MESSAGES: _ACTIVITIES,
    Stream.TICKETS: (Entity.TICKETS, Entity.MERGES),
    Stream.SURVEYS: (Entity.SURVEYS,),
    Stream.CAMPAIGNS: (Entity.CAMPAIGNS, Entity.COSTS),
    Stream.FX_RATES: (Entity.FX_RATES,),
    Stream.GOALS: (Entity.GOALS,),
}
IMPORTED = (Entity.TOUCHES, Entity.TRAFFIC, Entity.USAGE, Entity.TRAININGS, Entity.PRODUCT_USAGE, Entity.HOLIDAYS)
"""What no stream of a CRM brings; it arrives by import."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record of a CRM in our words.

    `id` is the vendor's id as text. Instants are aware and UTC, days are local dates, and every Decimal has at most four decimal places.
    """

    entity: ClassVar[Entity]

    id: str
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None
