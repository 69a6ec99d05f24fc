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
from certgateway.services.join import Joined, named_case, put_aside
from certgateway.store.dialogues import Clarification
from certgateway.store.transactions import Reading, Unit


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


def declined(
    answer: Certificate, reply: Reply, sender: str, patient: str | None, certificate_id: str | None, *, reading: Reading
) -> Joined | None:
    """A decline of an order, with nothing else in it, or the taking back of one: no certificate need exist for that.

    None for any other answer, and where what is taken back is about a certificate that has come to the order.
    `certificate_id` is the keyed identity that the answer states.
    """
    found = reading.find_clarification(reply.clarification.lower())
    state = _state_for(found, sender, patient) if found else None
    if found is None or state is None:
        return None
    if answer.status == WITHDRAWN and named_case(found, certificate_id, reading) is not None:
        return None
    return declining(Joined(answer, reply, answer, sender, found), state)


def declining(alone: Joined, state: State) -> Joined | None:
    """What a decline of an order amounts to, or the taking back of one; None for an answer that says more than that."""
    answer, reply = alone.answer, alone.reply
    is_withdrawal = answer.status == WITHDRAWN
    if stated_items(answer) or (reply.declined is None and not is_withdrawal):
        return None
    meant = frozenset(
        each.target.item
        for each in state.targets
        if not reply.declined_items or each.target.is_named(reply.declined_items)
    )
    if not meant:
        return put_aside(alone, "not-asked")
    return replace(alone, takes_back=meant) if is_withdrawal else alone


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
    said = _said(joined)
    is_first = version is not None and version.number == 1
    if (version is None and not said) or (is_first and named.uuid is None):
        return
    current = unit.current_version(case.uuid)
    for order, state in _orders(case, named, unit):
        if case.withdrawn:
            if any(each.certificate == case.uuid for each in state.fulfilled):
                unit.append_event(order.uuid, Revoked(gateway.new_id(), at, case.uuid))
        elif current is not None:
            back = joined.takes_back if joined else frozenset()
            returned = returned_before(state, current, case, unit, back=back)
            answers = frozenset(
                each.target.key
                for each in state.targets
                if is_settled(each.target, current) and (each.target.key not in returned or each.target.item in said)
            )
            fulfilled = Fulfilled(gateway.new_id(), at, case.uuid, current.number, answers)
            unit.append_event(order.uuid, _by_answer(fulfilled, order, joined))
            if case.uuid not in order.cases:
                unit.join_case(order.uuid, case.uuid)


def _said(joined: Joined | None) -> frozenset[str]:
    """What an answer says, be it again; who tells of a treatment unasked may not know what NAV has sent back."""
    return frozenset() if joined is None or joined.reply.tells else frozenset(joined.items)


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


def returned_before(
    state: State, current: Version, case: Case, unit: Unit, *, back: frozenset[str] = frozenset()
) -> frozenset[str]:
    """The keys of what NAV has sent back and of which the certificate says the same as then.

    Not of what answers since, though it says the same, unless that is among the items that are taken `back`.
    """
    if not any(each.returned for each in state.targets):
        return frozenset()
    before = {version.number: version.certificate for version in unit.versions(case.uuid)}

    def says_again(certificate: str | None, number: int, item: str) -> bool:
        # In a question no certificate is told: there is only one.
        then = before.get(number) if certificate in {None, case.uuid} else None
        return then is not None and value_of(then, item) == value_of(current.certificate, item)

    def answers(each: TargetState) -> bool:
        number = each.version if each.standing == "answered" else None
        item = each.target.item
        return number is not None and item not in back and says_again(each.certificate, number, item)

    return frozenset(
        each.target.key
        for each in state.targets
        if not answers(each) and any(says_again(*sent, each.target.item) for sent in each.returned)
    )
