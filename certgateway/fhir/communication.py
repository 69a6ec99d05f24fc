"""What the gateway sends about a clarification or an order, as a FHIR message: question, reminder, return, withdrawal.

The same `Outgoing` gives the same bytes: ids are derived, times are told. Nothing of what the certificate says may
stand here: only whom it is about, who wrote it, and which version is asked about.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from certgateway.domain.outgoing import Asking, Outgoing, OutgoingKind
from certgateway.domain.vocabulary import systems
from certgateway.fhir.asking_values import nav, planned_measure, question_target, returned, withdrawal_reason
from certgateway.fhir.order_task import order_task
from certgateway.fhir.writing_people import write_people
from certgateway.fhir.writing_values import (
    Addresses,
    Json,
    compact,
    endpoint,
    extension,
    identifier,
    sender_endpoint,
)

QUESTION_PROFILE: Final = f"{systems.STRUCTURE_DEFINITION}question-message|{systems.PROFILE_VERSION}"

ORDER_PROFILE: Final = f"{systems.STRUCTURE_DEFINITION}order-message|{systems.PROFILE_VERSION}"

_EVENTS: Final[Mapping[OutgoingKind, str]] = {
    "question": "clarification",
    "reminder": "clarification-reminder",
    "return": "clarification-return",
    "withdrawal": "clarification-withdrawal",
}


_ORDER_EVENTS: Final[Mapping[OutgoingKind, str]] = {
    "question": "certificate-order",
    "reminder": "certificate-order-reminder",
    "return": "certificate-order-return",
    "withdrawal": "certificate-order-withdrawal",
}


def question_message(outgoing: Outgoing, *, gateway_her: str) -> Json:
    """The message Bundle as a tree: a header, a CommunicationRequest or in an order a Task, and the people it names.

    `Outgoing.id` becomes MessageHeader.id; `gateway_her` is NAV's HER-id in digits, ValueError otherwise. A receiver
    that is known by no HER-id gets no destination: the message waits to be fetched.
    """
    addresses = Addresses(f"clarification/{outgoing.clarification}/{outgoing.id}")
    # The author's own personal number served to see that nobody certifies himself; nobody needs it to be found.
    people = write_people(outgoing.patient, replace(outgoing.author, number=None), addresses)
    if outgoing.name is not None and "practitioner" in people:
        people["practitioner"] |= {"name": [{"text": outgoing.name}]}
    request = (order_task if outgoing.order else _request)(outgoing, gateway_her, addresses)
    return {
        "resourceType": "Bundle",
        "id": addresses.id("bundle"),
        "meta": {"profile": [ORDER_PROFILE if outgoing.order else QUESTION_PROFILE]},
        "type": "message",
        "timestamp": outgoing.at.isoformat(),
        "entry": [
            {"fullUrl": addresses.url("header"), "resource": _header(outgoing, gateway_her, addresses)},
            *(addresses.entry(label, resource) for label, resource in {"request": request, **people}.items()),
        ],
    }


def _header(outgoing: Outgoing, gateway_her: str, addresses: Addresses) -> Json:
    events = _ORDER_EVENTS if outgoing.order else _EVENTS
    destination = sender_endpoint(outgoing.receiver)
    members = {
        "resourceType": "MessageHeader",
        "id": outgoing.id,
        "eventCoding": {"system": systems.CODE_SYSTEM + "message-event", "code": events[outgoing.kind]},
        "destination": [{"endpoint": destination}] if destination else [],
        "source": {"endpoint": endpoint(gateway_her)},
        "focus": [addresses.reference("request")],
    }
    return compact(members)


def _request(outgoing: Outgoing, gateway_her: str, addresses: Addresses) -> Json:
    members = {
        "resourceType": "CommunicationRequest",
        "language": outgoing.language,
        "extension": [*planned_measure(outgoing.measure), *returned(outgoing)],
        "identifier": [identifier(systems.CLARIFICATION, outgoing.clarification)],
        "status": "revoked" if outgoing.kind == "withdrawal" else "active",
        "statusReason": withdrawal_reason(outgoing),
        "subject": addresses.reference("patient"),
        "about": _version(outgoing),
        "payload": [_payload(asking) for asking in outgoing.asked],
        "occurrenceDateTime": outgoing.due.isoformat(),
        "authoredOn": outgoing.at.isoformat(),
        "requester": nav(gateway_her),
        "recipient": [addresses.reference("role")],
        "sender": nav(gateway_her),
    }
    return compact(members)


def _version(outgoing: Outgoing) -> list[Json]:
    """The certificate by its own id, which all versions share, and by when the version asked about was written."""
    if outgoing.certificate is None or outgoing.authored is None:
        return []
    version = {
        "extension": extension("asked-version", "DateTime", outgoing.authored.isoformat()),
        "type": "Composition",
        "identifier": identifier(outgoing.certificate.system, outgoing.certificate.code),
    }
    return [version]


def _payload(asking: Asking) -> Json:
    return {"extension": question_target(asking.target), "contentString": asking.text}
