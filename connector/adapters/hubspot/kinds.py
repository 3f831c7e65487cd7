"""HubSpot's object types, with the properties, histories and associations that we read of them; sources stand in docs/hubspot.md."""

from collections.abc import Mapping
from dataclasses import dataclass

from connector.model import Entity, Stream


@dataclass(frozen=True, slots=True)
class Kind:
    """One object type of the CRM: `properties` are what we read of it, `links` the types whose ids come along."""

    name: str
    properties: tuple[str, ...]
    modified: str = "hs_lastmodifieddate"
    history: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


DEALS = Kind(
    "deals",
    (
        "dealname",
        "pipeline",
        "dealstage",
        "hubspot_owner_id",
        "dealtype",
        "hs_analytics_source",
        "hs_campaign",
        "amount",
        "deal_currency_code",
        "amount_in_home_currency",
        "hs_exchange_rate",
        "hs_deal_stage_probability",
        "closedate",
        "createdate",
        "hs_lastmodifieddate",
        "closed_lost_reason",
    ),
    history=("dealstage", "pipeline", "amount", "closedate", "hubspot_owner_id"),
    links=("companies", "contacts"),
)
COMPANIES = Kind(
    "companies",
    ("name", "hubspot_owner_id", "hs_parent_company_id", "industry", "country", "numberofemployees", "createdate", "hs_lastmodifieddate"),
)
CONTACTS = Kind(
    "contacts",
    (
        "associatedcompanyid",
        "hubspot_owner_id",
        "hs_analytics_source",
        "lifecyclestage",
        "hs_object_source",
        "createdate",
        "lastmodifieddate",
    ),
    modified="lastmodifieddate",
)
PRODUCTS = Kind("products", ("name", "price", "createdate", "hs_lastmodifieddate"))
LINE_ITEMS = Kind("line_items", ("hs_product_id", "quantity", "price", "amount", "createdate", "hs_lastmodifieddate"), links=("deals",))
USERS = Kind("users", ("hs_internal_user_id", "hubspot_owner_id"))

SEMANTICS = (
    "hs_assignee_property_name",
    "hs_fiscal_year_offset",
    "hs_forecast_type_id",
    "hs_goal_target_currency_code",
    "hs_goal_type",
    "hs_is_forecastable",
    "hs_kpi_filter_groups",
    "hs_kpi_filter_groups_for_key_grouping",
    "hs_kpi_filter_groups_for_key_team_grouping",
    "hs_kpi_is_team_rollup",
    "hs_kpi_metric_type",
    "hs_kpi_object_type_id",
    "hs_kpi_property_name",
    "hs_kpi_single_object_custom_goal_type_name",
    "hs_kpi_time_period_property",
    "hs_kpi_time_period_property_type",
    "hs_kpi_tracking_method",
    "hs_kpi_unit_type",
    "hs_template_id",
)
"""What a goal measures, and how; nobody documents these, so a new goal takes them from one that people made."""
GOALS = Kind(
    "goal_targets",
    (
        *SEMANTICS,
        "hs_goal_name",
        "hs_milestone",
        "hs_target_amount",
        "hs_start_datetime",
        "hs_end_datetime",
        "hs_group_correlation_uuid",
        "hs_goal_target_group_id",
        "hs_pipeline_ids",
        "hubspot_owner_id",
        "hs_assignee_team_id",
        "hs_createdate",
        "hs_lastmodifieddate",
    ),
)

KINDS: Mapping[Stream, Kind] = {
    Stream.COMPANIES: COMPANIES,
    Stream.CONTACTS: CONTACTS,
    Stream.PRODUCTS: PRODUCTS,
    Stream.DEALS: DEALS,
    Stream.LINE_ITEMS: LINE_ITEMS,
}
WRITABLE: Mapping[Entity, Kind] = {
    Entity.DEALS: DEALS,
    Entity.COMPANIES: COMPANIES,
    Entity.CONTACTS: CONTACTS,
    Entity.USERS: USERS,
}
"""The objects that can hold our fields."""
PRIMARY_COMPANY = 5
"""Association type from a deal to its primary company."""
