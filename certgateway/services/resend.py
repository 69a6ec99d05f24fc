"""Messages that did not reach their receiver, for whoever looks after them: which they are, and once more.

Nothing here may send what is no longer meant: a question that was withdrawn or handed over stays where it is.
"""

from typing import Any, Final

from certgateway.domain.assessment_titles import instant_text
from certgateway.domain.dialogue import find_state
from certgateway.domain.dialogue_events import Resent
from certgateway.domain.errors import NotFoundError, NotNowError
from certgateway.services.gateway import Gateway
from certgateway.store.outbox import Waiting
from certgateway.store.transactions import Reading

Json = dict[str, Any]
_MOST: Final = 1000


def dead_letters(gateway: Gateway) -> list[Json]:
    """Messages that are posted no more and that nobody has, the oldest first; nothing of what they say."""
    with gateway.store.reading() as reading:
        return [
            {
                "id": each.message,
                "receiver": each.receiver,
                "kind": each.kind,
                "clarification": each.clarification,
                "at": instant_text(each.written),
                "attempts": each.attempts,
                "fault": each.fault,
                "given_up": instant_text(each.ended),
            }
            for each in reading.dead_letters(_MOST)
        ]


def resend(message_id: str, gateway: Gateway) -> None:
    """Lets a message wait again as if it had never been given out, and begins posting it anew.

    For one that was given up, one that its receiver refused, and one whose next attempt is far off. Raises
    NotFoundError, and NotNowError for what its receiver has, what is no longer meant, and what a system that polls
    is given at every poll anyway.
    """
    with gateway.store.transaction() as unit:
        # Every verb that this could cross holds one of these two.
        receiver, clarification = _addressed(message_id, unit)
        unit.lock(f"outbox {receiver}", f"clarification {clarification}")
        found = _found(message_id, unit)
        is_posted = receiver in gateway.webhooks or unit.is_dead(message_id)
        if not (found.refused or (found.settled is None and is_posted)):
            raise NotNowError("its receiver has it, or is given it at every poll")
        if not _is_meant(found, unit):
            raise NotNowError("the question was withdrawn, or somebody else has it")
        now = gateway.clock()
        unit.reopen(message_id, now)
        unit.append_event(clarification, Resent(gateway.new_id(), now, receiver, found.outgoing.at))


def _addressed(message_id: str, reading: Reading) -> tuple[str, str]:
    outgoing = _found(message_id, reading).outgoing
    return outgoing.receiver, outgoing.clarification


def _found(message_id: str, reading: Reading) -> Waiting:
    found = reading.find_outgoing(message_id)
    if found is None:
        raise NotFoundError("there is no such message")
    return found


def _is_meant(found: Waiting, reading: Reading) -> bool:
    """A withdrawal is, unless its receiver has the question again: till then an answer is believed to be waited for."""
    kind, receiver = found.outgoing.kind, found.outgoing.receiver
    clarification = reading.find_clarification(found.outgoing.clarification)
    state = find_state(clarification.events) if clarification else None
    if state is None:
        return False
    if kind == "withdrawal":
        return state.withdrawn is not None or state.receiver != receiver
    if state.revoked or (kind == "reminder" and state.is_unread):
        return False
    return bool(state.open_items) and state.receiver == receiver
