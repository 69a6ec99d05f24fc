"""How far a question has come on its way to the doctor, told by what the systems on the way say.

Delivery only goes forward, whatever the order in which it is told. Nothing here knows what is asked.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

from certgateway.domain.dialogue_events import Delivered, Event, Read, Refused, Replied, Resent, Sent

Delivery = Literal["ordered", "sent", "delivered", "refused", "read"]
"""Codes of `vocabulary.clarification.CLARIFICATION_STATUS`."""

AFTER_SENDING: Final = (Delivered, Refused)
"""What a system says of what it was sent, and thus after the sending."""

_Word = Sent | Delivered | Refused | Resent | Read | Replied
# Whoever answers has read.
_TOLD: Final[Mapping[type[Event], Delivery]] = {Sent: "sent", Delivered: "delivered", Read: "read", Replied: "read"}
_PROGRESS: Final[tuple[Delivery, ...]] = ("ordered", "refused", "sent", "delivered", "read")


def delivered(
    delivery: Delivery, refusal: str | None, event: Event, receiver: str, sent_anew: datetime | None
) -> tuple[Delivery, str | None]:
    """How far it has come after an event, and why it was refused, where it stands so.

    Of what is told twice or late the furthest counts; sent anew undoes a refusal. `receiver` has it now; `sent_anew` is
    when it was last returned or handed over, if it was.
    """
    if not isinstance(event, _Word) or _is_about_another(event, receiver, sent_anew):
        return delivery, refusal
    if isinstance(event, Refused):
        return (delivery, refusal) if delivery == "read" else ("refused", event.reason)
    if isinstance(event, Resent):
        return ("ordered", None) if delivery == "refused" else (delivery, refusal)
    told = _TOLD[type(event)]
    return (delivery, refusal) if _PROGRESS.index(told) < _PROGRESS.index(delivery) else (told, None)


def _is_about_another(event: _Word, receiver: str, sent_anew: datetime | None) -> bool:
    """What became of it at a system that no longer has it, or of a message from before it was sent anew."""
    if event.receiver not in {None, receiver}:
        return True
    written = None if isinstance(event, Replied) else event.written
    return written is not None and sent_anew is not None and written < sent_anew
