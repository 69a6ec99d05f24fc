"""Deletion: what is due, and its keys destroyed with what they sealed. One case, message, order or letter at a time.

Each is one transaction with an entry in the ledger. What was answered stays: a message that comes again gets its first
answer, and the numbers of the feed and the ledger go on. Nothing here may delete what is held, or an answer that lies
in the tray until somebody has sorted it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import ColumnElement, Select, and_, delete, exists, or_, select, update

from certgateway.store import ledger
from certgateway.store.tables import (
    beneath,
    case,
    clarification,
    clarification_event,
    conflict,
    data_key,
    detached,
    fulfilment,
    message,
    original,
    outbox,
    posting,
    reply,
    unsorted,
    version,
)
from certgateway.store.transactions import LEDGER_LOCK, Store, Unit

PurgeClass = Literal["outbox", "original", "derived", "dialogue", "refused"]
PURGE_CLASSES: Final[tuple[PurgeClass, ...]] = ("outbox", "original", "derived", "dialogue", "refused")
UPKEEP_LOCK: Final = "upkeep"
"""Held by every deletion and every step of a rotation, so that neither waits for rows of the other."""


@dataclass(frozen=True, slots=True)
class Due:
    """What can go: a letter (outbox), a case (original, derived), an order (dialogue) or a message (refused)."""

    kind: PurgeClass
    subject: str


def find_due(store: Store, kind: PurgeClass, before: datetime, after: str, limit: int) -> list[Due]:
    """Up to `limit` of one class about which nothing has happened since `before`, by id, after the last one read."""
    query = _due(kind, before)
    name = query.selected_columns[0]
    with store.reading() as reading:
        found = reading.connection.execute(query.where(name > after).order_by(name).limit(limit))
        return [Due(kind, str(row[0])) for row in found]


def purge_one(store: Store, due: Due, before: datetime, at: datetime) -> bool:
    """Deletes it, unless something has happened to it meanwhile. Whether it was deleted."""
    with store.transaction() as unit:
        unit.lock(*_locks(unit, due))
        query = _due(due.kind, before)
        if unit.connection.execute(query.where(query.selected_columns[0] == due.subject)).first() is None:
            return False
        gone = _PURGES[due.kind](unit, due.subject, at)
        unit.lock(LEDGER_LOCK)
        for subject in gone:
            ledger.append_entry(unit.connection, "purged", subject, at, ledger.evidence_of_purge(due.kind, subject))
    return True


def _due(kind: PurgeClass, before: datetime) -> Select[tuple[str]]:
    if kind == "outbox":
        held = select(case.c.uuid).where(case.c.uuid == clarification.c.case, case.c.held.is_not(None)).exists()
        letters = select(outbox.c.id).join(clarification, clarification.c.uuid == outbox.c.clarification)
        return letters.where(outbox.c.settled < before, ~held)
    if kind == "original":
        return select(case.c.uuid).where(_quiet(before), exists().where(_is_of(case.c.uuid), _HAS_ORIGINAL))
    if kind == "derived":
        return select(case.c.uuid).where(_quiet(before), case.c.purged.is_(None))
    if kind == "dialogue":
        since = _happened(clarification_event.c.clarification == clarification.c.uuid, before)
        answered = exists().where(fulfilment.c.clarification == clarification.c.uuid)
        return select(clarification.c.uuid).where(clarification.c.case.is_(None), ~since, ~answered)
    held = exists().where(case.c.uuid == message.c.case, case.c.held.is_not(None))
    lies = exists().where(unsorted.c.message == message.c.uuid, unsorted.c.sorted.is_(None))
    kept_apart = or_(message.c.verdict == "rejected", message.c.state == "failed", message.c.case.is_(None))
    old = and_(message.c.arrival < before, kept_apart)
    used = or_(
        exists().where(version.c.message == message.c.uuid),
        exists().where(reply.c.message == message.c.uuid),
    )
    return select(message.c.uuid).where(old, _HAS_ORIGINAL, ~held, ~lies, ~used)


_HAS_ORIGINAL = exists().where(original.c.message == message.c.uuid)


def _quiet(before: datetime) -> ColumnElement[bool]:
    """A case that nobody holds, where no message has come and nothing was asked or said since."""
    came = exists().where(message.c.case == case.c.uuid, message.c.arrival >= before)
    asked = and_(clarification_event.c.clarification == clarification.c.uuid, clarification.c.case == case.c.uuid)
    lies = exists().where(unsorted.c.case == case.c.uuid, unsorted.c.sorted.is_(None))
    since = _happened(asked, before)
    return and_(case.c.held.is_(None), ~came, ~since, ~lies)


def _happened(where: ColumnElement[bool], before: datetime) -> ColumnElement[bool]:
    return exists().where(where, clarification_event.c.at >= before)


def _is_of(uuid: ColumnElement[str] | str) -> ColumnElement[bool]:
    """Messages whose originals are the certificate's; those of refused ones are kept apart.

    An answer that somebody sorted came without a case, and belongs to the one that it was made a version of.
    """
    taken = and_(message.c.case == uuid, message.c.verdict != "rejected")
    # The case stands in the outermost query, where nothing is looked for unless it is told so.
    brought = message.c.uuid.in_(select(version.c.message).where(version.c.case == uuid).correlate(case))
    of_asked = select(reply.c.message).join(clarification, clarification.c.uuid == reply.c.clarification)
    said = message.c.uuid.in_(of_asked.where(clarification.c.case == uuid).correlate(case))
    return or_(taken, brought, said)


def _locks(unit: Unit, due: Due) -> list[str]:
    """What the walk holds when it decides about the same thing."""
    locks = [UPKEEP_LOCK]
    if due.kind == "dialogue":
        return [*locks, f"clarification {due.subject}"]
    if due.kind == "outbox":
        receiver = unit.connection.scalar(select(outbox.c.receiver).where(outbox.c.id == due.subject))
        return [*locks, f"outbox {receiver}"]
    if due.kind == "refused":
        return locks
    (known,) = unit.connection.execute(select(case).where(case.c.uuid == due.subject)).all()
    digests = unit.connection.scalars(select(message.c.certificate_digest).where(message.c.case == due.subject))
    asked = unit.connection.scalars(select(clarification.c.uuid).where(clarification.c.case == due.subject))
    locks += [f"asking {due.subject}", *(f"clarification {each}" for each in asked)]
    return locks + [f"certificate {known.sender} {each}" for each in {known.certificate_id, *digests}]


def _purge_outbox(unit: Unit, letter: str, _at: datetime) -> list[str]:
    unit.connection.execute(delete(posting).where(posting.c.message == letter))
    unit.connection.execute(delete(outbox).where(outbox.c.id == letter))
    return [letter]


def _purge_original(unit: Unit, uuid: str, at: datetime) -> list[str]:
    messages = list(unit.connection.scalars(select(message.c.uuid).where(_is_of(uuid)).order_by(message.c.uuid)))
    _destroy(unit, at, "original", [uuid, *messages])
    same = and_(conflict.c.sender == message.c.sender, conflict.c.key == message.c.key)
    unit.connection.execute(delete(conflict).where(exists().where(same, message.c.uuid.in_(messages))))
    with_bytes = select(original.c.message).where(original.c.message.in_(messages)).order_by(original.c.message)
    gone = list(unit.connection.scalars(with_bytes))
    for table in (original, detached):
        unit.connection.execute(delete(table).where(table.c.message.in_(messages)))
    return gone


def _purge_derived(unit: Unit, uuid: str, at: datetime) -> list[str]:
    asked = list(unit.connection.scalars(select(clarification.c.uuid).where(clarification.c.case == uuid)))
    # What came without a case is found by it from now on, when its turn comes.
    linked = and_(_is_of(uuid), message.c.case.is_(None))
    unit.connection.execute(update(message).where(linked).values(case=uuid))
    _destroy(unit, at, "derived", [uuid])
    unit.connection.execute(delete(fulfilment).where(fulfilment.c.case == uuid))
    _delete_clarifications(unit, asked)
    unit.connection.execute(delete(beneath).where(beneath.c.case == uuid))
    unit.connection.execute(delete(version).where(version.c.case == uuid))
    unit.connection.execute(update(unsorted).where(unsorted.c.case == uuid).values(sealed=None))
    # By these digests a certificate is known again and its patient found. One that comes again is a new one.
    nameless = {"certificate_id": None, "certificate_digest": None}
    unit.connection.execute(update(message).where(message.c.case == uuid).values(nameless))
    gone = {"purged": at, "patient": None, "certificate_id": f"purged {uuid}"}
    unit.connection.execute(update(case).where(case.c.uuid == uuid).values(gone))
    return [uuid]


def _purge_dialogue(unit: Unit, uuid: str, at: datetime) -> list[str]:
    _destroy(unit, at, "derived", [uuid])
    _delete_clarifications(unit, [uuid])
    return [uuid]


def _purge_refused(unit: Unit, uuid: str, at: datetime) -> list[str]:
    for kind in ("original", "derived"):
        _destroy(unit, at, kind, [uuid])
    same = and_(conflict.c.sender == message.c.sender, conflict.c.key == message.c.key)
    unit.connection.execute(delete(conflict).where(exists().where(same, message.c.uuid == uuid)))
    for table in (original, detached):
        unit.connection.execute(delete(table).where(table.c.message == uuid))
    unit.connection.execute(update(unsorted).where(unsorted.c.message == uuid).values(sealed=None))
    return [uuid]


_PURGES: Final = {
    "outbox": _purge_outbox,
    "original": _purge_original,
    "derived": _purge_derived,
    "dialogue": _purge_dialogue,
    "refused": _purge_refused,
}


def _destroy(unit: Unit, at: datetime, kind: str, holders: list[str]) -> None:
    """The deletion itself. It comes first: whoever is sealing under one of these keys is waited for here."""
    live = and_(data_key.c.holder.in_(holders), data_key.c["class"] == kind, data_key.c.destroyed.is_(None))
    unit.connection.execute(update(data_key).where(live).values(wrapped=None, destroyed=at))


def _delete_clarifications(unit: Unit, uuids: list[str]) -> None:
    letters = select(outbox.c.id).where(outbox.c.clarification.in_(uuids))
    unit.connection.execute(delete(posting).where(posting.c.message.in_(letters)))
    for table in (outbox, reply, clarification_event, fulfilment):
        unit.connection.execute(delete(table).where(table.c.clarification.in_(uuids)))
    unit.connection.execute(delete(clarification).where(clarification.c.uuid.in_(uuids)))
