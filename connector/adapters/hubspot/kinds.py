"""HubSpot's object types, with the properties, histories and associations that we read of them; sources stand in docs/hubspot-facts.md."""

from collections.abc import Mapping
from dataclasses import dataclass

from connector.model import Entity, Stream


@dataclass(frozen=True, slots=True)
class Kind:
    """One object type of the CRM: `properties` are what we read of it, `links` the types whose ids come along.

    `primary` is the association type of the one company that counts where there are several. `prefix` begins our ids where several object
    types fill one table, because ids may repeat from type to type.
    """

    name: str
    properties: tuple[str, ...]
    modified: str = "hs_lastmodifieddate"
    history: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    primary: int | None = None
    prefix: str = ""


MERGED = "hs_merged_object_ids"
"""Names the records that were merged into this one."""
SPLIT = "hs_is_deal_split"
"""Marks the deals whose credit is shared."""
PRIMARY_COMPANY = 5
"""Association type from a deal to its primary company."""
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
        "hs_manual_forecast_category",
        "notes_next_activity_date",
        MERGED,
    ),
    history=("dealstage", "pipeline", "amount", "closedate", "hubspot_owner_id"),
    links=("companies", "contacts"),
    primary=PRIMARY_COMPANY,
)
COMPANIES = Kind(
    "companies",
    (
        "name",
        "hubspot_owner_id",
        "hs_parent_company_id",
        "industry",
        "country",
        "numberofemployees",
        "createdate",
        "hs_lastmodifieddate",
        MERGED,
    ),
)
CONTACTS = Kind(
    "contacts",
    (
        "associatedcompanyid",
        "hubspot_owner_id",
        "hubspot_owner_assigneddate",
        "hs_analytics_source",
        "hs_analytics_first_touch_converting_campaign",
        "lifecyclestage",
        "hs_object_source",
        "createdate",
        "lastmodifieddate",
        MERGED,
    ),
    modified="lastmodifieddate",
    history=("lifecyclestage", "hubspot_owner_id"),
)
PRODUCTS = Kind("products", ("name", "price", "createdate", "hs_lastmodifieddate"))
LINE_ITEMS = Kind(
    "line_items",
    (
        "hs_product_id",
        "quantity",
        "price",
        "amount",
        "hs_cost_of_goods_sold",
        "recurringbillingfrequency",
        "createdate",
        "hs_lastmodifieddate",
    ),
    links=("deals",),
)
USERS = Kind("users", ("hs_internal_user_id", "hubspot_owner_id", "hs_standard_time_zone", "hs_working_hours"))

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

TICKETS = Kind(
    "tickets",
    (
        "hs_pipeline",
        "hs_pipeline_stage",
        "hubspot_owner_id",
        "source_type",
        "hs_ticket_priority",
        "hs_ticket_category",
        "closed_date",
        "hs_last_closed_date",
        "first_agent_reply_date",
        "hs_first_agent_message_sent_at",
        "hs_ticket_reopened_at",
        "hs_is_one_touch_ticket",
        "hs_number_of_touches",
        "createdate",
        "hs_lastmodifieddate",
        MERGED,
    ),
    history=("hs_pipeline_stage",),
    links=("companies", "contacts", "deals"),
    primary=26,
)
LEADS = Kind(
    "leads",
    (
        "hs_pipeline",
        "hs_pipeline_stage",
        "hs_pipeline_stage_category_v2",
        "hs_pipeline_stage_category",
        "hubspot_owner_id",
        "hubspot_owner_assigneddate",
        "hs_lead_source",
        "hs_primary_contact_id",
        "hs_primary_company_id",
        "createdate",
        "hs_lastmodifieddate",
    ),
    history=("hs_pipeline_stage", "hubspot_owner_id"),
    links=("contacts", "companies", "deals"),
)
SURVEYS = Kind(
    "feedback_submissions",
    (
        "hs_survey_type",
        "hs_value",
        "hs_response_group",
        "hs_survey_id",
        "hs_survey_name",
        "hs_submission_timestamp",
        "hs_createdate",
        "hs_lastmodifieddate",
    ),
    links=("contacts", "tickets"),
)


def _activity(name: str, prefix: str, *properties: str) -> Kind:
    """Return a kind of activity; what was said in it is never asked for."""
    usual = ("hs_timestamp", "hubspot_owner_id", "hs_object_source", "hs_createdate", "hs_lastmodifieddate")
    return Kind(name, (*properties, *usual), links=("contacts", "companies", "deals", "tickets"), prefix=prefix)


CALLS = _activity("calls", "call", "hs_call_direction", "hs_call_status", "hs_call_duration")
EMAILS = _activity(
    "emails",
    "email",
    "hs_email_direction",
    "hs_email_status",
    "hs_email_thread_id",
    "hs_email_open_count",
    "hs_email_click_count",
    "hs_sequence_id",
    "hs_incoming_email_is_out_of_office",
)
MEETINGS = _activity("meetings", "meeting", "hs_meeting_outcome", "hs_meeting_source", "hs_meeting_start_time", "hs_meeting_end_time")
NOTES = _activity("notes", "note")
TASKS = _activity("tasks", "task", "hs_task_status", "hs_task_completion_date")
MESSAGES = _activity("communications", "message", "hs_communication_channel_type")

KINDS: Mapping[Stream, Kind] = {
    Stream.COMPANIES: COMPANIES,
    Stream.CONTACTS: CONTACTS,
    Stream.PRODUCTS: PRODUCTS,
    Stream.DEALS: DEALS,
    Stream.LINE_ITEMS: LINE_ITEMS,
    Stream.LEADS: LEADS,
    Stream.CALLS: CALLS,
    Stream.EMAILS: EMAILS,
    Stream.MEETINGS: MEETINGS,
    Stream.NOTES: NOTES,
    Stream.TASKS: TASKS,
    Stream.MESSAGES: MESSAGES,
    Stream.TICKETS: TICKETS,
    Stream.SURVEYS: SURVEYS,
}
WRITABLE: Mapping[Entity, Kind] = {
    Entity.DEALS: DEALS,
    Entity.COMPANIES: COMPANIES,
    Entity.CONTACTS: CONTACTS,
    Entity.USERS: USERS,
}
"""The objects that can hold our fields."""
