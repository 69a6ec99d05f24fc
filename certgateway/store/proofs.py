"""Proofs of possession that were used: writing one down is the test whether it was used before.

Nothing is looked up first: of two who write at the same time, whichever process they run in, one wins. What has ended
goes a few rows at a time with what comes. Nothing of a proof is kept but digests.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, delete, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from certgateway.store.tables import used_proof

SWEPT: Final = 20
"""Rows that have ended and go with one that comes: more than come, so that the table gets no longer than that."""

KEPT_LONGER: Final = timedelta(minutes=10)
"""How long a proof that has ended is kept: another process, whose clock is behind, may still take it for good."""

_FIRST: Final = {
    "sqlite": sqlite.insert(used_proof).on_conflict_do_nothing().returning(used_proof.c.once),
    "postgresql": postgresql.insert(used_proof).on_conflict_do_nothing().returning(used_proof.c.once),
}
_ENDED: Final = (
    select(used_proof.c.key, used_proof.c.once)
    .where(used_proof.c.until < bindparam("now"))
    .limit(SWEPT)
    # Whoever else sweeps takes other rows, and nobody waits.
    .with_for_update(skip_locked=True)
)
_SWEEP: Final = delete(used_proof).where(tuple_(used_proof.c.key, used_proof.c.once).in_(_ENDED))


def use_proof(connection: Connection, key: str, once: str, until: datetime, now: datetime) -> bool:
    """Whether an id is used with a key for the first time; it is noted until then, and some that have ended go."""
    connection.execute(_SWEEP, {"now": now - KEPT_LONGER})
    row = {"key": _digest(key), "once": _digest(once), "until": until}
    return connection.execute(_FIRST[connection.dialect.name], row).first() is not None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
