"""How strict the profiles are: a breach is one fault at its place, and what is unknown may stand beside."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from certgateway import safejson
from certgateway.engine import Options, judge, load_base, load_profiles

ROOT = Path(__file__).resolve().parents[2]
DEFINITIONS = ROOT / "certgateway" / "profiles"
EXAMPLES = ROOT / "fhir-profiles" / "examples"
PROFILE = "https://certgateway.example/fhir/StructureDefinition/"
PART = "https://certgateway.example/fhir/CodeSystem/statement-part"
ADVICE = frozenset({"dom-6", "con-3"})
Tree = dict[str, Any]


@pytest.fixture(scope="module")
def definitions() -> Any:  # noqa: ANN401  The engine's own type says nothing more here.
    return load_profiles(DEFINITIONS, load_base())


def example(name: str) -> Tree:
    """An example as a tree, without the profile it claims, so that a test says which profile judges it."""
    tree = safejson.parse((EXAMPLES / f"{name}.json").read_bytes())
    assert isinstance(tree, dict)
    tree.pop("meta", None)
    return tree


def faults(tree: Tree, definitions: Any, *profiles: str, ignored: frozenset[str] = ADVICE) -> set[tuple[str, str]]:  # noqa: ANN401
    """Kind and path of everything that is wrong by these profiles."""
    urls = [PROFILE + name for name in profiles]
    found = judge(tree, definitions, profiles=urls, options=Options(ignored_invariants=ignored))
    return {(fault.kind, fault.path) for fault in found}


Change = Callable[[Tree], None]


def put(path: str, value: Any) -> Change:  # noqa: ANN401  Any FHIR value.
    """Set the member at a path of names and numbers; `...` as value removes it."""
    *before, last = [int(step) if step.isdigit() else step for step in path.split(".")]

    def change(tree: Tree) -> None:
        node: Any = tree
        for step in before:
            node = node[step]
        if value is ...:
            del node[last]
        else:
            node[last] = value

    return change


BROKEN = [
    (
        "Observation-function-example",
        "function",
        put("status", "preliminary"),
        ("pattern-differs", "Observation.status"),
    ),
    ("Observation-function-example", "function", put("subject", ...), ("element-missing", "Observation")),
    (
        "Observation-function-example",
        "function",
        put("valueCodeableConcept.coding.0.code", "maybe"),
        ("code-not-allowed", "Observation.value"),
    ),
    (
        "Observation-function-example",
        "function",
        put("component.0.valueCodeableConcept.coding.0.code", "space"),
        ("code-not-allowed", "Observation.component[0].value"),
    ),
    (
        "Observation-function-example",
        "function",
        put("component.7.valueQuantity.code", "lb_av"),
        ("code-not-allowed", "Observation.component[7].value.code"),
    ),
    (
        "Observation-function-example",
        "function",
        put("component.7.valueQuantity", ...),
        ("element-missing", "Observation.component[7]"),
    ),
    (
        "Observation-function-example",
        "function",
        put("extension.0.valueCode", "heard"),
        ("code-not-allowed", "Observation.extension[0].value"),
    ),
    (
        "RiskAssessment-health-risk-example",
        "health-risk",
        put("prediction.0.whenPeriod", ...),
        ("element-missing", "RiskAssessment.prediction[0]"),
    ),
    (
        "RiskAssessment-health-risk-example",
        "health-risk",
        put("prediction", ...),
        ("element-missing", "RiskAssessment"),
    ),
    (
        "RiskAssessment-health-risk-example",
        "health-risk",
        put("prediction.0.outcome.coding.0.code", "bad-luck"),
        ("code-not-allowed", "RiskAssessment.prediction[0].outcome"),
    ),
    (
        "ClinicalImpression-prognosis-example",
        "prognosis",
        put("prognosisCodeableConcept.0.coding.0.code", "magic"),
        ("code-not-allowed", "ClinicalImpression.prognosisCodeableConcept[0]"),
    ),
    (
        "ClinicalImpression-prognosis-example",
        "prognosis",
        put("extension.0.valueDuration.code", "min"),
        ("code-not-allowed", "ClinicalImpression.extension[0].value.code"),
    ),
    (
        "CarePlan-treatment-example",
        "treatment",
        put("activity.0.detail.code.coding.0.code", "hope"),
        ("code-not-allowed", "CarePlan.activity[0].detail.code"),
    ),
    (
        "Observation-assessment-example",
        "assessment",
        put("code.coding.0.code", "history"),
        ("pattern-differs", "Observation.code"),
    ),
    (
        "DocumentReference-attachment-example",
        "attachment",
        put("content.0.attachment", {"url": "Binary/x"}),
        ("element-missing", "DocumentReference.content[0].attachment"),
    ),
    (
        "Observation-employment-example",
        "employment",
        put("component.4.valueCodeableConcept.coding.0.code", "idle"),
        ("code-not-allowed", "Observation.component[4].value"),
    ),
    (
        "Observation-employment-example",
        "employment",
        put("component.8", {"code": {"coding": [{"system": PART, "code": "occupation-code"}]}, "valueInteger": 9333}),
        ("type-not-allowed", "Observation.component[8].value"),
    ),
    (
        "Observation-employment-example",
        "employment",
        put("component.6.code.coding.0.code", "demands"),
        ("slice-too-many", "Observation.component[7]"),
    ),
    (
        "Condition-diagnosis-example",
        "diagnosis",
        put("extension.0.valueCode", "perhaps"),
        ("code-not-allowed", "Condition.extension[0].value"),
    ),
    (
        "Condition-diagnosis-example",
        "diagnosis",
        put("extension.1", {"url": f"{PROFILE}injury-date", "valueString": "i vinter"}),
        ("type-not-allowed", "Condition.extension[1].value"),
    ),
    (
        "CarePlan-treatment-example",
        "treatment",
        put("activity.1.detail.extension.2.valueDuration.code", "h"),
        ("code-not-allowed", "CarePlan.activity[1].detail.extension[2].value.code"),
    ),
    (
        "Observation-activity-own-work-example",
        "activity",
        put("component.1.valueCodeableConcept.coding.0.code", "soon"),
        ("code-not-allowed", "Observation.component[1].value"),
    ),
    (
        "Observation-activity-own-work-example",
        "activity",
        put("component.2.valueCodeableConcept.coding.0.code", "benefit"),
        ("code-not-allowed", "Observation.component[2].value"),
    ),
    (
        "Observation-assessment-question-example",
        "assessment",
        put("component.0.valueCodeableConcept.coding.0.code", "benefit"),
        ("code-not-allowed", "Observation.component[0].value"),
    ),
    (
        "Composition-certificate-example",
        "certificate",
        put("event.2.code.0.coding.0.code", "everybody"),
        ("code-not-allowed", "Composition.event[2].code[0]"),
    ),
    ("Composition-certificate-example", "certificate", put("identifier", ...), ("element-missing", "Composition")),
    ("Composition-certificate-example", "certificate", put("subject", ...), ("element-missing", "Composition")),
    (
        "Composition-certificate-example",
        "certificate",
        put("date", "2026-05-12"),
        ("invariant-broken", "Composition.date"),
    ),
    (
        "Composition-certificate-example",
        "certificate",
        put("type.coding", [{"system": "http://loinc.org", "code": "72267-8"}]),
        ("pattern-differs", "Composition.type"),
    ),
    (
        "MessageHeader-header-example",
        "certificate-message-header",
        put("eventCoding.code", "question"),
        ("pattern-differs", "MessageHeader.event"),
    ),
    (
        "MessageHeader-header-example",
        "certificate-message-header",
        put("focus", ...),
        ("element-missing", "MessageHeader"),
    ),
    (
        "Patient-patient-example",
        "certificate-patient",
        put("identifier.0.value", ...),
        ("element-missing", "Patient.identifier[0]"),
    ),
]


@pytest.mark.parametrize(
    "name, profile, change, fault", BROKEN, ids=lambda value: "change" if callable(value) else str(value)[:40]
)
def test_a_breach_is_one_fault_at_its_place(
    name: str,
    profile: str,
    change: Change,
    fault: tuple[str, str],
    definitions: Any,  # noqa: ANN401
) -> None:
    tree = example(name)
    assert faults(tree, definitions, profile) == set()
    change(tree)
    assert faults(tree, definitions, profile) == {fault}


OPEN: list[tuple[str, str, Change]] = [
    ("Observation-function-example", "function", put("code.coding.0.code", "b7101")),
    ("Observation-function-example", "function", put("valueCodeableConcept.text", "Kan, hvis lasten er fordelt")),
    ("Observation-function-example", "function", put("category", [{"text": "functioning"}])),
    ("Condition-diagnosis-example", "diagnosis", put("code.coding.0.system", "http://snomed.info/sct")),
    ("PractitionerRole-author-example", "certificate-author", put("code.1.coding.0.code", "SP")),
    ("Patient-patient-example", "certificate-patient", put("identifier.0.system", "urn:oid:2.16.578.1.12.4.1.4.3")),
    ("Composition-certificate-example", "certificate", put("section.0.code.coding.0.code", "something-new")),
]


@pytest.mark.parametrize("name, profile, change", OPEN)
def test_what_is_unknown_may_stand_beside(name: str, profile: str, change: Change, definitions: Any) -> None:  # noqa: ANN401
    tree = example(name)
    before = copy.deepcopy(tree)
    change(tree)
    assert tree != before
    assert faults(tree, definitions, profile) == set()


def section(tree: Tree, item: str) -> Tree:
    """A section of the message example's Composition."""
    composition = tree["entry"][1]["resource"]
    found: Tree = next(each for each in composition["section"] if each["code"]["coding"][0]["code"] == item)
    return found


