"""Fields know in which language they are labelled."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Until now every field was labelled in English."""
    op.add_column("owned_fields", sa.Column("language", sa.Text(), server_default="en", nullable=False))
