"""What the gateway sends about a clarification, as a FHIR message: question, reminder, return and withdrawal.

The same `Outgoing` gives the same bytes: ids are derived, times are told. Nothing of what the certificate says may
stand here: only whom it is about, who wrote it, and which version is asked about.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from certgateway.domain.certificate import Coding
from certgateway.domain.dialogue_events import Measure
from certgateway.domain.outgoing import Asking, Outgoing, OutgoingKind
from certgateway.domain.vocabulary import systems
from certgateway.domain.vocabulary.clarification import WITHDRAWAL_REASON
from certgateway.fhir.writing_people import write_people
from certgateway.fhir.writing_values import (
    Addresses,
    Json,
    compact,
    concept,
    endpoint,
    extension,
    identifier,
    sender_endpoint,
)

QUESTION_PROFILE: Final = f"{systems.STRUCTURE_DEFINITION}question-message|{systems.PROFILE_VERSION}"

_EVENTS: Final[Mapping[OutgoingKind, str]] = {
    "question": "clarification",
    "reminder": "clarification-reminder",
    "return": "clarification-return",
    "withdrawal": "clarification-withdrawal",
}


def question_message(outgoing: Outgoing, *, gateway_her: str) -> Json:
    """The message Bundle as a tree: a header, a CommunicationRequest, and the people it names.

    `Outgoing.id` becomes MessageHeader.id; `gateway_her` is NAV's HER-id in digits, ValueError otherwise. A receiver
    that is known by no HER-id gets no destination: the message waits to be fetched.
    """
    addresses = Addresses(f"clarification/{outgoing.clarification}/{outgoing.id}")
    # The author's own personal number served to see that nobody certifies himself; nobody needs it to be found.
    people = write_people(outgoing.patient, replace(outgoing.author, number=None), addresses)
    request = _request(outgoing, gateway_her, addresses)
    return {
        "resourceType": "Bundle",
        "id": addresses.id("bundle"),
        "meta": {"profile": [QUESTION_PROFILE]},
        "type": "message",
        "timestamp": outgoing.at.isoformat(),
        "entry": [
            {"fullUrl": addresses.url("header"), "resource": _header(outgoing, gateway_her, addresses)},
            *(addresses.entry(label, resource) for label, resource in {"request": request, **people}.items()),
        ],
    }


def _header(outgoing: Outgoing, gateway_her: str, addresses: Addresses) -> Json:
    destination = sender_endpoint(outgoing.receiver)
    members = {
        "resourceType": "MessageHeader",
        "id": outgoing.id,
        "eventCoding": {"system": systems.CODE_SYSTEM + "message-event", "code": _EVENTS[outgoing.kind]},
        "destination": [{"endpoint": destination}] if destination else [],
        "source": {"endpoint": endpoint(gateway_her)},
        "focus": [addresses.reference("request")],
    }
    return compact(members)


def _request(outgoing: Outgoing, gateway_her: str, addresses: Addresses) -> Json:
    withdrawn = outgoing.kind == "withdrawal"
    nav = {"type": "Organization", "identifier": identifier(systems.HER_ID, gateway_her)}
    members = {
        "resourceType": "CommunicationRequest",
        "language": outgoing.language,
        "extension": [*_measure(outgoing.measure), *_return(outgoing)],
        "identifier": [identifier(systems.CLARIFICATION, outgoing.clarification)],
        "status": "revoked" if withdrawn else "active",
        "statusReason": _reason(outgoing) if withdrawn else None,
        "subject": addresses.reference("patient"),
        "about": [_version(outgoing)],
        "payload": [_payload(asking) for asking in outgoing.asked],
        "occurrenceDateTime": outgoing.due.isoformat(),
        "authoredOn": outgoing.at.isoformat(),
        "requester": nav,
        "recipient": [addresses.reference("role")],
        "sender": nav,
    }
    return compact(members)


def _reason(outgoing: Outgoing) -> Json | None:
    return None if outgoing.reason is None else concept(Coding(WITHDRAWAL_REASON.url, outgoing.reason))


def _version(outgoing: Outgoing) -> Json:
    """The certificate by its own id, which all versions share, and by when the version asked about was written."""
    return {
        "extension": extension("asked-version", "DateTime", outgoing.authored.isoformat()),
        "type": "Composition",
        "identifier": identifier(outgoing.certificate.system, outgoing.certificate.code),
    }


def _payload(asking: Asking) -> Json:
    target = asking.target
    parts = _parts(
        ("item", "Code", target.item),
        ("element", "String", target.element),
        ("reason", "Code", target.reason),
        ("settles", "String", target.settles),
    )
    return {"extension": _complex("question-target", parts), "contentString": asking.text}


def _measure(measure: Measure | None) -> list[Json]:
    if measure is None:
        return []
    demands = (("demand", "Code", demand) for demand in measure.demands)
    return _complex("planned-measure", _parts(("description", "String", measure.description), *demands))


def _return(outgoing: Outgoing) -> list[Json]:
    if outgoing.kind != "return":
        return []
    told = (("reason", "Code", outgoing.reason), ("not-payable", "Boolean", outgoing.not_payable))
    return _complex("clarification-return", _parts(*told))


def _parts(*told: tuple[str, str, Any]) -> list[Json]:
    """The nested extensions of what is known."""
    return [{"url": name, f"value{kind}": value} for name, kind, value in told if value is not None]


def _complex(name: str, parts: Iterable[Json]) -> list[Json]:
    """One of our extensions that holds others."""
    return [{"url": systems.STRUCTURE_DEFINITION + name, "extension": list(parts)}]
