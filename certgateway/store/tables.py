"""The tables, as the code sees them. `migrations/` builds the same ones; a test holds the two together.

Names, numbers and prose stand only in sealed columns (`sealed`, `certificate`); personal identifiers only as keyed
digests. A column for anything removed from a message must never be added.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def instant_text(instant: datetime) -> str:
    """`instant` in UTC as text of one width, so that text order is time order: 2026-01-31T08:15:00.000001Z.

    An instant that only exists in its own time zone (the first or last day of the calendar) becomes the nearest in UTC.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant without a time zone cannot be stored")
    try:
        universal = instant.astimezone(UTC)
    except OverflowError:
        edge = datetime.min if instant.year == datetime.min.year else datetime.max  # noqa: DTZ901  gets its zone here
        universal = edge.replace(tzinfo=UTC)
    return universal.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept to the microsecond; always read back in UTC, the same on both engines."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """What is written."""
        return None if value is None else instant_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """What is read."""
        return None if value is None else datetime.fromisoformat(value)


# SQLite numbers rows by itself only in a column whose type is INTEGER to the letter.
Sequence = BigInteger().with_variant(Integer, "sqlite")
Uuid = String(36)
Digest = String(64)

message = Table(
    "message",
    metadata,
    Column("uuid", Uuid, primary_key=True),
    Column("sender", String(255), nullable=False),
    Column("key", String(255), nullable=False),
    Column("message_id", String(255)),
    Column("content_digest", String(128), nullable=False),
    Column("raw_digest", Digest, nullable=False),
    Column("media_type", String(255), nullable=False),
    Column("format", String(16), nullable=False),
    Column("arrival", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("verdict", String(32)),
    Column("findings", Text, nullable=False),
    Column("removed", Text, nullable=False),
    Column("answer_status", Integer),
    Column("answer_media_type", String(255)),
    Column("answer_body", LargeBinary),
    Column("receipt", LargeBinary, nullable=False),
    Column("certificate_id", String(128)),
    Column("certificate_digest", String(128)),
    # Checked at the commit: the message is written before the case, so that of two writers of one message the later
    # one is stopped by its first statement.
    Column("case", Uuid, ForeignKey("case.uuid", deferrable=True, initially="DEFERRED")),
    Column("duplicate_of", Uuid),
    UniqueConstraint("sender", "key"),
    CheckConstraint("state IN ('answered', 'failed')", name="state"),
    Index("ix_message_message_id", "message_id"),
    Index("ix_message_certificate", "sender", "certificate_digest", "certificate_id"),
    Index("ix_message_case", "case"),
    Index(
        "ix_message_failed", "sender", sqlite_where=text("state = 'failed'"), postgresql_where=text("state = 'failed'")
    ),
)

# The received bytes, apart from everything else: no table that is read for an answer holds them.
original = Table(
    "original",
    metadata,
    Column("message", Uuid, ForeignKey("message.uuid", ondelete="CASCADE"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

# The signatures that came beside the bytes of a message, as a list in JSON; few messages have any.
detached = Table(
    "detached",
    metadata,
    Column("message", Uuid, ForeignKey("message.uuid", ondelete="CASCADE"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

# What was signed of the answer to a message: the signature beside its body.
vouched = Table(
    "vouched",
    metadata,
    Column("message", Uuid, ForeignKey("message.uuid", ondelete="CASCADE"), primary_key=True),
    Column("answer", Text, nullable=False),
)

# What the register of health personnel told of a message's author: professions, and neither name nor number.
standing = Table(
    "standing",
    metadata,
    Column("message", Uuid, ForeignKey("message.uuid", ondelete="CASCADE"), primary_key=True),
    Column("told", Text, nullable=False),
)

# Signed receipts. Each names the ledger entry of its message, and so is no part of what that is evidence of.
signed_receipts = Table(
    "signed_receipt",
    metadata,
    Column("message", Uuid, ForeignKey("message.uuid", ondelete="CASCADE"), primary_key=True),
    Column("text", Text, nullable=False),
)

# What data is sealed under: one key for originals and one for what was made of them, for each certificate, message
# without one and order (`holder`). Wrapped by the key `kek`; of one that was destroyed, the row is all that is left.
data_key = Table(
    "data_key",
    metadata,
    Column("uuid", Uuid, primary_key=True),
    Column("class", String(16), nullable=False),
    Column("holder", Uuid, nullable=False),
    Column("case", Uuid),
    Column("kek", String(64), nullable=False),
    Column("wrapped", LargeBinary),
    Column("made", Instant, nullable=False),
    Column("destroyed", Instant),
    CheckConstraint("class IN ('original', 'derived')", name="class"),
    CheckConstraint("(wrapped IS NULL) = (destroyed IS NOT NULL)", name="wrapped"),
    Index(
        "ix_data_key_live",
        "holder",
        "class",
        unique=True,
        sqlite_where=text("destroyed IS NULL"),
        postgresql_where=text("destroyed IS NULL"),
    ),
    Index("ix_data_key_case", "case"),
    Index("ix_data_key_kek", "kek", "uuid"),
)

# A known key with other content: the first message stays as it is, the other one is evidence,
# with the signatures beside it.
conflict = Table(
    "conflict",
    metadata,
    Column("sender", String(255), nullable=False),
    Column("key", String(255), nullable=False),
    Column("content_digest", String(128), nullable=False),
    Column("first_digest", String(128), nullable=False),
    Column("arrival", Instant, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("detached", LargeBinary),
    PrimaryKeyConstraint("sender", "key", "content_digest"),
)

# One certificate id of one sender. `patient` and `certificate_id` are keyed digests.
case = Table(
    "case",
    metadata,
    Column("uuid", Uuid, primary_key=True),
    Column("sender", String(255), nullable=False),
    Column("certificate_id", String(128), nullable=False),
    Column("patient", String(128)),
    Column("first_attempt", Instant, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    # Since when somebody has forbidden that it is deleted, and when it was.
    Column("held", Instant),
    Column("purged", Instant),
    UniqueConstraint("sender", "certificate_id"),
    Index("ix_case_patient", "patient"),
)

version = Table(
    "version",
    metadata,
    Column("case", Uuid, ForeignKey("case.uuid"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("message", Uuid, ForeignKey("message.uuid"), nullable=False),
    Column("message_id", String(255), nullable=False),
    Column("arrival", Instant, nullable=False),
    Column("authored", Instant, nullable=False),
    Column("verdict", String(32), nullable=False),
    Column("certificate", LargeBinary, nullable=False),
    Column("findings", Text, nullable=False),
    Column("current", Boolean, nullable=False),
    PrimaryKeyConstraint("case", "number"),
    UniqueConstraint("message"),
    # At most one version of a case is current, whatever the code above believes.
    Index("ix_version_current", "case", unique=True, sqlite_where=text("current"), postgresql_where=text("current")),
)

# A whole version as it came, where later answers stand over what it says: what is left when they are taken back.
beneath = Table(
    "beneath",
    metadata,
    Column("case", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    Column("certificate", LargeBinary, nullable=False),
    PrimaryKeyConstraint("case", "number"),
    ForeignKeyConstraint(["case", "number"], ["version.case", "version.number"], name="fk_beneath_version"),
)

# What the assessment follows. Numbers are given out in the order of the commits and never twice.
feed = Table(
    "feed",
    metadata,
    Column("seq", Sequence, primary_key=True),
    Column("case", Uuid, ForeignKey("case.uuid"), nullable=False),
    Column("version", Integer),
    Column("kind", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint("kind IN ('new', 'replaced', 'withdrawn')", name="kind"),
    sqlite_autoincrement=True,
)

# A chain of digests. `message` is no foreign key: the entry outlives a message that is purged.
ledger = Table(
    "ledger",
    metadata,
    Column("seq", Sequence, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("message", Uuid, nullable=False),
    Column("evidence", Digest, nullable=False),
    Column("previous", Digest, nullable=False),
    Column("digest", Digest, nullable=False, unique=True),
)

# What operators did outside the walk: opened an original, held a certificate or let it go. Who and why is sealed.
deed = Table(
    "deed",
    metadata,
    Column("uuid", Uuid, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("subject", Uuid, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index("ix_deed_subject", "subject"),
)

# A question to the author of the certificate of `case`, or an order for one that does not exist yet: then `case` is
# null and `patient` is a keyed digest. What became of it stands in its events; nothing here is told twice.
clarification = Table(
    "clarification",
    metadata,
    Column("uuid", Uuid, primary_key=True),
    Column("case", Uuid, ForeignKey("case.uuid")),
    Column("at", Instant, nullable=False),
    Column("patient", String(128)),
    Index("ix_clarification_case", "case"),
    Index("ix_clarification_patient", "patient"),
    Index("ix_clarification_at", "at", "uuid"),
)

# The certificates that have come to an order, withdrawn ones too: by them the order is found. How each stands with it
# is told by its events.
fulfilment = Table(
    "fulfilment",
    metadata,
    Column("clarification", Uuid, ForeignKey("clarification.uuid"), nullable=False),
    Column("case", Uuid, ForeignKey("case.uuid"), nullable=False),
    PrimaryKeyConstraint("clarification", "case"),
    Index("ix_fulfilment_case", "case"),
)

clarification_event = Table(
    "clarification_event",
    metadata,
    Column("seq", Sequence, primary_key=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("clarification", Uuid, ForeignKey("clarification.uuid"), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("at", Instant, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index("ix_clarification_event_clarification", "clarification"),
    sqlite_autoincrement=True,
)

# What waits for a sender's system: written with whatever it tells of, given out in the order of the commits.
outbox = Table(
    "outbox",
    metadata,
    Column("seq", Sequence, primary_key=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("clarification", Uuid, ForeignKey("clarification.uuid"), nullable=False),
    Column("receiver", String(255), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    Column("fetched", Instant),
    Column("settled", Instant),
    Column("refused", Boolean, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index("ix_outbox_receiver", "receiver", "seq"),
    Index(
        "ix_outbox_waiting",
        "receiver",
        "seq",
        sqlite_where=text("settled IS NULL"),
        postgresql_where=text("settled IS NULL"),
    ),
    sqlite_autoincrement=True,
)

# How far posting a message to its receiver's own system has come. Made with the first attempt, so that what was written
# before a webhook was set is posted too. `lease` is whose the present attempt is, until `leased`.
posting = Table(
    "posting",
    metadata,
    Column("message", Uuid, ForeignKey("outbox.id"), primary_key=True),
    Column("attempts", Integer, nullable=False),
    Column("due", Instant, nullable=False),
    Column("lease", Uuid),
    Column("leased", Instant),
    Column("fault", String(32)),
    Column("ended", Instant),
    # Only what ended with a fault is looked for by itself.
    Index(
        "ix_posting_dead",
        "ended",
        sqlite_where=text("fault IS NOT NULL AND ended IS NOT NULL"),
        postgresql_where=text("fault IS NOT NULL AND ended IS NOT NULL"),
    ),
)

# Answers that match nothing: kept until somebody has sorted them, never dropped.
unsorted = Table(
    "unsorted",
    metadata,
    Column("message", Uuid, ForeignKey("message.uuid"), primary_key=True),
    Column("case", Uuid, ForeignKey("case.uuid")),
    Column("clarification", Uuid),
    Column("why", String(32), nullable=False),
    Column("at", Instant, nullable=False),
    # What was understood of it, until it is sorted; none where it was put aside before this was kept.
    Column("sealed", LargeBinary),
    Column("sorted", Instant),
    Column("outcome", String(32)),
    Index("ix_unsorted_sorted", "sorted", "at"),
)

# What doctors answer in words. `message` brought it and gives it its name; the words stand in the seal alone.
reply = Table(
    "reply",
    metadata,
    Column("message", Uuid, ForeignKey("message.uuid"), primary_key=True),
    Column("clarification", Uuid, ForeignKey("clarification.uuid"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index("ix_reply_clarification", "clarification"),
)

# Proofs of possession that were used, by digests of their key and their id, until nobody would take them any more.
used_proof = Table(
    "used_proof",
    metadata,
    Column("key", Digest, nullable=False),
    Column("once", Digest, nullable=False),
    Column("until", Instant, nullable=False),
    PrimaryKeyConstraint("key", "once"),
    Index("ix_used_proof_until", "until"),
)
