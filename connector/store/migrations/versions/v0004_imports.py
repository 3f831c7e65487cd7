"""What was imported, by table and name."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "imports",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("account", "entity", "name", "file", "run")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("pass_no", "rows", "refused", "at")),
        sa.PrimaryKeyConstraint("account", "entity", "name"),
    )
