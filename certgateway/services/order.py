"""A counsellor orders a certificate that does not exist yet: recorded and sent in one transaction.

An order that must not be sent is refused with every reason at once. What becomes of it is followed as a question is
(`services.clarify`). Nothing here may keep a personal number unsealed.
"""

from typing import Any

from certgateway.domain.calendar import norwegian_date
from certgateway.domain.dialogue import find_state
from certgateway.domain.dialogue_events import Ordered
from certgateway.domain.dialogue_report import told
from certgateway.domain.ordering import Order, OrderRefusal, order_refusals, ordered_targets
from certgateway.domain.vocabulary import Language
from certgateway.services.gateway import Gateway
from certgateway.services.pose import outgoing_message

Json = dict[str, Any]


def order(wanted: Order, gateway: Gateway) -> str | tuple[OrderRefusal, ...]:
    """Sends an order; the id of its conversation, which the certificate is to name, or why it was not sent."""
    patient = gateway.sealer.digest(wanted.patient.number or "", "patient")
    with gateway.store.transaction() as unit:
        unit.lock(f"ordering {patient}")
        states = (find_state(each.events) for each in unit.orders_of_patient(patient))
        known = [state for state in states if state is not None]
        found = order_refusals(wanted, gateway.house.persons, known)
        if found:
            return tuple(found)
        uuid, ordered = gateway.new_id(), _ordered(wanted, gateway)
        state = find_state([ordered])
        if state is None:
            raise AssertionError("an order is its own first event")
        outgoing = outgoing_message("question", uuid, state, None, gateway)
        unit.record_order(uuid, ordered, patient, outgoing)
    return uuid


def _ordered(wanted: Order, gateway: Gateway) -> Ordered:
    return Ordered(
        id=gateway.new_id(),
        at=gateway.clock(),
        receiver=wanted.receiver,
        patient=wanted.patient,
        clinician=wanted.clinician,
        targets=ordered_targets(wanted.questions),
        measure=wanted.measure,
        due=wanted.due,
        language=wanted.language,
    )


def orders_about(patient: str, gateway: Gateway, language: Language = "nb") -> list[Json]:
    """Every order about the patient with this personal number, the oldest first."""
    today = norwegian_date(gateway.clock())
    with gateway.store.reading() as reading:
        found = reading.orders_of_patient(gateway.sealer.digest(patient, "patient"))
    return [told(each.uuid, each.events, today, language) for each in found]
