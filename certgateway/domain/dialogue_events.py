"""What happens to a clarification: the question itself, its way to the doctor, answers, and what NAV does about them.

Values only; what they add up to stands in `domain.dialogue`. An answer's own words never stand here: they are in the
certificate that it makes a version of. No event may tell of a decision, or of anything that the patient failed to do.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal

from certgateway.domain.certificate import Patient
from certgateway.domain.vocabulary import Language


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked about: an item or, within it, one element of the version asked about; `reason` is a code.

    `settles` says in the counsellor's words what would settle the question. In an order, `question` is a code of
    `ORDER_QUESTION` where less is asked than the whole item.
    """

    item: str
    reason: str
    element: str | None = None
    settles: str | None = None
    question: str | None = None

    @property
    def key(self) -> str:
        """What tells it from the others of an order: two questions may be about one item."""
        return self.question or self.item

    def is_named(self, names: frozenset[str]) -> bool:
        """Whether its item or its question is among some names."""
        return self.item in names or self.key in names


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure that NAV plans, in its words; `demands` are the activities it asks for, codes of `RISK_ACTIVITY`."""

    description: str
    demands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clinician:
    """Whom a certificate is ordered from, who may never have sent one.

    `role` is a code of `AUTHOR_ROLE`, `organisation` the number of where the clinician works.
    """

    hpr: str
    role: str
    organisation: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Working days after the question until it is due, until a reminder, and until somebody should look again."""

    due: int = 14
    reminder: int = 14
    second_look: int = 21


