"""Memberships may tell until when they were."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the end; of those that are kept it is not known."""
    op.add_column("memberships", sa.Column("until", sa.BigInteger(), nullable=True))
