"""A receipt in KITH's form for a message of ours: the same as an acknowledgement, said by AppRec.

A receipt is never answered by a receipt. Only whose message it is may say what became of it; any other is told that
there is no such message. Nothing here keeps a word of the receipt.
"""

from typing import Any, Final

from certgateway.domain.errors import NotFoundError
from certgateway.kith.nodes import Node
from certgateway.kith.receipt_reading import ReadReceipt, find_receipt, read_receipt
from certgateway.safejson import Unreadable
from certgateway.services.admit import Calling
from certgateway.services.bounds import MEASURED, Bounds
from certgateway.services.deliver import acknowledge
from certgateway.services.gateway import Gateway

Json = dict[str, Any]
_OF_HER: Final = "her:"


def receipt_in(raw: bytes, bounds: Bounds = MEASURED) -> Node | None:
    """The AppRec that a body is; None for anything else, and for what cannot be read, which is judged as a message."""
    try:
        return find_receipt(raw, bounds.xml)
    except Unreadable:
        return None


def confirm(receipt: Node, gateway: Gateway, caller: Calling | None = None) -> Json | None:
    """What stands of the message now: delivered or refused. None when the receipt names no message or no status.

    What was said first stands. Raises NotFoundError for a message that is not the receiver's, or not the caller's.
    """
    read = read_receipt(receipt)
    if read is None:
        return None
    message, receiver = _addressed(read, gateway, caller)
    acknowledge(message, receiver, gateway, read.refused)
    with gateway.store.reading() as reading:
        waiting = reading.find_outgoing(message)
    return {"message": message, "delivery": "refused" if waiting is not None and waiting.refused else "delivered"}


def _addressed(read: ReadReceipt, gateway: Gateway, caller: Calling | None) -> tuple[str, str]:
    """Our id of the message, and its receiver, which must be who answers."""
    name = read.message.lower()
    with gateway.store.reading() as reading:
        waiting = reading.find_outgoing(name)
    if waiting is None or waiting.outgoing.receiver.removeprefix(_OF_HER) not in read.senders:
        raise NotFoundError("there is no such message of this receiver's")
    receiver = waiting.outgoing.receiver
    if caller is not None and not caller.speaks_for(receiver):
        raise NotFoundError("there is no such message of this caller's")
    return name, receiver
