"""Clarifications and their events, the answers that match none, in the order in which they were recorded.

An event is written once and never changed. This module must never decide what an event means; `domain.dialogue` does.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, and_, insert, or_, select

from certgateway.domain.dialogue_events import Asked, Event
from certgateway.store.messages import storable
from certgateway.store.records import Sealing, event_bytes, read_event, sealing_context
from certgateway.store.tables import clarification, clarification_event, unsorted

Why = Literal[
    "clarification-unknown",
    "other-certificate",
    "certificate-withdrawn",
    "answer-withdrawn",
    "older-than-known",
    "not-asked",
]

_INSERT_EVENT = insert(clarification_event)


@dataclass(frozen=True, slots=True)
class Clarification:
    """A question about the certificate of a case, and everything that has happened to it."""

    uuid: str
    case: str
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Unsorted:
    """An answer that matches nothing: the message that brought it, what it named, and why it was put aside.

    `clarification` is None when what it named cannot be an id of ours.
    """

    message: str
    case: str | None
    clarification: str | None
    why: Why
    at: datetime


def insert_clarification(connection: Connection, sealing: Sealing, uuid: str, asked: Asked) -> None:
    """Writes a new clarification with the question as its first event."""
    connection.execute(insert(clarification), {"uuid": uuid, "case": asked.certificate, "at": asked.at})
    append_event(connection, sealing, uuid, asked)


def append_event(connection: Connection, sealing: Sealing, uuid: str, event: Event) -> None:
    """Writes the next event of a clarification. AlreadyRecordedError when its id is taken."""
    row = {
        "id": event.id,
        "clarification": uuid,
        "kind": type(event).__name__,
        "at": event.at,
        "sealed": sealing.seal(event_bytes(event), _context(event.id)),
    }
    connection.execute(_INSERT_EVENT, row)


def find_clarification(connection: Connection, sealing: Sealing, uuid: str) -> Clarification | None:
    """The clarification with this id."""
    if not storable(uuid):
        return None
    row = connection.execute(select(clarification).where(clarification.c.uuid == uuid)).first()
    return _opened(connection, sealing, row) if row else None


def clarifications_of_case(connection: Connection, sealing: Sealing, case_uuid: str) -> list[Clarification]:
    """Every clarification of a case, the oldest first."""
    if not storable(case_uuid):
        return []
    query = (
        select(clarification)
        .where(clarification.c.case == case_uuid)
        .order_by(clarification.c.at, clarification.c.uuid)
    )
    return [_opened(connection, sealing, row) for row in connection.execute(query)]


def clarifications_between(
    connection: Connection,
    sealing: Sealing,
    since: datetime,
    until: datetime,
    *,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[Clarification]:
    """Up to `limit` clarifications asked from `since` to before `until`, the oldest first, after the last one read.

    Their events are fetched together, and opened one at a time.
    """
    query = select(clarification).where(clarification.c.at >= since, clarification.c.at < until)
    if after is not None:
        at, uuid = after
        later = and_(clarification.c.at == at, clarification.c.uuid > uuid)
        query = query.where(or_(clarification.c.at > at, later))
    rows = connection.execute(query.order_by(clarification.c.at, clarification.c.uuid).limit(limit)).all()
    events: dict[str, list[Event]] = {row.uuid: [] for row in rows}
    of_these = clarification_event.c.clarification.in_(list(events))
    for each in connection.execute(select(clarification_event).where(of_these).order_by(clarification_event.c.seq)):
        events[each.clarification].append(read_event(each.kind, sealing.open(each.sealed, _context(each.id))))
    return [Clarification(row.uuid, row.case, tuple(events[row.uuid])) for row in rows]


def insert_unsorted(connection: Connection, put_aside: Unsorted) -> None:
    """Puts an answer aside. The message that brought it is on record already."""
    row = {
        "message": put_aside.message,
        "case": put_aside.case,
        "clarification": put_aside.clarification,
        "why": put_aside.why,
        "at": put_aside.at,
    }
    connection.execute(insert(unsorted), row)


def unsorted_answers(connection: Connection, limit: int) -> list[Unsorted]:
    """Up to `limit` answers that were put aside, the oldest first."""
    query = select(unsorted).order_by(unsorted.c.at, unsorted.c.message).limit(limit)
    return [Unsorted(row.message, row.case, row.clarification, row.why, row.at) for row in connection.execute(query)]


def _opened(connection: Connection, sealing: Sealing, row: Any) -> Clarification:  # noqa: ANN401  a row has no types
    query = (
        select(clarification_event)
        .where(clarification_event.c.clarification == row.uuid)
        .order_by(clarification_event.c.seq)
    )
    events = (read_event(each.kind, sealing.open(each.sealed, _context(each.id))) for each in connection.execute(query))
    return Clarification(row.uuid, row.case, tuple(events))


def _context(event_id: str) -> str:
    return sealing_context("clarification-event", event_id)
