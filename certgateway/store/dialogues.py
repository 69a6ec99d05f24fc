"""Clarifications and their events, in the order in which they were recorded.

An event is written once and never changed. This module must never decide what an event means; `domain.dialogue` does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, insert, or_, select

from certgateway.domain.dialogue_events import Asked, Event, Ordered
from certgateway.store.messages import storable
from certgateway.store.records import event_bytes, read_event, sealing_context
from certgateway.store.strongbox import Strongbox
from certgateway.store.tables import clarification, clarification_event, fulfilment

# Statements of every message are built once: building them costs more than SQLite takes to run them.
_INSERT_EVENT = insert(clarification_event)
_OF_PATIENT = (
    select(clarification)
    .where(clarification.c.patient == bindparam("known"))
    .order_by(clarification.c.at, clarification.c.uuid)
)
_JOINED = select(fulfilment.c.clarification).where(fulfilment.c.case == bindparam("known"))
_ASKED = select(clarification.c.uuid).where(clarification.c.case == bindparam("known"))
_OF_CASE = (
    select(clarification)
    .where(clarification.c.uuid.in_(_ASKED.union_all(_JOINED)))
    .order_by(clarification.c.at, clarification.c.uuid)
)
_ORDERS_OF_CASE = (
    select(clarification).where(clarification.c.uuid.in_(_JOINED)).order_by(clarification.c.at, clarification.c.uuid)
)
_CASES = (
    select(fulfilment.c.clarification, fulfilment.c.case)
    .where(fulfilment.c.clarification.in_(bindparam("known", expanding=True)))
    .order_by(fulfilment.c.clarification, fulfilment.c.case)
)


@dataclass(frozen=True, slots=True)
class Clarification:
    """A question about a certificate, or an order for one, and everything that has happened to it.

    `cases` are all certificates it is about, by the gateway's ids: the one that was asked about or, of an order, those
    that have come to it, withdrawn ones too, perhaps none. `patient` is the keyed digest of whom an order is about.
    """

    uuid: str
    cases: tuple[str, ...]
    events: tuple[Event, ...]
    patient: str | None = None


def insert_clarification(connection: Connection, sealing: Strongbox, uuid: str, asked: Asked) -> None:
    """Writes a new clarification with the question as its first event."""
    connection.execute(insert(clarification), {"uuid": uuid, "case": asked.certificate, "at": asked.at})
    append_event(connection, sealing, uuid, asked)


def insert_order(connection: Connection, sealing: Strongbox, uuid: str, ordered: Ordered, patient: str) -> None:
    """Writes a new order, about the patient with this keyed digest, as the first event of a clarification."""
    connection.execute(insert(clarification), {"uuid": uuid, "patient": patient, "at": ordered.at})
    append_event(connection, sealing, uuid, ordered)


def join_case(connection: Connection, uuid: str, case_uuid: str) -> None:
    """Notes a certificate that has come to an order, once."""
    connection.execute(insert(fulfilment), {"clarification": uuid, "case": case_uuid})


def append_event(connection: Connection, sealing: Strongbox, uuid: str, event: Event) -> None:
    """Writes the next event of a clarification. AlreadyRecordedError when its id is taken."""
    holder = sealing.of_clarification(uuid, event.at)
    row = {
        "id": event.id,
        "clarification": uuid,
        "kind": type(event).__name__,
        "at": event.at,
        "sealed": sealing.seal(event_bytes(event), event_context(event.id), "derived", holder),
    }
    connection.execute(_INSERT_EVENT, row)


def find_clarification(connection: Connection, sealing: Strongbox, uuid: str) -> Clarification | None:
    """The clarification with this id."""
    if not storable(uuid):
        return None
    row = connection.execute(select(clarification).where(clarification.c.uuid == uuid)).first()
    return next(iter(_opened(connection, sealing, [row])), None) if row else None


def clarifications_of_case(connection: Connection, sealing: Strongbox, case_uuid: str) -> list[Clarification]:
    """Every question about a case and every order that it has come to, the oldest first."""
    if not storable(case_uuid):
        return []
    return _opened(connection, sealing, connection.execute(_OF_CASE, {"known": case_uuid}).all())


def orders_of_case(connection: Connection, sealing: Strongbox, case_uuid: str) -> list[Clarification]:
    """Every order that a case has come to, the oldest first."""
    return _opened(connection, sealing, connection.execute(_ORDERS_OF_CASE, {"known": case_uuid}).all())


def orders_of_patient(connection: Connection, sealing: Strongbox, patient: str) -> list[Clarification]:
    """Every order about the patient with this keyed digest, the oldest first."""
    return _opened(connection, sealing, connection.execute(_OF_PATIENT, {"known": patient}).all())


def clarifications_between(
    connection: Connection,
    sealing: Strongbox,
    since: datetime,
    until: datetime,
    *,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[Clarification]:
    """Up to `limit` clarifications asked from `since` to before `until`, the oldest first, after the last one read.

    Their events are fetched together.
    """
    query = select(clarification).where(clarification.c.at >= since, clarification.c.at < until)
    if after is not None:
        at, uuid = after
        later = and_(clarification.c.at == at, clarification.c.uuid > uuid)
        query = query.where(or_(clarification.c.at > at, later))
    rows = connection.execute(query.order_by(clarification.c.at, clarification.c.uuid).limit(limit)).all()
    return _opened(connection, sealing, rows)


def _opened(connection: Connection, sealing: Strongbox, rows: Sequence[Any]) -> list[Clarification]:
    """The clarifications of some rows, with what is theirs in other tables."""
    events: dict[str, list[Event]] = {row.uuid: [] for row in rows}
    of_these = clarification_event.c.clarification.in_(list(events))
    query = select(clarification_event).where(of_these).order_by(clarification_event.c.seq)
    found = connection.execute(query).all() if rows else ()
    sealing.fetch(each.sealed for each in found)
    for each in found:
        events[each.clarification].append(read_event(each.kind, sealing.open(each.sealed, event_context(each.id))))
    cases: dict[str, list[str]] = {row.uuid: [] if row.case is None else [row.case] for row in rows}
    orders = [row.uuid for row in rows if row.patient is not None]
    for each in connection.execute(_CASES, {"known": orders}) if orders else ():
        cases[each.clarification].append(each.case)
    return [Clarification(row.uuid, tuple(cases[row.uuid]), tuple(events[row.uuid]), row.patient) for row in rows]


def event_context(event_id: str) -> str:
    """What an event is sealed for."""
    return sealing_context("clarification-event", event_id)
