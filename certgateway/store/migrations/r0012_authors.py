"""What was known of a message's author when it was judged. Never edited once released."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Builds the table; of the messages on record nobody was asked."""
    op.create_table(
        "standing",
        sa.Column("message", sa.String(36), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["message"], ["message.uuid"], name="fk_standing_message", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("message", name="pk_standing"),
    )
