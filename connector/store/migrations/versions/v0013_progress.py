"""Goals may hold a progress that is ours to write."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the progress; the next pull notes it."""
    op.add_column("goals", sa.Column("actual", sa.BigInteger(), nullable=True))
