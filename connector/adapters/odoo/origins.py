"""Where Odoo keeps what each stream brings: for the page of KPIs."""

from collections.abc import Mapping

from connector.adapters.odoo.asking import SETTING
from connector.adapters.odoo.kinds import KINDS
from connector.adapters.odoo.past import TRACKED
from connector.adapters.odoo.words import APPS, READS, named
from connector.adapters.origin import Origin
from connector.kpis import Need
from connector.model import Stream

_NOTES: Mapping[Stream, str] = {
    Stream.PIPELINES: "One pipeline for all teams. A stage is won by its own setting; losing is no stage.",
    Stream.CONTACTS: "Partners that are persons, those of the database's own users left out.",
    Stream.COMPANIES: "Partners that are companies; the segment is the industry.",
    Stream.DEALS: "Opportunities. An inactive one is lost, unless it was won before it was archived.",
    Stream.LEADS: "Leads, and the opportunities that were leads before; qualified is when they were converted.",
    Stream.PRODUCTS: "Products that can be sold; the list price is the one without a price list.",
    Stream.LINE_ITEMS: "Lines of orders that belong to an opportunity, once the order is made, or of their one quotation.",
    Stream.CALLS: "Activities whose type's name says call or phone: planned ones, and the messages that done ones become.",
    Stream.TASKS: "Activities of all other types but meetings: planned ones, and the messages that done ones become.",
    Stream.EMAILS: "Messages to followers, and e-mails that came in; Odoo 14 does not tell of openings.",
    Stream.NOTES: "Internal notes; their text is never read.",
    Stream.MEETINGS: "Events of the calendar about an opportunity or a partner.",
    Stream.TICKETS: f"Odoo's own Helpdesk or the community's, whichever is there; `{named('complaint_values')}` says which are complaints.",
    Stream.SURVEYS: f"`{named(SETTING)}` says which questions ask for what; only answers of those who are through count.",
    Stream.CAMPAIGNS: "Names only; Odoo keeps no days and no costs of campaigns.",
    Stream.FX_RATES: "Rates of the company of the login, or of all companies.",
    Stream.GOALS: "A goal means a KPI where its definition counts or sums up the deals that its user has won, or is ours.",
}
SUPPLIES: Mapping[Need, str] = {
    Need.CHANCES: "probability of opportunities",
    Need.WORK: "tracking values, which name their author",
    Need.COMPLAINTS: f"tickets, once `{named('complaint_values')}` says what makes one",
}
"""What Odoo may supply of what KPIs need besides streams."""


def _origin(stream: Stream) -> Origin:
    kinds = KINDS[stream]
    return Origin(
        name=", ".join(dict.fromkeys(kind.model for kind in kinds)),
        properties=tuple(dict.fromkeys(field for kind in kinds for field in kind.fields)),
        history=TRACKED if stream is Stream.DEALS else (),
        scopes=READS[stream],
        edition=APPS.get(stream, ""),
        note=_NOTES.get(stream, ""),
    )


ORIGINS: Mapping[Stream, Origin] = {stream: _origin(stream) for stream in READS}
"""Every stream that Odoo is read for."""
