"""A value that records make unsure tells how many they are."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the count; the next measurement tells it."""
    op.add_column("kpi_values", sa.Column("doubted", sa.BigInteger(), nullable=False, server_default="0"))
