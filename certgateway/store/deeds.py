"""What operators did outside the walk: opened an original, held a certificate, let it go. Who and why is sealed.

Each has an entry in the ledger in the same transaction. A deed is written once, and deletion passes it over: it
tells of somebody's access long after what was seen is gone.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import msgspec
from sqlalchemy import insert, select, update

from certgateway.domain.errors import NotFoundError
from certgateway.store import ledger
from certgateway.store.purging import UPKEEP_LOCK
from certgateway.store.records import sealing_context
from certgateway.store.strongbox import Holder
from certgateway.store.tables import case, deed
from certgateway.store.transactions import LEDGER_LOCK, Reading, Unit

DeedKind = Literal["unsealed", "held", "released"]


class _Said(msgspec.Struct):
    """What is sealed of a deed: it may name people."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Deed:
    """`subject` is the gateway's id of the message or the case."""

    uuid: str
    at: datetime
    kind: DeedKind
    subject: str
    by: str
    reason: str


def record_deed(unit: Unit, done: Deed) -> None:
    """The deed and its entry in the ledger. What is done after it must wait until it is durable."""
    plain = msgspec.json.encode(_Said(done.by, done.reason))
    context = _context(done.uuid, done.kind, done.subject)
    sealed = unit.sealing.seal(plain, context, "derived", Holder(done.uuid, None, done.at))
    row = {"uuid": done.uuid, "at": done.at, "kind": done.kind, "subject": done.subject, "sealed": sealed}
    unit.connection.execute(insert(deed), row)
    unit.lock(LEDGER_LOCK)
    # A digest of the sealed bytes: one of the plain ones would tell whoever guesses a name or a reason.
    evidence = ledger.evidence_of_deed(done.kind, done.subject, sealed)
    ledger.append_entry(unit.connection, done.kind, done.uuid, done.at, evidence)


def hold(unit: Unit, done: Deed) -> None:
    """From now on a case is not deleted or, with the deed `released`, may be again. NotFoundError when it is gone."""
    unit.lock(UPKEEP_LOCK)
    held = done.at if done.kind == "held" else None
    known = update(case).where(case.c.uuid == done.subject, case.c.purged.is_(None)).values(held=held)
    if unit.connection.execute(known).rowcount == 0:
        raise NotFoundError("there is no such certificate, or it is deleted")
    record_deed(unit, done)


def deeds(reading: Reading) -> list[Deed]:
    """Every deed, the oldest first."""
    rows = reading.connection.execute(select(deed).order_by(deed.c.at, deed.c.uuid)).all()
    reading.sealing.fetch(row.sealed for row in rows)
    found = []
    for row in rows:
        plain = reading.sealing.open(row.sealed, _context(row.uuid, row.kind, row.subject))
        said = msgspec.json.decode(plain, type=_Said)
        found.append(Deed(row.uuid, row.at, row.kind, row.subject, said.by, said.reason))
    return found


def _context(uuid: str, kind: str, subject: str) -> str:
    return sealing_context("deed", uuid, kind, subject)
