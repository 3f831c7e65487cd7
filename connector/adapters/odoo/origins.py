"""Where Odoo keeps what each stream brings: for the page of KPIs."""

from collections.abc import Mapping

from connector.adapters.odoo.kinds import KINDS
from connector.adapters.odoo.past import TRACKED
from connector.adapters.odoo.words import APPS, READS
from connector.adapters.origin import Origin
from connector.kpis import Need
from connector.model import Stream

_NOTES: Mapping[Stream, str] = {
    Stream.PIPELINES: "One pipeline for all teams. A stage is won by its own setting; losing is no stage.",
    Stream.CONTACTS: "Partners that are persons, those of the database's own users left out.",
    Stream.COMPANIES: "Partners that are companies; the segment is the industry.",
    Stream.DEALS: "Opportunities. An inactive one is lost, unless it was won before it was archived.",
    Stream.LEADS: "Leads, and the opportunities that were leads before; qualified is when they were converted.",
    Stream.GOALS: "A goal means a KPI where its definition counts or sums up the deals that its user has won.",
}
SUPPLIES: Mapping[Need, str] = {
    Need.CHANCES: "probability of opportunities",
    Need.WORK: "tracking values, which name their author",
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
