"""An order for a certificate as a FHIR Task: what is ordered, about whom, from whom, until when, and what it answers.

Its id is that of the conversation; the certificate names it as the order that it is written for. Nothing of what a
certificate says may stand here.
"""

from certgateway.domain.certificate import Coding
from certgateway.domain.outgoing import Asking, Outgoing
from certgateway.domain.vocabulary import systems
from certgateway.domain.vocabulary.clarification import CLARIFICATION_STATUS, ORDER_QUESTION
from certgateway.fhir.asking_values import nav, planned_measure, question_target, returned, withdrawal_reason
from certgateway.fhir.writing_values import Addresses, Json, compact, concept, identifier, item_code


def order_task(outgoing: Outgoing, gateway_her: str, addresses: Addresses) -> Json:
    """The Task of an order, a reminder of it, a return or its withdrawal. One input for each thing that is open."""
    withdrawn = outgoing.kind == "withdrawal"
    status = "withdrawn" if withdrawn else outgoing.status
    members = {
        "resourceType": "Task",
        "language": outgoing.language,
        "extension": [*planned_measure(outgoing.measure), *returned(outgoing)],
        "identifier": [identifier(systems.CLARIFICATION, outgoing.clarification)],
        "status": "cancelled" if withdrawn else "requested",
        "statusReason": withdrawal_reason(outgoing),
        "businessStatus": None if status is None else concept(Coding(CLARIFICATION_STATUS.url, status)),
        "intent": "order",
        # What kind of document is ordered, as its Composition will say it.
        "code": concept(
            Coding(systems.LOINC, systems.LOINC_CERTIFICATE),
            Coding(systems.DOCUMENT_TYPE, systems.DOCUMENT_CERTIFICATE),
        ),
        "focus": _certificate(outgoing.certificate),
        "for": addresses.reference("patient"),
        "authoredOn": outgoing.at.isoformat(),
        "requester": nav(gateway_her),
        "owner": addresses.reference("role"),
        "restriction": {"period": {"end": outgoing.due.isoformat()}},
        "input": [_input(asking) for asking in outgoing.asked],
    }
    return compact(members)


def _certificate(certificate: Coding | None) -> Json | None:
    """The certificate that has come, by its own id; none at first."""
    if certificate is None:
        return None
    return {"type": "Composition", "identifier": identifier(certificate.system, certificate.code)}


def _input(asking: Asking) -> Json:
    target = asking.target
    code = item_code(target.item) if target.question is None else concept(Coding(ORDER_QUESTION.url, target.question))
    return {"extension": question_target(target), "type": code, "valueString": asking.text}
