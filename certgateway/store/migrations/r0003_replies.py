"""Answers in words. Never edited once released."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Builds the table and its index."""
    op.create_table(
        "reply",
        sa.Column("message", sa.String(36), nullable=False),
        sa.Column("clarification", sa.String(36), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("message", name="pk_reply"),
        sa.ForeignKeyConstraint(["message"], ["message.uuid"], name="fk_reply_message"),
        sa.ForeignKeyConstraint(["clarification"], ["clarification.uuid"], name="fk_reply_clarification"),
    )
    op.create_index("ix_reply_clarification", "reply", ["clarification"])
