"""The first tables: messages, originals, conflicts, cases, versions, feed and ledger. Never edited once released."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.String(27)
SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Builds the tables in the order of their references."""
    _cases()
    _messages()
    _evidence()
    _versions()
    _feed()
    _ledger()


def _cases() -> None:
    op.create_table(
        "case",
        sa.Column("uuid", sa.String(36), nullable=False),
        sa.Column("sender", sa.String(255), nullable=False),
        sa.Column("certificate_id", sa.String(128), nullable=False),
        sa.Column("patient", sa.String(128)),
        sa.Column("first_attempt", INSTANT, nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("uuid", name="pk_case"),
        sa.UniqueConstraint("sender", "certificate_id", name="uq_case_sender"),
    )
    op.create_index("ix_case_patient", "case", ["patient"])


def _messages() -> None:
    op.create_table(
        "message",
        sa.Column("uuid", sa.String(36), nullable=False),
        sa.Column("sender", sa.String(255), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("message_id", sa.String(255)),
        sa.Column("content_digest", sa.String(128), nullable=False),
        sa.Column("raw_digest", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(255), nullable=False),
        sa.Column("format", sa.String(16), nullable=False),
        sa.Column("arrival", INSTANT, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("verdict", sa.String(32)),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("removed", sa.Text(), nullable=False),
        sa.Column("answer_status", sa.Integer()),
        sa.Column("answer_media_type", sa.String(255)),
        sa.Column("answer_body", sa.LargeBinary()),
        sa.Column("receipt", sa.LargeBinary(), nullable=False),
        sa.Column("certificate_id", sa.String(128)),
        sa.Column("certificate_digest", sa.String(128)),
        sa.Column("case", sa.String(36)),
        sa.Column("duplicate_of", sa.String(36)),
        sa.PrimaryKeyConstraint("uuid", name="pk_message"),
        sa.ForeignKeyConstraint(["case"], ["case.uuid"], name="fk_message_case", deferrable=True, initially="DEFERRED"),
        sa.UniqueConstraint("sender", "key", name="uq_message_sender"),
        sa.CheckConstraint("state IN ('answered', 'failed')", name="ck_message_state"),
    )
    op.create_index("ix_message_message_id", "message", ["message_id"])
    op.create_index("ix_message_certificate", "message", ["sender", "certificate_digest", "certificate_id"])
    op.create_index("ix_message_case", "message", ["case"])
    failed = sa.text("state = 'failed'")
    op.create_index("ix_message_failed", "message", ["sender"], sqlite_where=failed, postgresql_where=failed)


def _evidence() -> None:
    op.create_table(
        "original",
        sa.Column("message", sa.String(36), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("message", name="pk_original"),
        sa.ForeignKeyConstraint(["message"], ["message.uuid"], name="fk_original_message", ondelete="CASCADE"),
    )
    op.create_table(
        "conflict",
        sa.Column("sender", sa.String(255), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("content_digest", sa.String(128), nullable=False),
        sa.Column("first_digest", sa.String(128), nullable=False),
        sa.Column("arrival", INSTANT, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sender", "key", "content_digest", name="pk_conflict"),
    )


def _versions() -> None:
    op.create_table(
        "version",
        sa.Column("case", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("message", sa.String(36), nullable=False),
        sa.Column("message_id", sa.String(255), nullable=False),
        sa.Column("arrival", INSTANT, nullable=False),
        sa.Column("authored", INSTANT, nullable=False),
        sa.Column("verdict", sa.String(32), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("case", "number", name="pk_version"),
        sa.ForeignKeyConstraint(["case"], ["case.uuid"], name="fk_version_case"),
        sa.ForeignKeyConstraint(["message"], ["message.uuid"], name="fk_version_message"),
        sa.UniqueConstraint("message", name="uq_version_message"),
    )
    current = sa.text("current")
    op.create_index(
        "ix_version_current", "version", ["case"], unique=True, sqlite_where=current, postgresql_where=current
    )


def _feed() -> None:
    op.create_table(
        "feed",
        sa.Column("seq", SEQUENCE, nullable=False),
        sa.Column("case", sa.String(36), nullable=False),
        sa.Column("version", sa.Integer()),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_feed"),
        sa.ForeignKeyConstraint(["case"], ["case.uuid"], name="fk_feed_case"),
        sa.CheckConstraint("kind IN ('new', 'replaced', 'withdrawn')", name="ck_feed_kind"),
        sqlite_autoincrement=True,
    )


def _ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("seq", SEQUENCE, autoincrement=False, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("message", sa.String(36), nullable=False),
        sa.Column("evidence", sa.String(64), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_ledger"),
        sa.UniqueConstraint("digest", name="uq_ledger_digest"),
    )
