"""A clarification, from the question to its last answer, as what became of it: events, and the state they add up to.

The state is a pure function of the set of events. Each counts once, in the order in which it happened and not in that
of its arrival, so that every order of arrival ends in the same state. Nothing here may decide about anybody: a doctor
who has not answered yet is a question that is open, and never the patient's doing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from certgateway.domain.calendar import norwegian_date
from certgateway.domain.delivery import AFTER_SENDING, delivered
from certgateway.domain.dialogue_events import (
    Answered,
    Asked,
    Declined,
    Event,
    Fulfilled,
    HandedOver,
    Ordered,
    Paused,
    Rated,
    Reminded,
    Replied,
    Resumed,
    Returned,
    Revoked,
    Settled,
    Superseded,
    TakenBack,
    Target,
    Withdrawn,
)
from certgateway.domain.dialogue_state import State, Status, Step
from certgateway.domain.dialogue_targets import (
    Fulfilment,
    ReplyState,
    Retraction,
    TargetState,
    fulfilled_by,
    returned_from,
    without,
)
from certgateway.domain.pauses import with_pause

__all__ = ["State", "Status", "Step", "TargetState", "find_state", "in_order", "open_targets"]


def find_state(events: Iterable[Event]) -> State | None:
    """The state that some events add up to, whatever their order; None while the question itself is not among them."""
    state = None
    for _, state in course(events):  # noqa: B007  The last one is what is asked for.
        pass
    return state


def course(events: Iterable[Event]) -> Iterator[tuple[Event, State]]:
    """Each event in its order with the state after it; nothing while the question itself is not among them."""
    ordered = in_order(events)
    asked = next((event for event in ordered if isinstance(event, Asked | Ordered)), None)
    if asked is None:
        return
    state = State(
        asked=asked,
        receiver=asked.receiver,
        begun=norwegian_date(asked.at),
        targets=tuple(map(TargetState, asked.targets)),
        clinician=asked.clinician if isinstance(asked, Ordered) else None,
    )
    for event in ordered:
        state = _after_event(state, event)
        yield event, state


def in_order(events: Iterable[Event]) -> list[Event]:
    """Each event once, in the order in which they happened."""
    return sorted({event.id: event for event in events}.values(), key=_order)


# Of what happened at the same instant: a system's word about what it was sent after the sending, as where it refuses at
# once; and the certificate's withdrawal after whatever it undoes.
_LAST: Final = (*AFTER_SENDING, Revoked)


def _order(event: Event) -> tuple[datetime, bool, str, str]:
    return event.at, isinstance(event, _LAST), type(event).__name__, event.id


def _after_event(state: State, event: Event) -> State:  # noqa: C901, PLR0911, PLR0912  One line for each kind.
    match event:
        case Answered():
            return _answered(state, event)
        case Fulfilled():
            return _fulfilled(state, event)
        case Declined():
            return _declined(state, event)
        case Returned():
            return _returned(state, event)
        case Replied():
            waits = ReplyState(event.reply, late=_is_late(state, event))
            return _delivery(replace(state, replies=(*state.replies, waits)), event)
        case Settled():
            return _settled(state, event)
        case Superseded():
            return _superseded(state, event)
        case Revoked():
            return _revoked(state, event)
        case Withdrawn():
            return state if state.withdrawn is not None else replace(state, withdrawn=event.reason)
        case HandedOver():
            return _handed_over(state, event)
        case Reminded():
            return _reminded(state, event)
        case Rated():
            others = tuple(rating for rating in state.ratings if rating[0] != event.by)
            return replace(state, ratings=(*others, (event.by, event.score)))
        case Paused() | Resumed():
            return replace(state, pauses=with_pause(state.pauses, event))
        case TakenBack():
            return _taken_back(state, event)
        case _:
            return _delivery(state, event)


def _answered(state: State, event: Answered) -> State:
    """An answer counts whenever it comes, but for one that hits no target or a certificate that is withdrawn.

    Those are put aside for somebody to sort.
    """
    if state.revoked or _hits_nothing(state, event.items):
        return replace(state, unsorted=(*state.unsorted, event.id))
    late = _is_late(state, event)

    def answered(each: TargetState) -> TargetState:
        if each.target.item not in event.items or was_taken_back(state, each.target.item, event):
            return each
        return TargetState(
            each.target,
            "answered",
            event.version,
            late=each.late if each.standing == "answered" else late,
            rounds=each.rounds + 1,
            system=event.system,
            authored=event.authored,
            returned=each.returned,
        )

    return replace(state, targets=tuple(map(answered, state.targets)))


def _is_late(state: State, event: Answered | Replied | Fulfilled) -> bool:
    """Whether an answer comes after the due date; the days of a pause that still runs do not count either."""
    came = event.at if isinstance(event, Fulfilled) else event.arrived or event.at
    return norwegian_date(came) > replace(state, pauses=with_pause(state.pauses, event)).due


def _hits_nothing(state: State, items: frozenset[str]) -> bool:
    return not any(each.target.is_named(items) for each in state.targets)


def _fulfilled(state: State, event: Fulfilled) -> State:
    """A certificate as it stands now answers what it answers; what it leaves out again is open, or another's."""
    others = tuple(each for each in state.fulfilled if each.certificate != event.certificate)
    late = _is_late(state, event)

    targets = tuple(fulfilled_by(each, event, others, late=late) for each in state.targets)
    fulfilment = Fulfilment(event.certificate, event.version, event.answers)
    return _begun_anew(replace(state, fulfilled=(*others, fulfilment)), targets, event)


