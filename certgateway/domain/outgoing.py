"""What the gateway sends to a doctor's record system about a clarification or an order, before it has any format.

It names patient and author as the certificate or the order did, so that the system finds both. Nothing of what the
certificate says is repeated, and nothing that was withheld can be: a message holds our words and the counsellor's.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from certgateway.domain.certificate import Author, Coding, Patient
from certgateway.domain.dialogue_events import Measure, Target
from certgateway.domain.vocabulary import Language

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
