"""Records keep what they looked like in the CRM, so that a look tells which ones to read whole."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make their table."""
    op.create_table(
        "prints",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("account", "origin", "id", "content", "changed", "links")),
        sa.Column("written", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("account", "origin", "id"),
    )