def _declined(state: State, event: Declined) -> State:
    """What was answered stays answered; one that names items but hits no target is put aside as such an answer is."""
    if event.items and _hits_nothing(state, event.items):
        return replace(state, unsorted=(*state.unsorted, event.id))

    def declined(each: TargetState) -> TargetState:
        item = each.target.item
        meant = each.standing == "open" and (not event.items or each.target.is_named(event.items))
        if not meant or was_taken_back(state, item, event):
            return each
        return replace(each, standing="declined", reason=event.reason, system=event.system, authored=event.authored)

    return replace(state, targets=tuple(map(declined, state.targets)))


def _settled(state: State, event: Settled) -> State:
    """What waited has been read, and answers what is open or declined of the items named; a coded answer stays."""
    counted = [each for each in state.replies if each.standing != "returned"]
    replies = tuple(replace(each, standing="read") if each in counted else each for each in state.replies)
    state = replace(state, replies=replies)
    if not counted or state.revoked:
        return state
    late, ids = all(each.late for each in counted), tuple(each.reply for each in counted)

    def settled(each: TargetState) -> TargetState:
        if each.standing == "answered" or not each.target.is_named(event.items):
            return each
        rounds = each.rounds + 1
        return TargetState(each.target, "answered", late=late, rounds=rounds, replies=ids, returned=each.returned)

    return replace(state, targets=tuple(map(settled, state.targets)))


def was_taken_back(state: State, item: str, event: Answered | Declined | Fulfilled) -> bool:
    """Whether an answer to an item was taken back, before or after it came."""
    written = event.authored or event.at
    about = event.certificate if isinstance(event, Fulfilled) else None
    return any(
        (item, event.system) == (each.item, each.system) and written <= each.until and each.concerns(about)
        for each in state.taken_back
    )


def _taken_back(state: State, event: TakenBack) -> State:
    """What was answered or declined so is open again, but for what was missing and the certificate still answers."""

    def reopened(each: TargetState) -> TargetState:
        hit = each.target.item in event.items and each.system == event.system
        if not hit or each.standing == "open" or each.authored is None or each.authored > event.authored:
            return each
        if each.target.reason == "missing" and each.target.item in event.answered:
            return replace(each, standing="answered", version=event.version, reason=None, system=None, authored=None)
        return replace(each, standing="open", version=None, reason=None, late=False, system=None, authored=None)

    marks = {Retraction(item, event.system, event.authored, event.certificate) for item in event.items}
    state = replace(state, taken_back=state.taken_back | marks)
    return _begun_anew(state, tuple(map(reopened, state.targets)), event)


