"""A clarification, from the question to its last answer, as what became of it: events, and the state they add up to.

The state is a pure function of the set of events. Each counts once, in the order in which it happened and not in that
of its arrival, so that every order of arrival ends in the same state. Nothing here may decide about anybody: a doctor
who has not answered yet is a question that is open, and never the patient's doing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, Literal

from certgateway.domain.calendar import norwegian_date
from certgateway.domain.dialogue_events import (
    Answered,
    Asked,
    Declined,
    Delivered,
    Event,
    HandedOver,
    Paused,
    Rated,
    Read,
    Refused,
    Reminded,
    Resumed,
    Returned,
    Revoked,
    Sent,
    Superseded,
    TakenBack,
    Target,
    Withdrawn,
)
from certgateway.domain.pauses import Pauses, begun, ended, is_running, shifted
from certgateway.domain.working_days import after_working_days

Status = Literal[
    "ordered", "sent", "delivered", "refused", "read", "partly-answered", "answered", "declined", "withdrawn"
]
"""Codes of `vocabulary.clarification.CLARIFICATION_STATUS`."""
Standing = Literal["open", "answered", "declined"]
Step = Literal["remind", "look-again"]


@dataclass(frozen=True, slots=True)
class TargetState:
    """One target: `version` is the one that answered it, `reason` why it was declined or returned last.

    `late` tells that the answer came after the due date, unless it adds to one that came in time; `rounds` counts
    answers. `system` is where the answer or decline came from, `authored` when it was written, as far as that is told.
    """

    target: Target
    standing: Standing = "open"
    version: int | None = None
    reason: str | None = None
    late: bool = False
    rounds: int = 0
    system: str | None = None
    authored: datetime | None = None


@dataclass(frozen=True, slots=True)
class State:
    """Where a clarification stands after its events.

    `begun` is the day its time counts from; `restarted` tells that it is not the day of the question. `unsorted` are
    ids of answers and declines that match nothing in it; `revoked` tells that the certificate is withdrawn now;
    `not_payable` are reasons of returns so marked; `reminded` tells that NAV has sent a reminder since the time began.
    `taken_back` has item, system and until when it was written, of all that was taken back.
    """

    asked: Asked
    receiver: str
    begun: date
    targets: tuple[TargetState, ...]
    delivery: Status = "ordered"
    refusal: str | None = None
    withdrawn: str | None = None
    revoked: bool = False
    reminders: tuple[date, ...] = ()
    reminded: bool = False
    not_payable: tuple[str, ...] = ()
    unsorted: tuple[str, ...] = ()
    pauses: Pauses = ()
    restarted: bool = False
    ratings: tuple[tuple[str, int], ...] = ()
    taken_back: frozenset[tuple[str, str, datetime]] = frozenset()

    @property
    def open_items(self) -> tuple[str, ...]:
        """Items that wait for an answer; none once NAV no longer asks."""
        if self.withdrawn is not None:
            return ()
        return tuple(dict.fromkeys(each.target.item for each in self.targets if each.standing == "open"))

    @property
    def status(self) -> Status:
        """How far it has come, as one word."""
        standings = {each.standing for each in self.targets}
        if self.withdrawn is not None:
            return "withdrawn"
        if standings == {"answered"}:
            return "answered"
        if standings == {"declined"}:
            return "declined"
        return "partly-answered" if "answered" in standings else self.delivery

    @property
    def due(self) -> date:
        """The day until which an answer is expected: the one that was set, until the time begins anew."""
        if self.asked.due is not None and not self.restarted:
            return shifted(self.asked.due, self.pauses, self.begun)
        return self._after(self.asked.plan.due)

    @property
    def reminder_due(self) -> date:
        """The day from which a reminder is in place."""
        return self._after(self.asked.plan.reminder)

    @property
    def second_look_due(self) -> date:
        """The day from which somebody should look at it again."""
        return self._after(self.asked.plan.second_look)

    def is_overdue(self, today: date) -> bool:
        """Whether the expected day has passed without an answer; never while it is paused."""
        return bool(self.open_items) and not self.is_paused and today > self.due

    def next_step(self, today: date) -> Step | None:
        """What is in place for NAV now; nothing while it is paused, answered or withdrawn."""
        if not self.open_items or self.is_paused:
            return None
        # Where the doctor never got it, or nothing is left to answer about, a reminder would reach nobody.
        if self.delivery == "refused" or self.revoked or today >= self.second_look_due:
            return "look-again"
        return "remind" if today >= self.reminder_due and not self.reminded else None

    @property
    def is_paused(self) -> bool:
        """Whether no working day counts now."""
        return is_running(self.pauses)

    def _after(self, count: int) -> date:
        return shifted(after_working_days(self.begun, count), self.pauses, self.begun)


def find_state(events: Iterable[Event]) -> State | None:
    """The state that some events add up to, whatever their order; None while the question itself is not among them."""
    ordered = in_order(events)
    asked = next((event for event in ordered if isinstance(event, Asked)), None)
    if asked is None:
        return None
    state = State(
        asked=asked,
        receiver=asked.receiver,
        begun=norwegian_date(asked.at),
        targets=tuple(map(TargetState, asked.targets)),
    )
    for event in ordered:
        state = _after_event(state, event)
    return state


def in_order(events: Iterable[Event]) -> list[Event]:
    """Each event once, in the order in which they happened."""
    return sorted({event.id: event for event in events}.values(), key=_order)


# Of what happened at the same instant: a system's word about what it was sent after the sending, as where it refuses at
# once; and the certificate's withdrawal after whatever it undoes.
_LAST: Final = (Delivered, Refused, Revoked)


def _order(event: Event) -> tuple[datetime, bool, str, str]:
    return event.at, isinstance(event, _LAST), type(event).__name__, event.id


def _after_event(state: State, event: Event) -> State:  # noqa: C901, PLR0911, PLR0912  One line per kind of event.
    match event:
        case Answered():
            return _answered(state, event)
        case Declined():
            return _declined(state, event)
        case Returned():
            return _returned(state, event)
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
        case Paused():
            return replace(state, pauses=begun(state.pauses, norwegian_date(event.at)))
        case Resumed():
            return replace(state, pauses=ended(state.pauses, norwegian_date(event.at)))
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
    # The days of a pause that still runs do not count either.
    late = (
        norwegian_date(event.arrived or event.at)
        > replace(state, pauses=ended(state.pauses, norwegian_date(event.at))).due
    )

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
        )

    return replace(state, targets=tuple(map(answered, state.targets)))


def _hits_nothing(state: State, items: frozenset[str]) -> bool:
    return items.isdisjoint(each.target.item for each in state.targets)


def _declined(state: State, event: Declined) -> State:
    """What was answered stays answered; one that names items but hits no target is put aside as such an answer is."""
    if event.items and _hits_nothing(state, event.items):
        return replace(state, unsorted=(*state.unsorted, event.id))

    def declined(each: TargetState) -> TargetState:
        item = each.target.item
        meant = each.standing == "open" and (not event.items or item in event.items)
        if not meant or was_taken_back(state, item, event):
            return each
        return replace(each, standing="declined", reason=event.reason, system=event.system, authored=event.authored)

    return replace(state, targets=tuple(map(declined, state.targets)))


def was_taken_back(state: State, item: str, event: Answered | Declined) -> bool:
    """Whether an answer to an item was taken back, before or after it came."""
    written = event.authored or event.at
    return any((item, event.system) == (what, who) and written <= until for what, who, until in state.taken_back)


def _taken_back(state: State, event: TakenBack) -> State:
    """What was answered or declined so is open again, but for what was missing and the certificate still answers."""

    def reopened(each: TargetState) -> TargetState:
        hit = each.target.item in event.items and each.system == event.system
        if not hit or each.standing == "open" or each.authored is None or each.authored > event.authored:
            return each
        if each.target.reason == "missing" and each.target.item in event.answered:
            return replace(each, standing="answered", version=event.version, reason=None, system=None, authored=None)
        return replace(each, standing="open", version=None, reason=None, late=False, system=None, authored=None)

    marks = {(item, event.system, event.authored) for item in event.items}
    state = replace(state, taken_back=state.taken_back | marks)
    return _begun_anew(state, tuple(map(reopened, state.targets)), event)


def _returned(state: State, event: Returned) -> State:
    """What is sent back is open again, and its time begins anew."""

    def returned(each: TargetState) -> TargetState:
        meant = each.standing == "answered" and (not event.items or each.target.item in event.items)
        return replace(each, standing="open", reason=event.reason) if meant else each

    targets = tuple(map(returned, state.targets))
    marked = (*state.not_payable, event.reason) if event.not_payable else state.not_payable
    if targets == state.targets:
        return replace(state, not_payable=marked)
    return replace(
        state,
        targets=targets,
        not_payable=marked,
        begun=norwegian_date(event.at),
        # It goes to the doctor again, and whether it has arrived is told anew.
        delivery="ordered",
        refusal=None,
        restarted=True,
        reminded=False,
    )


def _superseded(state: State, event: Superseded) -> State:
    """A version that came by itself settles what was missing, or leaves it out again; what was unclear stays."""

    def settled(each: TargetState) -> TargetState:
        if each.target.reason != "missing" or (each.target.item in event.items) == (each.standing == "answered"):
            return each
        if each.standing == "answered":
            return replace(each, standing="open", version=None, late=False)
        by_itself = replace(each, standing="answered", version=event.version, reason=None, late=False)
        return replace(by_itself, system=None, authored=None)

    return _begun_anew(replace(state, revoked=False), tuple(map(settled, state.targets)), event)


def _revoked(state: State, event: Revoked) -> State:
    """What the certificate answered is open again."""

    def reopened(each: TargetState) -> TargetState:
        return replace(each, standing="open", version=None, late=False) if each.standing == "answered" else each

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
        begun=norwegian_date(event.at),
        targets=tuple(map(reopened, state.targets)),
        delivery="ordered",
        refusal=None,
        restarted=True,
        reminded=False,
    )


def _reminded(state: State, event: Reminded) -> State:
    day = norwegian_date(event.at)
    return replace(state, reminders=(*state.reminders, day), reminded=day >= state.begun)


_DELIVERY: Final[Mapping[type[Event], Status]] = {
    Sent: "sent",
    Delivered: "delivered",
    Refused: "refused",
    Read: "read",
}
_PROGRESS: Final[tuple[Status, ...]] = ("ordered", "refused", "sent", "delivered", "read")


def _delivery(state: State, event: Event) -> State:
    """Delivery only goes forward: of what is told twice or late the furthest counts; sent anew undoes a refusal."""
    told = _DELIVERY.get(type(event))
    if isinstance(event, Sent | Delivered | Refused) and event.receiver not in {None, state.receiver}:
        # What became of it at a system that no longer has it.
        return state
    if told is None or (told != "refused" and _PROGRESS.index(told) < _PROGRESS.index(state.delivery)):
        return state
    if isinstance(event, Refused):
        return state if state.delivery == "read" else replace(state, delivery="refused", refusal=event.reason)
    return replace(state, delivery=told, refusal=None)


def open_targets(states: Iterable[State]) -> Iterator[Target]:
    """Every target that waits for an answer in some clarifications."""
    for state in states:
        if state.withdrawn is None:
            yield from (each.target for each in state.targets if each.standing == "open")
