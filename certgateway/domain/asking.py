"""What may be asked of a doctor, and the words it is asked in.

A question is about the certificate: about an item that exists, for a reason that fits, whose answer is not there yet
and not asked for already. Nothing here may let a question through that asks for a benefit, for the share of work that a
patient can do, or for advice on education and the labour market.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Final, Literal

from certgateway.domain.amendment import ANSWERABLE, value_of
from certgateway.domain.certificate import SINGLE_ITEMS, Certificate, Period, Section
from certgateway.domain.dialogue_events import Measure, Target
from certgateway.domain.findings import Effect
from certgateway.domain.prose import PROSE_FIELDS
from certgateway.domain.questions import QUESTIONS
from certgateway.domain.record import Version
from certgateway.domain.vocabulary import Language, Title, names_benefit
from certgateway.domain.vocabulary.clarification import CLARIFICATION_REASON
from certgateway.domain.vocabulary.form import CERTIFICATE_ITEM
from certgateway.domain.vocabulary.risks import RISK_ACTIVITY

Why = Literal[
    "item-unknown",
    "element-unknown",
    "reason-unknown",
    "missing-takes-items",
    "demand-unknown",
    "asks-for-benefit",
    "asks-for-work-ability",
    "asks-for-advice",
    "already-answered",
    "already-open",
    "asked-twice",
    "receiver-unreachable",
]

REFUSALS: Final[dict[Why, Title]] = {
    "item-unknown": Title(
        "Erklæringen har ikke noe slikt punkt som kan besvares for seg.",
        "Erklæringa har ikkje noko slikt punkt som kan svarast på for seg.",
        "The certificate has no such item that can be answered by itself.",
    ),
    "element-unknown": Title(
        "Dette finnes ikke i gjeldende versjon av erklæringen.",
        "Dette finst ikkje i gjeldande versjon av erklæringa.",
        "This does not exist in the current version of the certificate.",
    ),
    "reason-unknown": Title(
        "Begrunnelsen er ingen av dem som kan brukes.",
        "Grunngivinga er ingen av dei som kan brukast.",
        "The reason is none of those that can be used.",
    ),
    "missing-takes-items": Title(
        "Det som mangler, spørres det etter som et helt punkt.",
        "Det som manglar, blir det spurt etter som eit heilt punkt.",
        "What is missing is asked for as a whole item.",
    ),
    "demand-unknown": Title(
        "Et krav ved tiltaket er ingen av kodene som kan brukes.",
        "Eit krav ved tiltaket er ingen av kodane som kan brukast.",
        "A demand of the measure is none of the codes that can be used.",
    ),
    "asks-for-benefit": Title(
        "Legen skal ikke spørres om ytelser. Spør om helse og funksjon.",
        "Legen skal ikkje spørjast om ytingar. Spør om helse og funksjon.",
        "The doctor must not be asked about benefits. Ask about health and functioning.",
    ),
    "asks-for-work-ability": Title(
        "Arbeidsevnen vurderes av NAV. Spør hva pasienten kan gjøre, og hva som er en helserisiko.",
        "Arbeidsevna blir vurdert av NAV. Spør kva pasienten kan gjere, og kva som er ein helserisiko.",
        "Work ability is for NAV to assess. Ask what the patient can do, and what poses a health risk.",
    ),
    "asks-for-advice": Title(
        "Legen skal ikke spørres om råd om utdanning eller yrke. Spør om helse og funksjon.",
        "Legen skal ikkje spørjast om råd om utdanning eller yrke. Spør om helse og funksjon.",
        "The doctor must not be asked for advice on education or occupation. Ask about health and functioning.",
    ),
    "already-answered": Title(
        "Punktet er besvart i gjeldende versjon. Svaret står her.",
        "Punktet er svara på i gjeldande versjon. Svaret står her.",
        "The item is answered in the current version. The answer stands here.",
    ),
    "already-open": Title(
        "Det samme er spurt om før, og spørsmålet er ikke besvart ennå.",
        "Det same er spurt om før, og spørsmålet er ikkje svara på enno.",
        "The same has been asked before, and the question has not been answered yet.",
    ),
    "receiver-unreachable": Title(
        "Systemet som erklæringen kom fra, har ikke oppgitt en HER-id og kan ikke få spørsmål.",
        "Systemet som erklæringa kom frå, har ikkje oppgitt ein HER-id og kan ikkje få spørsmål.",
        "The system that the certificate came from gave no HER-id and cannot get questions.",
    ),
    "asked-twice": Title(
        "Det samme står flere ganger i spørsmålet.",
        "Det same står fleire gonger i spørsmålet.",
        "The same stands several times in the question.",
    ),
}
"""Why a question is not sent, in words for the counsellor."""

# What nobody asks a doctor about health and functioning for. In small letters; a word without its end is the beginning
# of many.
_BENEFIT: Final = re.compile(
    r"\bytels|\byting|trygd|\bstønad|(?:\b|inngangs)vilkår(?!l[ie]g)|\brettighet|\bberettig|\binnvilg|\binvaliditet|\bméngrad"
    r"|\brett til(?! (?:side|sida|venstre|høyre|høgre)\b)|\b(?:ha|har|gir|gjev|får)(?: \w+)? (?:rett|krav) på"
    r"|\bøkonomisk (?:støtte|hjelp)|\bbenefits?\b(?! (?:from|of)\b)|\bentitle|\beligib|\bqualif(?:y|ies) for"
)
_SICK_LISTED: Final = r"\bs(?:y|ju)ke?meld"
_WORK: Final = r"\b(?:jobb|arbeid|work)(?:e|en|er|ar|a|et|ing|s)?\b"
# A share; what follows it may tell that something else is measured.
_PERCENT: Final = (
    r"(?:prosent|%|\bper ?cent)(?!\w* (?:stenos|tap|hørsel|høyrsle|syn|lunge|kraft|av (?:normal|forvent)))"
)
_WORK_ABILITY: Final = re.compile(
    r"\b(?:rest)?arbeids[- ]?(?:ev|u?før|kapasitet)|\b(?:ervervs|yrkes|inntekts)[- ]?(?:ev|u?før)|\bufør"
    rf"|(?:\bstillings|\barbeids|\bjobb|{_SICK_LISTED}ings)[- ]?(?:prosent|brøk|grad)"
    rf"|{_PERCENT}[^.?!]{{0,40}}(?:{_WORK}|{_SICK_LISTED})|{_WORK}[^.?!]{{0,40}}{_PERCENT}"
    rf"|{_PERCENT}[- ]?(?:av )?(?:full |hel |heil )?stilling|\bstilling(?:a|en)? (?:på|i|med) \d+ ?{_PERCENT}"
    r"|\b[kc]an\b[^.?!]{0,40}\b(?:(?:full|hel|heil|halv|redusert) stilling|(?:full|hel|heil|del)tid\b|full[- ]time)"
    rf"|\b(?:andel|share) (?:av|of)[^.?!]{{0,20}}(?:stilling|{_WORK}|\bjob\b)|\bwork(?:ing)? (?:ability|capacity)"
    r"|\bcapacity for work|\b(?:un)?fit (?:for|to) work|\bincapacit"
)
_OCCUPATION: Final = r"\b(?:yrke|jobb|bransje|occupation|profession|career|job)(?:t|n|r|ne|a|ane|en|er|ar|s)?\b"
_ADVICE: Final = re.compile(
    r"\bomsk[ou]ler|utdann|\bsk[ou]legang|\bfagbrev|\bkarriere|\barbeidsmark|\blabou?r market|\bvarig tilrettelagt"
    rf"|\byrkes(?:val|rettlei|veiled|råd)|\b(?:bytte|byte|skifte|change) {_OCCUPATION}|\b(?:nytt|anna|annet) yrke\b"
    rf"|{_OCCUPATION}[^.?!]{{0,40}}\b(?:passe(?:r|nde)|passar|egn(?:er|et)|eign(?:ar|a)|suits?|anbefal\w*|tilrå\w*)\b"
    r"|\b(?:hvilket|slags|type|kva) arbeid\b[^.?!]{0,20}\b(?:pass[ae]r|egne[rt]|eigna|bør|burde)"
    rf"|\b(?:hvilke[nt]?|slags|kva|which|kind of) (?:type )?{_OCCUPATION} (?:kan|bør|burde|can|should)\b"
    r"|\b(?:bør|burde|should)\b[^.?!]{0,40}\b(?:stud(?:er|y)|sk[ou]le|school|(?:ny|annen|anna|another|new) jobb?\b)"
    r"|\bretrain|\b(?:further|higher|more|new|choice of) (?:education|occupation)"
)
_STEP: Final = re.compile(r"([a-z_-]+)(?:\[(0|[1-9][0-9]{0,5})\])?")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a question is not sent; `target` is its place among the targets, None when it is the question as a whole."""

    why: Why
    target: int | None = None


