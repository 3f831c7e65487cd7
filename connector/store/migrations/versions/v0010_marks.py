"""Every value tells where it may really lie, and why it is not sure."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Put the marks in the place of a yes or no; the next measurement says which they are."""
    op.add_column("kpi_values", sa.Column("low", sa.Text(), nullable=True))
    op.add_column("kpi_values", sa.Column("high", sa.Text(), nullable=True))
    op.add_column("kpi_values", sa.Column("marks", sa.Text(), nullable=False, server_default=""))
    op.execute("update kpi_values set marks = 'small sample' where low_confidence = 1")
    op.drop_column("kpi_values", "low_confidence")
