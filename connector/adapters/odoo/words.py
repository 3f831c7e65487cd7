"""Odoo's words: what we are called there, which streams it has, and which rights each of them needs."""

from collections.abc import Mapping

from connector.model import Entity, Stream

TITLE = "Odoo"
MARK = "[crm-kpi-connector"
"""Begins what stands behind everything that we make, so that it is known again."""
PREFIX = "x_"
"""Begins the name of every field that is not made by an app; Odoo wants it so."""
_SETTING = "CRM_KPI_ODOO__"
_ALL_DEALS = "Sales / User: All Documents"
_SETTINGS = "Administration / Settings"
_INTERNAL = "User types / Internal User"
READS: Mapping[Stream, tuple[str, ...]] = {
    Stream.USERS: (_INTERNAL,),
    Stream.TEAMS: (_ALL_DEALS,),
    Stream.PIPELINES: (_ALL_DEALS,),
    Stream.COMPANIES: (_INTERNAL,),
    Stream.CONTACTS: (_INTERNAL,),
    Stream.PRODUCTS: (_INTERNAL,),
    Stream.DEALS: (_ALL_DEALS,),
    Stream.LINE_ITEMS: (_ALL_DEALS,),
    Stream.LEADS: (_ALL_DEALS,),
    Stream.CALLS: (_ALL_DEALS,),
    Stream.EMAILS: (_ALL_DEALS,),
    Stream.MEETINGS: (_INTERNAL,),
    Stream.NOTES: (_ALL_DEALS,),
    Stream.TASKS: (_ALL_DEALS,),
    Stream.TICKETS: ("Helpdesk / User",),
    Stream.SURVEYS: ("Surveys / User",),
    Stream.CAMPAIGNS: (_ALL_DEALS,),
    Stream.FX_RATES: (_INTERNAL,),
    Stream.GOALS: (_INTERNAL,),
}
"""The groups that a login needs for each stream; the streams stand in the order in which they are pulled."""
APPS: Mapping[Stream, str] = {
    Stream.PRODUCTS: "Sales",
    Stream.LINE_ITEMS: "Sales",
    Stream.TICKETS: "Helpdesk",
    Stream.SURVEYS: "Surveys",
    Stream.GOALS: "Gamification",
}
"""The app that must be installed for a stream, where CRM alone does not bring it."""
WRITES: Mapping[Entity, tuple[str, ...]] = {
    Entity.DEALS: (_SETTINGS, _ALL_DEALS),
    Entity.COMPANIES: (_SETTINGS,),
    Entity.CONTACTS: (_SETTINGS,),
    Entity.USERS: (_SETTINGS,),
}
"""The groups that our fields need: only who may change settings can make fields."""
GOALS_WRITE = ("Administration / Access Rights",)
SCOPES = tuple(sorted({group for table in (READS, WRITES) for groups in table.values() for group in groups} | {*GOALS_WRITE}))
"""Every group that the whole road uses."""


def named(setting: str) -> str:
    """Return a setting as it is written in the environment."""
    return f"{_SETTING}{setting.upper()}"
