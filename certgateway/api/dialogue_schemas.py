"""The shapes of what is answered about clarifications, orders, the tray and messages, as openapi.json tells them.

In full they stand in schemas/*.schema.json. Nothing here may hold what an answer says.
"""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from certgateway.api.schemas import Coded, Described, Json


class ClarificationTarget(Described):
    """One thing that is asked about, and how it stands; `version` is the one that answered it."""

    item: str
    question: Coded | None
    element: str | None
    reason: Coded
    text: str
    standing: Literal["open", "answered", "declined"]
    version: int | None
    late: bool


class Clarification(Described):
    """Where a question or an order stands; in full in schemas/clarification.schema.json.

    `certificate` and `version` are null in an order that no certificate has come to.
    """

    clarification: str
    kind: Literal["question", "order"]
    certificate: str | None
    version: int | None
    status: Literal[
        "ordered", "sent", "delivered", "refused", "read", "partly-answered", "answered", "declined", "withdrawn"
    ]
    receiver: str
    asked: datetime
    due: date
    overdue: bool
    paused: bool
    next_step: Literal["remind", "look-again", "read-answer"] | None
    targets: list[ClarificationTarget]
    events: list[Json]


class FollowedClarification(Clarification):
    """With the answers so far, and what was taken back of them.

    `untouched` has the keyed digest of every other item before and after each of them. `replies` are answers in words,
    cut into parts: a sentence that is held back is told by its kind alone.
    """

    answers: list[Json]
    taken_back: list[Json]
    replies: list[Json]


class Clarifications(Described):
    """The oldest first; `next` is what the next page is after, null where there is none."""

    clarifications: list[Clarification]
    next: str | None


class Orders(Described):
    """The oldest first; empty when nothing was ordered."""

    orders: list[Clarification]


class StatisticsCell(Described):
    """The figures of a group, null where it is hidden."""

    hidden: bool
    figures: Json | None


class ClarificationStatistics(Described):
    """Things asked, by item and by sender; in full in schemas/clarification-statistics.schema.json."""

    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]
    smallest: int
    total: StatisticsCell
    items: list[StatisticsCell]
    senders: list[StatisticsCell]


class UnsortedAnswer(Described):
    """An answer that matches no open question: the message that brought it, and why it was put aside."""

    message: str
    certificate: str | None
    clarification: str | None
    why: Literal[
        "clarification-unknown",
        "other-certificate",
        "other-patient",
        "certificate-withdrawn",
        "answer-withdrawn",
        "older-than-known",
        "not-asked",
        "certificate-unknown",
    ]
    at: datetime


class UnsortedAnswers(Described):
    """The oldest first."""

    answers: list[UnsortedAnswer]


class UnsortedAuthor(Described):
    """Who wrote it."""

    hpr: str | None
    role: str | None
    display: str | None


class UnsortedItem(Described):
    """An item that it is about, with our title."""

    item: str
    display: str


class UnsortedCandidate(Described):
    """A question about the same patient: what it asks about, and what of that is open.

    `certificate` is null in an order that no certificate has come to.
    """

    clarification: str
    certificate: str | None
    status: str
    items: list[str]
    open: list[str]


class UnsortedAnswerDetails(UnsortedAnswer):
    """Enough to sort it and no more; in full in schemas/unsorted-answer.schema.json.

    `certificate` is that of the clarification it named, `certificate_named` the one it named itself, as far as they are
    known; `sortable` is false where what it says was not kept, so that it can only be filed.
    """

    why_display: str
    sender: str
    certificate_named: str | None
    sortable: bool
    author: UnsortedAuthor | None
    authored: datetime | None
    items: list[UnsortedItem]
    in_words: bool
    declined: Json | None
    withdrawn: bool
    candidates: list[UnsortedCandidate]


class WaitingMessage(Described):
    """A message that waits for a system; `message` is the message Bundle itself."""

    id: str
    seq: Annotated[int, Field(ge=1)]
    kind: Literal["question", "reminder", "return", "withdrawal"]
    clarification: str
    at: datetime
    message: Json


class Messages(Described):
    """`next` is the number to ask after next time."""

    messages: list[WaitingMessage]
    next: Annotated[int, Field(ge=0)]


class DeadLetter(Described):
    """A message that is posted no more and was not taken; `fault` is the last one, `given_up` when that was."""

    id: str
    receiver: str
    kind: Literal["question", "reminder", "return", "withdrawal"]
    clarification: str
    at: datetime
    attempts: Annotated[int, Field(ge=1)]
    fault: str
    given_up: datetime


class DeadLetters(Described):
    """The oldest first."""

    messages: list[DeadLetter]
