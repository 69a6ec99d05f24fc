"""Messages on their way to the systems of senders: fetched, then acknowledged.

A receiver polls, keeps what it gets and acknowledges it; until then the message waits and is given out again. What it
says becomes an event of the clarification. Nothing here may wait for a receiver.
"""

from datetime import datetime

from certgateway.domain.dialogue_events import Delivered, Rated, Read, Refused, Sent
from certgateway.domain.errors import NotFoundError, NotNowError
from certgateway.domain.outgoing import Outgoing
from certgateway.services.gateway import Gateway
from certgateway.store.outbox import Waiting
from certgateway.store.transactions import Unit


def fetch(receiver: str, after: int, limit: int, gateway: Gateway) -> list[Waiting]:
    """Up to `limit` messages after number `after` that wait for a receiver. By being given out they are sent."""
    with gateway.store.transaction() as unit:
        unit.lock(f"outbox {receiver}")
        waiting = unit.waiting_for(receiver, after, limit)
        now = gateway.clock()
        for each in waiting:
            note_sent(each, now, unit, gateway)
    return waiting


def fetch_one(message_id: str, receiver: str, gateway: Gateway) -> Outgoing:
    """A message of a receiver, settled or not. Raises NotFoundError for one that is not the receiver's."""
    with gateway.store.transaction() as unit:
        unit.lock(f"outbox {receiver}")
        found = _found(message_id, receiver, unit)
        note_sent(found, gateway.clock(), unit, gateway)
    return found.outgoing


def note_sent(waiting: Waiting, now: datetime, unit: Unit, gateway: Gateway) -> None:
    """A message has gone out to its receiver, in the first place or again."""
    if waiting.fetched is None:
        unit.mark_fetched(waiting.outgoing.id, now)
        outgoing = waiting.outgoing
        unit.append_event(outgoing.clarification, Sent(gateway.new_id(), now, outgoing.receiver, outgoing.at))


def _found(message_id: str, receiver: str, unit: Unit) -> Waiting:
    found = unit.find_outgoing(message_id)
    if found is None or found.outgoing.receiver != receiver:
        raise NotFoundError("there is no such message")
    return found


def acknowledge(message_id: str, receiver: str, gateway: Gateway, refused: str | None = None) -> None:
    """A receiver has a message for good or, with a reason, will not take it. Said again, it changes nothing.

    Raises NotFoundError for a message that is not the receiver's.
    """
    with gateway.store.transaction() as unit:
        unit.lock(f"outbox {receiver}")
        found = _found(message_id, receiver, unit)
        settle(found, refused, unit, gateway)


def settle(found: Waiting, refused: str | None, unit: Unit, gateway: Gateway) -> None:
    """A receiver has a message for good or, with a reason, will not take it; what is settled stays as it is."""
    if found.settled is not None:
        return
    now, outgoing = gateway.clock(), found.outgoing
    unit.settle(outgoing.id, now, refused=refused is not None)
    event = (
        Delivered(gateway.new_id(), now, outgoing.receiver, outgoing.at)
        if refused is None
        else Refused(gateway.new_id(), now, refused, outgoing.receiver, outgoing.at)
    )
    unit.append_event(outgoing.clarification, event)


def note_read(message_id: str, receiver: str, gateway: Gateway) -> None:
    """The doctor has opened a message that a receiver has. Said again, it changes nothing.

    Raises NotFoundError for a message that is not the receiver's, and NotNowError before it has said that it has it.
    """
    with gateway.store.transaction() as unit:
        unit.lock(f"outbox {receiver}")
        found = _found(message_id, receiver, unit)
        if found.settled is None or found.refused:
            raise NotNowError("nobody can have opened what has not arrived")
        clarification = unit.find_clarification(found.outgoing.clarification)
        events = clarification.events if clarification is not None else ()
        if not any(isinstance(event, Read) and event.message == message_id for event in events):
            read = Read(gateway.new_id(), gateway.clock(), receiver, message_id, found.outgoing.at)
            unit.append_event(found.outgoing.clarification, read)


def rate(message_id: str, receiver: str, score: int, gateway: Gateway) -> None:
    """How relevant the doctor finds the question that a message of a receiver is about, from 1 to 5.

    Raises NotFoundError for a message that is not the receiver's.
    """
    with gateway.store.transaction() as unit:
        found = _found(message_id, receiver, unit)
        unit.append_event(found.outgoing.clarification, Rated(gateway.new_id(), gateway.clock(), "doctor", score))
