"""Cases and their versions: what is known of each certificate, from the first attempt to the current version.

Must never change or remove a version that is on record; only which one is current may change.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy import case as either

from certgateway.domain.certificate import Certificate
from certgateway.domain.errors import GatewayError
from certgateway.domain.findings import Finding
from certgateway.domain.record import Case, Kept, Version
from certgateway.store.messages import storable
from certgateway.store.records import (
    certificate_bytes,
    findings_text,
    read_certificate,
    read_findings,
    sealing_context,
)
from certgateway.store.strongbox import Strongbox, of_case
from certgateway.store.tables import beneath, case, version

_COUNT = select(func.count()).select_from(version).where(version.c.case == case.c.uuid).scalar_subquery()
_AUTHORED = select(version.c.authored).where(version.c.case == case.c.uuid, version.c.current).scalar_subquery()

# Cases with the two facts that follow from their versions, and so are not kept twice.
_CASES = select(
    case.c.uuid,
    case.c.patient,
    case.c.first_attempt,
    _COUNT.label("versions"),
    case.c.withdrawn,
    _AUTHORED.label("current_authored"),
    case.c.sender,
    case.c.purged,
)

# Statements of every message are built once: building them costs more than SQLite takes to run them.
_BY_IDENTITY = _CASES.where(case.c.sender == bindparam("sender"), case.c.certificate_id == bindparam("certificate_id"))
_ATTEMPT = bindparam("attempt", type_=case.c.first_attempt.type)
_UPDATE_CASE = (
    update(case)
    .where(case.c.uuid == bindparam("known"))
    .values(
        patient=func.coalesce(case.c.patient, bindparam("told", type_=case.c.patient.type)),
        first_attempt=either((case.c.first_attempt > _ATTEMPT, _ATTEMPT), else_=case.c.first_attempt),
        withdrawn=bindparam("gone"),
    )
)
_INSERT_CASE = insert(case)
_END_CURRENT = update(version).where(version.c.case == bindparam("known"), version.c.current).values(current=False)
_INSERT_VERSION = insert(version)
_INSERT_BENEATH = insert(beneath)


def find_case(connection: Connection, sender: str, certificate_id: str) -> Case | None:
    """The case of this keyed certificate identity from this sender."""
    if not storable(sender):
        return None
    names = {"sender": sender, "certificate_id": certificate_id}
    return next(map(_case, connection.execute(_BY_IDENTITY, names)), None)


def find_case_by_uuid(connection: Connection, uuid: str) -> Case | None:
    """The case with this gateway UUID."""
    if not storable(uuid):
        return None
    return next(map(_case, connection.execute(_CASES.where(case.c.uuid == uuid))), None)


def cases_of_patient(connection: Connection, patient: str) -> list[Case]:
    """All cases of the patient with this keyed digest, oldest first attempt first."""
    query = _CASES.where(case.c.patient == patient).order_by(case.c.first_attempt, case.c.uuid)
    return [_case(row) for row in connection.execute(query)]


def versions(connection: Connection, sealing: Strongbox, case_uuid: str) -> list[Version]:
    """Every version of the case in order of arrival, opened."""
    if not storable(case_uuid):
        return []
    query = select(version).where(version.c.case == case_uuid).order_by(version.c.number)
    came = connection.execute(select(beneath).where(beneath.c.case == case_uuid))
    covered = {
        row.number: read_certificate(sealing.open(row.certificate, beneath_context(case_uuid, row.number)))
        for row in came
    }
    return [replace(_version(row, sealing), beneath=covered.get(row.number)) for row in connection.execute(query)]


def current_version(connection: Connection, sealing: Strongbox, case_uuid: str) -> Version | None:
    """The version that counts now, opened, without what is beneath; None while only refused messages are known."""
    if not storable(case_uuid):
        return None
    row = connection.execute(select(version).where(version.c.case == case_uuid, version.c.current)).first()
    return _version(row, sealing) if row else None


def findings_of_cases(connection: Connection, cases: Iterable[str]) -> dict[tuple[str, int], tuple[Finding, ...]]:
    """The findings of every version of some cases, by case and number; no certificate is opened."""
    query = select(version.c.case, version.c.number, version.c.findings).where(version.c.case.in_(list(cases)))
    return {(row.case, row.number): read_findings(row.findings) for row in connection.execute(query)}


def record_case(connection: Connection, kept: Kept, known: Case) -> None:
    """Writes or updates the case. The first attempt only ever moves back; a patient once known stays."""
    changed = connection.execute(
        _UPDATE_CASE,
        {"known": known.uuid, "told": known.patient, "attempt": known.first_attempt, "gone": known.withdrawn},
    )
    if changed.rowcount:
        return
    if kept.certificate_id is None:
        raise GatewayError("a case cannot be recorded without the identity of its certificate")
    row = {
        "uuid": known.uuid,
        "sender": known.sender,
        "certificate_id": kept.certificate_id,
        "patient": known.patient,
        "first_attempt": known.first_attempt,
        "withdrawn": known.withdrawn,
    }
    connection.execute(_INSERT_CASE, row)


def insert_version(connection: Connection, sealing: Strongbox, message: str, case_uuid: str, added: Version) -> None:
    """Writes a version that a message brought; when it is current, the one that was current becomes history."""
    if added.current:
        connection.execute(_END_CURRENT, {"known": case_uuid})
    holder, context = of_case(case_uuid, added.arrival), certificate_context(case_uuid, added.number)
    row = {
        "case": case_uuid,
        "number": added.number,
        "message": message,
        "message_id": added.message_id,
        "arrival": added.arrival,
        "authored": added.certificate.authored,
        "verdict": added.verdict,
        "certificate": sealing.seal(certificate_bytes(added.certificate), context, "derived", holder),
        "findings": findings_text(added.findings),
        "current": added.current,
    }
    connection.execute(_INSERT_VERSION, row)
    if added.beneath is not None:
        plain = certificate_bytes(added.beneath)
        sealed = sealing.seal(plain, beneath_context(case_uuid, added.number), "derived", holder)
        connection.execute(_INSERT_BENEATH, {"case": case_uuid, "number": added.number, "certificate": sealed})


def _case(row: Any) -> Case:  # noqa: ANN401  a row's columns have no types here
    return Case(
        uuid=row.uuid,
        patient=row.patient,
        first_attempt=row.first_attempt,
        versions=row.versions,
        withdrawn=row.withdrawn,
        current_authored=row.current_authored,
        sender=row.sender,
        purged=row.purged is not None,
    )


def _version(row: Any, sealing: Strongbox) -> Version:  # noqa: ANN401  as above
    certificate: Certificate = read_certificate(
        sealing.open(row.certificate, certificate_context(row.case, row.number))
    )
    return Version(
        number=row.number,
        message_id=row.message_id,
        arrival=row.arrival,
        verdict=row.verdict,
        certificate=certificate,
        findings=read_findings(row.findings),
        current=row.current,
    )


def certificate_context(case_uuid: str, number: int) -> str:
    """What a version is sealed for."""
    return sealing_context("certificate", case_uuid, number)


def beneath_context(case_uuid: str, number: int) -> str:
    """What the whole version beneath answers is sealed for."""
    return sealing_context("beneath", case_uuid, number)
