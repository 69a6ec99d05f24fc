"""Orders: a clarification without a certificate, about a patient known by a digest. Never edited once released."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Opens the column, which SQLite can do only by building the table anew, and adds whom an order is about."""
    with op.batch_alter_table("clarification") as table:
        table.alter_column("case", existing_type=sa.String(36), existing_nullable=False, nullable=True)
        table.add_column(sa.Column("patient", sa.String(128)))
    op.create_index("ix_clarification_patient", "clarification", ["patient"])
    op.create_index("ix_clarification_at", "clarification", ["at", "uuid"])
