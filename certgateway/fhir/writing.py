"""From the domain certificate to a FHIR message Bundle: the mirror of `fhir.certificate`, element by element.

Reading what this wrote gives the same certificate; what a message cannot carry is named by `losses` before anybody
relies on it. The same certificate and message id give the same bytes: ids are derived, no clock and no dice. Displays,
titles of codes and free narrative are never written.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeVar

from certgateway.domain.certificate import Certificate, Coding, Section, Treatment
from certgateway.domain.vocabulary import systems
from certgateway.fhir import writing_observations as observations
from certgateway.fhir import writing_resources as resources
from certgateway.fhir.writing_losses import losses
from certgateway.fhir.writing_observations import Subject
from certgateway.fhir.writing_people import write_people
from certgateway.fhir.writing_values import (
    Addresses,
    Json,
    compact,
    concept,
    endpoint,
    generated,
    identifier,
    item_code,
    own,
)

__all__ = ["NAV_HER_ID", "losses", "write_certificate", "write_resources"]

T = TypeVar("T")
Answer = list[Json] | Json
"""What an item becomes: the resources of its section, or the section itself when it holds none."""

NAV_HER_ID: Final = "79768"
"""NAV's HER-id in the health network, the destination unless another is told."""

MESSAGE_PROFILE: Final = f"{systems.STRUCTURE_DEFINITION}certificate-message|{systems.PROFILE_VERSION}"
CERTIFICATE_EVENT: Final = {"system": systems.CODE_SYSTEM + "message-event", "code": "certificate"}
_TITLE: Final = "Legeerklæring"
_ASSESSED_NONE: Final = "Vurdert: ingen kjente"
_NOT_ASSESSED: Final = "Ikke vurdert"


def write_certificate(
    certificate: Certificate,
    *,
    message_id: str,
    sender_her: str,
    receiver_her: str = NAV_HER_ID,
    bundle_id: str | None = None,
    timestamp: datetime | None = None,
) -> Json:
    """The message Bundle as a tree.

    `message_id` becomes MessageHeader.id (1 to 64 letters, digits, `-`, `.`); `sender_her` and `receiver_her` are
    HER-ids in digits (ValueError otherwise). `bundle_id` follows from the message id and `timestamp` (aware) from the
    authored time unless told. What `losses` names is left out.
    """
    addresses = Addresses(f"message/{message_id}")
    named = write_resources(certificate, addresses)
    header = _header(message_id, sender_her, receiver_her, addresses)
    return {
        "resourceType": "Bundle",
        "id": bundle_id or addresses.id("bundle"),
        "meta": {"profile": [MESSAGE_PROFILE]},
        "type": "message",
        "timestamp": (timestamp or certificate.authored).isoformat(),
        "entry": [header, *(addresses.entry(label, resource) for label, resource in named.items())],
    }


def write_resources(certificate: Certificate, addresses: Addresses) -> dict[str, Json]:
    """The Composition and everything it refers to, by label and without ids: what a message and a document share.

    Labels are `composition`, those of the people, and `<item id>[<index>]` for the resources of a section; all
    treatments are one resource. A resource stands under its label in `addresses`.
    """
    answers = _answers(certificate, Subject(addresses, len(certificate.diagnosis.entries)))
    clinical = {
        f"{item}[{index}]": resource
        for item, answer in answers.items()
        if isinstance(answer, list)
        for index, resource in enumerate(answer)
    }
    composition = _composition(certificate, answers, addresses)
    people = write_people(certificate.patient, certificate.author, addresses)
    return {"composition": composition, **people, **clinical}


def _header(message_id: str, sender_her: str, receiver_her: str, addresses: Addresses) -> Json:
    """The entry of the MessageHeader, the only resource whose id is given and not derived."""
    header = {
        "resourceType": "MessageHeader",
        "id": message_id,
        "eventCoding": dict(CERTIFICATE_EVENT),
        "destination": [{"endpoint": endpoint(receiver_her)}],
        "source": {"endpoint": endpoint(sender_her)},
        "focus": [addresses.reference("composition")],
    }
    return {"fullUrl": addresses.url("header"), "resource": header}


