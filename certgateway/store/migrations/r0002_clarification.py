"""Clarifications with their events, the outbox, and answers that match nothing. Never edited once released."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.String(27)
SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Builds the tables in the order of their references."""
    _clarifications()
    _events()
    _outbox()
    _unsorted()


def _clarifications() -> None:
    op.create_table(
        "clarification",
        sa.Column("uuid", sa.String(36), nullable=False),
        sa.Column("case", sa.String(36), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("uuid", name="pk_clarification"),
        sa.ForeignKeyConstraint(["case"], ["case.uuid"], name="fk_clarification_case"),
    )
    op.create_index("ix_clarification_case", "clarification", ["case"])


def _events() -> None:
    op.create_table(
        "clarification_event",
        sa.Column("seq", SEQUENCE, nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("clarification", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_clarification_event"),
        sa.UniqueConstraint("id", name="uq_clarification_event_id"),
        sa.ForeignKeyConstraint(["clarification"], ["clarification.uuid"], name="fk_clarification_event_clarification"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_clarification_event_clarification", "clarification_event", ["clarification"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("seq", SEQUENCE, nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("clarification", sa.String(36), nullable=False),
        sa.Column("receiver", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("fetched", INSTANT),
        sa.Column("settled", INSTANT),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_outbox"),
        sa.UniqueConstraint("id", name="uq_outbox_id"),
        sa.ForeignKeyConstraint(["clarification"], ["clarification.uuid"], name="fk_outbox_clarification"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_receiver", "outbox", ["receiver", "seq"])


def _unsorted() -> None:
    op.create_table(
        "unsorted",
        sa.Column("message", sa.String(36), nullable=False),
        sa.Column("case", sa.String(36)),
        sa.Column("clarification", sa.String(36)),
        sa.Column("why", sa.String(32), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("message", name="pk_unsorted"),
        sa.ForeignKeyConstraint(["message"], ["message.uuid"], name="fk_unsorted_message"),
        sa.ForeignKeyConstraint(["case"], ["case.uuid"], name="fk_unsorted_case"),
    )
