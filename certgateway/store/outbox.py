"""What waits for the systems of senders: written in the transaction that gave rise to it, kept until it is settled.

Each receiver is served from rows of its own, so that one that never answers holds nobody else up. Nothing here may
look into a message.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from certgateway.domain.outgoing import Outgoing
from certgateway.store.messages import storable
from certgateway.store.records import outgoing_bytes, read_outgoing, sealing_context
from certgateway.store.strongbox import Strongbox
from certgateway.store.tables import outbox


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message in the outbox. `seq` only grows, in the order of the commits.

    `fetched` is when its receiver first got it, `settled` when it said that it has it or, `refused`, will not take it.
    """

    seq: int
    outgoing: Outgoing
    fetched: datetime | None
    settled: datetime | None
    refused: bool


def append_outgoing(connection: Connection, sealing: Strongbox, outgoing: Outgoing) -> None:
    """Writes the next message. The caller holds the ledger's lock: else a lower number could be committed later."""
    holder = sealing.of_clarification(outgoing.clarification, outgoing.at)
    row = {
        "id": outgoing.id,
        "clarification": outgoing.clarification,
        "receiver": outgoing.receiver,
        "kind": outgoing.kind,
        "at": outgoing.at,
        "refused": False,
        "sealed": sealing.seal(outgoing_bytes(outgoing), outgoing_context(outgoing.id), "derived", holder),
    }
    connection.execute(insert(outbox), row)


def waiting_for(connection: Connection, sealing: Strongbox, receiver: str, after: int, limit: int) -> list[Waiting]:
    """Up to `limit` messages of a receiver after a number that are not settled, in order."""
    if not storable(receiver):
        return []
    query = (
        select(outbox)
        .where(outbox.c.receiver == receiver, outbox.c.seq > after, outbox.c.settled.is_(None))
        .order_by(outbox.c.seq)
        .limit(limit)
    )
    rows = connection.execute(query).all()
    sealing.fetch(row.sealed for row in rows)
    return [_waiting(row, sealing) for row in rows]


def find_outgoing(connection: Connection, sealing: Strongbox, message_id: str) -> Waiting | None:
    """The message with this id, settled or not."""
    if not storable(message_id):
        return None
    row = connection.execute(select(outbox).where(outbox.c.id == message_id)).first()
    return _waiting(row, sealing) if row else None


def mark_fetched(connection: Connection, message_id: str, at: datetime) -> None:
    """Notes when a message was first given out."""
    connection.execute(update(outbox).where(outbox.c.id == message_id, outbox.c.fetched.is_(None)).values(fetched=at))


def settle(connection: Connection, message_id: str, at: datetime, *, refused: bool) -> None:
    """Notes what the receiver said; a message that is settled stays as it is."""
    connection.execute(
        update(outbox).where(outbox.c.id == message_id, outbox.c.settled.is_(None)).values(settled=at, refused=refused)
    )


def reopen(connection: Connection, message_id: str) -> None:
    """As if its receiver had never got it: it waits again, in its old place."""
    connection.execute(
        update(outbox).where(outbox.c.id == message_id).values(fetched=None, settled=None, refused=False)
    )


def _waiting(row: Any, sealing: Strongbox) -> Waiting:  # noqa: ANN401  a row's columns have no types here
    outgoing = read_outgoing(sealing.open(row.sealed, outgoing_context(row.id)))
    return Waiting(row.seq, outgoing, row.fetched, row.settled, row.refused)


def outgoing_context(message_id: str) -> str:
    """What a message of ours is sealed for."""
    return sealing_context("outgoing", message_id)
