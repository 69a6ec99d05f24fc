"""What can't be judged is declared."""

from __future__ import annotations

import pytest

from certgateway.engine import load_base, problems, uncompiled, unlisted
from certgateway.engine.coverage import Gap, gaps
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


@pytest.mark.parametrize(
    "members,told",
    [
        ({"kind": "logical"}, ["it is a logical model"]),
        ({"kind": "resource"}, []),
        ({"fhirVersion": "4.3.0"}, ["it is made for FHIR 4.3.0"]),
        ({"fhirVersion": "4.0.0"}, []),
        ({"type": "Certificate"}, ["its type Certificate is none of R4"]),
    ],
)
def test_what_is_no_profile_of_r4_is_told(members: dict[str, str], told: list[str]) -> None:
    known = load_base().extended([profile("Patient") | members])
    assert problems(known) == [(BASE + "p", problem) for problem in told]


def test_gaps_of_some_profiles_are_those_of_these_alone() -> None:
    rule = {"key": "our-1", "severity": "error", "human": "x", "expression": "frobnicate()"}
    unkept = profile("Patient", {"id": "Patient", "constraint": [rule]}, name="a")
    unplaced = profile("Patient", {"id": "Patient.nickname", "min": 1}, name="b")
    nameless = {"resourceType": "ValueSet", "status": "active"}
    known = load_base().extended([unkept, unplaced, nameless])
    told = [
        Gap("invariant", BASE + "a", "our-1"),
        Gap("problem", "", "a ValueSet has no canonical"),
        Gap("problem", BASE + "b", "Patient.nickname does not exist"),
    ]
    assert gaps(known) == told
    assert gaps(known, [BASE + "a"]) == told[:1]
    assert gaps(known, [BASE + "nobody"]) == []


def test_gaps_of_what_was_used() -> None:
    known = load_base().extended([profile("Patient", name="a"), profile("Patient", name="b"), *COLOURS])
    assert known.used_profiles() == []
    assert known.profile(BASE + "b") is not None
    assert known.used_profiles() == [BASE + "b"]
    assert SETS + "all" in known.value_set_names()


def test_slices_that_nothing_tells_apart_are_told() -> None:
    known = load_base().extended([profile("Patient", {"id": "Patient.name:a", "min": 1})])
    assert gaps(known) == [Gap("slicing", BASE + "p", "name: no slicing says how")]
    extended = profile("Patient", {"id": "Patient.extension:a", "max": "1"})
    assert gaps(load_base().extended([extended])) == []
