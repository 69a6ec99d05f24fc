"""What the gateway sends to a doctor's record system about a clarification or an order, before it has any format.

It names patient and author as the certificate or the order did, so that the system finds both. Nothing of what the
certificate says is repeated, and nothing that was withheld can be: a message holds our words and the counsellor's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from certgateway.domain.certificate import Author, Coding, Patient
from certgateway.domain.vocabulary import Language

if TYPE_CHECKING:
    # Only named here; `validate`, which sends nothing, must start fast in somebody's CI.
    from certgateway.domain.dialogue_events import Measure, Target
    from certgateway.domain.replies import Words

OutgoingKind = Literal["question", "reminder", "return", "withdrawal"]


@dataclass(frozen=True, slots=True)
class Asking:
    """One target as the doctor reads it."""

    target: Target
    text: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message. `id` is its message id, `clarification` the conversation it belongs to, `at` an aware instant.

    `receiver` is the key of a sender of certificates ("her:8143060"); `certificate` is the certificate's own id,
    `authored` the version that is asked about. `asked` holds what still waits for an answer; it is empty in a
    withdrawal. `reason` is a code of a return or a withdrawal. `order` is set where a certificate is ordered: it is
    None then until one has come, `author` is whom it is ordered from, `name` the name if it is known, `status` a code
    of `CLARIFICATION_STATUS`.
    """

    id: str
    kind: OutgoingKind
    clarification: str
    at: datetime
    receiver: str
    certificate: Coding | None
    authored: datetime | None
    patient: Patient
    author: Author
    asked: tuple[Asking, ...]
    due: date
    measure: Measure | None = None
    reason: str | None = None
    not_payable: bool = False
    language: Language = "nb"
    order: bool = False
    name: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What an answer says of itself, beside the items it answers: which clarification, and what cannot be answered.

    `declined` is a code of `DECLINE_REASON`; without `declined_items` it is about everything that is not answered.
    `words` is set where the answer is words alone, which answer no item; `relevance` is the doctor's rating of the
    question, from 1 to 5. `tells` are the items that a message may tell of without any question, as that about the
    status of a treatment does.
    """

    clarification: str
    declined: str | None = None
    declined_items: frozenset[str] = frozenset()
    words: Words | None = None
    relevance: int | None = None
    tells: frozenset[str] = frozenset()
