"""The tables of looks at patients' data and of overrides, beside the others in `tables`, whose rules hold here too.

Who looked and why stand only in sealed columns. A name, a number or a word of what was seen must never be here.
"""

from sqlalchemy import Boolean, Column, Index, LargeBinary, String, Table

from certgateway.store.tables import Instant, Uuid, metadata

# Who looked at what of a patient's, or tried to. `case` is no foreign key: the entry outlives a certificate that is
# purged. `patient` and `reader` are keyed digests; `reference` is that of the request's line in the log.
access = Table(
    "access",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("case", Uuid),
    Column("patient", String(128)),
    Column("reader", String(128), nullable=False),
    Column("act", String(64), nullable=False),
    Column("allowed", Boolean, nullable=False),
    Column("basis", String(32), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("reference", String(32)),
    Index("ix_access_case", "case", "at"),
    Index("ix_access_reader", "reader", "at"),
)

# What a counsellor may see of a patient of another unit's, for a reason, which is sealed, and until when.
access_override = Table(
    "access_override",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("case", Uuid, nullable=False),
    Column("patient", String(128), nullable=False),
    Column("reader", String(128), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("reference", String(32)),
    Index("ix_access_override_patient", "patient", "reader", "until"),
)