def _composition(certificate: Certificate, answers: dict[str, Answer], addresses: Addresses) -> Json:
    members = {
        "resourceType": "Composition",
        "identifier": identifier(certificate.identifier.system, certificate.identifier.code),
        "status": certificate.status,
        "type": concept(
            Coding(systems.LOINC, systems.LOINC_CERTIFICATE),
            Coding(systems.DOCUMENT_TYPE, systems.DOCUMENT_CERTIFICATE),
        ),
        "subject": addresses.reference("patient"),
        "date": certificate.authored.isoformat(),
        "author": [addresses.reference("role")],
        "title": _TITLE,
        "relatesTo": _replaces(certificate),
        "event": [*_contact(certificate), *_purpose(certificate), *_contact_wishes(certificate)],
        "section": [_section(item, answer, addresses) for item, answer in answers.items()],
    }
    return compact(members)


def _replaces(certificate: Certificate) -> list[Json]:
    earlier = certificate.replaces
    if earlier is None:
        return []
    return [{"code": "replaces", "targetIdentifier": identifier(earlier.system, earlier.code)}]


def _contact(certificate: Certificate) -> list[Json]:
    author = certificate.author
    code = own("contact", author.contact)
    seen = compact({"start": author.last_seen})
    return [compact({"code": [code], "period": seen})] if code else []


def _purpose(certificate: Certificate) -> list[Json]:
    purpose = certificate.purpose
    if purpose is None:
        return []
    order = [] if purpose.order is None else [{"identifier": {"value": purpose.order}}]
    return [compact({"code": [own("purpose", purpose.reason)], "detail": order})]


def _contact_wishes(certificate: Certificate) -> list[Json]:
    return [{"code": [own("contact-wish", code)]} for code in certificate.author.contacts]


def _section(item: str, answer: Answer, addresses: Addresses) -> Json:
    if isinstance(answer, dict):
        return {"code": item_code(item), **answer}
    entries = [addresses.reference(f"{item}[{index}]") for index in range(len(answer))]
    return {"code": item_code(item), "entry": entries}


def _answers(certificate: Certificate, subject: Subject) -> dict[str, Answer]:
    """Every item that is answered, in the order of the form. What is missing gets no section."""

    def answer(section: Section[T], write: Callable[[T, Subject], Json]) -> Answer | None:
        return _empty(section) or [write(entry, subject) for entry in section]

    def treatments(section: Section[Treatment]) -> Answer | None:
        return _empty(section) or [resources.care_plan(section, subject) for _ in section.entries[:1]]

    answers = {
        "employment": answer(certificate.employment, observations.employment),
        "diagnosis": answer(certificate.diagnosis, resources.diagnosis),
        "history": answer(certificate.history, observations.history),
        "findings": answer(certificate.findings, observations.clinical_finding),
        "onset": answer(certificate.onset, observations.onset),
        "treatment": treatments(certificate.treatment),
        "function": answer(certificate.function, observations.function),
        "health-risk": answer(certificate.health_risk, resources.health_risk),
        "activity": answer(certificate.activity, observations.participation),
        "prognosis": answer(certificate.prognosis, resources.prognosis),
        "specialist": answer(certificate.specialist, observations.specialist),
        "assessment": answer(certificate.assessment, observations.assessment),
        "reservation": answer(certificate.reservation, observations.reservation),
        "attachment": _empty(certificate.attachment),
    }
    return {item: found for item, found in answers.items() if found}


def _empty(section: Section[T]) -> Json | None:
    """The members of a section that says "assessed, none" or "not assessed"; None for statements and for no answer."""
    if section.state == "none":
        return _reasoned("nilknown", _ASSESSED_NONE)
    if section.state == "not-assessed":
        return _reasoned(section.reason or "notasked", _NOT_ASSESSED)
    return None


def _reasoned(code: str, line: str) -> Json:
    # FHIR forbids a section with nothing but its reason for being empty (cmp-1); one line of ours goes with it.
    return {"text": generated(line), "emptyReason": concept(Coding(systems.LIST_EMPTY_REASON, code))}
