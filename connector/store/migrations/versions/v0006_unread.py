"""Single values that could not be read, beside the records that were kept without them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make their table."""
    op.create_table(
        "unread",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("account", "entity", "record", "field", "reason")),
        sa.PrimaryKeyConstraint("account", "entity", "record", "field"),
    )
