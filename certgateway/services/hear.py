"""An answer in words at the door: which question it is about, and whether it may be laid beside it.

It counts for the question that it names, from the system that was asked, about the same patient. Whatever fails one of
these is kept and told of. Nothing here reads what is written, but for whether it says anything; nothing here writes.
"""

from dataclasses import replace

from certgateway.domain.certificate import Certificate
from certgateway.domain.dialogue import find_state
from certgateway.domain.replies import Words
from certgateway.domain.reply import Reply
from certgateway.rules.placeholders import placeholder_reason
from certgateway.services.examine import Examined
from certgateway.services.fulfil import is_order
from certgateway.services.gateway import Gateway
from certgateway.services.join import Joined, last_case, put_aside
from certgateway.store.dialogues import Clarification
from certgateway.store.transactions import Reading


def addressed(examined: Examined, gateway: Gateway) -> Examined:
    """Words name their question by any of our ids; which one it is must be known before it can be locked."""
    words, reply = words_of(examined), examined.reply
    if words is None or reply is None:
        return examined
    with gateway.store.reading() as reading:
        found = (_find(name.lower(), reading) for name in words.named)
        question = next((each.uuid for each in found if each is not None), reply.clarification)
    return replace(examined, reply=replace(reply, clarification=question))


def words_of(examined: Examined) -> Words | None:
    """What a message says in words alone; None for any other."""
    return None if examined.reply is None else examined.reply.words


def _find(name: str, reading: Reading) -> Clarification | None:
    found = reading.find_clarification(name)
    if found is not None:
        return found
    waiting = reading.find_outgoing(name)
    return reading.find_clarification(waiting.outgoing.clarification) if waiting is not None else None


def hear(told: Certificate, reply: Reply, sender: str, patient: str | None, *, reading: Reading) -> Joined:
    """Holds words against the question they name. `patient` is the keyed digest of whose they are, None if not told."""
    asked = reading.find_clarification(reply.clarification)
    state = find_state(asked.events) if asked else None
    case = last_case(asked, reading) if asked else None
    alone = Joined(told, reply, told, sender, asked)
    if asked is None or state is None or sender not in {state.receiver, state.asked.receiver}:
        return put_aside(alone, "clarification-unknown")
    # An order has its patient from the beginning, and a certificate only once one has come.
    whose = asked.patient or (case.patient if case else None)
    if None not in {patient, whose} and patient != whose:
        return put_aside(alone, "other-patient")
    if case is not None and case.withdrawn and not is_order(asked):
        return put_aside(alone, "certificate-withdrawn")
    return replace(alone, case=case)


def says_something(joined: Joined) -> bool:
    """Whether the words are more than filler, or a document goes with them, so that somebody has to read them.

    A subject line alone is none.
    """
    words = joined.reply.words
    if words is None:
        return False
    told = (each.text for each in words.texts if each.place != "subject")
    return joined.answer.attachment.state == "stated" or any(placeholder_reason(text) is None for text in told)