DEFAULT_PLAN: Final = Plan()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at `at`, an aware instant. `id` is its own: the same id is the same event.

    `by` is the verified caller who brought it about, as the issuer of the token names them; None where nobody logged
    in or the gateway did it by itself. It is for the record, and is shown to nobody.
    """

    id: str
    at: datetime
    by: str | None = field(default=None, kw_only=True, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Asked(Event):
    """The question itself. `certificate` and `version` say what it is about, `receiver` whose system gets it."""

    certificate: str
    version: int
    receiver: str
    targets: tuple[Target, ...]
    measure: Measure | None = None
    due: date | None = None
    plan: Plan = DEFAULT_PLAN
    language: Language = "nb"


@dataclass(frozen=True, slots=True)
class Ordered(Event):
    """An order for a certificate that does not exist yet: about whom, from whom, and what it shall answer."""

    receiver: str
    patient: Patient
    clinician: Clinician
    targets: tuple[Target, ...]
    measure: Measure | None = None
    due: date | None = None
    plan: Plan = DEFAULT_PLAN
    language: Language = "nb"


@dataclass(frozen=True, slots=True)
class Sent(Event):
    """A system has fetched it or been sent it: `receiver`, or whoever has the question then.

    `written` is when the message was written that this is about, here and below: what is told late of a message from
    before a return or a handing over says nothing of what was sent since. None where it is not known.
    """

    receiver: str | None = None
    written: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delivered(Event):
    """A system says that it has it: `receiver`, or whoever has the question then."""

    receiver: str | None = None
    written: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refused(Event):
    """A system will not take it, `receiver` or whoever has the question then; `reason` is a code."""

    reason: str
    receiver: str | None = None
    written: datetime | None = None


@dataclass(frozen=True, slots=True)
class Resent(Event):
    """NAV lets a message that was refused or could not be delivered go out once more, to `receiver`."""

    receiver: str
    written: datetime | None = None


@dataclass(frozen=True, slots=True)
class Read(Event):
    """The doctor has opened `message`, says `receiver`, or whoever has the question then."""

    receiver: str | None = None
    message: str | None = None
    written: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reminded(Event):
    """NAV has sent a reminder."""


@dataclass(frozen=True, slots=True)
class Answered(Event):
    """An answer to some items, which made a version of the certificate out of the one it was joined to.

    `arrived` is when it came, where that was before it was joined: whether it is late is told by that. `system` is
    where it came from, `authored` when it was written; one that does not say so cannot be taken back.
    """

    items: frozenset[str]
    version: int
    joined_to: int | None = None
    arrived: datetime | None = None
    system: str | None = None
    authored: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fulfilled(Event):
    """A certificate that an order is joined to, as it stands now: which version, and the keys of what it answers.

    `certificate` is the gateway's id of it. What it answered before and no longer does is open again. Where an answer
    to the order made the version, out of `joined_to`, `items` are those that it changed, `system` is where it came from
    and `authored` when it was written; `taken_back` are the items that an answer to the order was taken back about.
    """

    certificate: str
    version: int
    answers: frozenset[str] = frozenset()
    joined_to: int | None = None
    items: frozenset[str] = frozenset()
    system: str | None = None
    authored: datetime | None = None
    taken_back: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Declined(Event):
    """The doctor cannot answer these items, all where none is named; `reason` is a code.

    `system` and `authored` as in an answer.
    """

    reason: str
    items: frozenset[str] = frozenset()
    system: str | None = None
    authored: datetime | None = None


@dataclass(frozen=True, slots=True)
class TakenBack(Event):
    """A system takes back what it has said about these items and written until `authored`, whether it came yet or not.

    `version` is the one that stands then, made out of `joined_to` where it is another; `answered` are the items that it
    answers still. `certificate` is the gateway's id of it, in an order only, which may be joined to several. A
    decline of an order is taken back from none: `version` is None then, and `certificate` empty.
    """

    items: frozenset[str]
    system: str
    authored: datetime
    version: int | None
    answered: frozenset[str] = frozenset()
    joined_to: int | None = None
    certificate: str | None = None


@dataclass(frozen=True, slots=True)
class Replied(Event):
    """The doctor has answered in words: they wait to be read, and answer no item by themselves.

    `reply` is the id of the words, which are kept apart; `receiver` is whose system they come from; `arrived` tells
    when they came, where that was before somebody laid them beside the question.
    """

    reply: str
    receiver: str | None = None
    arrived: datetime | None = None


@dataclass(frozen=True, slots=True)
class Settled(Event):
    """A counsellor has read what was answered in words, and finds that it answers these items; perhaps none."""

    items: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Returned(Event):
    """NAV sends the answer to some items back; `not_payable` is data for others and decides nothing here."""

    reason: str
    items: frozenset[str] = frozenset()
    not_payable: bool = False


@dataclass(frozen=True, slots=True)
class HandedOver(Event):
    """Another clinician takes the question over: it is sent anew, and its time begins anew."""

    receiver: str
    clinician: Clinician | None = None


@dataclass(frozen=True, slots=True)
class Paused(Event):
    """NAV waits for something else: until it is resumed no working day counts."""


@dataclass(frozen=True, slots=True)
class Resumed(Event):
    """The end of a pause."""


@dataclass(frozen=True, slots=True)
class Superseded(Event):
    """A later version of the certificate came by itself; `items` are those of which it settles what was missing."""

    version: int
    items: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Revoked(Event):
    """The certificate was withdrawn by its author: what it answered is open again.

    `certificate` is the gateway's id of it, in an order only, which may be joined to several.
    """

    certificate: str | None = None


@dataclass(frozen=True, slots=True)
class AnswerRefused(Event):
    """An attempt to answer that was refused; `rules` are the ids of those that it broke. Nothing it says is here."""

    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sorted(Event):
    """Somebody has sorted an answer that was put aside to this question; `message` is the one that brought it."""

    message: str


@dataclass(frozen=True, slots=True)
class Filed(Event):
    """Somebody has filed an answer that named this question as belonging nowhere; `reason` is a code."""

    message: str
    reason: str


SCORES: Final = range(1, 6)


@dataclass(frozen=True, slots=True)
class Rated(Event):
    """How useful the answer was to the counsellor, or how relevant the question to the doctor: 1 not at all, 5 very."""

    by: Literal["counsellor", "doctor"]
    score: int


@dataclass(frozen=True, slots=True)
class Withdrawn(Event):
    """NAV no longer asks; `reason` is a code."""

    reason: str
