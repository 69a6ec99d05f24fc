"""One target of a clarification and what answers it; in an order, by which of the certificates that it is joined to.

An order may be joined to several certificates, of several clinicians: each answers what it answers, and where one no
longer does, another may. Nothing here may look at what a certificate says.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from certgateway.domain.dialogue_events import Fulfilled, Target

Standing = Literal["open", "answered", "declined"]


@dataclass(frozen=True, slots=True)
class TargetState:
    """One target: `version` is the one that answered it, `reason` why it was declined or returned last.

    `late` tells that the answer came after the due date, unless it adds to one that came in time; `rounds` counts
    answers. `replies` are the ids of the words that answered it, where a counsellor found that they do; `certificate`
    is the one that answered, in an order only. `system` is where the answer or decline came from, `authored` when it
    was written, as far as that is told. `returned` are the versions whose answer NAV has sent back, by the certificate
    in an order and None in a question.
    """

    target: Target
    standing: Standing = "open"
    version: int | None = None
    reason: str | None = None
    late: bool = False
    rounds: int = 0
    replies: tuple[str, ...] = ()
    certificate: str | None = None
    system: str | None = None
    authored: datetime | None = None
    returned: frozenset[tuple[str | None, int]] = frozenset()

    def sent_back(self, reason: str) -> "TargetState":
        """The same, with its answer sent back: it is open."""
        back = frozenset() if self.version is None else {(self.certificate, self.version)}
        return replace(self, standing="open", reason=reason, replies=(), returned=self.returned | back)


@dataclass(frozen=True, slots=True)
class ReplyState:
    """An answer in words, by its id: whether somebody has read it, and whether it came after the due date."""

    reply: str
    standing: Literal["waiting", "read", "returned"] = "waiting"
    late: bool = False


@dataclass(frozen=True, slots=True)
class Retraction:
    """What was taken back: all that a system said of an item and wrote until an instant.

    `certificate` is the one that it was said about, in an order only; one that does not tell it is about all of them.
    """

    item: str
    system: str | None
    until: datetime
    certificate: str | None = None

    def concerns(self, certificate: str | None) -> bool:
        """Whether it is about what was said about a certificate, where that is told."""
        return None in {self.certificate, certificate} or self.certificate == certificate


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """A certificate that an order is joined to: the version that counts, and the keys of what it answers."""

    certificate: str
    version: int
    answers: frozenset[str]


def fulfilled_by(each: TargetState, event: Fulfilled, others: Iterable[Fulfilment], *, late: bool) -> TargetState:
    """A target after a certificate came: answered by it, or no longer. An answer that stays is no further round."""
    if each.target.key not in event.answers:
        return without(each, event.certificate, others)
    again = each.standing == "answered"
    return TargetState(
        each.target,
        "answered",
        event.version,
        late=each.late if again else late,
        rounds=each.rounds if again else each.rounds + 1,
        certificate=event.certificate,
        returned=each.returned,
    )


def without(each: TargetState, certificate: str | None, others: Iterable[Fulfilment]) -> TargetState:
    """A target that a certificate does not answer any more: another one does, or it is open."""
    if each.standing != "answered" or each.certificate != certificate:
        return each
    for other in others:
        if each.target.key in other.answers:
            return replace(each, version=other.version, certificate=other.certificate)
    return replace(each, standing="open", version=None, late=False, certificate=None)


def returned_from(fulfilment: Fulfilment, targets: Iterable[TargetState]) -> Fulfilment:
    """What is sent back is answered by no certificate until one says something else."""
    standing = {each.target.key for each in targets if each.standing == "answered"}
    return replace(fulfilment, answers=fulfilment.answers & standing)
