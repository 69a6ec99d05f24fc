"""Base R4 structure: each case has one fault, found once, at its place; its valid neighbour has none."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from certgateway.engine import Options, judge, load_base

# dom-6 asks for a narrative everywhere, as best practice; it has a test of its own below.
QUIET = Options(ignored_invariants=frozenset({"dom-6"}))
CODE = {"text": "code"}
XHTML = '<div xmlns="http://www.w3.org/1999/xhtml">{}</div>'


def found(resource: dict[str, Any], options: Options = QUIET) -> list[tuple[str, str, str | None]]:
    """The faults of a resource as (kind, path, expected)."""
    return [(fault.kind, fault.path, fault.expected) for fault in judge(resource, load_base(), options=options)]


def patient(**members: object) -> dict[str, Any]:
    """A Patient with these members."""
    return {"resourceType": "Patient", **members}


def observation(**members: object) -> dict[str, Any]:
    """An Observation that would be valid but for these members."""
    return {"resourceType": "Observation", "status": "final", "code": CODE, **members}


def narrated(inside: str, status: str = "generated") -> dict[str, Any]:
    """A Patient with a narrative."""
    return patient(text={"status": status, "div": XHTML.format(inside)})


FAULTY: dict[str, tuple[dict[str, Any], tuple[str, str, str | None]]] = {
    "no type": ({"id": "a"}, ("resource-type-unknown", "Resource", None)),
    "unknown type": ({"resourceType": "Certificate"}, ("resource-type-unknown", "Resource", None)),
    "abstract type": ({"resourceType": "DomainResource"}, ("resource-type-unknown", "Resource", None)),
    "type is no text": ({"resourceType": ["Patient"]}, ("resource-type-unknown", "Resource", None)),
    "unknown type in an entry": (
        {"resourceType": "Parameters", "parameter": [{"name": "a", "resource": {"resourceType": "X", "id": "a"}}]},
        ("resource-type-unknown", "Parameters.parameter[0].resource", None),
    ),
    "unknown property": (patient(nickname="x"), ("element-unknown", "Patient", "Patient")),
    "unknown companion": (patient(_nickname={}), ("element-unknown", "Patient", "Patient")),
    "companion of a complex type": (patient(_name=[{"id": "a"}]), ("element-unknown", "Patient", "Patient")),
    "unknown in backbone": (
        patient(link=[{"other": {"display": "x"}, "type": "refer", "x": 1}]),
        ("element-unknown", "Patient.link[0]", "Patient.link"),
    ),
    "resourceType in a datatype": (
        patient(maritalStatus={"resourceType": "CodeableConcept", "text": "x"}),
        ("element-unknown", "Patient.maritalStatus", "CodeableConcept"),
    ),
    "missing required": (
        {"resourceType": "Observation", "status": "final"},
        ("element-missing", "Observation", "code"),
    ),
    "missing in backbone": (
        patient(communication=[{"preferred": True}]),
        ("element-missing", "Patient.communication[0]", "language"),
    ),
    "missing choice": (
        {"resourceType": "MedicationStatement", "status": "active", "subject": {"display": "x"}},
        ("element-missing", "MedicationStatement", "medication"),
    ),
    "misspelt choice": (observation(valueText="x"), ("element-unknown", "Observation", "Observation")),
    "choice twice": (observation(valueString="x", valueInteger=1), ("choice-several", "Observation", "value")),
    "choice twice, once by extension": (
        observation(valueString="x", _valueDateTime={"extension": [{"url": "http://a.example", "valueCode": "a"}]}),
        ("choice-several", "Observation", "value"),
    ),
    "list expected": (patient(name={"family": "x"}), ("list-expected", "Patient.name", None)),
    "single expected": (patient(gender=["male"]), ("single-expected", "Patient.gender", None)),
    "object expected": (patient(maritalStatus="M"), ("type-wrong", "Patient.maritalStatus", "CodeableConcept")),
    "object expected in list": (patient(name=["x"]), ("type-wrong", "Patient.name[0]", "HumanName")),
    "string for boolean": (patient(active="true"), ("type-wrong", "Patient.active", "boolean")),
    "number for date": (patient(birthDate=1980), ("type-wrong", "Patient.birthDate", "date")),
    "string for integer": (patient(multipleBirthInteger="2"), ("type-wrong", "Patient.multipleBirth", "integer")),
    "string for decimal": (
        observation(valueQuantity={"value": "1.5"}),
        ("type-wrong", "Observation.value.value", "decimal"),
    ),
    "boolean for integer": (patient(multipleBirthInteger=True), ("type-wrong", "Patient.multipleBirth", "integer")),
    "object for primitive": (patient(birthDate={"a": 1}), ("type-wrong", "Patient.birthDate", "date")),
    "impossible date": (patient(birthDate="2023-02-30"), ("primitive-invalid", "Patient.birthDate", "date")),
    "lexical boolean": (patient(active="yes"), ("primitive-invalid", "Patient.active", "boolean")),
    "long id": (patient(id="a" * 65), ("primitive-invalid", "Patient.id", "id")),
    "empty string": (patient(id=""), ("value-empty", "Patient.id", None)),
    "blank string": (patient(name=[{"family": " \t\n"}]), ("value-empty", "Patient.name[0].family", None)),
    "empty object": (patient(maritalStatus={}), ("value-empty", "Patient.maritalStatus", None)),
    "empty object for primitive": (patient(birthDate={}), ("value-empty", "Patient.birthDate", None)),
    "empty list": (patient(name=[]), ("value-empty", "Patient", None)),
    "empty object in list": (patient(name=[{}]), ("value-empty", "Patient.name[0]", None)),
    "only an id": (patient(name=[{"id": "a"}]), ("value-empty", "Patient.name[0]", None)),
    "empty companion": (patient(_birthDate={}), ("value-empty", "Patient.birthDate", None)),
    "companion is no object": (
        patient(birthDate="2000", _birthDate="x"),
        ("type-wrong", "Patient.birthDate", "Element"),
    ),
    "companion in a list": (
        patient(birthDate="2000", _birthDate=[{"id": "a"}]),
        ("single-expected", "Patient.birthDate", None),
    ),
    "unknown in companion": (
        patient(birthDate="2000", _birthDate={"id": "a", "value": "2000"}),
        ("element-unknown", "Patient.birthDate", "date"),
    ),
    "null": (patient(birthDate=None), ("null-not-allowed", "Patient", None)),
    "null object": (patient(maritalStatus=None), ("null-not-allowed", "Patient", None)),
    "null in list of objects": (patient(name=[{"family": "x"}, None]), ("null-not-allowed", "Patient", None)),
    "null without companion": (
        patient(name=[{"given": ["x", None]}]),
        ("null-not-allowed", "Patient.name[0]", None),
    ),
    "code outside binding": (
        patient(gender="man"),
        ("code-not-allowed", "Patient.gender", "http://hl7.org/fhir/ValueSet/administrative-gender"),
    ),
    "code of another case": (
        patient(gender="Male"),
        ("code-not-allowed", "Patient.gender", "http://hl7.org/fhir/ValueSet/administrative-gender"),
    ),
    "concept outside binding": (
        {
            "resourceType": "Condition",
            "subject": {"display": "x"},
            "clinicalStatus": {
                "coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "ill"}]
            },
        },
        ("code-not-allowed", "Condition.clinicalStatus", "http://hl7.org/fhir/ValueSet/condition-clinical"),
    ),
    "concept of another system": (
        {
            "resourceType": "Condition",
            "subject": {"display": "x"},
            "clinicalStatus": {"coding": [{"system": "http://other.example", "code": "active"}]},
        },
        ("code-not-allowed", "Condition.clinicalStatus", "http://hl7.org/fhir/ValueSet/condition-clinical"),
    ),
    "extension with both": (
        patient(
            extension=[{"url": "http://a.example", "valueCode": "a", "extension": [{"url": "b", "valueCode": "b"}]}]
        ),
        ("invariant-broken", "Patient.extension[0]", "ext-1"),
    ),
    "extension with neither": (
        patient(extension=[{"url": "http://a.example"}]),
        ("invariant-broken", "Patient.extension[0]", "ext-1"),
    ),
    "extension without url": (
        patient(extension=[{"valueCode": "a"}]),
        ("element-missing", "Patient.extension[0]", "url"),
    ),
    "known extension of a wrong type": (
        patient(extension=[{"url": "http://hl7.org/fhir/StructureDefinition/patient-birthPlace", "valueString": "x"}]),
        ("type-not-allowed", "Patient.extension[0].value", "Address"),
    ),
    "extension on another resource": (
        observation(
            extension=[
                {"url": "http://hl7.org/fhir/StructureDefinition/patient-birthPlace", "valueAddress": {"city": "x"}}
            ]
        ),
        ("extension-misplaced", "Observation.extension[0]", "Patient"),
    ),
    "extension on another element": (
        patient(
            name=[
                {
                    "family": "x",
                    "extension": [
                        {"url": "http://hl7.org/fhir/StructureDefinition/patient-birthTime", "valueDateTime": "2000"}
                    ],
                }
            ]
        ),
        ("extension-misplaced", "Patient.name[0].extension[0]", "Patient.birthDate"),
    ),
    "relative extension": (
        patient(extension=[{"url": "local", "valueCode": "a"}]),
        ("uri-not-absolute", "Patient.extension[0].url", None),
    ),
    "relative code system": (
        observation(code={"coding": [{"system": "local", "code": "a"}]}),
        ("uri-not-absolute", "Observation.code.coding[0].system", None),
    ),
    "extension of a primitive": (
        patient(birthDate="2000", _birthDate={"extension": [{"url": "http://a.example"}]}),
        ("invariant-broken", "Patient.birthDate.extension[0]", "ext-1"),
    ),
    "unknown modifier extension": (
        observation(modifierExtension=[{"url": "http://a.example", "valueCode": "a"}]),
        ("modifier-extension-unknown", "Observation.modifierExtension[0]", None),
    ),
    "invariant of a resource": (
        observation(valueString="x", dataAbsentReason={"text": "y"}),
        ("invariant-broken", "Observation", "obs-6"),
    ),
    "invariant of an element": (
        patient(contact=[{"gender": "male"}]),
        ("invariant-broken", "Patient.contact[0]", "pat-1"),
    ),
    "invariant of a datatype": (patient(telecom=[{"value": "x"}]), ("invariant-broken", "Patient.telecom[0]", "cpt-2")),
    "script": (narrated("<script>x</script>"), ("narrative-not-allowed", "Patient.text.div", "allowed elements")),
    "event attribute": (
        narrated('<p onclick="x">x</p>'),
        ("narrative-not-allowed", "Patient.text.div", "allowed attributes"),
    ),
    "no content": (narrated(" <p> </p> "), ("narrative-not-allowed", "Patient.text.div", "content")),
    "no XML": (narrated("<p>"), ("narrative-not-allowed", "Patient.text.div", "well-formed XHTML")),
    "entity that XML lacks": (
        narrated("<p>a&nbsp;b</p>"),
        ("narrative-not-allowed", "Patient.text.div", "entities of XML alone"),
    ),
    "block in a paragraph": (
        narrated("<p>a<span><ul><li>b</li></ul></span></p>"),
        ("narrative-not-allowed", "Patient.text.div", "paragraphs without blocks"),
    ),
    "link to nothing": (narrated('<p><a href="#b">b</a></p>'), ("narrative-link-unresolved", "Patient.text.div", None)),
    "link that runs": (
        narrated('<p><a href="javascript:x()">b</a></p>'),
        ("narrative-not-allowed", "Patient.text.div", "links that run nothing"),
    ),
    "no namespace": (
        patient(text={"status": "generated", "div": "<div>x</div>"}),
        ("narrative-not-allowed", "Patient.text.div", "a div in the XHTML namespace"),
    ),
}

VALID: dict[str, dict[str, Any]] = {
    "least": patient(),
    "companion alone": patient(_birthDate={"extension": [{"url": "http://a.example", "valueCode": "a"}]}),
    "padding": patient(
        name=[
            {
                "given": ["x", None],
                "_given": [{"id": "a"}, {"extension": [{"url": "http://a.example", "valueCode": "a"}]}],
            }
        ]
    ),
    "unknown extension": patient(extension=[{"url": "http://a.example", "valueCode": "a"}]),
    "nested extension": patient(extension=[{"url": "http://a.example", "extension": [{"url": "b", "valueCode": "b"}]}]),
    "known extension": patient(
        extension=[{"url": "http://hl7.org/fhir/StructureDefinition/patient-birthPlace", "valueAddress": {"city": "x"}}]
    ),
    "extension of the right primitive": patient(
        birthDate="2000-01-01",
        _birthDate={
            "extension": [
                {
                    "url": "http://hl7.org/fhir/StructureDefinition/patient-birthTime",
                    "valueDateTime": "2000-01-01T00:00:00Z",
                }
            ]
        },
    ),
    "extension for any element": observation(
        code={
            "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]
        }
    ),
    "leap day": patient(birthDate="2024-02-29"),
    "exact decimal": observation(valueQuantity={"value": Decimal("1.50")}),
    "whole decimal": observation(valueQuantity={"value": 2}),
    "two codings, one in the set": {
        "resourceType": "Condition",
        "subject": {"display": "x"},
        "clinicalStatus": {
            "coding": [
                {"system": "http://other.example", "code": "x"},
                {"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"},
            ]
        },
    },
    "mime types can't be listed": {"resourceType": "Binary", "contentType": "text/x-anything"},
    "narrative": narrated('<p style="a">x<br/><a id="b" href="#b">&#160;</a></p>'),
    "image alone": narrated('<img src="a.png" alt=""/>'),
    "recursive backbone": {
        "resourceType": "Questionnaire",
        "status": "draft",
        "name": "Form",
        "item": [{"linkId": "1", "type": "group", "item": [{"linkId": "1.1", "type": "string"}]}],
    },
}


@pytest.mark.parametrize("name", FAULTY)
def test_one_fault_is_found_once(name: str) -> None:
    resource, expected = FAULTY[name]
    assert found(resource) == [expected]


@pytest.mark.parametrize("name", VALID)
def test_neighbour_has_no_fault(name: str) -> None:
    assert found(VALID[name]) == []


def test_all_faults_at_once() -> None:
    resource = patient(
        gender="x", birthDate="2023-13", active="true", name=[{"family": ""}, {"nick": "x", "given": ["a"]}]
    )
    assert {(kind, path) for kind, path, _ in found(resource)} == {
        ("code-not-allowed", "Patient.gender"),
        ("primitive-invalid", "Patient.birthDate"),
        ("type-wrong", "Patient.active"),
        ("value-empty", "Patient.name[0].family"),
        ("element-unknown", "Patient.name[1]"),
    }


def test_unknown_property_names_its_culprit() -> None:
    (fault,) = judge(patient(nickname="x"), load_base(), options=QUIET)
    assert fault.culprit == "nickname"


def test_missing_narrative_is_a_warning() -> None:
    (fault,) = judge(patient(), load_base())
    assert (fault.kind, fault.severity, fault.expected) == ("invariant-broken", "warning", "dom-6")


def test_faults_stop_at_a_thousand() -> None:
    faults = judge(patient(name=[{"x": 1}] * 1500), load_base(), options=QUIET)
    assert len(faults) == 1001
    assert (faults[999].path, faults[1000].kind, faults[1000].path) == (
        "Patient.name[999]",
        "too-many-faults",
        "Patient",
    )


def test_judging_changes_nothing_received() -> None:
    resource = observation(valueQuantity={"value": Decimal("1.50")}, contained=[patient(id="a")])
    before = repr(resource)
    judge(resource, load_base())
    assert repr(resource) == before


def test_unknown_extension_by_policy() -> None:
    resource = patient(extension=[{"url": "https://x.example/y", "valueCode": "a"}])
    (fault,) = judge(resource, load_base(), options=Options("error", unknown_extension="warning"))[:1]
    assert (fault.kind, fault.severity, fault.path) == ("extension-unknown", "warning", "Patient.extension[0]")