def refusals(
    targets: Sequence[Target], measure: Measure | None, version: Version, open_targets: Sequence[Target]
) -> list[Refusal]:
    """Everything that speaks against sending a question about the current version; nothing when it may be sent."""
    found = [
        Refusal(why, place)
        for place, target in enumerate(targets)
        for why in _against(target, targets[:place], version, open_targets)
    ]
    return [*found, *map(Refusal, against_measure(measure))]


def _against(
    target: Target, before: Sequence[Target], version: Version, open_targets: Sequence[Target]
) -> Iterator[Why]:
    yield from asks_for(target.settles or "")
    if target.reason not in CLARIFICATION_REASON:
        yield "reason-unknown"
    if target.item not in ANSWERABLE:
        yield "item-unknown"
        return
    if target.reason == "missing" and target.element is not None:
        yield "missing-takes-items"
    elif target.element is not None and not _is_there(target, version.certificate):
        yield "element-unknown"
    if target.reason == "missing" and is_answered(target.item, version):
        yield "already-answered"
    if any(_same(target, each) for each in before):
        yield "asked-twice"
    if any(_same(target, each) for each in open_targets):
        yield "already-open"


def against_measure(measure: Measure | None) -> Iterator[Why]:
    """What speaks against a planned measure in a question."""
    if measure is not None:
        yield from asks_for(measure.description)
        if not all(demand in RISK_ACTIVITY for demand in measure.demands):
            yield "demand-unknown"


