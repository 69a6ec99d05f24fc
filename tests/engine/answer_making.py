"""Items of small Questionnaires and of responses to them, for the tests of answers.

A case is the items of the Questionnaire, those of the broken response, its one fault as (kind, path below
`QuestionnaireResponse`, expected), and the items of the sound response.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from certgateway import safexml
from certgateway.engine import Definitions, Options, judge
from certgateway.engine.xml.form import read
from certgateway.engine.xml.write import write

Json = dict[str, Any]
Case = tuple[list[Json], list[Json], tuple[str, str, str | None], list[Json]]

URL = "https://forms.example/Questionnaire/"
SETS = "https://forms.example/ValueSet/"
COLOURS = "https://forms.example/CodeSystem/colours"
UCUM = "http://unitsofmeasure.org"
R4 = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"


def ask(link_id: str, kind: str, *below: Json, **more: object) -> Json:
    """An item of a Questionnaire."""
    return {"linkId": link_id, "type": kind, **more, **({"item": list(below)} if below else {})}


def limit(url: str, **value: object) -> Json:
    """An extension that limits answers."""
    return {"url": url, **value}


def extended(link_id: str, kind: str, *limits: Json, **more: object) -> Json:
    """An item with extensions."""
    return ask(link_id, kind, extension=list(limits), **more)


def reply(link_id: str, *answers: Json, **more: object) -> Json:
    """An item of a response with its answers."""
    return {"linkId": link_id, **more, **({"answer": list(answers)} if answers else {})}


def inside(link_id: str, *items: Json, **more: object) -> Json:
    """A group of a response."""
    return {"linkId": link_id, **more, **({"item": list(items)} if items else {})}


def text(value: str) -> Json:
    """An answer in words."""
    return {"valueString": value}


def whole(value: int) -> Json:
    """An answer in whole numbers."""
    return {"valueInteger": value}


def number(value: str) -> Json:
    """An answer with decimals, as they are written."""
    return {"valueDecimal": Decimal(value)}


def yes(*, value: bool = True) -> Json:
    """Yes, or no."""
    return {"valueBoolean": value}


def coded(code: str, system: str = COLOURS) -> Json:
    """An answer by code."""
    return {"valueCoding": {"system": system, "code": code}}


def amount(value: str, code: str) -> Json:
    """An answer in a UCUM unit."""
    return {"valueQuantity": {"value": Decimal(value), "system": UCUM, "code": code}}


def when(question: str, operator: str, **answer: object) -> Json:
    """A condition."""
    return {"question": question, "operator": operator, **answer}


NOTHING_FREE = [{"valueCoding": {"system": COLOURS, "code": code}} for code in ("red", "green")]

QUIET = Options(ignored_invariants=frozenset({"dom-6", "dom-3"}))
FEW = [ask("a", "integer"), ask("b", "string", required=True)]


def value_set(url: str, system: str, *codes: str) -> Json:
    """A ValueSet that lists codes."""
    listed = [{"code": code} for code in codes]
    return {
        "resourceType": "ValueSet",
        "url": url,
        "status": "active",
        "compose": {"include": [{"system": system, "concept": listed}]},
    }


OWN: list[Json] = [
    {**value_set(SETS + "own", COLOURS, "red"), "id": "own"},
    {
        "resourceType": "ValueSet",
        "id": "expanded",
        "status": "active",
        "expansion": {
            "timestamp": "2026-01-01",
            "contains": [
                {
                    "system": COLOURS,
                    "code": "some",
                    "abstract": True,
                    "contains": [{"system": COLOURS, "code": "green"}],
                }
            ],
        },
    },
]


def form(known_as: str, items: list[Json], **more: object) -> Json:
    """A Questionnaire."""
    return {"resourceType": "Questionnaire", "url": URL + known_as, "status": "active", "item": items, **more}


def response(questionnaire: str, items: list[Json], **more: object) -> Json:
    """A finished response."""
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": questionnaire,
        "status": "completed",
        **({"item": items} if items else {}),
        **more,
    }


def found(resource: Json, known: Definitions, options: Options = QUIET) -> list[tuple[str, str, str | None]]:
    return [(row.kind, row.path, row.expected) for row in judge(resource, known, options=options)]


def as_xml(resource: Json, known: Definitions) -> Json:
    tree, faults = read(safexml.parse(write(resource, known)), known)
    assert faults == []
    return tree
