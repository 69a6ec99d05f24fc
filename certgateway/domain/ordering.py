"""A certificate that NAV orders: what it is to answer, in which words, whether it does, and what must not be ordered.

An order asks for a whole certificate and, beside it, for what the case needs. An answer is read from the field that
holds it and from no other: what was not assessed and what only fills a field answer nothing. Nothing here may let an
order through that asks for a benefit, for the share of work that a patient can do, or for advice on work or education.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from certgateway.domain.asking import REFUSALS, against_measure, asks_for, is_answered, question_text
from certgateway.domain.asking import Why as AskingWhy
from certgateway.domain.certificate import REQUIRED_ITEMS, Certificate, Patient
from certgateway.domain.dialogue import State
from certgateway.domain.dialogue_events import Clinician, Measure, Ordered, Target
from certgateway.domain.persons import is_hpr_number, is_organisation_number, read_person_number
from certgateway.domain.record import Version
from certgateway.domain.vocabulary import Language, Title
from certgateway.domain.vocabulary.form import AUTHOR_ROLE


@dataclass(frozen=True, slots=True)
class CaseQuestion:
    """A case-specific question: a code of `ORDER_QUESTION`, and in the counsellor's words what would settle it."""

    question: str
    settles: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What a counsellor wants: a certificate about a patient from a clinician, whose system is `receiver`."""

    patient: Patient
    clinician: Clinician
    receiver: str
    questions: tuple[CaseQuestion, ...] = ()
    measure: Measure | None = None
    due: date | None = None
    language: Language = "nb"


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a code asks for: the item that the answer belongs to, why, the words, and whether a certificate answers."""

    item: str
    text: Title
    answers: Callable[[Certificate], bool]
    reason: str = "missing"


def _since_when(certificate: Certificate) -> bool:
    return any(
        entry.certainty == "unknown" or (entry.since is not None and entry.certainty is not None)
        for entry in certificate.onset
    )


def _expected_duration(certificate: Certificate) -> bool:
    return any(
        entry.reduced_function_duration is not None or entry.illness_duration is not None
        for entry in certificate.prognosis
    )


def _risk_activity(certificate: Certificate) -> bool:
    risks = certificate.health_risk
    return risks.state == "none" or any(entry.activity is not None for entry in risks)


def _load_to_try(certificate: Certificate) -> bool:
    """How much, of something that the patient can do; a limit to what the patient cannot do is no load to try."""
    return any(entry.limits and entry.ability not in {None, "cannot"} for entry in certificate.function)


def _compatible_with_treatment(certificate: Certificate) -> bool:
    treatment = certificate.treatment
    return treatment.state == "none" or any(entry.combinable is not None for entry in treatment)


def _compatible_with_measure(certificate: Certificate) -> bool:
    """A view of it; that it cannot be judged without more detail is a question back."""
    return any(entry.measure_view not in {None, "needs-detail"} for entry in certificate.activity)


