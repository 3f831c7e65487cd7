"""Every fact of the catalogue has its table, and every row knows which stream or import brought it."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Table: text columns, number columns.
NEW = {
    "activities": ("kind direction status owner contact company deal ticket thread", "is_automated at due_at duration delivered_at opened_at clicked_at is_bounced is_machine_open"),
    "campaigns": ("name starts_on ends_on", ""),
    "contracts": ("company contact owner deal product starts_on ends_on currency renews_contract churn_reason", "amount home_amount billing_months renewed_at cancelled_at"),
    "costs": ("day category currency provider source campaign owner spread_from spread_to", "amount"),
    "deal_splits": ("deal owner", "share"),
    "fx_rates": ("currency home day rate", ""),
    "holidays": ("day name team", ""),
    "leads": ("contact company deal owner source campaign pipeline stage outcome", "qualified_at opportunity_at assigned_at"),
    "merges": ("of old survivor", ""),
    "product_usage": ("company contact feature", "at"),
    "surveys": ("kind contact company ticket owner touchpoint", "raw_score score scale sent_at answered_at"),
    "tickets": ("pipeline stage outcome channel priority reason company contact deal owner", "is_complaint first_response_at resolved_at reopened_at touches paused"),
    "touches": ("contact deal source campaign workflow", "at"),
    "traffic": ("day source medium campaign", "sessions key_events"),
    "trainings": ("user course", "assigned_at due_at completed_at expires_at"),
    "usage": ("user kind feature", "at"),
}
MORE = {
    "contacts": ("campaign segment", "qualified_at opportunity_at customer_at assigned_at"),
    "deals": ("forecast_category", "next_step_at"),
    "line_items": ("recurrence", "cost"),
    "pipelines": ("of", ""),
    "users": ("timezone working_hours", "active_from active_to licensed"),
}
# Until now each table was filled by one stream only.
ORIGINS = {
    "companies": "companies",
    "contacts": "contacts",
    "deals": "deals",
    "field_history": "deals",
    "goals": "goals",
    "line_items": "line_items",
    "memberships": "teams",
    "pipelines": "pipelines",
    "products": "products",
    "stage_changes": "deals",
    "stages": "pipelines",
    "teams": "teams",
    "users": "users",
}


def columns(text: str, number: str) -> Iterator[sa.Column[Any]]:
    """Yield optional columns."""
    yield from (sa.Column(name, sa.Text()) for name in text.split())
    yield from (sa.Column(name, sa.BigInteger()) for name in number.split())


def upgrade() -> None:
    """Make the new tables and columns, and say of what is there where it came from."""
    for name, (text, number) in NEW.items():
        op.create_table(
            name,
            sa.Column("account", sa.Text(), nullable=False),
            sa.Column("id", sa.Text(), nullable=False),
            *columns("", "created_at updated_at deleted_at"),
            *columns(text, number),
            sa.Column("origin", sa.Text(), server_default="", nullable=False),
            sa.Column("row_version", sa.BigInteger(), nullable=False),
            sa.Column("seen", sa.BigInteger(), nullable=False),
            sa.Column("hash", sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint("account", "id"),
        )
        op.create_index(f"ix_{name}_row_version", name, ["account", "row_version"])
    for name, (text, number) in MORE.items():
        for column in columns(text, number):
            op.add_column(name, column)
    for name, origin in ORIGINS.items():
        op.add_column(name, sa.Column("origin", sa.Text(), server_default="", nullable=False))
        op.execute(sa.text(f"UPDATE {name} SET origin = :origin").bindparams(origin=origin))
    op.add_column("quarantine", sa.Column("origin", sa.Text(), server_default="", nullable=False))
    op.execute(sa.text("UPDATE pipelines SET of = 'deals'"))
    for entity, origin in ORIGINS.items():
        op.execute(sa.text("UPDATE quarantine SET origin = :origin WHERE entity = :entity").bindparams(origin=origin, entity=entity))
