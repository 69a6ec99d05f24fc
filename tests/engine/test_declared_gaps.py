"""What definitions ask for and nobody here can judge: never a fault by guess, never a silent pass, always declared."""

from __future__ import annotations

from typing import Any

import pytest

from certgateway.engine import Gap, gaps, load_base
from tests.engine.profile_values import further
from tests.unit.engine.profile_making import BASE, COLOURS, SETS, Json, coded, found, observation, patient, profile

R4 = "http://hl7.org/fhir/StructureDefinition/"


def sliced(kind: str, path: str, rules: str = "open") -> Json:
    return {"slicing": {"discriminator": [{"type": kind, "path": path}], "rules": rules}}


UNLISTED = {"id": "Patient.maritalStatus.coding", **sliced("value", "$this")}
OPEN_SLICES: dict[str, tuple[Json, Json, Gap]] = {
    "by a value set nobody can list": (
        profile(
            "Patient",
            UNLISTED,
            {"id": "Patient.maritalStatus.coding:a", "sliceName": "a", "min": 1, "max": "1"}
            | {"binding": {"strength": "required", "valueSet": SETS + "nowhere"}},
        ),
        patient(maritalStatus=coded("x", "y")),
        Gap("value-set", BASE + "p", SETS + "nowhere"),
    ),
    "by a path nobody can follow": (
        profile(
            "Patient",
            {"id": "Patient.name", **sliced("value", "where(use = 'x').family", "closed")},
            {"id": "Patient.name:o", "sliceName": "o", "min": 1, "max": "1"},
            {"id": "Patient.name:o.family", "fixedString": "x"},
        ),
        patient(name=[{"family": "x"}, {"family": "y"}]),
        Gap("slicing", BASE + "p", "name: value where(use = 'x').family"),
    ),
    "by a kind of discriminator that R4 has not": (
        profile(
            "Patient",
            {"id": "Patient.name", **sliced("position", "$this")},
            {"id": "Patient.name:o", "sliceName": "o", "min": 1, "max": "1"},
        ),
        patient(name=[{"family": "x"}]),
        Gap("slicing", BASE + "p", "name: position $this"),
    ),
}


@pytest.mark.parametrize("name", OPEN_SLICES)
def test_slices_that_cannot_be_told_apart_are_not_counted_and_are_declared(name: str) -> None:
    definition, resource, gap = OPEN_SLICES[name]
    assert found(resource, definition) == []
    assert gap in gaps(load_base().extended([definition]))


def odd(**members: Any) -> Json:  # noqa: ANN401  Whatever a definition may hold by mistake.
    return {"resourceType": "StructureDefinition", "url": BASE + "p", "type": "Patient", **members}


CONSTRAINED = {"id": "Patient", "path": "Patient", "constraint": [{"key": "a-1", "human": "x", "xpath": "1"}]}
DECLARED: dict[str, tuple[Json, str]] = {
    "unknown base": (profile("Patient", base="https://x.example/b"), "its base https://x.example/b is not known"),
    "circle": (profile("Patient", base=BASE + "p"), f"its base {BASE}p is not known"),
    "no form": (odd(differential={"element": [{"id": "Patient.name", "max": "many"}]}), "it has not the form"),
    "no type": ({"resourceType": "StructureDefinition", "url": BASE + "p"}, "it has not the form"),
    "wrong shape": (odd(differential=[1, 2]), "it has not the form of a StructureDefinition"),
    "other FHIR": (odd(fhirVersion="5.0.0", differential={"element": []}), "it is made for FHIR 5.0.0"),
    "logical": (odd(type="https://x.example/Thing", kind="logical"), "its type https://x.example/Thing is none"),
    "no FHIRPath": (odd(differential={"element": [CONSTRAINED]}), "its constraint a-1 has no FHIRPath"),
}


@pytest.mark.parametrize("name", DECLARED)
def test_what_cannot_be_compiled_is_declared(name: str) -> None:
    definition, told = DECLARED[name]
    rows = [gap.what for gap in gaps(load_base().extended([definition])) if gap.kind == "problem"]
    assert any(row.startswith(told) for row in rows), rows


@pytest.mark.parametrize("name", ["unknown base", "no form", "no type", "wrong shape"])
def test_a_profile_of_which_something_is_missing_never_passes_in_silence(name: str) -> None:
    assert [fault[0] for fault in found(patient(), DECLARED[name][0])] == ["profile-unknown"]


def test_a_canonical_that_nobody_loaded_is_declared() -> None:
    target = {"id": "Observation.subject", "type": [{"code": "Reference", "targetProfile": ["https://x.example/t"]}]}
    known = load_base().extended([profile("Observation", target), {"resourceType": "ValueSet"}])
    assert gaps(known) == [
        Gap("problem", "", "a ValueSet has no canonical"),
        Gap("profile", BASE + "p", "https://x.example/t"),
    ]


def test_of_several_versions_each_answers_to_its_own_and_the_newest_to_none() -> None:
    def version(number: str, element: str) -> Json:
        return profile("Patient", {"id": f"Patient.{element}", "min": 1}) | {"version": number}

    rows = {"1.10.0": "photo", "1.9.0": "name", "1.10.0-ballot": "link", "1.2": "contact"}
    for order in (list(rows), list(rows)[::-1]):
        definitions: list[Json] = [version(number, rows[number]) for number in order]
        assert found(patient(), *definitions) == [("element-missing", "Patient", "photo")]
        for number, element in rows.items():
            assert found(patient(), *definitions, url=f"{BASE}p|{number}") == [("element-missing", "Patient", element)]
        assert found(patient(), *definitions, url=f"{BASE}p|7") == [("profile-unknown", "Patient", None)]


def test_base_r4_keeps_its_types_whoever_defines_them_again() -> None:
    mine: Json = {"resourceType": "StructureDefinition", "url": R4 + "Patient", "type": "Patient", "kind": "resource"}
    mine |= {"derivation": "specialization", "snapshot": {"element": [{"path": "Patient.name", "min": 1}]}}
    assert found(patient(), mine, profile("Patient")) == []


def test_places_of_an_extension_that_cant_be_judged_are_declared() -> None:
    rows = [
        ("fhirpath", "Patient.name.where("),
        ("element", "https://x.example/t#Patient.name"),
        ("element", "Patient"),
    ]
    own = profile("Extension", {"id": "Extension.url", "fixedUri": BASE + "p"}) | {
        "context": [{"type": kind, "expression": expression} for kind, expression in rows],
        "contextInvariant": ["exists(", "exists()"],
    }
    assert gaps(load_base().extended([own])) == [
        Gap("invariant", BASE + "p", "Patient.name.where("),
        Gap("invariant", BASE + "p", "exists("),
        Gap("profile", BASE + "p", "https://x.example/t#Patient.name"),
    ]


def test_a_value_set_that_holds_in_some_use_is_declared() -> None:
    parts = [{"url": "any", "valueBoolean": True}]
    known = profile("Observation", {"id": "Observation.code", "binding": {"extension": [further("required", *parts)]}})
    told = f"{SETS}some (code: in some use, or for one of several)"
    assert gaps(load_base().extended([*COLOURS, known])) == [Gap("value-set", BASE + "p", told)]
    assert found(observation(), known) == []


def test_a_further_value_set_that_cant_be_listed_is_declared() -> None:
    known = profile("Observation", {"id": "Observation.code", "binding": {"extension": [further("maximum")]}})
    assert gaps(load_base().extended([known])) == [Gap("value-set", BASE + "p", SETS + "some")]
    assert found(observation(), known) == []
