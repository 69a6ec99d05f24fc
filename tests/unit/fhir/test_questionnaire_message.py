"""A message of answers is the same certificate as a message of resources, with the same verdict from the same rules."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings

from certgateway import bootstrap, safejson
from certgateway.domain.certificate import Certificate
from certgateway.domain.findings import Effect
from certgateway.engine.xml import write as xmlwrite
from certgateway.fhir.questionnaire_writing import write_questionnaire_message
from certgateway.fhir.writing import write_certificate
from certgateway.services.examine import Examined, Judgement, detect_format, examine, judge_examined, validation_facts
from tests.property.certificates import certificates

HOUSE = bootstrap.build_house()
RECEIVED = datetime(2036, 1, 1, tzinfo=UTC)
MESSAGE_ID = "0f5f9a3e-1c44-4f0e-9f6e-0d6f0b3c2a11"


def as_answers(certificate: Certificate) -> dict[str, Any]:
    return write_questionnaire_message(certificate, message_id=MESSAGE_ID, sender_her="8143060")


def as_resources(certificate: Certificate) -> dict[str, Any]:
    return write_certificate(certificate, message_id=MESSAGE_ID, sender_her="8143060")


def judged(raw: bytes) -> tuple[Examined, Judgement]:
    examined = examine(raw, detect_format(raw), HOUSE)
    return examined, judge_examined(examined, validation_facts(HOUSE, RECEIVED), "reject")


def written(tree: dict[str, Any], format_: str) -> bytes:
    return safejson.write(tree) if format_ == "json" else xmlwrite.write(tree, HOUSE.definitions)


def told(judgement: Judgement) -> set[tuple[str, str | None, str | None]]:
    """Findings by rule, item and element: places differ, what is wrong may not."""
    return {(finding.rule, finding.item, finding.element) for finding in judgement.findings}


@pytest.mark.parametrize("format_", ["json", "xml"])
@given(certificate=certificates())
@settings(max_examples=40)
def test_answers_give_the_certificate_and_verdict_of_resources(format_: str, certificate: Certificate) -> None:
    by_answers, second = judged(written(as_answers(certificate), format_))
    held = by_answers.certificate
    assert held is not None
    by_resources, first = judged(written(as_resources(held), format_))
    assert by_resources.certificate == held
    assert second.verdict == first.verdict
    assert told(second) == told(first)


@given(certificate=certificates())
@settings(max_examples=40)
def test_written_answers_conform_and_nothing_of_them_is_left_unread(certificate: Certificate) -> None:
    examined, _ = judged(written(as_answers(certificate), "json"))
    faults = [(finding.rule, finding.path) for finding in examined.findings if finding.effect > Effect.NOTE]
    assert faults == []
    assert [finding.path for finding in examined.findings if finding.rule == "not-carried"] == []


def answers(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in node.get("item", ()):
        yield from item.get("answer", ())
        yield from answers(item)


@given(certificate=certificates())
@settings(max_examples=20)
def test_benefit_words_beside_answers_change_nothing_but_notes(certificate: Certificate) -> None:
    tree = as_answers(certificate)
    plain, _ = judged(written(tree, "json"))
    response = tree["entry"][-1]["resource"]
    for item in response.get("item", ()):
        item["text"] = "Bruker bør få arbeidsavklaringspenger"
    for answer in answers(response):
        if "valueCoding" in answer:
            answer["valueCoding"]["display"] = "AAP"
    planted, _ = judged(written(tree, "json"))
    assert planted.certificate == plain.certificate
    assert {finding.rule for finding in planted.findings} <= {"benefit-removed"}
    assert bool(planted.findings) == bool(response.get("item"))


def test_a_coded_benefit_as_an_answer_is_removed_with_its_question() -> None:
    path = "fixtures/messages/good/only-answers.json"
    tree: Any = safejson.parse((bootstrap.PROFILES.parents[1] / path).read_bytes())
    choice = tree["entry"][-1]["resource"]["item"][0]["item"][0]["item"][1]
    choice["answer"] = [{"valueCoding": {"system": "urn:x", "code": "AAP", "display": "Arbeidsavklaringspenger"}}]
    examined, judgement = judged(safejson.write(tree))
    assert examined.certificate is not None
    assert examined.certificate.employment.entries[0].returns is None
    place = "Bundle.entry[6].resource.item[0].item[0].item[1].answer[0]"
    assert [(removal.item, removal.path) for removal in examined.removed] == [("benefit-type", place)]
    assert [(finding.rule, finding.path) for finding in judgement.findings] == [("benefit-removed", place)]
