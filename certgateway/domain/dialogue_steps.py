"""What became of each thing that was asked, step by step: answered, returned, declined, taken back, and when.

For those who are told of a course and not only of where it ended: the patient, and statistics. Nothing here may know
what an answer says.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from certgateway.domain.dialogue import TargetState, course
from certgateway.domain.dialogue_events import Event, Fulfilled, Returned, TakenBack

What = Literal["answered", "returned", "declined", "taken-back"]


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to the target at this place of the question, at an aware instant."""

    target: int
    what: What
    at: datetime


def steps(events: Iterable[Event]) -> tuple[Step, ...]:
    """Every step in its order. An answer counts however it came, a later version of the certificate included."""
    return tuple(_steps(events))


def _steps(events: Iterable[Event]) -> Iterator[Step]:
    before: tuple[TargetState, ...] = ()
    for event, state in course(events):
        earlier = before or tuple(TargetState(each.target) for each in state.targets)
        for place, (was, now) in enumerate(zip(earlier, state.targets, strict=True)):
            what = _what(was, now, event)
            if what is not None:
                yield Step(place, what, event.at)
        before = state.targets


def _what(was: TargetState, now: TargetState, event: Event) -> What | None:
    if now.standing == "answered" and (was.standing != "answered" or now.rounds > was.rounds):
        return "answered"
    if now.standing == "declined" and was.standing != "declined":
        return "declined"
    if now.standing != "open" or was.standing == "open":
        return None
    # In an order the certificate tells by itself what it answers no longer.
    if isinstance(event, TakenBack) or (isinstance(event, Fulfilled) and now.target.item in event.taken_back):
        return "taken-back"
    return "returned" if isinstance(event, Returned) else None
