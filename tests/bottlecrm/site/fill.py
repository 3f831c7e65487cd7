"""Makes the tables of BottleCRM and puts records into them that are given as JSON, past its API, which can set no date of creation."""

import json
import sys
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

import django

django.setup()

from accounts.models import Account  # noqa: E402 - Django wants to be set up first
from cases.models import Case  # noqa: E402 - the same
from common.models import Org, PersonalAccessToken, Profile, Teams, User  # noqa: E402 - the same
from contacts.models import Contact  # noqa: E402 - the same
from django.core.management import call_command  # noqa: E402 - the same
from invoices.models import Product  # noqa: E402 - the same
from opportunity.models import DealPipeline, DealStage, Opportunity, OpportunityLineItem, SalesGoal  # noqa: E402 - the same
from tasks.models import Task  # noqa: E402 - the same

OUTCOMES = {"open": "open", "won": "won", "lost": "lost"}
DAY = timedelta(days=1)
rows = defaultdict(list)
for kind, values in json.loads(Path(sys.argv[1]).read_text()):
    rows[kind].append(values)


def uid(kind: str, key: str | None) -> UUID | None:
    """Return the id that a record of the other CRM has here."""
    return uuid5(NAMESPACE_URL, f"{kind}:{key}") if key else None


def at(written: str | None) -> datetime | None:
    """Return a moment."""
    return datetime.fromisoformat(written) if written else None


def add(model: Any, kind: str, made: list[Any]) -> None:  # noqa: ANN401 - Django has no types
    """Make records, and let each have been made when it was."""
    model.objects.bulk_create(made)
    dated = {uid(kind, row["id"]): at(row["created_at"]) for row in rows[kind] if row["created_at"]}
    changed = [one for one in made if one.pk in dated]
    for one in changed:
        one.created_at = dated[one.pk]
    model.objects.bulk_update(changed, ["created_at"])


call_command("migrate", run_syncdb=True, verbosity=0)
org = Org.objects.create(name="Maven", default_currency="USD", default_country="US", timezone="America/New_York")
admin = User.objects.create_user(email="admin@example.com", password=None)
boss = Profile.objects.create(user=admin, org=org, role="ADMIN", is_active=True)
hashed = PersonalAccessToken.hash_token(sys.argv[2])
PersonalAccessToken.objects.create(org=org, profile=boss, name="KPI", token_hash=hashed, token_prefix=sys.argv[2][:13], scopes=[])

people = {row["id"]: User.objects.create_user(email=f"user{place}@example.com", password=None) for place, row in enumerate(rows["users"])}
for row in rows["users"]:
    people[row["id"]].name = row["name"]
    people[row["id"]].save()
add(Profile, "users", [Profile(id=uid("users", row["id"]), user=people[row["id"]], org=org, role="USER") for row in rows["users"]])
add(Teams, "teams", [Teams(id=uid("teams", row["id"]), name=row["name"], org=org) for row in rows["teams"]])
Teams.users.through.objects.bulk_create(
    Teams.users.through(teams_id=uid("teams", row["team"]), profile_id=uid("users", row["user"])) for row in rows["memberships"]
)

pipeline = DealPipeline.objects.create(org=org, name="Sales Pipeline", is_default=True)
stages = {row["id"]: row for row in rows["stages"] if row["pipeline"] == "default"}
DealStage.objects.bulk_create(
    DealStage(org=org, pipeline=pipeline, code=row["id"], label=row["name"], kind=OUTCOMES[row["outcome"]], order=row["position"])
    for row in stages.values()
)

add(
    Account,
    "companies",
    [
        Account(
            id=uid("companies", row["id"]),
            name=row["name"],
            industry=row["industry"],
            number_of_employees=row["size"],
            country="US",
            org=org,
        )
        for row in rows["companies"]
    ],
)
add(
    Contact,
    "contacts",
    [
        Contact(
            id=uid("contacts", row["id"]),
            first_name="Contact",
            last_name=str(place),
            email=f"contact{place}@example.com",
            account_id=uid("companies", row["company"]),
            org=org,
        )
        for place, row in enumerate(rows["contacts"])
    ],
)
add(
    Product,
    "products",
    [
        Product(id=uid("products", row["id"]), name=row["name"], sku=row["id"], price=row["list_price"] or 0, currency="USD", org=org)
        for row in rows["products"]
    ],
)

entered = {row["deal"]: row["entered_at"] for row in sorted(rows["stage_changes"], key=lambda row: row["entered_at"])}


def deal_of(row: dict[str, Any]) -> Opportunity:
    """Return a deal as BottleCRM has it."""
    closed = at(row["closed_at"])
    chance = stages[row["stage"]]["probability"]
    return Opportunity(
        id=uid("deals", row["id"]),
        name=row["name"],
        org=org,
        pipeline=pipeline,
        stage=row["stage"],
        opportunity_type="NEW_BUSINESS",
        currency="USD",
        amount=row["amount"],
        probability=int(Decimal(chance or 0) * 100),
        closed_on=closed.astimezone(ZoneInfo(org.timezone)).date() if closed else row["expected_close_on"],
        account_id=uid("companies", row["company"]),
        stage_changed_at=at(entered[row["id"]]),
    )


add(Opportunity, "deals", [deal_of(row) for row in rows["deals"]])
Opportunity.assigned_to.through.objects.bulk_create(
    Opportunity.assigned_to.through(opportunity_id=uid("deals", row["id"]), profile_id=uid("users", row["owner"]))
    for row in rows["deals"]
    if row["owner"]
)
Opportunity.contacts.through.objects.bulk_create(
    Opportunity.contacts.through(opportunity_id=uid("deals", row["id"]), contact_id=uid("contacts", row["contact"]))
    for row in rows["deals"]
    if row["contact"]
)
add(
    OpportunityLineItem,
    "line_items",
    [
        OpportunityLineItem(
            id=uid("line_items", row["id"]),
            opportunity_id=uid("deals", row["deal"]),
            product_id=uid("products", row["product"]),
            name="Line",
            quantity=1,
            unit_price=row["amount"] or 0,
            subtotal=row["list_amount"] or row["amount"] or 0,
            total=row["amount"] or 0,
            org=org,
        )
        for row in rows["line_items"]
    ],
)
SalesGoal.objects.bulk_create(
    SalesGoal(
        id=uid("goals", row["id"]),
        name=row["name"],
        goal_type="REVENUE",
        target_value=row["target"],
        currency="USD",
        period_type="CUSTOM",
        period_start=row["starts_on"],
        period_end=date.fromisoformat(row["ends_on"]) - DAY,
        assigned_to_id=uid("users", row["subject"]) if row["subject_type"] == "owner" else None,
        team_id=uid("teams", row["subject"]) if row["subject_type"] == "team" else None,
        org=org,
    )
    for row in rows["goals"]
    if row["kpi"] == "revenue_won"
)
deal = uid("deals", rows["deals"][0]["id"])
Task.objects.create(title="Call back", status="New", priority="High", due_date=date(2018, 1, 5), opportunity_id=deal, org=org)
Task.objects.create(title="Write", status="Completed", priority="Low", org=org)
company = uid("companies", rows["companies"][0]["id"])
Case.objects.create(name="Does not start", status="New", priority="Urgent", case_type="Incident", account_id=company, org=org)
Case.objects.create(
    name="How?", status="Closed", priority="Low", case_type="Question", account_id=company, closed_on=date(2018, 1, 5), org=org
)
