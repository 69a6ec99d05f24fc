"""What makes two messages the same, whatever they are called: `receive` tells resends and conflicts by it.

Nothing here may look into the store.
"""

from typing import Final

from certgateway.domain.certificate import Certificate, Coding
from certgateway.domain.message import Envelope
from certgateway.domain.reply import Reply
from certgateway.domain.vocabulary.systems import KITH_CONVERSATION

NO_NAME: Final = Coding(KITH_CONVERSATION, "")
"""In the place of a name that is the message's own."""


def said_in(content: Certificate, reply: Reply | None) -> object:
    """What makes two messages the same: the certificate and, in an answer, the question and what is declined."""
    return content if reply is None else (content, reply.clarification, reply.declined, sorted(reply.declined_items))


def is_named_by_message(name: Coding, envelope: Envelope) -> bool:
    """KITH: the first message of a conversation that has no name yet."""
    return name.system == KITH_CONVERSATION and name.code == envelope.message_id