def asks_for(text: str) -> Iterator[Why]:
    """What a text asks for that no doctor is to be asked."""
    lower = " ".join(unicodedata.normalize("NFKC", text.replace("\u00ad", "")).casefold().split())
    if names_benefit(text) or _BENEFIT.search(lower):
        yield "asks-for-benefit"
    if _WORK_ABILITY.search(lower):
        yield "asks-for-work-ability"
    if _ADVICE.search(lower):
        yield "asks-for-advice"


def _same(one: Target, other: Target) -> bool:
    return (one.item, one.element, one.reason) == (other.item, other.element, other.reason)


def is_answered(item: str, version: Version) -> bool:
    """Whether a version answers an item: it says something that no rule found to be no answer."""
    section = value_of(version.certificate, item)
    # Filler is no answer where nothing else is said; beside a code or another statement it is a remark.
    filler = {"placeholder-text"} if _is_prose_alone(item, section) else set()
    no_answer = {each.item for each in version.findings if each.effect is Effect.UNANSWERED or each.rule in filler}
    return section.state in {"stated", "none"} and item not in no_answer


def _is_prose_alone(item: str, section: Section[Any]) -> bool:
    """Whether an item has one statement, and that says nothing but words."""
    beside = {*PROSE_FIELDS.get(item, ()), "source", "date", "question", "rank"}
    return len(section.entries) == 1 and all(
        getattr(entry, field.name) in {None, (), Period()}
        for entry in section
        for field in fields(entry)
        if field.name not in beside
    )


def _is_there(target: Target, certificate: Certificate) -> bool:
    """Whether an element path of an item leads to something in a certificate."""
    first, *rest = (target.element or "").split(".")
    step = _STEP.fullmatch(first)
    if step is None or step[1] != target.item or (step[2] is None) != (target.item in SINGLE_ITEMS):
        return False
    node = _entry(value_of(certificate, target.item).entries, int(step[2] or 0))
    for part in rest:
        node = _inside(node, part)
    return node not in (None, ())


