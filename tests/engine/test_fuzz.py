"""Damage of every kind for moments: nothing raises, hangs, points nowhere or says what was received.

`python -m tests.engine.fuzz --seconds 600` does the same for as long as wanted. What the long runs found stands below,
each as small as it could be made.
"""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certgateway.engine import Fault, Options, gaps, judge, load_base, problems, uncompiled, unlisted
from certgateway.engine.findings import MOST_FAULTS
from tests.calibration import allowed
from tests.engine import fuzz
from tests.engine.damage import MARK
from tests.unit.engine.profile_making import BASE, QUIET, patient, profile

Json = Any
MOST_SECONDS = 2.0
"""Of CPU, for one set of small hostile definitions."""
OWN = BASE + "p"
R4 = "http://hl7.org/fhir/StructureDefinition/"


@pytest.fixture(scope="module", autouse=True)
def _ready() -> None:
    for ready in (fuzz.corpus, fuzz.house, fuzz.shapes, fuzz.documents, fuzz.expressions):
        ready()


@settings(max_examples=60)
@given(seed=st.integers(0, 2**40))
def test_damaged_resources(seed: int) -> None:
    assert fuzz.run("resource", seed)


@settings(max_examples=12)
@given(seed=st.integers(0, 2**40))
def test_damaged_definitions(seed: int) -> None:
    assert fuzz.run("definitions", seed)


@settings(max_examples=150)
@given(seed=st.integers(0, 2**40))
def test_damaged_bytes(seed: int) -> None:
    assert fuzz.run("bytes", seed)


@settings(max_examples=300)
@given(seed=st.integers(0, 2**40))
def test_damaged_expressions(seed: int) -> None:
    assert fuzz.run("expression", seed)


def told(resource: Json, *definitions: Json, url: str = OWN) -> tuple[list[Fault], list[str]]:
    """The faults of a resource by hostile definitions, and the kinds of what these leave unjudged."""
    start = time.process_time()
    known = load_base().extended(definitions)
    faults = judge(resource, known, profiles=[url], options=QUIET)
    found: list[str] = [gap.kind for gap in gaps(known)]
    for listed in (uncompiled, unlisted, problems):
        listed(known)
    spent = time.process_time() - start
    assert spent < MOST_SECONDS or spent < allowed(MOST_SECONDS)
    fuzz.check(resource, faults, marked=False)
    return faults, found


def value_set(name: str, *included: str) -> Json:
    include = [{"valueSet": [BASE + each]} for each in included]
    return {"resourceType": "ValueSet", "url": BASE + name, "compose": {"include": include}}


MALFORMED: dict[str, Json] = {
    "a form of elements": {"differential": {"element": {"path": "Patient"}}},
    "an element that is text": {"differential": {"element": ["Patient.name"]}},
    "a number for a path": {"differential": {"element": [{"path": 1, "id": "Patient.name"}]}},
    "a text for a least count": {"differential": {"element": [{"path": "Patient.name", "min": "1"}]}},
    "a greatest count of words": {"differential": {"element": [{"path": "Patient.name", "max": "x"}]}},
    "a list for slicing": {"differential": {"element": [{"path": "Patient.name", "slicing": []}]}},
    "a longest length of words": {"differential": {"element": [{"path": "Patient.id", "maxLength": "x"}]}},
    "no type": {"type": None},
    "null among types": {"differential": {"element": [{"path": "Patient.name", "type": [None]}]}},
    "a version of many digits": {"differential": {}, "version": 1},
}


@pytest.mark.parametrize("change", MALFORMED.values(), ids=MALFORMED)
def test_a_profile_without_the_form_of_one_is_declared_and_not_known(change: Json) -> None:
    faults, found = told(patient(name=[{"family": "a"}]), profile("Patient") | change)
    assert found == ["problem"]
    assert [(fault.kind, fault.severity, fault.expected) for fault in faults] == [("profile-unknown", "error", OWN)]


