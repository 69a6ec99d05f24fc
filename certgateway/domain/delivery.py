"""How far a question has come on its way to the doctor, told by what the systems on the way say.

Delivery only goes forward, whatever the order in which it is told. Nothing here knows what is asked.
"""

from collections.abc import Mapping
from typing import Final, Literal

from certgateway.domain.dialogue_events import Delivered, Event, Read, Refused, Replied, Sent

Delivery = Literal["ordered", "sent", "delivered", "refused", "read"]
"""Codes of `vocabulary.clarification.CLARIFICATION_STATUS`."""

AFTER_SENDING: Final = (Delivered, Refused)
"""What a system says of what it was sent, and thus after the sending."""

_TOLD: Final[Mapping[type[Event], Delivery]] = {
    Sent: "sent",
    Delivered: "delivered",
    Refused: "refused",
    Read: "read",
    # Whoever answers has read.
    Replied: "read",
}
_PROGRESS: Final[tuple[Delivery, ...]] = ("ordered", "refused", "sent", "delivered", "read")


def delivered(delivery: Delivery, refusal: str | None, event: Event, receiver: str) -> tuple[Delivery, str | None]:
    """How far it has come after an event, and why it was refused, where it stands so.

    Of what is told twice or late the furthest counts; sent anew undoes a refusal. What became of it at a system that no
    longer has it, since `receiver` has it now, counts for nothing.
    """
    told = _TOLD.get(type(event))
    if isinstance(event, Sent | Delivered | Refused | Read | Replied) and event.receiver not in {None, receiver}:
        return delivery, refusal
    if told is None or (told != "refused" and _PROGRESS.index(told) < _PROGRESS.index(delivery)):
        return delivery, refusal
    if isinstance(event, Refused):
        return (delivery, refusal) if delivery == "read" else ("refused", event.reason)
    return told, None
