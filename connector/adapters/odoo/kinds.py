"""The kinds of Odoo's records that streams bring, and what of them is read."""

from collections.abc import Mapping

from connector.adapters.odoo import activities, selling, surveys, tickets
from connector.adapters.odoo.goals import GOALS
from connector.adapters.odoo.passes import Kind
from connector.adapters.odoo.versions import Words
from connector.model import Stream

_DATES = ("create_date", "write_date")
_WHO = ("user_id", "partner_id", "source_id", "campaign_id")
_PARTNER = ("is_company", "parent_id", "commercial_partner_id", "user_id", *_DATES)
# Partners of the users who work in the database are no customers, and those of logins that nobody uses are inactive.
_OUTSIDE = (["partner_share", "=", True], "|", ["active", "=", True], ["user_ids", "=", False])
USERS = Kind("res.users", ("name", "active", "tz", *_DATES), (["share", "=", False], ["id", "!=", 1], ["login", "!=", "default"]))
TEAMS = Kind("crm.team", ("name", "member_ids", *_DATES))
STAGES = Kind("crm.stage", ("name", "sequence", "is_won", *_DATES))
COMPANIES = Kind("res.partner", ("name", "industry_id", "country_id", *_PARTNER), (["is_company", "=", True], *_OUTSIDE))
CONTACTS = Kind("res.partner", _PARTNER, (["is_company", "=", False], *_OUTSIDE))
DEALS = Kind(
    "crm.lead",
    (
        *("name", "active", "stage_id", "expected_revenue", "probability", "company_currency", "date_closed", "date_deadline"),
        *("date_last_stage_update", *_WHO, *_DATES),
    ),
    (["type", "=", "opportunity"],),
)
LEADS = Kind(
    "crm.lead",
    ("type", "active", "date_open", "date_conversion", *_WHO, *_DATES),
    ("|", ["type", "=", "lead"], ["date_conversion", "!=", False]),
)
KINDS: Mapping[Stream, tuple[Kind, ...]] = {
    Stream.USERS: (USERS,),
    Stream.TEAMS: (TEAMS,),
    Stream.PIPELINES: (STAGES,),
    Stream.COMPANIES: (COMPANIES,),
    Stream.CONTACTS: (CONTACTS,),
    Stream.DEALS: (DEALS,),
    Stream.LEADS: (LEADS,),
    Stream.GOALS: (GOALS,),
    **selling.KINDS,
    **activities.KINDS,
    **surveys.KINDS,
    **tickets.KINDS,
}
WHOLE = (Stream.USERS, Stream.TEAMS, Stream.PIPELINES, Stream.GOALS, Stream.CAMPAIGNS, Stream.FX_RATES)
"""The small streams, which are read whole each time."""


def fields_of(stream: Stream, kind: Kind, words: Words) -> tuple[str, ...]:
    """Return what is asked of each record in a version."""
    return (*kind.fields, words.lost_reason) if stream is Stream.DEALS else kind.fields
