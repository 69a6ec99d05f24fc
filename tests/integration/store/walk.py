"""Messages to record, and the walk that records one: lock, look, write, as the receiving service will do it."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from uuid import NAMESPACE_URL, uuid5

from certgateway.domain.certificate import (
    Author,
    Certificate,
    Coding,
    Diagnosis,
    FunctionStatement,
    Limit,
    Patient,
    Quantity,
    Section,
    Statement,
)
from certgateway.domain.findings import Effect, Finding
from certgateway.domain.message import Removal
from certgateway.domain.record import Answer, Case, FeedKind, Kept, Version
from certgateway.store.transactions import Store, Unit

SENDER = "8140999"
ARRIVAL = datetime(2026, 3, 2, 8, 15, 0, 123456, tzinfo=UTC)
AUTHORED = datetime(2026, 3, 2, 8, 0, 30, 5, tzinfo=timezone(timedelta(hours=1)))

# What must not be found anywhere in the clear.
NAME = "Syntetisk Østensjø-Fjellberg"
NUMBER = "13897512345"
PROSE = "Pasienten løfter lett i daglig arbeid"


def certificate(authored: datetime = AUTHORED) -> Certificate:
    """A certificate with every kind of value that has to survive the store."""
    lifting = FunctionStatement(
        code=Coding("http://hl7.org/fhir/sid/icf", "d430"),
        setting="work",
        ability="with-adaptation",
        limits=(Limit("max-load", Quantity(Decimal("5.50"), "kg")),),
        diagnosis=0,
    )
    return Certificate(
        identifier=Coding("urn:ietf:rfc:3986", "urn:uuid:6a5f0a56-5d0e-4f5b-9f0e-7d4a1b1c2d3e"),
        authored=authored,
        status="final",
        patient=Patient(NUMBER, "fnr", NAME),
        author=Author(hpr="9999999"),
        diagnosis=Section("stated", (Diagnosis((Coding("urn:oid:2.16.578.1.12.4.1.1.7170", "L03"),), "main"),)),
        function=Section("stated", (lifting,)),
        health_risk=Section("none"),
        activity=Section("not-assessed", (), "not-seen"),
        assessment=Section("stated", (Statement(PROSE, "observed"),)),
    )


def identifier(name: str) -> str:
    """A UUID that is the same in every run."""
    return str(uuid5(NAMESPACE_URL, name))


def refused(key: str, raw: bytes | None = None, arrival: datetime = ARRIVAL) -> Kept:
    """A rejected message that names its certificate and brings no version."""
    content = raw or f"{NAME} {NUMBER} {PROSE} {key}".encode()
    return Kept(
        uuid=identifier(f"message {key} {content!r} {arrival}"),
        sender=SENDER,
        key=key,
        message_id=key,
        content_digest=hashlib.sha256(content).hexdigest(),
        raw=content,
        media_type="application/fhir+json",
        format="fhir-json",
        arrival=arrival,
        state="answered",
        verdict="rejected",
        findings=(
            Finding("prognosis-missing", Effect.UNANSWERED, "prognosis", "prognosis", "Bundle.entry[1].resource"),
        ),
        removed=(Removal("benefit-type", "Bundle.entry[1].resource.event[0]", "urn:made-up", "secret-code"),),
        answer=Answer(422, "application/fhir+json", b'{"resourceType":"OperationOutcome"}'),
        receipt=b'{"verdict":"rejected"}',
        certificate_id="c" * 64,
        certificate_digest=hashlib.sha256(b"certificate " + content).hexdigest(),
    )


def accepted(
    key: str,
    number: int = 1,
    *,
    feed: FeedKind | None = "new",
    authored: datetime = AUTHORED,
    current: bool = True,
    arrival: datetime = ARRIVAL,
) -> Kept:
    """An accepted message with a version."""
    message = refused(key, arrival=arrival)
    version = Version(number, key, arrival, "accepted", certificate(authored), (), current)
    return replace(
        message,
        verdict="accepted",
        findings=(),
        answer=Answer(200, "application/fhir+json", b'{"resourceType":"Bundle"}'),
        receipt=b'{"verdict":"accepted"}',
        version=version,
        feed=feed,
    )


def failed(message: Kept) -> Kept:
    """The same message when our own fault stopped it."""
    return replace(
        message,
        uuid=identifier(f"failed {message.uuid}"),
        state="failed",
        verdict=None,
        findings=(),
        answer=None,
        receipt=b"",
        version=None,
        feed=None,
    )


def case_of(unit: Unit, kept: Kept, patient: str | None = "p" * 64) -> Case:
    """The case as it shall be after this message."""
    known = unit.find_case(kept.sender, kept.certificate_id or "")
    if known:
        return replace(known, patient=known.patient or patient)
    return Case(
        identifier("case"), patient, kept.arrival, 0, withdrawn=False, current_authored=None, sender=kept.sender
    )


def walk(store: Store, kept: Kept) -> bytes:
    """Records the message, or finds that it is on record; gives the answer that belongs to it."""
    with store.transaction() as unit:
        unit.lock(f"message {kept.sender} {kept.key}", f"certificate {kept.sender} {kept.certificate_id}")
        known = unit.find_message(kept.sender, kept.key)
        if known and known.answer:
            return known.answer.body
        unit.record_message(kept, case_of(unit, kept))
    if kept.answer is None:
        raise AssertionError
    return kept.answer.body