def test_an_extension_without_the_form_of_one_is_no_reason_to_stop() -> None:
    definition = {"resourceType": "StructureDefinition", "url": OWN, "type": "Extension", "snapshot": {"element": {}}}
    resource = patient(extension=[{"url": OWN, "valueString": "x"}])
    _, found = told(resource, definition)
    assert found == ["problem"]


def test_versions_of_odd_digits_are_compared_all_the_same() -> None:
    versions = ("9" * 5000, "²", "1.0")
    _, found = told(patient(), *(profile("Patient") | {"version": version} for version in versions))
    assert found == []


CYCLES: dict[str, list[Json]] = {
    "of bases": [profile("Patient", base=BASE + "q"), profile("Patient", name="q", base=OWN)],
    "of a base that is itself": [profile("Patient", {"id": "Patient.name", "min": 1}, base=OWN)],
    "of value sets": [
        profile("Patient", {"id": "Patient.gender", "binding": {"strength": "required", "valueSet": BASE + "a"}}),
        value_set("a", "b"),
        value_set("b", "a", "b"),
    ],
    "of profiles of types": [
        profile(
            "Bundle",
            {"id": "Bundle.entry.resource", "type": [{"code": "Bundle", "profile": [OWN, BASE + "q"]}]},
        ),
        profile("Bundle", {"id": "Bundle.entry.resource", "type": [{"code": "Bundle", "profile": [OWN]}]}, name="q"),
    ],
    "of extensions in extensions": [
        profile("Extension", {"id": "Extension.extension", "type": [{"code": "Extension", "profile": [OWN]}]})
    ],
    "of code systems that supplement each other": [
        {"resourceType": "CodeSystem", "url": BASE + one, "content": "supplement", "supplements": BASE + other}
        for one, other in (("a", "b"), ("b", "a"))
    ],
}


@pytest.mark.parametrize("definitions", CYCLES.values(), ids=CYCLES)
def test_definitions_that_go_in_circles_come_to_an_end(definitions: list[Json]) -> None:
    inner: Json = {"resourceType": "Bundle", "type": "collection", "id": "x"}
    for _ in range(12):
        inner = {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"resource": inner}, {"resource": inner}][:1],
        }
    nested: Json = {"url": OWN}
    for _ in range(20):
        nested = {"url": OWN, "extension": [nested]}
    for resource in (patient(gender="male", extension=[nested]), inner):
        faults, _ = told(resource, *definitions)
        assert len(faults) <= MOST_FAULTS + 1


def test_a_definition_may_hold_floats_lack_the_words_of_a_context_and_be_of_no_type() -> None:
    fixed = profile("Observation", {"id": "Observation.value[x]", "fixedQuantity": {"value": 0.5}})
    placed = profile("Extension", name="e") | {"context": [{"type": "fhirpath"}]}
    resource = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "valueQuantity": {"value": 1}}
    faults, _ = told(resource, fixed, placed, {"resourceType": {}, "url": OWN})
    assert [(fault.kind, fault.expected) for fault in faults] == [("fixed-value-differs", '{"value": 0.5}')]


PATTERNS: dict[str, Json] = {
    "an object": {"patternCodeableConcept": {"coding": [{"code": "a"}]}},
    "a text": {"patternString": "a"},
    "a number": {"patternInteger": 1},
}


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_a_pattern_of_another_type_is_one_that_no_value_has(pattern: Json) -> None:
    for name in ("gender", "maritalStatus", "name"):
        resource = patient(gender="male", maritalStatus={"text": "x"}, name=[{"family": "b"}])
        faults, _ = told(resource, profile("Patient", {"id": f"Patient.{name}"} | pattern))
        assert {fault.kind for fault in faults} == {"pattern-differs"}


SLOW = "(([a-z-])+.)+[A-Z]"
"""What takes a backtracking reader of regular expressions for ever."""


