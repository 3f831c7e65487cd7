"""A tenant may have a seal beside its id, by which it is told from another one in its place."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the seal; the next check notes it."""
    op.add_column("accounts", sa.Column("tenant_seal", sa.Text(), nullable=True))
