"""A certificate and the orders that it answers: the one that it names, and those that it has come to before.

It counts for an order from the system that has it, about the patient it is about; whatever fails one of these is taken
in like any other certificate, and nothing is told of anybody else's order. Nothing here may judge a certificate.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from certgateway.domain.amendment import stated_items, value_of
from certgateway.domain.certificate import WITHDRAWN, Certificate
from certgateway.domain.dialogue import State, TargetState, find_state
from certgateway.domain.dialogue_events import Fulfilled, Ordered, Revoked
from certgateway.domain.ordering import is_settled
from certgateway.domain.record import Case, Version
from certgateway.domain.reply import Reply
from certgateway.domain.vocabulary.systems import KITH_CONVERSATION
from certgateway.services.gateway import Gateway
from certgateway.services.join import Joined, put_aside
from certgateway.store.dialogues import Clarification
from certgateway.store.transactions import Reading, Unit
from certgateway.store.tray import Why


@dataclass(frozen=True, slots=True)
class OrderNamed:
    """The order that a certificate is written for, where its sender has one about its patient; else `is_unknown`.

    `patient` is the keyed digest of the patient's number.
    """

    uuid: str | None = None
    patient: str | None = None
    is_unknown: bool = False


NO_ORDER: Final = OrderNamed()


def possible_order(certificate: Certificate | None) -> str | None:
    """The order that a certificate names or, where it is sent in a conversation of KITH, may be sent in."""
    if certificate is None:
        return None
    name = certificate.identifier
    return _named(certificate) or (name.code.lower() if name.system == KITH_CONVERSATION else None)


def _named(certificate: Certificate | None) -> str | None:
    order = certificate.purpose.order if certificate and certificate.purpose else None
    return order.lower() if order else None


def find_order(certificate: Certificate | None, sender: str, patient: str | None, reading: Reading) -> OrderNamed:
    """Looks up the order that a certificate says it is written for; `patient` is a keyed digest."""
    uuid = possible_order(certificate)
    found = reading.find_clarification(uuid) if uuid else None
    if found is not None and _state_for(found, sender, patient) is not None:
        return OrderNamed(found.uuid, patient)
    # A conversation of KITH that is no order is what it always is.
    return OrderNamed(None, patient, is_unknown=_named(certificate) is not None)


def is_order(found: Clarification) -> bool:
    """Whether a clarification is an order for a certificate."""
    return found.patient is not None


def _state_for(found: Clarification, sender: str, patient: str | None) -> State | None:
    """The state of an order that a system has, or had first, about a patient; else None."""
    state = find_state(found.events)
    if state is None or not isinstance(state.asked, Ordered) or patient is None or found.patient != patient:
        return None
    return state if sender in {state.receiver, state.asked.receiver} else None


def declined_order(
    answer: Certificate, reply: Reply, sender: str, patient: str | None, reading: Reading
) -> Joined | None:
    """A decline of an order, with nothing else in it: no certificate need exist for that. None for any other answer."""
    found = reading.find_clarification(reply.clarification.lower())
    state = _state_for(found, sender, patient) if found else None
    if reply.declined is None or state is None or stated_items(answer):
        return None
    declined = Joined(answer, reply, answer, sender, found)
    why: Why | None = None
    if answer.status == WITHDRAWN:
        why = "answer-withdrawn"
    elif reply.declined_items and not any(each.target.is_named(reply.declined_items) for each in state.targets):
        why = "not-asked"
    return put_aside(declined, why) if why else declined


def follow_orders(
    version: Version | None,
    case: Case,
    named: OrderNamed,
    unit: Unit,
    gateway: Gateway,
    *,
    at: datetime,
    joined: Joined | None = None,
) -> None:
    """What a version that was recorded means for the orders that it answers: settled one by one, or open again.

    `version` is None where none came of the message; `joined` is set where that is an answer: what it says again counts
    as answered though nothing has changed.
    """
    insisted = frozenset(joined.items if joined else ())
    is_first = version is not None and version.number == 1
    if (version is None and not insisted) or (is_first and named.uuid is None):
        return
    current = unit.current_version(case.uuid)
    for order, state in _orders(case, named, unit):
        if case.withdrawn:
            if any(each.certificate == case.uuid for each in state.fulfilled):
                unit.append_event(order.uuid, Revoked(gateway.new_id(), at, case.uuid))
        elif current is not None:
            returned = _returned(state, current, case, unit) - insisted
            answers = frozenset(
                each.target.key
                for each in state.targets
                if each.target.item not in returned and is_settled(each.target, current)
            )
            fulfilled = Fulfilled(gateway.new_id(), at, case.uuid, current.number, answers)
            unit.append_event(order.uuid, _by_answer(fulfilled, order, joined))
            if case.uuid not in order.cases:
                unit.join_case(order.uuid, case.uuid)


def _by_answer(fulfilled: Fulfilled, order: Clarification, joined: Joined | None) -> Fulfilled:
    """What an answer to the order itself changed in the certificate, or what one was taken back about."""
    if joined is None or joined.asked is None or joined.asked.uuid != order.uuid:
        return fulfilled
    if joined.takes_back or joined.supersedes is None or not joined.items:
        return replace(fulfilled, taken_back=joined.takes_back)
    return replace(
        fulfilled,
        joined_to=joined.supersedes.number,
        items=frozenset(joined.items),
        system=joined.sender,
        authored=joined.answer.authored,
    )


def _orders(case: Case, named: OrderNamed, unit: Unit) -> Iterator[tuple[Clarification, State]]:
    """Orders that the certificate has come to, and the one it is written for unless it is withdrawn."""
    orders = unit.orders_of_case(case.uuid)
    if named.uuid is not None and not case.withdrawn and all(each.uuid != named.uuid for each in orders):
        found = unit.find_clarification(named.uuid)
        orders = [*orders, found] if found is not None else orders
    for order in orders:
        state = find_state(order.events)
        if state is not None:
            yield order, state


def _returned(state: State, current: Version, case: Case, unit: Unit) -> frozenset[str]:
    """Items that NAV has sent back and of which the certificate still says the same."""
    sent_back = [each for each in state.targets if _is_sent_back(each, case)]
    if not sent_back:
        return frozenset()
    before = {version.number: version.certificate for version in unit.versions(case.uuid)}
    return frozenset(
        each.target.item
        for each in sent_back
        if (version := before.get(each.version or 0)) is not None
        and value_of(version, each.target.item) == value_of(current.certificate, each.target.item)
    )


def _is_sent_back(each: TargetState, case: Case) -> bool:
    return each.standing != "answered" and each.version is not None and each.certificate == case.uuid