_QUESTIONS: Final[Mapping[str, _Asked]] = {
    "since-when": _Asked(
        "onset",
        Title(
            "Siden når har pasienten hatt nedsatt funksjon, og er datoen nøyaktig eller omtrentlig? «Ukjent» er et "
            "gyldig svar.",
            "Sidan når har pasienten hatt nedsett funksjon, og er datoen nøyaktig eller omtrentleg? «Ukjend» er eit "
            "gyldig svar.",
            "Since when has the patient's function been reduced, and is the date exact or approximate? “Unknown” is a "
            "valid answer.",
        ),
        _since_when,
    ),
    "expected-duration": _Asked(
        "prognosis",
        Title(
            "Hvor lenge venter du at sykdommen eller den nedsatte funksjonen varer? Et anslag er nok.",
            "Kor lenge ventar du at sjukdommen eller den nedsette funksjonen varer? Eit anslag er nok.",
            "How long do you expect the illness or the reduced function to last? An estimate is enough.",
        ),
        _expected_duration,
    ),
    "risk-activity": _Asked(
        "health-risk",
        Title(
            "Hvilke aktiviteter kan være en helserisiko for pasienten, og hva skal til for at de er trygge? Er det "
            "vurdert, og ingen slike er kjent, er «vurdert, ingen kjente» et fullgodt svar.",
            "Kva for aktivitetar kan vere ein helserisiko for pasienten, og kva skal til for at dei er trygge? Er det "
            "vurdert, og ingen slike er kjende, er «vurdert, ingen kjende» eit fullgodt svar.",
            "Which activities may pose a health risk for the patient, and what makes them safe? If this has been "
            "assessed and none is known, “assessed, none known” is a full answer.",
        ),
        _risk_activity,
    ),
    "load-to-try": _Asked(
        "function",
        Title(
            "Hvilken belastning kan pasienten prøve? Oppgi minst én aktivitet og en grense for den: hvor mye, hvor "
            "lenge eller hvor ofte.",
            "Kva belastning kan pasienten prøve? Oppgi minst éin aktivitet og ei grense for han: kor mykje, kor lenge "
            "eller kor ofte.",
            "Which load can the patient try? Please state at least one activity and a limit to it: how much, how long "
            "or how often.",
        ),
        _load_to_try,
    ),
    "compatible-with-treatment": _Asked(
        "treatment",
        Title(
            "Kan behandlingen som pågår eller er planlagt, kombineres med aktivitet?",
            "Kan behandlinga som går føre seg eller er planlagd, kombinerast med aktivitet?",
            "Can the treatment that is ongoing or planned be combined with activity?",
        ),
        _compatible_with_treatment,
    ),
    "compatible-with-measure": _Asked(
        "activity",
        Title(
            "NAV planlegger tiltaket som er beskrevet i bestillingen. Er det medisinske innvendinger mot det, er det "
            "mulig med tilpasning eller senere, eller medfører det helserisiko?",
            "NAV planlegg tiltaket som er skildra i tinginga. Er det medisinske innvendingar mot det, er det mogleg "
            "med tilpassing eller seinare, eller medfører det helserisiko?",
            "NAV plans the measure that is described in the order. Is there a medical objection to it, is it possible "
            "with adaptation or later, or does it pose a health risk?",
        ),
        _compatible_with_measure,
        reason="detail-for-measure",
    ),
}
# Who and by whom is known from the order itself.
_WHOLE: Final = tuple(item for item in REQUIRED_ITEMS if item not in {"patient", "author"})


def ordered_targets(questions: Iterable[CaseQuestion]) -> tuple[Target, ...]:
    """What an order asks for: every required item, and the case-specific questions after them."""
    return (*(Target(item, "missing") for item in _WHOLE), *map(_target, questions))


def _target(asked: CaseQuestion) -> Target:
    known = _QUESTIONS[asked.question]
    return Target(known.item, known.reason, settles=asked.settles, question=asked.question)


def target_text(target: Target, language: Language) -> str:
    """What the doctor is asked about a target, of a question about a certificate or of an order."""
    if target.question is None:
        return question_text(target, language)
    return " ".join(filter(None, (_QUESTIONS[target.question].text.text(language), target.settles)))


def answers(question: str, certificate: Certificate) -> bool:
    """Whether a certificate answers a code of `ORDER_QUESTION`."""
    return _QUESTIONS[question].answers(certificate)


def is_settled(target: Target, version: Version) -> bool:
    """Whether a version answers a target of an order. The words of an older form answer about functioning there."""
    if target.question is None:
        in_words = target.item == "function" and any(each.rule == "function-uncoded" for each in version.findings)
        return in_words or is_answered(target.item, version)
    return answers(target.question, version.certificate)


Why = (
    AskingWhy
    | Literal[
        "patient-number-invalid",
        "patient-wrong-environment",
        "clinician-number-invalid",
        "clinician-role-unknown",
        "organisation-number-invalid",
        "question-unknown",
        "measure-missing",
    ]
)

