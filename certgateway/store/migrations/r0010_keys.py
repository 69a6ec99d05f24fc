"""Data keys for each certificate; what is held, what was deleted, what operators did. Never edited once released.

What was sealed before stays as it is and can be read; `certgateway keys rotate` seals it anew.
"""

from typing import Literal

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INSTANT = sa.String(27)
LIVE = sa.text("destroyed IS NULL")


def upgrade() -> None:
    """Builds the tables and columns."""
    op.create_table(
        "data_key",
        sa.Column("uuid", sa.String(36), nullable=False),
        sa.Column("class", sa.String(16), nullable=False),
        sa.Column("holder", sa.String(36), nullable=False),
        sa.Column("case", sa.String(36)),
        sa.Column("kek", sa.String(64), nullable=False),
        sa.Column("wrapped", sa.LargeBinary()),
        sa.Column("made", INSTANT, nullable=False),
        sa.Column("destroyed", INSTANT),
        sa.PrimaryKeyConstraint("uuid", name="pk_data_key"),
        sa.CheckConstraint("class IN ('original', 'derived')", name="ck_data_key_class"),
        sa.CheckConstraint("(wrapped IS NULL) = (destroyed IS NOT NULL)", name="ck_data_key_wrapped"),
    )
    op.create_index(
        "ix_data_key_live", "data_key", ["holder", "class"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )
    op.create_index("ix_data_key_case", "data_key", ["case"])
    op.create_index("ix_data_key_kek", "data_key", ["kek", "uuid"])
    op.create_table(
        "deed",
        sa.Column("uuid", sa.String(36), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(36), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("uuid", name="pk_deed"),
    )
    op.create_index("ix_deed_subject", "deed", ["subject"])
    # SQLite would write new columns behind the last line of the table as it was; built anew it is as if it had been so.
    anew: Literal["always", "never"] = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("case", recreate=anew) as batch:
        batch.add_column(sa.Column("held", INSTANT))
        batch.add_column(sa.Column("purged", INSTANT))
