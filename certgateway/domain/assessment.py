"""What the work-ability assessment (AEV) gets: the facts of a certificate's current version, with provenance.

Resources come before obstacles, and what was assessed without finding anything is told apart from what nobody answered.
A pure function of its arguments. It must never name a benefit, give a share of work ability, call a patient active or
inactive, say anything of payment, judge, or pass on a display or text of the sender outside `parts`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from certgateway.domain import assessment_values as values
from certgateway.domain.assessment_element import Facts, Sheet, Withheld
from certgateway.domain.assessment_proposals import proposals
from certgateway.domain.assessment_replies import NOTHING_WORDED, Worded, reply_proposals
from certgateway.domain.assessment_staleness import is_past
from certgateway.domain.assessment_titles import DiagnosisTitles, Json, Titles, date_text, instant_text
from certgateway.domain.calendar import norwegian_date
from certgateway.domain.certificate import (
    ITEMS,
    SINGLE_ITEMS,
    WITHDRAWN,
    Certificate,
    Diagnosis,
    FunctionStatement,
    Prognosis,
    Section,
    State,
)
from certgateway.domain.dialogue import State as Dialogue
from certgateway.domain.dialogue_report import open_items, open_on
from certgateway.domain.differences import differences
from certgateway.domain.findings import Effect, Finding
from certgateway.domain.questions import question
from certgateway.domain.record import Version
from certgateway.domain.vocabulary import Language, is_body_function
from certgateway.domain.vocabulary.form import EMPTY_REASONS
from certgateway.domain.vocabulary.form_2008 import CONTACT_WISH
from certgateway.domain.vocabulary.systems import ICD_10, ICPC_2, ICPC_2B

T = TypeVar("T")

SECTION_ITEMS: Final[tuple[str, ...]] = tuple(item for item in ITEMS if item not in {"purpose", "patient", "author"})

_MANAGES: Final = frozenset({"can", "can-with-adaptation"})
_NO_DIFFICULTY: Final = "0"
_DIFFICULTY: Final = frozenset({"1", "2", "3", "4"})
_SOCIAL_ICD_10: Final = range(55, 66)


def project(
    case: str,
    versions: Sequence[Version],
    *,
    first_attempt: datetime,
    now: datetime,
    titles: DiagnosisTitles,
    withheld: Mapping[str, Sequence[Withheld]] | None = None,
    asked: Sequence[tuple[str, Dialogue]] = (),
    worded: Worded = NOTHING_WORDED,
    language: Language = "nb",
) -> dict[str, Any]:
    """The assessment data of a case (`schemas/assessment.schema.json`), ready for JSON, from all its versions.

    Their order does not matter. `case` is the gateway's UUID; `first_attempt` and `now` are aware; `withheld` maps
    element paths of the current version to the sentences that are held back; `asked` are the case's clarifications by
    id, `worded` what was answered to them in words. Of a withdrawn certificate no statement is
    shown. Raises ValueError when no version is the current one.
    """
    version = _current(versions)
    withdrawn = version.certificate.status == WITHDRAWN
    sheet = Sheet(case, version, norwegian_date(now), Titles(titles, language), withheld or {})
    reception = {
        "certificate": case,
        "version": version.number,
        "withdrawn": withdrawn,
        "language": language,
        "authored": instant_text(version.certificate.authored),
        "arrival": instant_text(version.arrival),
        "first_attempt": instant_text(first_attempt),
        "as_of": instant_text(now),
        "verdict": version.verdict,
    }
    if withdrawn:
        return reception | {name: [] for name in LISTS} | {"states": {}, "state_reasons": {}}
    facts = _facts(sheet, first_attempt)
    facts["proposals"] += reply_proposals(sheet, asked, worded)
    return reception | facts | _judged(sheet, asked) | {"differences": _changes(sheet, versions, asked)}


def _current(versions: Sequence[Version]) -> Version:
    for version in versions:
        if version.current:
            return version
    raise ValueError("no version of the certificate is the current one")


def _changes(sheet: Sheet, versions: Sequence[Version], asked: Sequence[tuple[str, Dialogue]]) -> list[Json]:
    """Against the version written just before, whichever of them arrived first; what was taken back is not shown."""

    def written(version: Version) -> tuple[datetime, int]:
        return version.certificate.authored, version.number

    usable = (version for version in versions if version.certificate.status != WITHDRAWN)
    earlier = max((v for v in usable if written(v) < written(sheet.version)), key=written, default=None)
    if earlier is None:
        return []
    voids = [void for uuid, state in asked for void in state.voids(uuid, sheet.case)]
    return differences(earlier.certificate, sheet.certificate, sheet.titles, voids)


def _facts(sheet: Sheet, first_attempt: datetime) -> dict[str, list[Json]]:
    certificate = sheet.certificate
    function = list(_elements(sheet, "function", certificate.function, values.function))
    diagnosis = list(_elements(sheet, "diagnosis", certificate.diagnosis, values.diagnosis))
    return {
        "resources": _where(function, certificate.function, is_resource),
        "obstacles": _where(function, certificate.function, is_obstacle),
        "risks": list(_elements(sheet, "health-risk", certificate.health_risk, values.health_risk)),
        "timeline": list(_timeline(sheet, first_attempt)),
        "prognosis": list(_elements(sheet, "prognosis", certificate.prognosis, values.prognosis)),
        "treatment": list(_elements(sheet, "treatment", certificate.treatment, values.treatment)),
        "activity": list(_elements(sheet, "activity", certificate.activity, values.participation)),
        "specialist": list(_elements(sheet, "specialist", certificate.specialist, values.specialist)),
        "social": _where(diagnosis, certificate.diagnosis, is_social),
        "diagnoses": _main_first(diagnosis, certificate.diagnosis),
        "statements": list(_statements(sheet)),
        "proposals": list(proposals(sheet)),
        "purpose": _purpose(sheet),
        "contacts": list(_contacts(sheet)),
        "employment": list(_elements(sheet, "employment", certificate.employment, values.employment)),
        "reservation": list(_elements(sheet, "reservation", certificate.reservation, values.reservation)),
        "attachments": list(_elements(sheet, "attachment", certificate.attachment, values.attachment)),
        "not_assessed": [*_where(function, certificate.function, _is_neither), *_empty(sheet, "not-assessed")],
        "assessed_none": list(_empty(sheet, "none")),
    }


ELEMENTS: Final[tuple[str, ...]] = (
    "resources",
    "obstacles",
    "risks",
    "timeline",
    "prognosis",
    "treatment",
    "activity",
    "specialist",
    "social",
    "diagnoses",
    "statements",
    "proposals",
    "purpose",
    "contacts",
    "employment",
    "reservation",
    "attachments",
    "not_assessed",
    "assessed_none",
)
"""Every key of the assessment data that holds elements."""

LISTS: Final[tuple[str, ...]] = (*ELEMENTS, "differences", "open", "remarks")
"""Every key of the assessment data that holds a list."""


def _elements(sheet: Sheet, item: str, section: Section[T], facts: Callable[[Sheet, T], Facts]) -> Iterator[Json]:
    for index, entry in enumerate(section):
        place = item if item in SINGLE_ITEMS else f"{item}[{index}]"
        yield sheet.element(item, place, facts(sheet, entry))


def _where(elements: Iterable[Json], section: Section[T], wanted: Callable[[T], bool]) -> list[Json]:
    return [element for element, entry in zip(elements, section, strict=True) if wanted(entry)]


def is_resource(entry: FunctionStatement) -> bool:
    """A function that works, with or without adaptation, or does so at its best; of a body function, no difficulty."""
    ability = _ability(entry)
    if ability is None:
        return entry.qualifier == _NO_DIFFICULTY
    return ability in _MANAGES or entry.best in _MANAGES


def is_obstacle(entry: FunctionStatement) -> bool:
    """A function that works not at all, within limits or not at its worst; of a body function, any difficulty."""
    ability = _ability(entry)
    if ability is None:
        return entry.qualifier in _DIFFICULTY
    return ability == "cannot" or entry.worst == "cannot" or bool(entry.limits)


def _ability(entry: FunctionStatement) -> str | None:
    """The ability that counts: a body function with a grade is read by the grade alone."""
    graded = entry.code is not None and is_body_function(entry.code.code) and entry.qualifier is not None
    return None if graded else entry.ability


def _is_neither(entry: FunctionStatement) -> bool:
    return not is_resource(entry) and not is_obstacle(entry)


def is_social(entry: Diagnosis) -> bool:
    """A social condition: chapter Z of ICPC-2 and ICPC-2B, Z55 to Z65 of ICD-10."""
    coding = entry.code
    if coding is None or not coding.code.startswith("Z"):
        return False
    if coding.system == ICD_10:
        category = coding.code[1:3]
        return category.isdecimal() and int(category) in _SOCIAL_ICD_10
    return coding.system in {ICPC_2, ICPC_2B}


def _main_first(elements: Iterable[Json], section: Section[Diagnosis]) -> list[Json]:
    health = [(entry.rank, element) for element, entry in zip(elements, section, strict=True) if not is_social(entry)]
    return [element for _, element in sorted(health, key=lambda ranked: ranked[0] != "main")]


def _statements(sheet: Sheet) -> Iterator[Json]:
    certificate = sheet.certificate
    yield from _elements(sheet, "history", certificate.history, values.statement)
    yield from _elements(sheet, "findings", certificate.findings, values.finding)
    yield from _elements(sheet, "assessment", certificate.assessment, values.statement)


def _purpose(sheet: Sheet) -> list[Json]:
    entry = sheet.certificate.purpose
    return [] if entry is None else [sheet.element("purpose", "purpose", values.purpose(sheet, entry))]


def _contacts(sheet: Sheet) -> Iterator[Json]:
    """Those whom the author wants NAV to get in touch with, one element each."""
    for index, wish in enumerate(sheet.certificate.author.contacts):
        code = sheet.titles.own(CONTACT_WISH, wish)
        if code is not None:
            yield sheet.element("author", f"author.contacts[{index}]", Facts(code=code))


def _timeline(sheet: Sheet, first_attempt: datetime) -> Iterator[Json]:
    """Since when, how long, when to look again; when the patient was seen, the certificate written and received."""
    yield from _elements(sheet, "onset", sheet.certificate.onset, values.onset)
    for entry in sheet.certificate.prognosis:
        yield from _ahead(sheet, entry)
    seen = date_text(sheet.certificate.author.last_seen)
    if seen is not None:
        yield sheet.element(
            "author", "author.last_seen", Facts(value=values.moment("last-seen", day=seen), stated=seen)
        )
    for kind, element, instant in (
        ("authored", "authored", sheet.certificate.authored),
        ("arrival", None, sheet.version.arrival),
        ("first-attempt", None, first_attempt),
    ):
        value = values.moment(kind, day=instant_text(instant))
        yield sheet.element(None, element, Facts(value=value, stated=norwegian_date(instant).isoformat()))


def _ahead(sheet: Sheet, entry: Prognosis) -> Iterator[Json]:
    for kind, field, quantity in (
        ("illness-duration", "illness_duration", entry.illness_duration),
        ("reduced-function-duration", "reduced_function_duration", entry.reduced_function_duration),
        ("horizon", "horizon", entry.horizon),
    ):
        if quantity is not None:
            value = values.moment(kind, quantity=sheet.titles.quantity(quantity))
            yield sheet.element("prognosis", f"prognosis.{field}", _of_prognosis(entry, value))
    review = date_text(entry.review_date)
    if review is not None:
        value = values.moment("review-date", day=review, passed=is_past(review, sheet.today))
        yield sheet.element("prognosis", "prognosis.review_date", _of_prognosis(entry, value))


def _of_prognosis(entry: Prognosis, value: Json) -> Facts:
    return Facts(value=value, source=entry.source, stated=entry.date)


def _section(certificate: Certificate, item: str) -> Section[object]:
    section: Section[object] = getattr(certificate, item.replace("-", "_"))
    return section


def _empty(sheet: Sheet, state: State) -> Iterator[Json]:
    """Items answered as a whole with "assessed, none" or "not assessed": with author and age like any other fact."""
    for item in SECTION_ITEMS:
        section = _section(sheet.certificate, item)
        if section.state == state:
            value = {"state": state, "reason": sheet.titles.own(EMPTY_REASONS, section.reason)}
            yield sheet.element(item, item, Facts(value=value))


def _judged(sheet: Sheet, asked: Sequence[tuple[str, Dialogue]]) -> dict[str, Any]:
    """How each item was answered, what is open, and the remarks of the rules, by id and place only."""
    sections = {item: _section(sheet.certificate, item) for item in SECTION_ITEMS}
    certificate = sheet.certificate
    present = {
        "purpose": certificate.purpose is not None,
        "patient": certificate.patient.number is not None,
        "author": certificate.author.hpr is not None,
    }
    states = {item: sections[item].state if item in sections else _presence(present[item]) for item in ITEMS}
    reasons = {item: sheet.titles.own(EMPTY_REASONS, section.reason) for item, section in sections.items()}
    return {
        "states": states,
        "state_reasons": {item: reason for item, reason in reasons.items() if reason is not None},
        "open": _open(sheet, asked),
        "remarks": _remarks(sheet.version),
    }


def _presence(present: bool) -> State:  # noqa: FBT001
    return "stated" if present else "missing"


def _open(sheet: Sheet, asked: Sequence[tuple[str, Dialogue]]) -> list[Json]:
    """Items that are not answered, as the rules found them, and then what has been asked about others.

    `why` is the rule's id or "asked"; `question` is what is asked, a draft where nobody has asked yet; `asked` are the
    questions that wait for an answer on the item.
    """
    language = sheet.titles.language
    unanswered = _found(sheet.version, Effect.UNANSWERED)
    missing = [
        {
            "item": finding.item,
            "element": finding.element,
            "display": sheet.titles.item(finding.item)["display"] if finding.item in ITEMS else None,
            "why": finding.rule,
            "expected": finding.expected,
            "question": draft.text(language) if (draft := question(finding)) else None,
            "asked": open_on(finding.item, asked, language) if finding.item in ITEMS else [],
        }
        for finding in unanswered
    ]
    told = {finding.item for finding in unanswered}
    return [*missing, *(_asked_about(item, asked, sheet) for item in open_items(asked) if item not in told)]


def _asked_about(item: str, asked: Sequence[tuple[str, Dialogue]], sheet: Sheet) -> Json:
    """An item that is answered as far as the rules know, and asked about all the same."""
    waiting = open_on(item, asked, sheet.titles.language)
    return {
        "item": item,
        "element": waiting[0]["element"] or item,
        "display": sheet.titles.item(item)["display"],
        "why": "asked",
        "expected": None,
        "question": waiting[0]["text"],
        "asked": waiting,
    }


def _remarks(version: Version) -> list[Json]:
    return [
        {"rule": each.rule, "item": each.item, "element": each.element, "expected": each.expected}
        for each in _found(version, Effect.REMARK)
    ]


def _found(version: Version, effect: Effect) -> list[Finding]:
    """Findings with this effect in the order of the form, each once: where they stood in the input has no say."""
    found: dict[tuple[str | None, ...], Finding] = {}
    for finding in version.findings:
        if finding.effect is effect:
            found.setdefault((finding.rule, finding.item, finding.element, finding.expected), finding)
    return sorted(found.values(), key=_form_order)


def _form_order(finding: Finding) -> tuple[int, str, str]:
    place = ITEMS.index(finding.item) if finding.item in ITEMS else len(ITEMS)
    return place, finding.element or "", finding.rule
