"""The feed: which certificates are new, replaced or withdrawn, by number. It holds ids and kinds, nothing else."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from certgateway.domain.record import FeedKind
from certgateway.store.tables import feed

_INSERT = insert(feed)


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """`seq` only grows, in the order of the commits: who has read up to one number misses nothing below it.

    `case` is the UUID of the case, `version` the number the event is about (None: the case as a whole).
    """

    seq: int
    case: str
    version: int | None
    kind: FeedKind
    at: datetime


def append_event(connection: Connection, case: str, version: int | None, kind: FeedKind, at: datetime) -> None:
    """Writes the next event. The caller holds the ledger's lock: else a lower number could be committed later."""
    connection.execute(_INSERT, {"case": case, "version": version, "kind": kind, "at": at})


def feed_after(connection: Connection, after: int, limit: int) -> list[FeedEvent]:
    """Up to `limit` events that follow number `after`, in order."""
    query = select(feed).where(feed.c.seq > after).order_by(feed.c.seq).limit(limit)
    return [FeedEvent(*row) for row in connection.execute(query)]
