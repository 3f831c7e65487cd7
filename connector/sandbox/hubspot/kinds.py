"""The object types of the portal: names, ids, scopes and the properties that come unasked."""

from collections.abc import Mapping
from dataclasses import dataclass

from connector.sandbox.hubspot.errors import invalid


@dataclass(frozen=True, slots=True)
class Kind:
    """One object type.

    `scope` is its name in scopes, `heading` its key under `associations`, `stage` the property that holds its place in a pipeline.
    `is_closed_book` says that records and properties come into being elsewhere: nobody writes them through the API.
    """

    name: str
    type_id: str
    singular: str
    scope: str
    defaults: tuple[str, ...]
    group: str
    searchable: tuple[str, ...] = ()
    modified: str = "hs_lastmodifieddate"
    created: str = "createdate"
    heading: str = ""
    stage: str = ""
    is_closed_book: bool = False

    @property
    def read_scope(self) -> str:
        """The scope that lets a token read these records; that of tickets has kept its old name (hubspot.md 2.3 [S])."""
        return self.scope if self.name == "tickets" else f"crm.objects.{self.scope}.read"

    @property
    def write_scope(self) -> str:
        """The scope that lets a token write these records."""
        return self.scope if self.name == "tickets" else f"crm.objects.{self.scope}.write"

    @property
    def schema_read_scopes(self) -> tuple[str, ...]:
        """Any of these lets a token read the property definitions."""
        return (f"crm.schemas.{self.scope}.read", self.read_scope, self.write_scope)

    @property
    def schema_write_scopes(self) -> tuple[str, ...]:
        """Any of these lets a token change the property definitions (hubspot.md 2.3: users take the object's scope [S])."""
        if self.name in {"users", "goal_targets"}:
            return (self.write_scope,)
        return (f"crm.schemas.{self.scope}.write",)


# Type ids: hubspot.md 1 [N2]. Modified and created properties: hubspot.md 4 [R]. The key "line items" with a blank is what
# clients of the real API report for embedded associations, whatever name was asked for.
DEALS = Kind(
    "deals",
    "0-3",
    "deal",
    "deals",
    ("amount", "closedate", "createdate", "dealname", "dealstage", "hs_lastmodifieddate", "hs_object_id", "pipeline"),
    "dealinformation",
    ("dealname",),
    stage="dealstage",
)
CONTACTS = Kind(
    "contacts",
    "0-1",
    "contact",
    "contacts",
    ("createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"),
    "contactinformation",
    ("firstname", "lastname", "email"),
    modified="lastmodifieddate",
)
COMPANIES = Kind(
    "companies",
    "0-2",
    "company",
    "companies",
    ("createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"),
    "companyinformation",
    ("name", "domain"),
)
PRODUCTS = Kind(
    "products",
    "0-7",
    "product",
    "products",
    ("createdate", "description", "hs_lastmodifieddate", "hs_object_id", "name", "price"),
    "productinformation",
    ("name",),
)
LINE_ITEMS = Kind(
    "line_items",
    "0-8",
    "line_item",
    "line_items",
    ("amount", "createdate", "hs_lastmodifieddate", "hs_object_id", "hs_product_id", "quantity"),
    "lineiteminformation",
    ("name",),
    heading="line items",
)
GOALS = Kind(
    "goal_targets",
    "0-74",
    "goal_target",
    "goals",
    ("hs_createdate", "hs_lastmodifieddate", "hs_object_id"),
    "goal_information",
    ("hs_goal_name",),
    created="hs_createdate",
)
USERS = Kind(
    "users",
    "0-115",
    "user",
    "users",
    ("hs_createdate", "hs_lastmodifieddate", "hs_object_id"),
    "user_information",
    ("hs_given_name", "hs_family_name", "hs_email"),
    created="hs_createdate",
)
TICKETS = Kind(
    "tickets",
    "0-5",
    "ticket",
    "tickets",
    ("content", "createdate", "hs_lastmodifieddate", "hs_object_id", "hs_pipeline", "hs_pipeline_stage", "hs_ticket_priority", "subject"),
    "ticketinformation",
    ("subject",),
    stage="hs_pipeline_stage",
)
LEADS = Kind(
    "leads",
    "0-136",
    "lead",
    "leads",
    ("createdate", "hs_lastmodifieddate", "hs_object_id"),
    "leadinformation",
    ("hs_lead_name",),
    stage="hs_pipeline_stage",
)
FEEDBACK = Kind(
    "feedback_submissions",
    "0-19",
    "feedback_submission",
    "feedback_submissions",
    ("hs_createdate", "hs_lastmodifieddate", "hs_object_id"),
    "feedback_submission_information",
    ("hs_submission_name",),
    created="hs_createdate",
    is_closed_book=True,
)


def _activity(name: str, type_id: str, *, scope: str = "") -> Kind:
    defaults = ("hs_createdate", "hs_lastmodifieddate", "hs_object_id")
    singular = name.removesuffix("s")
    return Kind(name, type_id, singular, scope or name, defaults, f"{singular}_information", created="hs_createdate")


# hubspot.md 2.3 and 8.6: the specification gives each kind of activity a scope of its own [S]; that messages have none and go by the
# contacts' is [recall].
CALLS = _activity("calls", "0-48")
EMAILS = _activity("emails", "0-49")
MEETINGS = _activity("meetings", "0-47")
NOTES = _activity("notes", "0-46")
TASKS = _activity("tasks", "0-27")
MESSAGES = _activity("communications", "0-18", scope="contacts")
ACTIVITIES = (CALLS, EMAILS, MEETINGS, NOTES, TASKS, MESSAGES)
_ALL = (DEALS, CONTACTS, COMPANIES, PRODUCTS, LINE_ITEMS, GOALS, USERS, TICKETS, LEADS, FEEDBACK, *ACTIVITIES)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}
_BY_WORD = {word: kind for kind in KINDS.values() for word in (kind.name, kind.type_id, kind.singular)}


def kind_named(word: str) -> Kind:
    """Return the kind by name, singular or type id.

    Raises:
        Refusal: the portal has no such object type.
    """
    kind = _BY_WORD.get(word.lower())
    if kind is None:
        raise invalid(f"Unable to infer object type from: {word}")
    return kind
