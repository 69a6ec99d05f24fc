"""The table of questions against the published Questionnaire and the domain: each asks and holds the same."""

import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from certgateway.domain.certificate import ITEMS, Period
from certgateway.domain.vocabulary import VOCABULARIES
from certgateway.fhir.questionnaire_form import FORM, GROUPS, QUESTIONNAIRE, Group, Question, published_words

PROFILES = Path(__file__).resolve().parents[3] / "certgateway" / "profiles"
PUBLISHED: dict[str, Any] = json.loads((PROFILES / "Questionnaire-certificate.json").read_bytes())
TYPES = {
    "text": {"string", "text"},
    "name": {"string"},
    "order": {"string"},
    "code": {"choice"},
    "coding": {"choice"},
    "date": {"date"},
    "quantity": {"quantity"},
    "flag": {"boolean"},
    "number-of-diagnosis": {"integer"},
    "limits": {"group"},
    "attachment": {"attachment"},
}
BY_RESOURCE = {
    "patient": {"kind"},
    "author": {"number", "contacts"},
    "employment": {"several", "situations", "other_situation", "demands", "occupation_code"},
    "diagnosis": {"occupational_injury", "injury_date"},
    "history": {"question"},
    "treatment": {"wait"},
    "activity": {"resumption", "measure"},
    "assessment": {"question"},
}
QUESTIONS = [(group, question) for group in FORM for question in group.questions]


def asked(node: dict[str, Any] = PUBLISHED) -> Iterator[dict[str, Any]]:
    for item in node.get("item", ()):
        yield item
        yield from asked(item)


ASKED = {item["linkId"]: item for item in asked()}


def codes_of(value_set: str) -> set[str]:
    """The systems that a published ValueSet takes codes from."""
    name = value_set.rpartition("/")[2]
    read: dict[str, Any] = json.loads((PROFILES / f"ValueSet-{name}.json").read_bytes())
    return {part["system"] for part in read["compose"]["include"]}


def test_the_form_is_the_published_one() -> None:
    assert PUBLISHED["url"] == QUESTIONNAIRE == "https://certgateway.example/fhir/Questionnaire/certificate"
    assert tuple(group.item for group in FORM) == ITEMS == tuple(item["linkId"] for item in PUBLISHED["item"])


def test_every_published_question_is_known() -> None:
    known = {group.link(question.name) for group, question in QUESTIONS} | set(GROUPS)
    known |= {group.link(name) for group in FORM if group.sectioned for name in ("state", "entry")}
    known |= {
        f"{group.link(question.name)}.{part}"
        for group, question in QUESTIONS
        if question.kind == "limits"
        for part in ("kind", "quantity")
    }
    assert known == set(ASKED)


@pytest.mark.parametrize("group, question", QUESTIONS, ids=[group.link(q.name) for group, q in QUESTIONS])
def test_question_is_asked_as_it_is_read(group: Group, question: Question) -> None:
    published = ASKED[group.link(question.name)]
    assert published["type"] in TYPES[question.kind]
    assert published.get("repeats", False) is question.many
    if question.kind == "code" and "answerValueSet" in published:
        assert set(question.systems) == codes_of(published["answerValueSet"])
    if question.kind == "coding":
        assert set(question.systems) <= codes_of(published["answerValueSet"]) | {
            "http://hl7.org/fhir/sid/icf",
            "http://hl7.org/fhir/sid/icpc-2",
            "http://hl7.org/fhir/sid/icd-10",
        }


@pytest.mark.parametrize("group", [group for group in FORM if group.sectioned], ids=lambda group: group.item)
def test_state_is_offered_as_it_is_written(group: Group) -> None:
    offered = [option["valueCoding"]["code"] for option in ASKED[group.link("state")]["answerOption"]]
    assert ("nilknown" in offered) is group.can_be_none
    assert {"notasked", "withheld", "unavailable", "notstarted", "closed"} <= set(offered)
    assert ASKED[group.link("entry")].get("repeats", False) is not group.single


def test_a_function_may_be_left_open_for_every_reason_a_message_may_give() -> None:
    offered = [option["valueCoding"]["code"] for option in ASKED["function.not_assessed"]["answerOption"]]
    assert offered[:2] == ["not-performed", "not-asked"]
    assert set(offered) == set(VOCABULARIES["http://terminology.hl7.org/CodeSystem/data-absent-reason"].concepts)


@pytest.mark.parametrize("group", [group for group in FORM if group.item != "attachment"], ids=lambda group: group.item)
def test_every_field_of_the_domain_is_asked_for(group: Group) -> None:
    """What the form leaves out is told by resources alone: a number's kind, and what only the form of 2008 asks."""
    told = {question.name.partition(".")[0] for question in group.questions}
    assert {field.name for field in fields(group.entry)} - BY_RESOURCE.get(group.item, set()) == told
    assert not BY_RESOURCE.get(group.item, set()) & told


def test_periods_have_both_ends() -> None:
    ends = {question.name for _, question in QUESTIONS if "." in question.name}
    assert ends == {f"{span}.{field.name}" for span in ("period", "validity") for field in fields(Period)}


def test_question_texts_are_those_of_all_languages() -> None:
    words = published_words()["diagnosis.rank"]
    assert words.texts == {"Hoved- eller bidiagnose", "Hovud- eller bidiagnose", "Main or other"}
    assert words.definition == "https://certgateway.example/fhir/StructureDefinition/diagnosis#Condition.category:rank"
    assert set(published_words()) == set(ASKED)
