"""Where HubSpot keeps what each stream brings, and what else of it a KPI may need: for the page of KPIs."""

from collections.abc import Mapping

from connector.adapters.hubspot.kinds import GOALS, KINDS, USERS, Kind
from connector.adapters.hubspot.words import EDITIONS, READS
from connector.adapters.origin import Origin
from connector.kpis import Need
from connector.model import Stream

_OTHERS: Mapping[Stream, Kind] = {
    Stream.USERS: Kind("owners, users", USERS.properties),
    Stream.TEAMS: Kind("teams", ("name", "userIds", "secondaryUserIds")),
    Stream.PIPELINES: Kind("deal pipelines", ("label", "displayOrder", "stages: label, isClosed, probability")),
    Stream.DEAL_SPLITS: Kind("deal splits", ("hubspot_owner_id", "hs_deal_split_percentage")),
    Stream.CAMPAIGNS: Kind("campaigns", ("hs_name", "hs_start_date", "hs_end_date", "hs_spend_items_sum_amount", "spend items")),
    Stream.FX_RATES: Kind("exchange rates", ("fromCurrencyCode", "toCurrencyCode", "conversionRate", "effectiveAt")),
    Stream.GOALS: GOALS,
}
"""The streams that are no objects of the CRM like the others."""
_NOTES: Mapping[Stream, str] = {
    Stream.PIPELINES: "A stage is won or lost by its own settings, whatever it is called.",
    Stream.COMPANIES: "`CRM_KPI_HUBSPOT__SEGMENT_PROPERTY` names the property of the breakdown by segment.",
    Stream.CONTACTS: (
        "A contact is a lead unless it was imported or was a customer already; `CRM_KPI_HUBSPOT__QUALIFIED_STAGE` says from which "
        "lifecycle stage it counts as qualified."
    ),
    Stream.DEALS: (
        "`CRM_KPI_HUBSPOT__DEAL_KIND_PROPERTY` and `…__DEAL_KINDS` tell renewals and upsells, `…__SOURCE_PROPERTY` the source, "
        "`…__PIPELINES` and `…__PIPELINES_LEFT_OUT` which deals count."
    ),
    Stream.LEADS: "The CRM's own leads; where there are none, contacts stand for them.",
    Stream.TICKETS: "`CRM_KPI_HUBSPOT__COMPLAINT_PROPERTY` and `…__COMPLAINT_VALUES` say which tickets are complaints.",
    Stream.SURVEYS: "`CRM_KPI_HUBSPOT__EFFORT_SEVEN_IS_EASY` says which way effort surveys run.",
    Stream.CAMPAIGNS: "Every spend item is a cost of marketing on the day it was entered.",
}
SUPPLIES: Mapping[Need, str] = {
    Need.CONTRACTS: "won deals with the property that `CRM_KPI_HUBSPOT__CONTRACT_START_PROPERTY` names",
    Need.MARKETING: "spend items of campaigns",
    Need.CAMPAIGN_COSTS: "spend items of campaigns",
    Need.CRM_SOURCES: "campaigns",
    Need.CHANCES: "probability of stages, a deal's own",
    Need.WORK: "activities, and the history of properties",
    Need.COMPLAINTS: "tickets, once `CRM_KPI_HUBSPOT__COMPLAINT_VALUES` says what makes one",
}
"""What HubSpot may supply of what KPIs need besides streams."""


def _origin(stream: Stream) -> Origin:
    kind = KINDS.get(stream) or _OTHERS[stream]
    return Origin(
        name=kind.name,
        properties=kind.properties,
        history=kind.history,
        scopes=READS[stream],
        edition=EDITIONS.get(stream, ""),
        note=_NOTES.get(stream, ""),
    )


ORIGINS: Mapping[Stream, Origin] = {stream: _origin(stream) for stream in READS}
"""Every stream that HubSpot is read for."""
