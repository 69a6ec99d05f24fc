"""Questions to the doctor for exactly what a certificate lacks, drafted when it is held as incomplete.

A draft is a text of ours: it quotes nothing of the certificate and waits for somebody at NAV to send it. Nothing here
may ask about a benefit, about the share of work that a patient can do, or for more than the item that is missing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from certgateway.domain.findings import Effect, Finding
from certgateway.domain.vocabulary import Title

QUESTIONS: Final[Mapping[str, Mapping[str | None, Title]]] = MappingProxyType(
    {
        "author-missing": {
            None: Title(
                "Hvem har vurdert pasienten og står inne for erklæringen? Oppgi HPR-nummeret.",
                "Kven har vurdert pasienten og står inne for erklæringa? Oppgi HPR-nummeret.",
                "Who assessed the patient and answers for the certificate? Please state the HPR number.",
            ),
        },
        "diagnosis-missing": {
            None: Title(
                "Hva er hoveddiagnosen? Oppgi én kode fra ICPC-2, ICPC-2B eller ICD-10.",
                "Kva er hovuddiagnosen? Oppgi éin kode frå ICPC-2, ICPC-2B eller ICD-10.",
                "What is the main diagnosis? Please give one code of ICPC-2, ICPC-2B or ICD-10.",
            ),
        },
        "function-missing": {
            None: Title(
                "Hva kan pasienten gjøre, eventuelt med tilpasning, og hva kan pasienten ikke gjøre? Vurder minst én "
                "aktivitet, for eksempel å gå, stå, løfte eller lære nytt.",
                "Kva kan pasienten gjere, eventuelt med tilpassing, og kva kan pasienten ikkje gjere? Vurder minst "
                "éin aktivitet, til dømes å gå, stå, løfte eller lære nytt.",
                "What can the patient do, with adaptation or without, and what can the patient not do? Please assess "
                "at least one activity, such as walking, standing, lifting or learning.",
            ),
        },
        "health-risk-missing": {
            None: Title(
                "Er det noen aktiviteter som kan være en helserisiko for pasienten? Oppgi i så fall hvilke. Er det "
                "vurdert, og ingen slike er kjent, er «vurdert, ingen kjente» et fullgodt svar.",
                "Er det nokon aktivitetar som kan vere ein helserisiko for pasienten? Oppgi i så fall kva for nokre. "
                "Er det vurdert, og ingen slike er kjende, er «vurdert, ingen kjende» eit fullgodt svar.",
                "Does any activity pose a health risk for the patient? If so, please state which. If this has been "
                "assessed and none is known, “assessed, none known” is a full answer.",
            ),
        },
        "prognosis-missing": {
            None: Title(
                "Hvordan venter du at funksjonen utvikler seg? Oppgi forløpet, og enten tidshorisont, varighet eller "
                "dato for ny vurdering. «Usikkert» er et gyldig svar når du sier hvorfor og når det bør vurderes på "
                "nytt.",
                "Korleis ventar du at funksjonen utviklar seg? Oppgi forløpet, og anten tidshorisont, varigheit eller "
                "dato for ny vurdering. «Usikkert» er eit gyldig svar når du seier kvifor og når det bør vurderast "
                "på nytt.",
                "How do you expect function to develop? Please state the course, and either a horizon, a duration or "
                "a review date. “Uncertain” is a valid answer when it says why and when to look again.",
            ),
            "horizon, duration or review date": Title(
                "Hvor lenge gjelder forløpet du har oppgitt? Oppgi tidshorisont, varighet eller dato for ny vurdering.",
                "Kor lenge gjeld forløpet du har oppgitt? Oppgi tidshorisont, varigheit eller dato for ny vurdering.",
                "How long does the course you stated hold? Please give a horizon, a duration or a review date.",
            ),
        },
        "prognosis-uncertain-without-review": {
            None: Title(
                "Du har oppgitt at forløpet er usikkert. Hvorfor er det usikkert, og når bør det vurderes på nytt?",
                "Du har oppgitt at forløpet er usikkert. Kvifor er det usikkert, og når bør det vurderast på nytt?",
                "You stated that the course is uncertain. Why is it uncertain, and when should it be assessed again?",
            ),
            "reason when uncertain": Title(
                "Du har oppgitt at forløpet er usikkert. Hvorfor er det usikkert?",
                "Du har oppgitt at forløpet er usikkert. Kvifor er det usikkert?",
                "You stated that the course is uncertain. Why is it uncertain?",
            ),
            "review date": Title(
                "Du har oppgitt at forløpet er usikkert. Når bør det vurderes på nytt?",
                "Du har oppgitt at forløpet er usikkert. Når bør det vurderast på nytt?",
                "You stated that the course is uncertain. When should it be assessed again?",
            ),
        },
    }
)
"""Rule id to its questions: by what the rule says is expected, and under None the one for the item as a whole."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A question about one item, why it is asked, the rule that found the gap, and the texts in each language."""

    item: str
    reason: Literal["missing"]
    rule: str
    texts: Title


def draft(findings: Iterable[Finding]) -> tuple[Draft, ...]:
    """One draft for each gap, in the order found; a gap that was found twice is asked about once."""
    drafts = (
        Draft(finding.item, "missing", finding.rule, texts)
        for finding in findings
        if finding.item is not None and (texts := question(finding)) is not None
    )
    return tuple(dict.fromkeys(drafts))


def question(finding: Finding) -> Title | None:
    """What is asked because of one finding; None when it is no gap or one that nobody can be asked about."""
    texts = QUESTIONS.get(finding.rule)
    if texts is None or finding.effect is not Effect.UNANSWERED:
        return None
    return texts.get(finding.expected, texts[None])
