"""Answers that match no question, as they lie until somebody has sorted them: what was understood, and our words.

Values and our own texts. Nothing here may hold the message as it was received, or decide where an answer belongs.
"""

from dataclasses import dataclass
from typing import Final, Literal

from certgateway.domain.certificate import Certificate
from certgateway.domain.findings import Finding
from certgateway.domain.reply import Reply
from certgateway.domain.vocabulary import Title


@dataclass(frozen=True, slots=True)
class PutAside:
    """What was understood of an answer, without what was removed: enough to join it later.

    `answer` holds the items that it says something about, `reply` what it says of itself, and `findings` what was found
    while it was read, before any rule was asked.
    """

    answer: Certificate
    reply: Reply
    findings: tuple[Finding, ...] = ()


PUT_ASIDE: Final[dict[str, Title]] = {
    "clarification-unknown": Title(
        "Svaret oppgir ikke et spørsmål som er stilt til systemet det kom fra.",
        "Svaret oppgir ikkje eit spørsmål som er stilt til systemet det kom frå.",
        "The answer names no question that was put to the system it came from.",
    ),
    "other-certificate": Title(
        "Svaret oppgir en annen erklæring enn den det er spurt om.",
        "Svaret oppgir ei anna erklæring enn den det er spurt om.",
        "The answer names another certificate than the one that was asked about.",
    ),
    "other-patient": Title(
        "Svaret gjelder en annen pasient enn den det er spurt om.",
        "Svaret gjeld ein annan pasient enn den det er spurt om.",
        "The answer is about another patient than the one that was asked about.",
    ),
    "certificate-withdrawn": Title(
        "Erklæringen er trukket tilbake.", "Erklæringa er trekt tilbake.", "The certificate is withdrawn."
    ),
    "answer-withdrawn": Title(
        "Svaret er merket som feil av den som sendte det.",
        "Svaret er merkt som feil av den som sende det.",
        "The answer is marked as an error by whoever sent it.",
    ),
    "older-than-known": Title(
        "Svaret er eldre enn det som står om punktet.",
        "Svaret er eldre enn det som står om punktet.",
        "The answer is older than what stands about the item.",
    ),
    "not-asked": Title(
        "Svaret gjelder ikke noe av det som det ble spurt om.",
        "Svaret gjeld ikkje noko av det som det vart spurt om.",
        "The answer is about nothing that was asked.",
    ),
    "certificate-unknown": Title(
        "Meldingen om behandling oppgir en erklæring som vi ikke har fått fra dette systemet.",
        "Meldinga om behandling oppgir ei erklæring som vi ikkje har fått frå dette systemet.",
        "The message about treatment names a certificate that has not come from this system.",
    ),
}
"""Why an answer was put aside, in words for the counsellor."""

Unsortable = Literal[
    "content-not-kept",
    "clarification-unknown",
    "other-patient",
    "certificate-withdrawn",
    "answer-withdrawn",
    "not-asked",
    "older-than-known",
    "refused",
]

UNSORTABLE: Final[dict[Unsortable, Title]] = {
    "content-not-kept": Title(
        "Innholdet i dette svaret er ikke tatt vare på i en form som kan føres inn. Be legen sende det på nytt.",
        "Innhaldet i dette svaret er ikkje teke vare på i ei form som kan førast inn. Be legen sende det på nytt.",
        "What this answer says was not kept in a form that can be taken in. Ask the doctor to send it again.",
    ),
    "clarification-unknown": Title(
        "Det finnes ikke noe slikt spørsmål.", "Det finst ikkje noko slikt spørsmål.", "There is no such question."
    ),
    "other-patient": Title(
        "Svaret gjelder en annen pasient enn spørsmålet. Det kan aldri føres inn her.",
        "Svaret gjeld ein annan pasient enn spørsmålet. Det kan aldri førast inn her.",
        "The answer is about another patient than the question. It can never be taken in here.",
    ),
    "certificate-withdrawn": Title(
        "Erklæringen er trukket tilbake, og svaret kan ikke føres inn i den.",
        "Erklæringa er trekt tilbake, og svaret kan ikkje førast inn i ho.",
        "The certificate is withdrawn, and the answer cannot be taken into it.",
    ),
    "answer-withdrawn": Title(
        "Den som sendte svaret, har merket det som feil.",
        "Den som sende svaret, har merkt det som feil.",
        "Whoever sent the answer has marked it as an error.",
    ),
    "not-asked": Title(
        "Svaret sier ikke noe om det som spørsmålet gjelder.",
        "Svaret seier ikkje noko om det som spørsmålet gjeld.",
        "The answer says nothing about what the question asks.",
    ),
    "older-than-known": Title(
        "Det som alt står i erklæringen, er nyere enn svaret.",
        "Det som alt står i erklæringa, er nyare enn svaret.",
        "What stands in the certificate already is newer than the answer.",
    ),
    "refused": Title(
        "Svaret bryter en regel slik at det ikke kan føres inn i denne erklæringen.",
        "Svaret bryt ein regel slik at det ikkje kan førast inn i denne erklæringa.",
        "The answer breaks a rule, so that it cannot be taken into this certificate.",
    ),
}
"""Why an answer cannot be sorted to a clarification, in words for the counsellor."""
