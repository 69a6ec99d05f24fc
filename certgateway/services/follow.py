"""What a recorded message means for the questions about its certificate: answered, declined, settled, open again.

Called inside the transaction that records the message, after it. Nothing here may judge an answer; that it came, and to
which items, is all that is written.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from certgateway.domain.amendment import ANSWERABLE
from certgateway.domain.asking import is_answered
from certgateway.domain.dialogue import find_state
from certgateway.domain.dialogue_events import (
    Answered,
    AnswerRefused,
    Declined,
    Event,
    Rated,
    Replied,
    Revoked,
    Superseded,
    TakenBack,
)
from certgateway.domain.findings import Effect, Finding
from certgateway.domain.record import Case, Kept, Version
from certgateway.domain.replies import ProseReply
from certgateway.domain.reply import Reply
from certgateway.domain.tray import PutAside
from certgateway.services.fulfil import is_order, returned_before
from certgateway.services.gateway import Gateway
from certgateway.services.hear import says_something
from certgateway.services.join import Joined, last_case
from certgateway.services.pose import Question, missing_targets, pose, waiting_targets, worded_targets
from certgateway.store.dialogues import Clarification
from certgateway.store.transactions import Unit
from certgateway.store.tray import Unsorted


def follow_version(kept: Kept, case: Case, unit: Unit, gateway: Gateway) -> None:
    """A version that came by itself: it settles what was missing, or withdraws what was answered."""
    version = kept.version
    if version is None or not version.current:
        return
    # Nobody can have asked about a certificate before it came.
    for clarification in unit.clarifications(case.uuid) if version.number > 1 else ():
        if is_order(clarification):
            continue
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
    targets = missing_targets(version, (*waiting_targets(case, unit), *worded_targets(case, unit)))
    if targets:
        pose(Question(case.uuid, targets), case, version, unit, gateway)


def follow_answer(kept: Kept, joined: Joined, unit: Unit, gateway: Gateway, *, read: Sequence[Finding] = ()) -> None:
    """An answer: what it answers and declines, or that somebody has to sort it.

    `read` is what was found in it before any rule was asked: it belongs to the version that it may yet make.
    """
    asked = joined.asked
    if joined.reply.tells and joined.put_aside is None:
        _follow_told(kept, joined, unit, gateway)
        return
    if joined.put_aside is not None or asked is None:
        why = joined.put_aside or "clarification-unknown"
        case = last_case(asked, unit) if asked else None
        content = PutAside(joined.answer, joined.reply, tuple(read))
        unit.put_aside(
            Unsorted(kept.uuid, case.uuid if case else None, asked.uuid if asked else None, why, kept.arrival, content)
        )
        return
    record_words(joined, unit, gateway, message=kept.uuid, sender=kept.sender, at=kept.arrival)
    for uuid, event in answer_events(joined, asked, kept.version, kept.arrival, gateway=gateway, unit=unit):
        unit.append_event(uuid, event)


def _follow_told(kept: Kept, joined: Joined, unit: Unit, gateway: Gateway) -> None:
    """What came without a question settles what was missing, as a whole version does, save what was sent back."""
    version, case = kept.version, joined.case
    if version is None or case is None:
        return
    for each in unit.clarifications(case.uuid):
        if not is_order(each):
            answered = _answered_anew(each, version, case, unit)
            unit.append_event(each.uuid, Superseded(gateway.new_id(), kept.arrival, version.number, answered))


def _answered_anew(
    asked: Clarification, version: Version, case: Case, unit: Unit, back: frozenset[str] = frozenset()
) -> frozenset[str]:
    """What a version answers of a question, without what NAV has sent back and of which it says the same."""
    state = find_state(asked.events)
    return _answered(version) - (returned_before(state, version, case, unit, back=back) if state else frozenset())


def record_words(
    joined: Joined,
    unit: Unit,
    gateway: Gateway,
    *,
    message: str,
    sender: str,
    at: datetime,
    arrived: datetime | None = None,
) -> None:
    """An answer in words, where it is one and says something: kept sealed, for somebody to read.

    `at` is when it is laid beside its question, `arrived` when its message came, if that was before.
    """
    words, asked, answer = joined.reply.words, joined.asked, joined.answer
    if words is None or asked is None or not says_something(joined):
        return
    came = arrived or at
    unit.record_reply(
        ProseReply(
            message=message,
            clarification=asked.uuid,
            kind=words.kind,
            at=came,
            authored=min(answer.authored, came),
            # Whoever reads it needs the author's number as a professional, and no other.
            author=replace(answer.author, number=None),
            texts=words.texts,
            attachments=answer.attachment.entries,
        )
    )
    unit.append_event(asked.uuid, Replied(gateway.new_id(), at, message, sender, arrived))


def follow_refusal(kept: Kept, reply: Reply, unit: Unit, gateway: Gateway) -> None:
    """An answer that was refused: the attempt's time and reason, where the system that has the question made it."""
    asked = unit.find_clarification(reply.clarification.lower())
    state = find_state(asked.events) if asked else None
    if asked is None or state is None or kept.sender not in {state.receiver, state.asked.receiver}:
        return
    broken = {each.rule for each in kept.findings if each.effect is Effect.REFUSE or each.rule == "author-missing"}
    unit.append_event(asked.uuid, AnswerRefused(gateway.new_id(), kept.arrival, tuple(sorted(broken))))


