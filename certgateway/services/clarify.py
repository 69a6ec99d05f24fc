"""What a counsellor does: asks the author of a certificate, reminds, returns an answer, withdraws a question.

Each verb is one transaction: what happened, and the message that tells the doctor of it. A question that must not be
asked is refused with every reason at once. Nothing here may send a word of the certificate, or act on anybody's behalf
without being told to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from certgateway.domain.amendment import ANSWERABLE, value_of
from certgateway.domain.asking import Refusal, refusals
from certgateway.domain.assessment_titles import instant_text
from certgateway.domain.calendar import norwegian_date
from certgateway.domain.certificate import Certificate
from certgateway.domain.dialogue import State, find_state, in_order, was_taken_back
from certgateway.domain.dialogue_events import (
    Answered,
    Asked,
    Clinician,
    Event,
    Fulfilled,
    HandedOver,
    Paused,
    Rated,
    Reminded,
    Resumed,
    Returned,
    Settled,
    TakenBack,
    Withdrawn,
)
from certgateway.domain.dialogue_report import told
from certgateway.domain.errors import GoneError, NotFoundError, NotNowError
from certgateway.domain.outgoing import Outgoing, OutgoingKind
from certgateway.domain.record import Version
from certgateway.domain.reply_report import told_replies
from certgateway.domain.vocabulary import Language
from certgateway.services.gateway import Gateway
from certgateway.services.pose import Question, missing_targets, outgoing_message, pose, waiting_targets, worded_targets
from certgateway.services.withhold import withheld_in_replies
from certgateway.store.dialogues import Clarification
from certgateway.store.transactions import Reading, Unit

Json = dict[str, Any]
_Versions = Mapping[tuple[str, int], Certificate]
"""Certificates by the gateway's id and the number of the version."""

PAGE: Final = 200
"""How many clarifications are looked through at once."""

