"""Targets are kept change by change."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make their table."""
    keys = ("account", "kpi", "subject_type", "subject", "period", "run")
    op.create_table(
        "target_changes",
        *(sa.Column(name, sa.Text(), nullable=False) for name in keys),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(*keys),
    )
