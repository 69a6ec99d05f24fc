"""What a recorded message means for the questions about its certificate: answered, declined, settled, open again.

Called inside the transaction that records the message, after it. Nothing here may judge an answer; that it came, and to
which items, is all that is written.
"""

from collections.abc import Callable, Iterator

from certgateway.domain.amendment import ANSWERABLE
from certgateway.domain.asking import is_answered
from certgateway.domain.dialogue_events import Answered, Declined, Event, Revoked, Superseded
from certgateway.domain.record import Case, Kept
from certgateway.services.join import Joined
from certgateway.store.dialogues import Unsorted
from certgateway.store.transactions import Unit


def follow_version(kept: Kept, case: Case, unit: Unit, new_id: Callable[[], str]) -> None:
    """A version that came by itself: it settles what was missing, or withdraws what was answered."""
    version = kept.version
    if version is None or not version.current:
        return
    settled = frozenset(item for item in ANSWERABLE if is_answered(item, version))
    for clarification in unit.clarifications(case.uuid):
        event: Event = (
            Revoked(new_id(), kept.arrival)
            if case.withdrawn
            else Superseded(new_id(), kept.arrival, version.number, settled)
        )
        unit.append_event(clarification.uuid, event)


def follow_answer(kept: Kept, joined: Joined, unit: Unit, new_id: Callable[[], str]) -> None:
    """An answer: what it answers and declines, or that somebody has to sort it."""
    reply = joined.reply
    if joined.put_aside is not None:
        known = unit.find_clarification(reply.clarification)
        named = known.uuid if known else None
        unit.put_aside(Unsorted(kept.uuid, known.case if known else None, named, joined.put_aside, kept.arrival))
        return
    for event in _events(kept, joined, new_id):
        unit.append_event(reply.clarification, event)


def _events(kept: Kept, joined: Joined, new_id: Callable[[], str]) -> Iterator[Event]:
    before = joined.supersedes.number if joined.supersedes else 0
    if joined.items:
        yield Answered(new_id(), kept.arrival, joined.items, kept.version.number if kept.version else before, before)
    if joined.reply.declined is not None:
        yield Declined(new_id(), kept.arrival, joined.reply.declined, joined.reply.declined_items)
