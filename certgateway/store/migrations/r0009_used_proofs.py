"""Proofs of possession that were used, so that none is used twice by whichever process. Never edited once released."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Builds the table, and the index by which what has ended is found."""
    op.create_table(
        "used_proof",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("once", sa.String(64), nullable=False),
        sa.Column("until", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("key", "once", name="pk_used_proof"),
    )
    op.create_index("ix_used_proof_until", "used_proof", ["until"])
