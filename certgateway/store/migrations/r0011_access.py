"""Who looked at what of a patient's, and overrides. Never edited once released."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Builds both tables, and the indexes by which looks and overrides are found."""
    op.create_table(
        "access",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("case", sa.String(36)),
        sa.Column("patient", sa.String(128)),
        sa.Column("reader", sa.String(128), nullable=False),
        sa.Column("act", sa.String(64), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.String(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_access"),
    )
    op.create_index("ix_access_case", "access", ["case", "at"])
    op.create_index("ix_access_reader", "access", ["reader", "at"])
    op.create_table(
        "access_override",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("until", sa.String(27), nullable=False),
        sa.Column("case", sa.String(36), nullable=False),
        sa.Column("patient", sa.String(128), nullable=False),
        sa.Column("reader", sa.String(128), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_access_override"),
    )
    op.create_index("ix_access_override_patient", "access_override", ["patient", "reader", "until"])
