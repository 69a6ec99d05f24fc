"""How far posting a message to its receiver's own system has come. Never edited once released."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INSTANT = sa.String(27)
UNSETTLED = sa.text("settled IS NULL")
DEAD = sa.text("fault IS NOT NULL AND ended IS NOT NULL")


def upgrade() -> None:
    """Builds the table, and the index by which the loop finds what waits."""
    op.create_table(
        "posting",
        sa.Column("message", sa.String(36), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due", INSTANT, nullable=False),
        sa.Column("lease", sa.String(36)),
        sa.Column("leased", INSTANT),
        sa.Column("fault", sa.String(32)),
        sa.Column("ended", INSTANT),
        sa.PrimaryKeyConstraint("message", name="pk_posting"),
        sa.ForeignKeyConstraint(["message"], ["outbox.id"], name="fk_posting_message"),
    )
    op.create_index("ix_posting_dead", "posting", ["ended"], sqlite_where=DEAD, postgresql_where=DEAD)
    op.create_index(
        "ix_outbox_waiting", "outbox", ["receiver", "seq"], sqlite_where=UNSETTLED, postgresql_where=UNSETTLED
    )
