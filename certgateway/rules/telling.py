"""What counts as telling something in prose: where a bare "no" tells nothing, and what only repeats the diagnosis.

Shared by the rules that ask whether prose says anything and those that let prose answer. Nothing here may judge whether
an answer is good, or read what a text means.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from certgateway.domain.assessment_element import cut
from certgateway.domain.certificate import Certificate
from certgateway.domain.marks import Mark
from certgateway.domain.prose import words
from certgateway.domain.sentences import withheld_sentences
from certgateway.domain.vocabulary.form_2008 import DURATION_QUESTIONS
from certgateway.rules.declaration import Diagnoses, Facts
from certgateway.rules.placeholders import UNCERTAINTIES, placeholder_reason

FUNCTION_QUESTION: Final = "function"

NARRATIVE_QUESTIONS: Final = frozenset({None, FUNCTION_QUESTION, "causal-link"})
"""Questions whose answer tells or assesses; to others ("other information") a bare "no" is a fair answer."""

_PADDED: Final = 4

LABELS: Final = ("hoveddiagnose", "hovuddiagnose", "diagnose", "dx", "icpc2b", "icpc2", "icd10")
"""What may stand before a copied diagnosis and adds nothing to it."""


def narrative_elements(certificate: Certificate) -> frozenset[str]:
    """Element paths of the texts that tell or assess: history, and assessment but for short questions of 2008."""
    history = (f"history[{index}].text" for index in range(len(certificate.history.entries)))
    assessment = (
        f"assessment[{index}].text"
        for index, statement in enumerate(certificate.assessment)
        if statement.question in NARRATIVE_QUESTIONS
    )
    return frozenset((*history, *assessment))


def diagnosis_forms(certificate: Certificate, diagnoses: Diagnoses) -> frozenset[str]:
    """Code, title and both together of every diagnosis, as letters and digits only."""
    return frozenset(form for form in _forms(certificate, diagnoses) if form)


def _forms(certificate: Certificate, diagnoses: Diagnoses) -> Iterator[str]:
    for diagnosis in certificate.diagnosis:
        for coding in diagnosis.codes:
            code = "".join(words(coding.code))
            title = _letters(diagnoses.title(coding.system, coding.code) or "")
            yield from (code, title, code + title, title + code)


@lru_cache(maxsize=4096)
def _letters(title: str) -> str:
    """A title of the table, of which there are some thousands and in use some hundreds; never a sender's text."""
    return "".join(words(title))


def repeats(text: str, copies: frozenset[str]) -> bool:
    """Whether the text is one of `copies`, a label before it or not."""
    # Nobody writes a copy with more between its letters than this; longer texts need not be looked through.
    if len(text) > _PADDED * (len(LABELS[0]) + max(map(len, copies), default=0)):
        return False
    said = "".join(words(text))
    return bool(said) and any(said.removeprefix(label) in copies for label in ("", *LABELS))


def function_in_words(certificate: Certificate, facts: Facts) -> tuple[int, ...]:
    """Index of every assessment that tells of functioning in words, where the form has no codes for it."""
    return _answered(certificate, facts, frozenset({FUNCTION_QUESTION}))


def duration_in_words(certificate: Certificate, facts: Facts) -> bool:
    """Whether some assessment tells how long in words; "no", "uncertain" and a number without a unit do not."""
    told = _answered(certificate, facts, DURATION_QUESTIONS)
    return any(words(certificate.assessment.entries[index].text) not in UNCERTAINTIES for index in told)


def _answered(certificate: Certificate, facts: Facts, questions: frozenset[str]) -> tuple[int, ...]:
    """Index of every assessment under the questions in which NAV gets to see something that is no filler."""
    copies = diagnosis_forms(certificate, facts.diagnoses)
    asked = [(index, entry) for index, entry in enumerate(certificate.assessment) if entry.question in questions]
    shown = ((index, _shown(entry.text, facts.marks.get(f"assessment[{index}].text", ()))) for index, entry in asked)
    return tuple(
        index for index, text in shown if not placeholder_reason(text, narrative=True) and not repeats(text, copies)
    )


def _shown(text: str, marks: tuple[Mark, ...]) -> str:
    """The text without its withheld sentences: a verdict on work ability is no description of functioning."""
    if not marks:
        return text
    return " ".join(part["text"] for part in cut(text, withheld_sentences(text, marks)) if "text" in part)
