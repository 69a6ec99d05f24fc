"""What a recorded message means for the questions about its certificate: answered, declined, settled, open again.

Called inside the transaction that records the message, after it. Nothing here may judge an answer; that it came, and to
which items, is all that is written.
"""

from collections.abc import Iterator

from certgateway.domain.amendment import ANSWERABLE
from certgateway.domain.asking import is_answered
from certgateway.domain.dialogue_events import Answered, Declined, Event, Rated, Revoked, Superseded
from certgateway.domain.record import Case, Kept, Version
from certgateway.services.gateway import Gateway
from certgateway.services.join import Joined
from certgateway.services.pose import Question, missing_targets, pose, waiting_targets
from certgateway.store.dialogues import Unsorted
from certgateway.store.transactions import Unit


def follow_version(kept: Kept, case: Case, unit: Unit, gateway: Gateway) -> None:
    """A version that came by itself: it settles what was missing, or withdraws what was answered."""
    version = kept.version
    if version is None or not version.current:
        return
    # Nobody can have asked about a certificate before it came.
    for clarification in unit.clarifications(case.uuid) if version.number > 1 else ():
        event: Event = (
            Revoked(gateway.new_id(), kept.arrival)
            if case.withdrawn
            else Superseded(gateway.new_id(), kept.arrival, version.number, _answered(version))
        )
        unit.append_event(clarification.uuid, event)
    if gateway.asks_missing and version.verdict == "incomplete":
        _ask_for_missing(version, case, unit, gateway)


def _answered(version: Version) -> frozenset[str]:
    return frozenset(item for item in ANSWERABLE if is_answered(item, version))


def _ask_for_missing(version: Version, case: Case, unit: Unit, gateway: Gateway) -> None:
    """What a counsellor would do with one press of a button, where the settings say that nobody need press it."""
    targets = missing_targets(version, waiting_targets(case, unit))
    if targets:
        pose(Question(case.uuid, targets), case, version, unit, gateway)


def follow_answer(kept: Kept, joined: Joined, unit: Unit, gateway: Gateway) -> None:
    """An answer: what it answers and declines, or that somebody has to sort it."""
    asked = joined.asked
    if joined.put_aside is not None or asked is None:
        why = joined.put_aside or "clarification-unknown"
        named, case = (asked.uuid, asked.case) if asked else (None, None)
        unit.put_aside(Unsorted(kept.uuid, case, named, why, kept.arrival))
        return
    for event in _events(kept, joined, gateway):
        unit.append_event(asked.uuid, event)


def _events(kept: Kept, joined: Joined, gateway: Gateway) -> Iterator[Event]:
    """What says that an item was not assessed, or says nothing, makes a version and answers nothing."""
    before, reply = joined.supersedes, joined.reply
    version = kept.version or before
    if before is not None and version is not None and joined.items:
        answered = _answered(version).intersection(joined.items)
        if answered:
            yield Answered(gateway.new_id(), kept.arrival, answered, version.number, before.number)
        if answered != frozenset(joined.items):
            yield Superseded(gateway.new_id(), kept.arrival, version.number, _answered(version))
    if reply.declined is not None:
        yield Declined(gateway.new_id(), kept.arrival, reply.declined, reply.declined_items)
    if reply.relevance is not None:
        yield Rated(gateway.new_id(), kept.arrival, "doctor", reply.relevance)