def _inside(node: object, part: str) -> object:
    """The value of a field, or one of the values of a field that holds several; None where there is none."""
    step = _STEP.fullmatch(part)
    if step is None or not is_dataclass(node) or step[1] not in {field.name for field in fields(node)}:
        return None
    value: object = getattr(node, step[1])
    if step[2] is None:
        return value
    return _entry(value, int(step[2])) if isinstance(value, tuple) else None


def _entry(entries: Sequence[object], place: int) -> object:
    return entries[place] if place < len(entries) else None


_ASKED_BECAUSE: Final[dict[str, Title]] = {
    "missing": Title(
        "Erklæringen sier ikke noe om «{item}». Kan du svare på det?",
        "Erklæringa seier ikkje noko om «{item}». Kan du svare på det?",
        "The certificate says nothing about “{item}”. Can you answer it?",
    ),
    "unclear": Title(
        "Det er uklart for oss hva som menes under «{item}». Kan du presisere?",
        "Det er uklart for oss kva som er meint under «{item}». Kan du presisere?",
        "What is meant under “{item}” is unclear to us. Can you make it more precise?",
    ),
    "contradictory": Title(
        "Opplysningene under «{item}» ser ut til å motsi hverandre eller noe annet i erklæringen. Hva er riktig?",
        "Opplysningane under «{item}» ser ut til å seie imot kvarandre eller noko anna i erklæringa. Kva er rett?",
        "What stands under “{item}” seems to contradict itself or the rest of the certificate. Which is right?",
    ),
    "outdated": Title(
        "Opplysningene under «{item}» begynner å bli gamle. Gjelder de fortsatt?",
        "Opplysningane under «{item}» byrjar å bli gamle. Gjeld dei framleis?",
        "What stands under “{item}” is growing old. Does it still hold?",
    ),
    "patient-reported": Title(
        "Under «{item}» står det hva pasienten selv opplyser. Hva er din medisinske vurdering?",
        "Under «{item}» står det kva pasienten sjølv opplyser. Kva er di medisinske vurdering?",
        "Under “{item}” stands what the patient reports. What is your medical assessment?",
    ),
    "specialist-view": Title(
        "Finnes det en spesialistvurdering som belyser «{item}», og hva betyr den for funksjonsevnen?",
        "Finst det ei spesialistvurdering som kastar lys over «{item}», og kva betyr ho for funksjonsevna?",
        "Is there a specialist's view that sheds light on “{item}”, and what does it mean for functioning?",
    ),
    "detail-for-measure": Title(
        "NAV planlegger et tiltak. Hva må vi vite om «{item}» for at det skal være trygt for pasienten?",
        "NAV planlegg eit tiltak. Kva må vi vite om «{item}» for at det skal vere trygt for pasienten?",
        "NAV plans a measure. What must we know about “{item}” for it to be safe for the patient?",
    ),
}


_PLACE: Final = re.compile(r"\A[a-z-]+\[([0-9]+)\]")
_WHICH: Final = Title(
    "Det gjelder opplysning nummer {number} under punktet.",
    "Det gjeld opplysning nummer {number} under punktet.",
    "This is about statement number {number} under the item.",
)
_REPLACES: Final = Title(
    "Svaret erstatter alt som står under punktet nå.",
    "Svaret erstattar alt som står under punktet no.",
    "The answer takes the place of all that stands under the item now.",
)


def question_text(target: Target, language: Language) -> str:
    """What the doctor is asked about a target: our words for item and reason, and the counsellor's after them."""
    whole = QUESTIONS.get(f"{target.item}-missing") if target.reason == "missing" else None
    item = CERTIFICATE_ITEM.concepts[target.item].text(language)
    asked = whole[None] if whole else _ASKED_BECAUSE[target.reason]
    place = _PLACE.search(target.element or "")
    which = _WHICH.text(language).format(number=int(place[1]) + 1) if place else None
    replaces = None if target.reason == "missing" else _REPLACES.text(language)
    return " ".join(filter(None, (asked.text(language).format(item=item), which, target.settles, replaces)))
