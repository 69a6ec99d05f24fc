"""How far posting has come, message by message: what is due, whose the attempt is, when the next comes, how it ended.

An attempt is claimed in a transaction under the receiver's lock and told of in another, so that of several processes
only one makes it, and one that died is made again. Nothing here may look into a message.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Join, and_, insert, not_, or_, select, update

from certgateway.store.tables import outbox, posting


@dataclass(frozen=True, slots=True)
class Claim:
    """An attempt at a message that is ours under `lease`, begun at `at`: number `attempts`, counted from 1."""

    message: str
    clarification: str
    written: datetime
    attempts: int
    lease: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that is not posted any more and that its receiver does not have. `fault` is the last one, as a code."""

    message: str
    receiver: str
    kind: str
    clarification: str
    written: datetime
    attempts: int
    fault: str
    ended: datetime


def receivers_due(connection: Connection, receivers: Collection[str], now: datetime) -> list[str]:
    """Those of some receivers for whom an attempt can be claimed now."""
    query = select(outbox.c.receiver).distinct().select_from(_with_posting())
    return list(connection.scalars(query.where(outbox.c.receiver.in_(receivers), _due(now))))


def claim(connection: Connection, receiver: str, now: datetime, until: datetime, lease: str) -> Claim | None:
    """The first attempt that is due at a receiver, from now on ours. The caller holds the receiver's lock."""
    query = (
        select(outbox.c.id, outbox.c.clarification, outbox.c.at, posting.c.attempts)
        .select_from(_with_posting())
        .where(outbox.c.receiver == receiver, _due(now))
        .order_by(outbox.c.seq)
        .limit(1)
    )
    found = connection.execute(query).first()
    if found is None:
        return None
    made = (found.attempts or 0) + 1
    values = {"attempts": made, "lease": lease, "leased": until}
    if found.attempts is None:
        connection.execute(insert(posting).values(message=found.id, due=now, **values))
    else:
        connection.execute(update(posting).where(posting.c.message == found.id).values(**values))
    return Claim(found.id, found.clarification, found.at, made, lease, now)


def is_open(connection: Connection, held: Claim, *, delivered: bool) -> bool:
    """Whether what an attempt came to changes anything: not once the message is settled.

    Unless it was delivered, not either when somebody else has taken the attempt over or begun anew.
    """
    query = (
        select(outbox.c.settled, posting.c.lease)
        .join(posting, posting.c.message == outbox.c.id)
        .where(outbox.c.id == held.message)
    )
    found = connection.execute(query).one()
    return found.settled is None and (delivered or found.lease == held.lease)


def postpone(connection: Connection, message: str, due: datetime, fault: str) -> None:
    """The attempt failed; the next one comes when it is due."""
    _put(connection, message, due=due, fault=fault, lease=None, leased=None)


def end(connection: Connection, message: str, at: datetime, fault: str | None) -> None:
    """No attempt follows: the receiver has got what was posted or, with a fault, it has not."""
    _put(connection, message, ended=at, fault=fault, lease=None, leased=None)


def begin_anew(connection: Connection, message: str, at: datetime) -> None:
    """As if it had never been posted. Nothing happens to a message that never was."""
    _put(connection, message, attempts=0, due=at, ended=None, fault=None, lease=None, leased=None)


def is_dead(connection: Connection, message: str) -> bool:
    """Whether posting a message ended with a fault."""
    query = select(posting.c.message).where(posting.c.message == message, _DEAD)
    return connection.execute(query).first() is not None


def dead_letters(connection: Connection, limit: int) -> list[DeadLetter]:
    """Up to `limit` of them, the oldest first. What its receiver settled by itself meanwhile is none."""
    query = (
        select(outbox, posting.c.attempts, posting.c.fault, posting.c.ended)
        .join(posting, posting.c.message == outbox.c.id)
        .where(_DEAD, outbox.c.settled.is_(None))
        .order_by(posting.c.ended, outbox.c.seq)
        .limit(limit)
    )
    return [
        DeadLetter(row.id, row.receiver, row.kind, row.clarification, row.at, row.attempts, row.fault, row.ended)
        for row in connection.execute(query)
    ]


_DEAD = and_(posting.c.ended.is_not(None), posting.c.fault.is_not(None))


def _with_posting() -> Join:
    return outbox.outerjoin(posting, posting.c.message == outbox.c.id)


def _due(now: datetime) -> ColumnElement[bool]:
    """Not settled, never posted or due again, nobody's, and the first that is on its way of its conversation.

    A reminder that came before its question, or a withdrawal, would be about something that its receiver does not know.
    """
    free = or_(posting.c.leased.is_(None), posting.c.leased <= now)
    ready = or_(posting.c.message.is_(None), and_(posting.c.ended.is_(None), posting.c.due <= now, free))
    earlier, its = outbox.alias(), posting.alias()
    on_its_way = (
        select(earlier.c.id)
        .select_from(earlier.outerjoin(its, its.c.message == earlier.c.id))
        .where(
            earlier.c.receiver == outbox.c.receiver,
            earlier.c.clarification == outbox.c.clarification,
            earlier.c.seq < outbox.c.seq,
            earlier.c.settled.is_(None),
            its.c.ended.is_(None),
        )
    )
    return and_(outbox.c.settled.is_(None), ready, not_(on_its_way.correlate(outbox).exists()))


def _put(connection: Connection, message: str, **values: object) -> None:
    connection.execute(update(posting).where(posting.c.message == message).values(**values))