def answer_events(
    joined: Joined,
    asked: Clarification,
    made: Version | None,
    at: datetime,
    *,
    gateway: Gateway,
    unit: Unit,
    arrived: datetime | None = None,
) -> Iterator[tuple[str, Event]]:
    """What an answer means that was joined at an instant, by clarification; `made` is the version that came of it."""
    if joined.takes_back:
        yield from _taking_back(joined, asked, made, at, gateway=gateway, unit=unit)
        return
    for event in _answering(joined, made, at, gateway, unit=unit, arrived=arrived):
        # What answers an order is read from the whole certificate (`services.fulfil`).
        if not is_order(asked) or isinstance(event, Declined | Rated):
            yield asked.uuid, event


def _taking_back(
    joined: Joined, asked: Clarification, made: Version | None, at: datetime, *, gateway: Gateway, unit: Unit
) -> Iterator[tuple[str, Event]]:
    """What was answered is open again, here and wherever else the certificate no longer answers what was missing."""
    before, case = joined.supersedes, joined.case
    version = made or before
    if version is None or before is None or case is None:
        system, authored = joined.sender, joined.answer.authored
        yield asked.uuid, TakenBack(gateway.new_id(), at, joined.takes_back, system, authored, None, certificate="")
        return
    # What answers an order is told of by its certificate.
    about = case.uuid if is_order(asked) else None
    answered = frozenset() if about or case.withdrawn else _answered_anew(asked, version, case, unit, joined.takes_back)
    joined_to = before.number if made else None
    yield (
        asked.uuid,
        TakenBack(
            gateway.new_id(),
            at,
            joined.takes_back,
            joined.sender,
            joined.answer.authored,
            version.number,
            answered,
            joined_to,
            about,
        ),
    )
    for each in unit.clarifications(case.uuid) if joined.voided else ():
        if each.uuid != asked.uuid and not is_order(each):
            still = frozenset() if case.withdrawn else _answered_anew(each, version, case, unit)
            yield each.uuid, Superseded(gateway.new_id(), at, version.number, still)


def _asked_items(joined: Joined) -> frozenset[str]:
    state = find_state(joined.asked.events) if joined.asked else None
    return frozenset(each.target.item for each in state.targets) if state else frozenset()


def _answering(
    joined: Joined, made: Version | None, at: datetime, gateway: Gateway, *, unit: Unit, arrived: datetime | None
) -> Iterator[Event]:
    """What says that an item was not assessed, or says nothing, makes a version and answers nothing."""
    before, reply, asked, case = joined.supersedes, joined.reply, joined.asked, joined.case
    version = made or before
    system, authored = joined.sender, joined.answer.authored
    if before is not None and version is not None and asked is not None and case is not None and joined.items:
        answered = _answered(version).intersection(joined.items)
        # A reservation is taken in though nobody asked, and answers nothing.
        if not answered.isdisjoint(_asked_items(joined)):
            yield Answered(gateway.new_id(), at, answered, version.number, before.number, arrived, system, authored)
        if answered != frozenset(joined.items):
            still = answered | _answered_anew(asked, version, case, unit)
            yield Superseded(gateway.new_id(), at, version.number, still)
    if reply.declined is not None:
        yield Declined(gateway.new_id(), at, reply.declined, reply.declined_items, system, authored)
    if reply.relevance is not None:
        yield Rated(gateway.new_id(), at, "doctor", reply.relevance)
