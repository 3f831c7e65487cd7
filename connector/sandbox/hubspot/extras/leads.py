"""Leads, all of them generated: most contacts were once one, some that came to nothing never led to a deal.

A lead is made on the day of its contact, worked on over the next three weeks and, where the contact has deals, mostly qualified before the
first of them; the others are given up or still open.
"""

from datetime import time

from connector.sandbox.hubspot.clock import iso, local
from connector.sandbox.hubspot.extras.ground import Ground
from connector.sandbox.hubspot.kinds import COMPANIES, DEALS, LEADS
from connector.sandbox.hubspot.records import Record
from connector.sandbox.maven import LAST_DAY

PIPELINE = "lead-pipeline-id"
NEW, ATTEMPTING, CONNECTED, QUALIFIED, UNQUALIFIED = (
    f"{word}-stage-id" for word in ("new", "attempting", "connected", "qualified", "unqualified")
)
_SHARE = 0.8
_HOUR = 3_600_000
_MIDDAY = time(12)
_TYPES = ("NEW BUSINESS", "NEW BUSINESS", "NEW BUSINESS", "UPSELL")
_LABELS = ("HOT", "WARM", "WARM", "COLD")
_SOURCES = ("ORGANIC_SEARCH", "PAID_SEARCH", "EMAIL_MARKETING", "REFERRALS", "OFFLINE")


def add_leads(ground: Ground) -> None:
    """Add a lead for most contacts, in the order in which the contacts were made."""
    for contact in sorted(ground.contacts[:: ground.step], key=lambda record: (record.created, record.id)):
        if ground.random.random() < _SHARE:
            _add(ground, contact)


def _add(ground: Ground, contact: Record) -> None:
    random, deals = ground.random, ground.linked(contact, DEALS)
    owner = random.choice(ground.owners)
    values = {
        "hs_lead_name": f"{contact.values['firstname']} {contact.values['lastname']}",
        "hs_lead_type": random.choice(_TYPES),
        "hs_lead_label": random.choice(_LABELS),
        "hs_lead_source": random.choice(_SOURCES),
        "hs_pipeline": PIPELINE,
        "hs_pipeline_stage": NEW,
        "hubspot_owner_id": str(owner.id),
        "hubspot_owner_assigneddate": iso(contact.created),
    }
    lead = ground.portal.table(LEADS).create(values, contact.created, ground.by(owner))
    ground.tie(lead, contact, *ground.linked(contact, COMPANIES)[:1], *deals[:1])
    at, end = contact.created, local(LAST_DAY, _MIDDAY)
    for stage in _way(ground, has_deal=bool(deals)):
        at += random.randint(2, 7 * 24) * _HOUR
        if at > end:
            break
        lead.put({"hs_pipeline_stage": stage}, at, ground.by(owner))


def _way(ground: Ground, *, has_deal: bool) -> tuple[str, ...]:
    """Return the stages that a lead takes after the first."""
    chance = ground.random.random()
    if has_deal and chance < 0.9:  # noqa: PLR2004  # nine of ten
        return (ATTEMPTING, CONNECTED, QUALIFIED)
    return (ATTEMPTING, UNQUALIFIED) if chance < 0.95 else (ATTEMPTING,)  # noqa: PLR2004  # of the rest most are given up
