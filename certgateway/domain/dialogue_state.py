"""Where a clarification stands after its events: how far it has come, what waits, until when, and what is in place now.

A value without a course: how events lead to it stands in `domain.dialogue`. Nothing here may tell what waits for a
doctor as something that the patient owes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from certgateway.domain.amendment import Answerer, Void
from certgateway.domain.delivery import Delivery
from certgateway.domain.dialogue_events import Asked, Clinician, Ordered
from certgateway.domain.dialogue_targets import Fulfilment, ReplyState, Retraction, TargetState
from certgateway.domain.pauses import Pauses, moved_on
from certgateway.domain.working_days import after_working_days

Status = Literal[
    "ordered", "sent", "delivered", "refused", "read", "partly-answered", "answered", "declined", "withdrawn"
]
"""Codes of `vocabulary.clarification.CLARIFICATION_STATUS`."""
Step = Literal["remind", "look-again", "read-answer"]


@dataclass(frozen=True, slots=True)
class State:
    """Where a clarification stands after its events. An order is one that begins without a certificate.

    `begun` is the day its time counts from; `restarted` tells that it is not the day of the question. `unsorted` are
    ids of answers and declines that match nothing in it; `revoked` tells that the certificate is withdrawn now;
    `not_payable` are reasons of returns so marked; `reminded` tells that NAV has sent a reminder since the time began.
    `sent_anew` is when it was last returned or handed over; `replies` are the answers in words, in order.
    `fulfilled` are the certificates that an order is joined to, the last one last; `clinician` is whom it was sent to,
    and who took a question over, as far as that is told. `taken_back` is all that was taken back.
    """

    asked: Asked | Ordered
    receiver: str
    begun: date
    targets: tuple[TargetState, ...]
    delivery: Delivery = "ordered"
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
    sent_anew: datetime | None = None
    replies: tuple[ReplyState, ...] = ()
    taken_back: frozenset[Retraction] = frozenset()
    fulfilled: tuple[Fulfilment, ...] = ()
    clinician: Clinician | None = None

    @property
    def about(self) -> tuple[str, int] | None:
        """The certificate by the gateway's id, and the version: asked about, or come to an order last; perhaps none."""
        if isinstance(self.asked, Asked):
            return self.asked.certificate, self.asked.version
        return (self.fulfilled[-1].certificate, self.fulfilled[-1].version) if self.fulfilled else None

    @property
    def open_items(self) -> tuple[str, ...]:
        """Items that wait for an answer; none once NAV no longer asks."""
        if self.withdrawn is not None:
            return ()
        return tuple(dict.fromkeys(each.target.item for each in self.targets if each.standing == "open"))

    def voids(self, clarification: str, certificate: str) -> Iterator[Void]:
        """What was taken back of what was said about a certificate, by answers to this clarification."""
        for each in self.taken_back:
            if each.concerns(certificate):
                yield Void(Answerer(clarification, each.system), each.item, each.until)

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
            return moved_on(self.asked.due, self.pauses, self.begun)
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
        """Whether the expected day has passed without an answer; never while it is paused or an answer waits for us."""
        return bool(self.open_items) and not self.is_paused and not self.is_unread and today > self.due

    def next_step(self, today: date) -> Step | None:
        """What is in place for NAV now: to read what was answered in words, before all else, and that at any time.

        Nothing further while it is paused, answered or withdrawn.
        """
        if self.is_unread:
            return "read-answer"
        if not self.open_items or self.is_paused:
            return None
        # Where the doctor never got it, or nothing is left to answer about, a reminder would reach nobody.
        if self.delivery == "refused" or self.revoked or today >= self.second_look_due:
            return "look-again"
        return "remind" if today >= self.reminder_due and not self.reminded else None

    @property
    def is_unread(self) -> bool:
        """Whether words of the doctor's wait to be read: until then it is NAV's turn and not the doctor's."""
        return any(each.standing == "waiting" for each in self.replies)

    @property
    def is_paused(self) -> bool:
        """Whether no working day counts now."""
        return bool(self.pauses) and self.pauses[-1][1] is None

    def _after(self, count: int) -> date:
        return moved_on(after_working_days(self.begun, count), self.pauses, self.begun)