_EVER: Final = (datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Refused:
    """A question that was not sent, with every reason, and the version that it was held against."""

    question: Question
    reasons: tuple[Refusal, ...]
    version: Version


def ask(question: Question, gateway: Gateway) -> str | Refused:
    """Sends a question; its id, or why it was not sent. Raises NotFoundError and GoneError for its certificate."""
    with gateway.store.transaction() as unit:
        unit.lock(f"asking {question.certificate}")
        case = unit.find_case_by_uuid(question.certificate)
        version = unit.current_version(question.certificate)
        if case is None or version is None:
            raise NotFoundError("there is no such certificate")
        if case.withdrawn:
            raise GoneError("the certificate is withdrawn")
        waiting = waiting_targets(case, unit)
        question = (
            question
            if question.targets
            else replace(question, targets=missing_targets(version, (*waiting, *worded_targets(case, unit))))
        )
        found = refusals(question.targets, question.measure, version, waiting)
        if not case.sender.startswith("her:"):
            # Only a HER-id can fetch: what nobody can get must not look like a doctor's silence.
            found.append(Refusal("receiver-unreachable"))
        if found or not question.targets:
            return Refused(question, tuple(found), version)
        return pose(question, case, version, unit, gateway)


def clarification(uuid: str, gateway: Gateway, language: Language = "nb") -> Json:
    """Where a clarification stands today. Raises NotFoundError."""
    with gateway.store.reading() as reading:
        found = _found(uuid, reading)
        state = _state(found)
        versions = {(case, each.number): each.certificate for case in found.cases for each in reading.versions(case)}
        replies = reading.replies(uuid)
    words = told_replies(replies, withheld_in_replies(replies), state, language)
    happened = in_order(found.events)
    answers = [
        _answer(event, versions, gateway, state)
        for event in happened
        if isinstance(event, Answered) or (isinstance(event, Fulfilled) and event.answers and not event.taken_back)
    ]
    back = [
        _changed(event, versions, gateway, state)
        for event in happened
        if isinstance(event, TakenBack) and event.version
    ]
    found_now = told(uuid, found.events, norwegian_date(gateway.clock()), language)
    return found_now | {"answers": answers, "taken_back": back, "replies": words}


def _answer(event: Answered | Fulfilled, versions: _Versions, gateway: Gateway, state: State) -> Json:
    back = [item for item in ANSWERABLE if item in event.items and was_taken_back(state, item, event)]
    changed = _changed(event, versions, gateway, state)
    if isinstance(event, Fulfilled) and event.joined_to is None:
        # It came as a whole, so that there is nothing it could have changed.
        answered = [each.target for each in state.targets if each.target.key in event.answers]
        changed |= {"items": list(dict.fromkeys(target.item for target in answered)), "untouched": []}
    return changed | {"taken_back": back}


def _changed(event: Answered | Fulfilled | TakenBack, versions: _Versions, gateway: Gateway, state: State) -> Json:
    """What changed a certificate, and the proof that it left all else alone: a digest of each item before and after."""
    told = None if isinstance(event, Answered) else event.certificate
    about = state.asked.certificate if isinstance(state.asked, Asked) else told or ""
    number = event.version or 0
    before, after = versions.get((about, event.joined_to or number)), versions.get((about, number))

    def digest(certificate: Certificate, item: str) -> str:
        # Equal values have equal representations.
        return gateway.sealer.digest(repr(value_of(certificate, item)), "item")

    return {
        "at": instant_text(event.at),
        "items": [item for item in ANSWERABLE if item in event.items],
        "version": event.version,
        "joined_to": event.joined_to,
        "untouched": [
            {"item": item, "before": digest(before, item), "after": digest(after, item)}
            for item in ANSWERABLE
            if before is not None and after is not None and item not in event.items
        ],
    }


def clarifications(case_uuid: str, gateway: Gateway, language: Language = "nb") -> list[Json]:
    """Every clarification of a certificate, the oldest first."""
    today = norwegian_date(gateway.clock())
    with gateway.store.reading() as reading:
        return [told(each.uuid, each.events, today, language) for each in reading.clarifications(case_uuid)]


def waiting_clarifications(
    after: str | None, gateway: Gateway, language: Language = "nb", page: int = PAGE
) -> tuple[list[Json], str | None]:
    """What waits for a doctor or for NAV among the next `page` clarifications and orders of all, the oldest first.

    The second value is what to ask after next time, None at the end. Raises NotFoundError for an `after` that is none.
    """
    today = norwegian_date(gateway.clock())
    with gateway.store.reading() as reading:
        last = None if after is None else (_state(_found(after, reading)).asked.at, after)
        found = reading.clarifications_between(*_EVER, after=last, limit=page)
        waiting = [told(each.uuid, each.events, today, language) for each in found if _waits(_state(each))]
    return waiting, found[-1].uuid if len(found) == page else None


def _waits(state: State) -> bool:
    return bool(state.open_items) or state.is_unread


def remind(uuid: str, gateway: Gateway) -> None:
    """Sends what is still open once more. Raises NotFoundError, and NotNowError when nothing is open.

    So too while words of the doctor's wait to be read: whoever has answered must not be reminded.
    """
    with gateway.store.transaction() as unit:
        found, state = _locked(uuid, unit)
        if not state.open_items or state.revoked or state.is_unread:
            raise NotNowError("nothing is open that could be answered")
        event = Reminded(gateway.new_id(), gateway.clock())
        _record(found, event, "reminder", unit, gateway)


def give_back(uuid: str, reason: str, gateway: Gateway, *, items: frozenset[str], not_payable: bool) -> None:
    """Returns the answer to some items, to all where none is named; words that wait to be read answer what is open.

    Raises NotNowError where there is none, and when NAV no longer asks: there would be nothing to answer.
    """
    with gateway.store.transaction() as unit:
        found, state = _locked(uuid, unit)
        standings = {"answered", "open"} if state.is_unread else {"answered"}
        answered = [each.target for each in state.targets if each.standing in standings]
        known = {name for target in answered for name in (target.item, target.key)}
        if state.withdrawn is not None or not answered or not items <= known:
            raise NotNowError("there is no answer to return")
        event = Returned(gateway.new_id(), gateway.clock(), reason, items, not_payable)
        _record(found, event, "return", unit, gateway)


def settle(uuid: str, items: frozenset[str], gateway: Gateway) -> None:
    """What a doctor answered in words has been read, and answers these items; perhaps none.

    Raises NotNowError where nothing was answered in words, and for an item that is not open or declined.
    """
    with gateway.store.transaction() as unit:
        _, state = _locked(uuid, unit)
        waiting = [each.target for each in state.targets if each.standing != "answered"]
        unsettled = {name for target in waiting for name in (target.item, target.key)}
        counts = state.withdrawn is None and not state.revoked
        read = any(each.standing != "returned" for each in state.replies)
        if not read or not items <= (unsettled if counts else frozenset()):
            raise NotNowError("there are no words that could answer this")
        unit.append_event(uuid, Settled(gateway.new_id(), gateway.clock(), items))


def withdraw(uuid: str, reason: str, gateway: Gateway) -> None:
    """Tells the doctor that the question need not be answered. Raises NotNowError when nothing is open."""
    with gateway.store.transaction() as unit:
        found, state = _locked(uuid, unit)
        if not state.open_items:
            raise NotNowError("nothing is open")
        _record(found, Withdrawn(gateway.new_id(), gateway.clock(), reason), "withdrawal", unit, gateway)


def hand_over(uuid: str, receiver: str, gateway: Gateway, clinician: Clinician | None = None) -> None:
    """Sends what is open to another clinician's system, and tells the one that had it that it need not answer."""
    with gateway.store.transaction() as unit:
        found, state = _locked(uuid, unit)
        answered = all(each.standing == "answered" for each in state.targets)
        if state.withdrawn is not None or state.revoked or answered or _has_it(state, receiver, clinician):
            raise NotNowError("nothing is open that somebody else could answer")
        event = HandedOver(gateway.new_id(), gateway.clock(), receiver, clinician)
        back = outgoing_message("withdrawal", uuid, state, _current(found, unit), gateway)
        back = replace(back, asked=(), reason="handed-over")
        _record(found, event, "question", unit, gateway, back)


def _has_it(state: State, receiver: str, clinician: Clinician | None) -> bool:
    """Two clinicians may work with one system."""
    return receiver == state.receiver and clinician in {None, state.clinician}


def pause(uuid: str, gateway: Gateway) -> None:
    """Stops the time. Raises NotNowError when it is stopped already, or nothing is open."""
    with gateway.store.transaction() as unit:
        _, state = _locked(uuid, unit)
        if state.is_paused or not state.open_items:
            raise NotNowError("there is no time that could be stopped")
        unit.append_event(uuid, Paused(gateway.new_id(), gateway.clock()))


def resume(uuid: str, gateway: Gateway) -> None:
    """Lets the time go on. Raises NotNowError when it is not stopped."""
    with gateway.store.transaction() as unit:
        _, state = _locked(uuid, unit)
        if not state.is_paused:
            raise NotNowError("the time is not stopped")
        unit.append_event(uuid, Resumed(gateway.new_id(), gateway.clock()))


def rate(uuid: str, score: int, gateway: Gateway) -> None:
    """How useful the answer was to the counsellor, from 1 to 5. Raises NotNowError while nothing is answered."""
    with gateway.store.transaction() as unit:
        _, state = _locked(uuid, unit)
        if not any(each.standing == "answered" for each in state.targets):
            raise NotNowError("there is no answer to rate")
        unit.append_event(uuid, Rated(gateway.new_id(), gateway.clock(), "counsellor", score))


def _locked(uuid: str, unit: Unit) -> tuple[Clarification, State]:
    unit.lock(f"clarification {uuid}")
    found = _found(uuid, unit)
    return found, _state(found)


def _found(uuid: str, reading: Reading) -> Clarification:
    found = reading.find_clarification(uuid)
    if found is None:
        raise NotFoundError("there is no such clarification")
    return found


def _state(of: Clarification) -> State:
    state = find_state(of.events)
    if state is None:
        raise NotFoundError("a clarification without its question")
    return state


def _current(found: Clarification, reading: Reading) -> Version | None:
    """The certificate as it stands; None for an order that none has come to, or none that is not withdrawn."""
    about = _state(found).about
    return reading.current_version(about[0]) if about else None


def _record(
    found: Clarification, event: Event, kind: OutgoingKind, unit: Unit, gateway: Gateway, *others: Outgoing
) -> None:
    """Writes what happened, and the message that tells of it to whoever has the question then."""
    after = _state(replace(found, events=(*found.events, event)))
    outgoing = outgoing_message(kind, found.uuid, after, _current(found, unit), gateway, event=event)
    unit.append_event(found.uuid, event, *others, outgoing)
