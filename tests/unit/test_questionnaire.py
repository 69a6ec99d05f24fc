"""The Questionnaire: the items of the form as link ids, in three languages, every answer mapped to an element."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from certgateway import bootstrap, safejson
from certgateway.domain import vocabulary
from certgateway.domain.certificate import ITEMS, REQUIRED_ITEMS
from certgateway.engine import judge, load_base

DEFINITIONS = Path(__file__).resolve().parents[2] / "certgateway" / "profiles"
PROFILE = "https://certgateway.example/fhir/StructureDefinition/"
STRUCTURES = {
    file.stem.removeprefix("StructureDefinition-"): json.loads(file.read_bytes())
    for file in DEFINITIONS.glob("StructureDefinition-*.json")
}
Tree = dict[str, Any]
FORM: Tree = json.loads((DEFINITIONS / "Questionnaire-certificate.json").read_bytes())


def questions(node: Tree = FORM) -> Iterator[Tree]:
    """Every item of the Questionnaire, at any depth."""
    for item in node.get("item", ()):
        yield item
        yield from questions(item)


def test_top_link_ids_are_the_items_and_the_required_ones_are_required() -> None:
    assert tuple(item["linkId"] for item in FORM["item"]) == ITEMS
    assert tuple(item["linkId"] for item in FORM["item"] if item.get("required")) == REQUIRED_ITEMS


def test_link_ids_are_unique_and_stay_below_their_item() -> None:
    links = [question["linkId"] for question in questions()]
    assert sorted(links) == sorted(set(links))
    for item in FORM["item"]:
        assert [q["linkId"] for q in questions(item) if not q["linkId"].startswith(f"{item['linkId']}.")] == []


def test_link_ids_name_attributes_of_the_domain() -> None:
    wanted = {"function.code", "function.ability", "function.limits.kind", "health-risk.validity.start", "author.hpr"}
    assert wanted <= {question["linkId"] for question in questions()}


def test_questions_are_asked_in_three_languages() -> None:
    for question in questions():
        languages = [part["extension"][0]["valueCode"] for part in question["_text"]["extension"]]
        assert languages == ["nn", "en"]
        assert question["text"]


def test_no_question_asks_for_a_benefit_or_a_percentage() -> None:
    asked = json.dumps(FORM, ensure_ascii=False)
    assert [
        q["linkId"] for q in questions() if vocabulary.names_benefit(json.dumps(q["text"], ensure_ascii=False))
    ] == []
    assert not re.search(r"arbeidsevne|prosent|percent", asked, re.IGNORECASE)


def test_choices_have_answers_that_are_there() -> None:
    choices = [question for question in questions() if question["type"] == "choice"]
    assert [q["linkId"] for q in choices if "answerValueSet" not in q and "answerOption" not in q] == []
    named = [q["answerValueSet"].rpartition("/")[2] for q in choices if "answerValueSet" in q]
    assert [name for name in named if not (DEFINITIONS / f"ValueSet-{name}.json").exists()] == []


GOOD = Path(__file__).resolve().parents[2] / "fixtures" / "messages" / "good"


def answers_of(name: str) -> Tree:
    """The response in a message whose answers stand for resources."""
    resources: list[Tree] = [entry["resource"] for entry in safejson.parse((GOOD / name).read_bytes())["entry"]]
    (response,) = [resource for resource in resources if resource["resourceType"] == "QuestionnaireResponse"]
    return response


@pytest.mark.parametrize(
    "name, left_out",
    [
        ("only-answers.json", ["patient", "author"]),
        ("answers-beside-resources.json", ["patient", "author", "function"]),
    ],
)
def test_answers_alone_are_judged_by_the_form_and_lack_what_the_message_says_in_resources(
    name: str, left_out: list[str]
) -> None:
    response = answers_of(name)
    faults = [fault for fault in judge(response, bootstrap.definitions()) if fault.severity == "error"]
    assert [(fault.kind, fault.path, fault.expected) for fault in faults] == [
        ("answer-missing", "QuestionnaireResponse", item) for item in left_out
    ]


def test_a_wrong_answer_alone_is_a_fault() -> None:
    response = answers_of("only-answers.json")
    rank = response["item"][1]["item"][0]["item"][1]
    assert rank["linkId"] == "diagnosis.rank"
    rank["answer"][0]["valueCoding"]["code"] = "third"
    where = "QuestionnaireResponse.item[1].item[0].item[1].answer[0].value"
    assert ("answer-not-allowed", where) in [(row.kind, row.path) for row in judge(response, bootstrap.definitions())]


@pytest.mark.parametrize("question", list(questions()), ids=lambda question: question["linkId"])
def test_answers_are_mapped_to_elements_that_exist(question: Tree) -> None:
    if "definition" not in question:
        assert question["type"] == "group"
        return
    url, _, identity = question["definition"].partition("#")
    structure = STRUCTURES[url.removeprefix(PROFILE)]
    first, *steps = identity.split(".")
    assert first == structure["type"]
    facts = load_base().type(first)
    for step in steps:
        assert facts is not None
        name, _, slice_name = step.partition(":")
        element = facts.children[name.removesuffix("[x]")]
        slices = {
            e.get("sliceName") for definition in STRUCTURES.values() for e in definition["differential"]["element"]
        }
        assert not slice_name or slice_name in slices
        kind = element.content or ("Period" if element.choice else element.types[0].code)
        facts = load_base().type(kind)