ORDER_REFUSALS: Final = dict[Why, Title](REFUSALS.items()) | {
    "patient-number-invalid": Title(
        "Pasientens nummer er ikke et gyldig fødselsnummer eller D-nummer.",
        "Nummeret til pasienten er ikkje eit gyldig fødselsnummer eller D-nummer.",
        "The patient's number is not a valid fødselsnummer or D-number.",
    ),
    "patient-wrong-environment": Title(
        "Pasientens nummer hører ikke hjemme i dette miljøet.",
        "Nummeret til pasienten høyrer ikkje heime i dette miljøet.",
        "The patient's number does not belong in this environment.",
    ),
    "clinician-number-invalid": Title(
        "Behandlerens HPR-nummer er ikke gyldig.",
        "HPR-nummeret til behandlaren er ikkje gyldig.",
        "The clinician's HPR number is not valid.",
    ),
    "clinician-role-unknown": Title(
        "Behandlerens rolle er ingen av dem som kan brukes.",
        "Rolla til behandlaren er ingen av dei som kan brukast.",
        "The clinician's role is none of those that can be used.",
    ),
    "organisation-number-invalid": Title(
        "Organisasjonsnummeret til der behandleren arbeider, er ikke gyldig.",
        "Organisasjonsnummeret til der behandlaren arbeider, er ikkje gyldig.",
        "The organisation number of where the clinician works is not valid.",
    ),
    "question-unknown": Title(
        "Spørsmålet er ingen av dem som kan stilles i en bestilling.",
        "Spørsmålet er ingen av dei som kan stillast i ei tinging.",
        "The question is none of those that can be asked in an order.",
    ),
    "measure-missing": Title(
        "Legen kan ikke vurdere et tiltak som ikke er beskrevet. Beskriv tiltaket og hva det krever.",
        "Legen kan ikkje vurdere eit tiltak som ikkje er skildra. Skildre tiltaket og kva det krev.",
        "The doctor cannot judge a measure that is not described. Describe the measure and what it demands.",
    ),
    "already-open": Title(
        "Det samme er bestilt av den samme behandleren før, og det er ikke besvart ennå.",
        "Det same er tinga av den same behandlaren før, og det er ikkje svara på enno.",
        "The same has been ordered from the same clinician before, and has not been answered yet.",
    ),
}
"""Why an order is not sent, in words for the counsellor."""


@dataclass(frozen=True, slots=True)
class OrderRefusal:
    """Why an order is not sent; `question` is its place among the questions, None when it is the order as a whole."""

    why: Why
    question: int | None = None


def order_refusals(order: Order, persons: str, known: Iterable[State]) -> list[OrderRefusal]:
    """Everything that speaks against an order; nothing when it may be sent.

    `persons` is whose numbers belong here (synthetic, real, both), `known` are all orders about the same patient.
    """
    waiting = _waiting(order, known)
    found = [
        *map(OrderRefusal, _against_people(order, persons)),
        *_against_questions(order.questions, waiting),
        *map(OrderRefusal, against_measure(order.measure)),
    ]
    asked = {each.question for each in order.questions}
    if "compatible-with-measure" in asked and order.measure is None:
        found.append(OrderRefusal("measure-missing"))
    if not asked and not waiting.isdisjoint(_WHOLE):
        found.append(OrderRefusal("already-open"))
    return found


def _against_people(order: Order, persons: str) -> Iterator[Why]:
    number = read_person_number(order.patient.number or "")
    if number is None:
        yield "patient-number-invalid"
    elif persons not in {"both", number.series}:
        yield "patient-wrong-environment"
    yield from against_clinician(order.clinician)


def against_clinician(clinician: Clinician) -> Iterator[Why]:
    """What is wrong with whom a certificate is ordered from."""
    if not is_hpr_number(clinician.hpr):
        yield "clinician-number-invalid"
    if clinician.role not in AUTHOR_ROLE:
        yield "clinician-role-unknown"
    if not is_organisation_number(clinician.organisation):
        yield "organisation-number-invalid"


def _against_questions(questions: tuple[CaseQuestion, ...], waiting: frozenset[str]) -> Iterator[OrderRefusal]:
    seen: set[str] = set()
    for place, asked in enumerate(questions):
        for why in asks_for(asked.settles or ""):
            yield OrderRefusal(why, place)
        if asked.question not in _QUESTIONS:
            yield OrderRefusal("question-unknown", place)
        if asked.question in seen:
            yield OrderRefusal("asked-twice", place)
        if asked.question in waiting:
            yield OrderRefusal("already-open", place)
        seen.add(asked.question)


def _waiting(order: Order, known: Iterable[State]) -> frozenset[str]:
    """The keys of everything that the same clinician has been asked for about the same patient and has not answered."""
    return frozenset(
        each.target.key
        for state in known
        if isinstance(state.asked, Ordered) and state.withdrawn is None and _has_it(order, state)
        for each in state.targets
        if each.standing == "open"
    )


def _has_it(order: Order, state: State) -> bool:
    """Whether the clinician of an order has an earlier one now; one handed over without a name is at a system."""
    if state.clinician is None:
        return state.receiver == order.receiver
    return state.clinician.hpr == order.clinician.hpr
