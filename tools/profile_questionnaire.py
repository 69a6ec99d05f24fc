"""The SDC Questionnaire by which a record system can render the form, made from the questions and the vocabularies.

Items of the form are its top groups, the domain's element paths its link ids; answers are mapped to the profiles by
definition. Nothing may be asked here that `profile_questions` does not hold.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from certgateway.domain.vocabulary.form import ABSENT_REASONS, CERTIFICATE_ITEM, EMPTY_REASONS
from certgateway.domain.vocabulary.model import Title, Vocabulary
from certgateway.domain.vocabulary.systems import (
    BASE,
    CODE_SYSTEM,
    PROFILE_VERSION,
    STRUCTURE_DEFINITION,
    VALUE_SET,
)
from tools.profile_questions import Item, Question, items

Json = dict[str, Any]

HL7 = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"
NOT_IN_A_SECTION = frozenset({"purpose", "patient", "author"})
# The usual reasons come first; the others are offered because a certificate may carry them.
USUAL_REASONS = ("not-performed", "not-asked")
NOT_ASSESSED_REASONS = (*USUAL_REASONS, *(code for code in ABSENT_REASONS.concepts if code not in USUAL_REASONS))
STATE = ("Ikke noe å oppgi", "Ikkje noko å opplyse", "Nothing to state")
ENTRY = ("Opplysning", "Opplysning", "Statement")


def _translated(texts: tuple[str, str, str]) -> Json:
    """A text in Bokmål with the other languages as translations."""
    nb, *others = texts
    parts = [
        {
            "url": f"{HL7}translation",
            "extension": [{"url": "lang", "valueCode": language}, {"url": "content", "valueString": text}],
        }
        for language, text in zip(("nn", "en"), others, strict=True)
    ]
    return {"text": nb, "_text": {"extension": parts}}


def _texts(title: Title) -> tuple[str, str, str]:
    return title.nb, title.nn, title.en


def _option(vocabulary: Vocabulary, code: str) -> Json:
    title = vocabulary.concepts[code]
    return {"valueCoding": {"system": vocabulary.url, "code": code, "display": title.nb}}


def _answers(question: Question) -> Json:
    if question.link == "function.not_assessed":
        return {"answerOption": [_option(ABSENT_REASONS, code) for code in NOT_ASSESSED_REASONS]}
    return {"answerValueSet": VALUE_SET + question.values} if question.type == "choice" else {}


def _bounds(question: Question) -> Json:
    """Units a quantity may be given in, by ValueSet; the only integers are numbers of diagnoses, which start at 1."""
    if question.type == "integer":
        return {"extension": [{"url": f"{HL7}minValue", "valueInteger": 1}]}
    if question.type != "quantity":
        return {}
    return {"extension": [{"url": f"{HL7}questionnaire-unitValueSet", "valueCanonical": VALUE_SET + question.values}]}


def _enabled(question: Question) -> Json:
    if question.when is None:
        return {}
    link, system, code = question.when
    answer = {"system": CODE_SYSTEM + system, "code": code}
    return {"enableWhen": [{"question": link, "operator": "=", "answerCoding": answer}]}


def _definition(item: Item, question: Question) -> Json:
    if not question.target:
        return {}
    whole = question.target if "#" in question.target else f"{item.profile}#{item.resource}.{question.target}"
    return {"definition": STRUCTURE_DEFINITION + whole}


def _flags(*, required: bool, repeats: bool) -> Json:
    return ({"required": True} if required else {}) | ({"repeats": True} if repeats else {})


def _question(item: Item, question: Question) -> Json:
    head = _bounds(question) | {"linkId": question.link} | _definition(item, question)
    made = head | _translated(question.texts) | {"type": question.type} | _enabled(question)
    made |= _flags(required=question.required, repeats=question.repeats) | _answers(question)
    children = [_question(item, child) for child in question.children]
    return made | ({"item": children} if children else {})


def _state(item: Item) -> Json:
    """The question by which a section is left empty on purpose: assessed and none, or not assessed."""
    codes = [code for code in EMPTY_REASONS.concepts if code != "nilknown" or item.can_be_none]
    return {
        "linkId": f"{item.code}.state",
        "definition": f"{STRUCTURE_DEFINITION}certificate#Composition.section:{item.code}.emptyReason",
        **_translated(STATE),
        "type": "choice",
        "answerOption": [_option(EMPTY_REASONS, code) for code in codes],
    }


def _context(item: Item) -> Json:
    """SDC's note of which resource the answers of a group become."""
    return {"extension": [{"url": f"{SDC}sdc-questionnaire-itemExtractionContext", "valueCode": item.resource}]}


def _entries(item: Item) -> list[Json]:
    """The questions of an item, in a repeating group where it takes several statements."""
    questions = [_question(item, question) for question in item.questions]
    if item.code in NOT_IN_A_SECTION:
        return questions
    group = {"linkId": f"{item.code}.entry", **_translated(ENTRY), "type": "group"}
    return [
        _state(item),
        _context(item) | group | _flags(required=False, repeats=not item.single) | {"item": questions},
    ]


def _item(item: Item) -> Json:
    title = CERTIFICATE_ITEM.concepts[item.code]
    context = _context(item) if item.code in NOT_IN_A_SECTION else {}
    code = [{"system": CERTIFICATE_ITEM.url, "code": item.code, "display": title.nb}]
    head = context | {"linkId": item.code, "code": code}
    return (
        head
        | _translated(_texts(title))
        | {"type": "group"}
        | _flags(required=item.required, repeats=False)
        | {"item": _entries(item)}
    )


def questionnaire() -> Json:
    """The Questionnaire resource."""
    return {
        "resourceType": "Questionnaire",
        "id": "certificate",
        "meta": {"profile": [f"{SDC}sdc-questionnaire-extr-defn"]},
        "language": "nb",
        "url": f"{BASE}/Questionnaire/certificate",
        "version": PROFILE_VERSION,
        "name": "CertificateQuestionnaire",
        "title": "Legeerklæring om funksjon og helserisiko",
        "status": "draft",
        "experimental": False,
        "subjectType": ["Patient"],
        "publisher": "certgateway",
        "description": "The redesigned medical certificate as a form; a proposal of the certgateway project.",
        "item": [_item(item) for item in items()],
    }