def test_the_regular_expression_of_a_profile_is_tried_in_linear_time() -> None:
    regex = [{"url": R4 + "regex", "valueString": SLOW}]
    faults, found = told(patient(id="a" * 60), profile("Patient", {"id": "Patient.id", "extension": regex}))
    assert [(fault.kind, fault.path) for fault in faults] == [("form-differs", "Patient.id")]
    assert found == []


def test_a_regular_expression_that_cannot_be_tried_is_declared() -> None:
    regex = [{"url": R4 + "regex", "valueString": "(?=a)a"}]
    faults, found = told(patient(id="b"), profile("Patient", {"id": "Patient.id", "extension": regex}))
    assert (faults, found) == ([], ["problem"])


def test_the_regular_expression_of_a_value_set_is_tried_in_linear_time() -> None:
    codes = {"resourceType": "CodeSystem", "url": BASE + "c", "content": "complete", "concept": [{"code": "a" * 60}]}
    chosen = {"system": BASE + "c", "filter": [{"property": "code", "op": "regex", "value": SLOW}]}
    some = {"resourceType": "ValueSet", "url": BASE + "a", "compose": {"include": [chosen]}}
    binding = {"strength": "required", "valueSet": BASE + "a"}
    faults, found = told(
        patient(gender="male"), codes, some, profile("Patient", {"id": "Patient.gender", "binding": binding})
    )
    assert [(fault.kind, fault.path) for fault in faults] == [("code-not-allowed", "Patient.gender")]
    assert found == []


@pytest.mark.parametrize("concept", [[{"code": 1}], {"code": "a"}, [None], [{}], [{"code": "a", "concept": "x"}]])
def test_a_code_system_without_the_form_of_one_lists_nothing(concept: Json) -> None:
    codes = {"resourceType": "CodeSystem", "url": BASE + "c", "content": "complete", "concept": concept}
    known = load_base().extended([codes])
    assert known.system_codes(BASE + "c") is None


def test_a_thousand_slices_and_an_id_of_many_steps_are_compiled_in_bounded_time() -> None:
    slicing = {"discriminator": [{"type": "value", "path": "system"}], "rules": "open"}
    rows: list[Json] = [{"id": "Patient.identifier", "slicing": slicing}]
    for at in range(500):
        rows.append({"id": f"Patient.identifier:s{at}", "sliceName": f"s{at}", "max": "1"})
        rows.append({"id": f"Patient.identifier:s{at}.system", "fixedUri": f"urn:x:{at}"})
    rows.append({"id": "Patient" + ".extension:a" * 80})
    each_once = [{"system": f"urn:x:{at}", "value": "x"} for at in range(100)]
    twice = [*each_once, {"system": "urn:x:7", "value": "y"}]
    counted = [
        [
            fault.path
            for fault in told(patient(identifier=rows_given), profile("Patient", *rows))[0]
            if fault.kind == "slice-too-many"
        ]
        for rows_given in (each_once, twice)
    ]
    assert counted == [[], ["Patient.identifier[100]"]]


def test_a_quick_condition_is_not_asked_where_the_form_is_wrong() -> None:
    resource = {
        "resourceType": "StructureDefinition", "url": "https://p.example/x", "name": "N", "status": "draft",
        "kind": "resource", "abstract": False, "type": "Patient", "differential": {"element": "next"},
    }  # fmt: skip
    paths = [(fault.kind, fault.path) for fault in judge(resource, load_base(), options=Options())]
    assert ("list-expected", "StructureDefinition.differential.element") in paths


def test_a_planted_word_would_be_seen() -> None:
    resource = patient(gender=MARK)
    with pytest.raises(fuzz.BadFindingError):
        fuzz.check(resource, [Fault("code-not-allowed", "error", "Patient.gender", MARK)])
    with pytest.raises(fuzz.BadFindingError):
        fuzz.check(resource, [Fault("code-not-allowed", "error", "Patient.name")])
    with pytest.raises(fuzz.BadFindingError):
        fuzz.check(resource, [Fault("no-such-kind", "error", "Patient.gender")])
