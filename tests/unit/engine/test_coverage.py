"""What can't be judged is declared."""

from __future__ import annotations

from certgateway.engine import load_base, problems, uncompiled, unlisted
from tests.unit.engine.profile_making import BASE, COLOURS, SETS, profile


def test_expression_that_does_not_compile_is_listed() -> None:
    rule = {"key": "our-1", "severity": "error", "human": "x", "expression": "elementDefinition()"}
    known = load_base().extended([profile("Patient", {"id": "Patient", "constraint": [rule]})])
    assert uncompiled(known) == [("our-1", "elementDefinition()")]


def test_value_set_that_cannot_be_listed_is_named() -> None:
    bindings = [
        {"id": "Observation.code", "binding": {"strength": "required", "valueSet": SETS + "all"}},
        {"id": "Observation.method", "binding": {"strength": "required", "valueSet": SETS + "nowhere"}},
    ]
    assert unlisted(load_base().extended([profile("Observation", *bindings), *COLOURS])) == [SETS + "nowhere"]


def test_value_set_of_answers_that_cannot_be_listed_is_named() -> None:
    questions = [
        {"linkId": "a", "type": "choice", "answerValueSet": SETS + "all"},
        {"linkId": "b", "type": "group", "item": [{"linkId": "c", "type": "choice", "answerValueSet": SETS + "no"}]},
    ]
    form = {"resourceType": "Questionnaire", "url": "https://profiles.example/Questionnaire/q", "item": questions}
    assert unlisted(load_base().extended([form, *COLOURS])) == [SETS + "no"]


def test_element_that_base_r4_lacks_is_told() -> None:
    known = load_base().extended([profile("Patient", {"id": "Patient.nickname", "min": 1})])
    assert problems(known) == [(BASE + "p", "Patient.nickname does not exist")]
