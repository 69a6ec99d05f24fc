"""Clarifications and their events, in the order in which they were recorded.

An event is written once and never changed. This module must never decide what an event means; `domain.dialogue` does.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, insert, or_, select, update

from certgateway.domain.dialogue_events import Asked, Event, Ordered
from certgateway.store.messages import storable
from certgateway.store.records import Sealing, event_bytes, read_event, sealing_context
from certgateway.store.tables import clarification, clarification_event

# Statements of every message are built once: building them costs more than SQLite takes to run them.
_INSERT_EVENT = insert(clarification_event)
_OF_PATIENT = (
    select(clarification)
    .where(clarification.c.patient == bindparam("known"))
    .order_by(clarification.c.at, clarification.c.uuid)
)


@dataclass(frozen=True, slots=True)
class Clarification:
    """A question about the certificate of a case, or an order for one, and everything that has happened to it.

    An order has no case until a certificate has come; `patient` is the keyed digest of whom it is about.
    """

    uuid: str
    case: str | None
    events: tuple[Event, ...]
    patient: str | None = None


def insert_clarification(connection: Connection, sealing: Sealing, uuid: str, asked: Asked) -> None:
    """Writes a new clarification with the question as its first event."""
    connection.execute(insert(clarification), {"uuid": uuid, "case": asked.certificate, "at": asked.at})
    append_event(connection, sealing, uuid, asked)


def insert_order(connection: Connection, sealing: Sealing, uuid: str, ordered: Ordered, patient: str) -> None:
    """Writes a new order, about the patient with this keyed digest, as the first event of a clarification."""
    connection.execute(insert(clarification), {"uuid": uuid, "patient": patient, "at": ordered.at})
    append_event(connection, sealing, uuid, ordered)


def join_case(connection: Connection, uuid: str, case_uuid: str) -> None:
    """Notes which certificate an order is joined to now."""
    connection.execute(update(clarification).where(clarification.c.uuid == uuid).values(case=case_uuid))


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


def orders_of_patient(connection: Connection, sealing: Sealing, patient: str) -> list[Clarification]:
    """Every order about the patient with this keyed digest, the oldest first."""
    return [_opened(connection, sealing, row) for row in connection.execute(_OF_PATIENT, {"known": patient})]


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
    return [Clarification(row.uuid, row.case, tuple(events[row.uuid]), row.patient) for row in rows]


def _opened(connection: Connection, sealing: Sealing, row: Any) -> Clarification:  # noqa: ANN401  a row has no types
    query = (
        select(clarification_event)
        .where(clarification_event.c.clarification == row.uuid)
        .order_by(clarification_event.c.seq)
    )
    events = (read_event(each.kind, sealing.open(each.sealed, _context(each.id))) for each in connection.execute(query))
    return Clarification(row.uuid, row.case, tuple(events), row.patient)


def _context(event_id: str) -> str:
    return sealing_context("clarification-event", event_id)