def _returned(state: State, event: Returned) -> State:
    """What is sent back, coded or in words, is open again, and its time begins anew."""
    back = {each.reply for each in state.replies if each.standing == "waiting"}
    standings = {"answered", "open"} if back else {"answered"}

    def returned(each: TargetState) -> TargetState:
        if each.standing not in standings or (event.items and not each.target.is_named(event.items)):
            return each
        back.update(each.replies)
        return each.sent_back(event.reason)

    targets = tuple(map(returned, state.targets))
    marked = (*state.not_payable, event.reason) if event.not_payable else state.not_payable
    if targets == state.targets and not back:
        return replace(state, not_payable=marked)
    return replace(
        state,
        targets=targets,
        replies=tuple(replace(each, standing="returned") if each.reply in back else each for each in state.replies),
        not_payable=marked,
        fulfilled=tuple(returned_from(each, targets) for each in state.fulfilled),
        begun=norwegian_date(event.at),
        # It goes to the doctor again, and whether it has arrived is told anew.
        sent_anew=event.at,
        delivery="ordered",
        refusal=None,
        restarted=True,
        reminded=False,
    )


def _superseded(state: State, event: Superseded) -> State:
    """A version that came by itself settles what was missing, or leaves it out again; what was unclear stays.

    What a counsellor found answered in words stays so, though no version says it.
    """

    def settled(each: TargetState) -> TargetState:
        if each.target.reason != "missing" or (each.target.item in event.items) == (each.standing == "answered"):
            return each
        if each.replies:
            return each
        if each.standing == "answered":
            return replace(each, standing="open", version=None, late=False)
        by_itself = replace(each, standing="answered", version=event.version, reason=None, late=False)
        return replace(by_itself, system=None, authored=None)

    return _begun_anew(replace(state, revoked=False), tuple(map(settled, state.targets)), event)


def _revoked(state: State, event: Revoked) -> State:
    """What the certificate answered is open again. An order waits for another one then."""
    if isinstance(state.asked, Ordered):
        others = tuple(each for each in state.fulfilled if each.certificate != event.certificate)
        targets = tuple(without(each, event.certificate, others) for each in state.targets)
        return _begun_anew(replace(state, fulfilled=others), targets, event)

    def reopened(each: TargetState) -> TargetState:
        if each.standing != "answered":
            return each
        return replace(each, standing="open", version=None, late=False, replies=())

    return _begun_anew(replace(state, revoked=True), tuple(map(reopened, state.targets)), event)


def _begun_anew(state: State, targets: tuple[TargetState, ...], event: Event) -> State:
    """With targets as they stand now; where one is open that was not, the time begins anew."""
    reopened = any(
        now.standing == "open" and before.standing != "open" for before, now in zip(state.targets, targets, strict=True)
    )
    if not reopened:
        return replace(state, targets=targets)
    return replace(state, targets=targets, begun=norwegian_date(event.at), restarted=True, reminded=False)


def _handed_over(state: State, event: HandedOver) -> State:
    def reopened(each: TargetState) -> TargetState:
        return replace(each, standing="open", reason=None) if each.standing == "declined" else each

    return replace(
        state,
        receiver=event.receiver,
        clinician=event.clinician,
        begun=norwegian_date(event.at),
        targets=tuple(map(reopened, state.targets)),
        sent_anew=event.at,
        delivery="ordered",
        refusal=None,
        restarted=True,
        reminded=False,
    )


def _reminded(state: State, event: Reminded) -> State:
    day = norwegian_date(event.at)
    return replace(state, reminders=(*state.reminders, day), reminded=day >= state.begun)


def _delivery(state: State, event: Event) -> State:
    """How far it has come to whoever has it now."""
    delivery, refusal = delivered(state.delivery, state.refusal, event, state.receiver, state.sent_anew)
    return replace(state, delivery=delivery, refusal=refusal)


def open_targets(states: Iterable[State]) -> Iterator[Target]:
    """Every target that waits for an answer in some clarifications."""
    for state in states:
        if state.withdrawn is None:
            yield from (each.target for each in state.targets if each.standing == "open")
