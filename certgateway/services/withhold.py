"""Which sentences of a certificate are held back from NAV: the marks on its prose, and the sentences they stand in.

Found anew whenever they are needed, from the certificate alone: nothing of it is stored, so that corrected patterns
hold for what came before them too, and what NAV sees can never disagree with the prose it is cut from.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from certgateway.domain.assessment_element import Withheld
from certgateway.domain.certificate import Certificate, Coding
from certgateway.domain.marks import Mark
from certgateway.domain.message import Origins
from certgateway.domain.prose import prose_elements
from certgateway.domain.replies import ProseReply, as_certificate
from certgateway.domain.sentences import withheld_sentences

MOST_PROSE: Final = 100_000
"""Code points of prose in one certificate that are looked through, fifty pages; what is not looked at is not shown."""

_UNNAMED: Final = Coding("", "")

Marks = Mapping[str, tuple[Mark, ...]]
"""Element path of a prose field to what was found in it; fields in which nothing was found are left out."""


@dataclass(frozen=True, slots=True)
class WithheldSentence:
    """A sentence that NAV does not get to see: where it stands, for which kind of mark, and its code points there."""

    element: str
    path: str | None
    kind: str
    span: tuple[int, int]


def find_marks(certificate: Certificate) -> Marks:
    """The marks on every prose field, in the order of the form. What there is no room for is marked as unread."""
    found: dict[str, tuple[Mark, ...]] = {}
    room = MOST_PROSE
    for element, text in prose_elements(certificate):
        if len(text) <= room:
            # The patterns are loaded with the first text: a message without prose need not wait for them.
            from certgateway.prose import mark  # noqa: PLC0415

            room -= len(text)
            marks = mark(text)
        else:
            marks = (Mark("unread", 0, len(text), str(MOST_PROSE)),)
        if marks:
            found[element] = marks
    return found


def withheld_in(certificate: Certificate, marks: Marks) -> Mapping[str, tuple[Withheld, ...]]:
    """Element path to the sentences of it that are held back, where there are any."""
    texts = dict(prose_elements(certificate))
    held = {element: withheld_sentences(texts[element], found) for element, found in marks.items()}
    return {element: sentences for element, sentences in held.items() if sentences}


def placed_sentences(certificate: Certificate | None, marks: Marks, origins: Origins) -> tuple[WithheldSentence, ...]:
    """All sentences that are held back, at their places in the message."""
    held = withheld_in(certificate, marks) if certificate is not None else {}
    return tuple(
        WithheldSentence(element, origins.locate(element)[0], kind, span)
        for element, sentences in held.items()
        for kind, span in sentences
    )


def withheld_in_replies(replies: Iterable[ProseReply]) -> Mapping[str, Mapping[str, tuple[Withheld, ...]]]:
    """Of answers in words, by their ids: element path of a text to the sentences of it that are held back."""
    read = {each.message: as_certificate(each.texts, identifier=_UNNAMED, authored=each.authored) for each in replies}
    return {name: withheld_in(words, find_marks(words)) for name, words in read.items()}
