"""Signatures beside a message are kept with its bytes, and those beside its answer. Never edited once released."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds tables and a column; what came before had no such signatures, or none that was looked at."""
    op.create_table(
        "detached",
        sa.Column("message", sa.String(36), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("message", name="pk_detached"),
        sa.ForeignKeyConstraint(["message"], ["message.uuid"], name="fk_detached_message", ondelete="CASCADE"),
    )
    op.create_table(
        "vouched",
        sa.Column("message", sa.String(36), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("message", name="pk_vouched"),
        sa.ForeignKeyConstraint(["message"], ["message.uuid"], name="fk_vouched_message", ondelete="CASCADE"),
    )
    op.create_table(
        "signed_receipt",
        sa.Column("message", sa.String(36), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("message", name="pk_signed_receipt"),
        sa.ForeignKeyConstraint(["message"], ["message.uuid"], name="fk_signed_receipt_message", ondelete="CASCADE"),
    )
    # SQLite would write an added column behind the others in one line, and no two databases would read alike.
    is_sqlite = op.get_context().dialect.name == "sqlite"
    with op.batch_alter_table("conflict", recreate="always" if is_sqlite else "never") as table:
        table.add_column(sa.Column("detached", sa.LargeBinary()))
