"""An answer in words: what a doctor writes about a question, beside and instead of the items that a system answers.

Words answer no item by themselves, whatever they say: they are kept, shown in parts, and read by a counsellor. Nothing
here may draw an answer out of them. They may hold anything, so that they are stored sealed and leave as parts only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from certgateway.domain.certificate import Attachment, Author, Certificate, Coding, Patient, Section, Statement

ReplyKind = Literal["answer", "note", "question"]
"""What a message calls itself: an answer, a note, or a question of the doctor's own."""
Place = Literal["subject", "text", "remark"]

# Of the texts that a certificate holds, those to which a bare "no" is a fair answer.
_TAKEN_AS: Final = "other-information"


@dataclass(frozen=True, slots=True)
class ReplyText:
    """One text: where it stood in the message, and the item that it says it is about, if it says so in code."""

    place: Place
    text: str
    item: str | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What a message of words says: its texts, and the ids by which it may name the question, the likeliest first."""

    kind: ReplyKind
    texts: tuple[ReplyText, ...] = ()
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProseReply:
    """The words of one message. `authored` is when they were written, `at` when they came; both aware.

    `message` is our id of the message that brought them, and so theirs; `clarification` the question they are about.
    """

    message: str
    clarification: str
    kind: ReplyKind
    at: datetime
    authored: datetime
    author: Author
    texts: tuple[ReplyText, ...]
    attachments: tuple[Attachment, ...] = ()


def as_certificate(
    texts: Sequence[ReplyText],
    attachments: Sequence[Attachment] = (),
    *,
    identifier: Coding,
    authored: datetime,
    patient: Patient | None = None,
    author: Author | None = None,
) -> Certificate:
    """Words as what rules and the prose guard read: statements of an assessment, in order. It is never stored."""
    return Certificate(
        identifier=identifier,
        authored=authored,
        status="final",
        patient=patient or Patient(),
        author=author or Author(),
        assessment=_stated(tuple(Statement(each.text, question=_TAKEN_AS) for each in texts)),
        attachment=_stated(tuple(attachments)),
    )


def _stated(entries: tuple[Any, ...]) -> Section[Any]:
    return Section("stated", entries) if entries else Section()


def text_place(index: int) -> str:
    """The element path of a text in `as_certificate`."""
    return f"assessment[{index}].text"