def bare_message() -> Tree:
    """The message example whose resources claim no profile."""
    tree = example("Bundle-message-example")
    for entry in tree["entry"]:
        entry["resource"].pop("meta", None)
    return tree


def keys(tree: Tree, definitions: Any) -> set[str]:  # noqa: ANN401
    """Keys of the invariants that the message breaks."""
    found = judge(
        tree, definitions, profiles=[PROFILE + "certificate-message"], options=Options(ignored_invariants=ADVICE)
    )
    return {fault.detail["key"] for fault in found if fault.kind == "invariant-broken"}


def without_section(item: str) -> Change:
    def change(tree: Tree) -> None:
        tree["entry"][1]["resource"]["section"].remove(section(tree, item))

    return change


def without_hpr(tree: Tree) -> None:
    tree["entry"][4]["resource"]["identifier"] = []
    del tree["entry"][4]["resource"]["identifier"]


def without_review_date(tree: Tree) -> None:
    prognosis = tree["entry"][16]["resource"]
    prognosis["extension"] = [each for each in prognosis["extension"] if not each["url"].endswith("/review-date")]


def not_asked(tree: Tree) -> None:
    risk = section(tree, "health-risk")
    del risk["entry"]
    risk["text"] = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Ikke vurdert</div>'}
    risk["emptyReason"] = {
        "coding": [{"system": "http://terminology.hl7.org/CodeSystem/list-empty-reason", "code": "notasked"}]
    }


@pytest.mark.parametrize(
    "change, key",
    [
        (without_section("diagnosis"), "diagnosis-missing"),
        (without_section("function"), "function-missing"),
        (without_section("health-risk"), "health-risk-missing"),
        (not_asked, "health-risk-missing"),
        (without_section("prognosis"), "prognosis-missing"),
        (without_hpr, "author-missing"),
        (without_review_date, "prognosis-uncertain-without-review"),
    ],
)
def test_a_missing_item_breaks_the_invariant_of_its_rule(change: Change, key: str, definitions: Any) -> None:  # noqa: ANN401
    tree = bare_message()
    assert keys(tree, definitions) == set()
    change(tree)
    assert keys(tree, definitions) == {key}


def test_assessed_none_answers_health_risk(definitions: Any) -> None:  # noqa: ANN401
    tree = bare_message()
    not_asked(tree)
    section(tree, "health-risk")["emptyReason"]["coding"][0]["code"] = "nilknown"
    assert keys(tree, definitions) == set()
