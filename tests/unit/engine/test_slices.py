"""Slicing by every kind of discriminator, with an instance that breaks the profile and one that keeps it."""

from __future__ import annotations

import pytest

from tests.unit.engine.profile_making import (
    BASE,
    BY_CODE,
    COLOURS,
    PATTERN_CODE,
    Case,
    coded,
    found,
    observation,
    patient,
    profile,
)

CASES: dict[str, Case] = {
    "slice by pattern is missing": (
        [
            {"id": "Observation.component", **BY_CODE},
            {"id": "Observation.component:red", "min": 1},
            {"id": "Observation.component:red.code", **PATTERN_CODE},
        ],
        observation(component=[{"code": coded("blue"), "valueString": "x"}]),
        ("slice-missing", "Observation", "component:red"),
        observation(
            component=[{"code": coded("blue"), "valueString": "x"}, {"code": coded("red"), "valueString": "x"}]
        ),
    ),
    "slice is there too often": (
        [
            {"id": "Observation.component", **BY_CODE},
            {"id": "Observation.component:red", "max": "1"},
            {"id": "Observation.component:red.code", **PATTERN_CODE},
        ],
        observation(component=[{"code": coded("red"), "valueString": "x"}, {"code": coded("red"), "valueString": "y"}]),
        ("slice-too-many", "Observation.component[1]", "component:red"),
        observation(
            component=[{"code": coded("blue"), "valueString": "x"}, {"code": coded("red"), "valueString": "x"}]
        ),
    ),
    "child of a slice": (
        [
            {"id": "Observation.component", **BY_CODE},
            {"id": "Observation.component:red"},
            {"id": "Observation.component:red.code", **PATTERN_CODE},
            {"id": "Observation.component:red.value[x]", "min": 1, "type": [{"code": "Quantity"}]},
        ],
        observation(component=[{"code": coded("red"), "valueString": "x"}]),
        ("type-not-allowed", "Observation.component[0].value", "Quantity"),
        observation(
            component=[
                {"code": coded("red"), "valueQuantity": {"value": 1}},
                {"code": coded("blue"), "valueString": "x"},
            ]
        ),
    ),
    "closed slicing": (
        [
            {
                "id": "Observation.component",
                "slicing": {"discriminator": [{"type": "value", "path": "code.coding.code"}], "rules": "closed"},
            },
            {"id": "Observation.component:red"},
            {"id": "Observation.component:red.code.coding.code", "fixedCode": "red"},
        ],
        observation(component=[{"code": coded("blue"), "valueString": "x"}]),
        ("slice-closed", "Observation.component[0]", "red"),
        observation(component=[{"code": coded("red"), "valueString": "x"}]),
    ),
    "ordered slicing": (
        [
            {
                "id": "Observation.component",
                "slicing": {
                    "discriminator": [{"type": "value", "path": "code.coding.code"}],
                    "rules": "open",
                    "ordered": True,
                },
            },
            {"id": "Observation.component:red"},
            {"id": "Observation.component:red.code.coding.code", "fixedCode": "red"},
            {"id": "Observation.component:blue"},
            {"id": "Observation.component:blue.code.coding.code", "fixedCode": "blue"},
        ],
        observation(
            component=[{"code": coded("blue"), "valueString": "x"}, {"code": coded("red"), "valueString": "x"}]
        ),
        ("slice-order", "Observation.component[1]", "red, blue"),
        observation(
            component=[{"code": coded("red"), "valueString": "x"}, {"code": coded("blue"), "valueString": "x"}]
        ),
    ),
    "slice by type of a choice": (
        [{"id": "Observation.value[x]:valueQuantity.unit", "min": 1}],
        observation(valueQuantity={"value": 1}),
        ("element-missing", "Observation.value", "unit"),
        observation(valueString="x"),
    ),
    "slice by exists": (
        [
            {"id": "Patient.name", "slicing": {"discriminator": [{"type": "exists", "path": "use"}], "rules": "open"}},
            {"id": "Patient.name:used"},
            {"id": "Patient.name:used.use", "min": 1},
            {"id": "Patient.name:used.family", "min": 1},
        ],
        patient(name=[{"use": "usual", "text": "x"}]),
        ("element-missing", "Patient.name[0]", "family"),
        patient(name=[{"text": "x"}, {"use": "usual", "family": "x"}]),
    ),
    "slice by $this": (
        [
            {
                "id": "Patient.name.given",
                "slicing": {"discriminator": [{"type": "value", "path": "$this"}], "rules": "open"},
            },
            {"id": "Patient.name.given:ola", "min": 1, "fixedString": "Ola"},
        ],
        patient(name=[{"given": ["Kari"]}]),
        ("slice-missing", "Patient.name[0]", "given:ola"),
        patient(name=[{"given": ["Kari", "Ola"]}]),
    ),
    "slice by a resolved resource": (
        [
            {
                "id": "Observation.performer",
                "slicing": {"discriminator": [{"type": "type", "path": "resolve()"}], "rules": "open"},
            },
            {
                "id": "Observation.performer:person",
                "min": 1,
                "type": [
                    {"code": "Reference", "targetProfile": ["http://hl7.org/fhir/StructureDefinition/Practitioner"]}
                ],
            },
        ],
        observation(
            performer=[{"reference": "#o"}], contained=[{"resourceType": "Organization", "id": "o", "name": "x"}]
        ),
        ("slice-missing", "Observation", "performer:person"),
        observation(performer=[{"reference": "#o"}], contained=[{"resourceType": "Practitioner", "id": "o"}]),
    ),
    "reslice": (
        [
            {"id": "Observation.component", **BY_CODE},
            {"id": "Observation.component:red", "slicing": {"discriminator": [{"type": "value", "path": "code.text"}]}},
            {"id": "Observation.component:red.code", **PATTERN_CODE},
            {"id": "Observation.component:red/text", "min": 1},
            {"id": "Observation.component:red/text.code.text", "fixedString": "crimson"},
        ],
        observation(component=[{"code": coded("red"), "valueString": "x"}]),
        ("slice-missing", "Observation", "component:red/text"),
        observation(component=[{"code": coded("red") | {"text": "crimson"}, "valueString": "x"}]),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_broken_once(name: str) -> None:
    elements, broken, fault, _ = CASES[name]
    assert found(broken, profile(broken["resourceType"], *elements), *COLOURS) == [fault]


@pytest.mark.parametrize("name", CASES)
def test_kept(name: str) -> None:
    elements, _, _, kept = CASES[name]
    assert found(kept, profile(kept["resourceType"], *elements), *COLOURS) == []


def test_entries_of_a_bundle_by_profile_of_their_resource() -> None:
    by_resource = {"discriminator": [{"type": "profile", "path": "resource"}], "rules": "open"}
    message = profile(
        "Bundle",
        {"id": "Bundle.entry", "slicing": by_resource},
        {"id": "Bundle.entry:named", "min": 1, "max": "1"},
        {"id": "Bundle.entry:named.resource", "min": 1, "type": [{"code": "Patient", "profile": [BASE + "named"]}]},
    )
    named = profile("Patient", {"id": "Patient.name", "min": 1}, name="named")
    url = "urn:uuid:00000000-0000-4000-8000-00000000000"
    entries = [
        {"fullUrl": url + "1", "resource": patient()},
        {"fullUrl": url + "2", "resource": patient(name=[{"text": "x"}])},
    ]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    assert found(bundle, message, named) == []
    assert found(bundle | {"entry": entries[:1]}, message, named) == [("slice-missing", "Bundle", "entry:named")]


def test_entries_of_a_bundle_by_type_of_their_resource() -> None:
    by_type = {"discriminator": [{"type": "type", "path": "resource"}], "rules": "open"}
    message = profile(
        "Bundle",
        {"id": "Bundle.entry", "slicing": by_type},
        {"id": "Bundle.entry:patient", "max": "1"},
        {"id": "Bundle.entry:patient.resource", "min": 1, "type": [{"code": "Patient", "profile": [BASE + "named"]}]},
    )
    named = profile("Patient", {"id": "Patient.name", "min": 1}, name="named")
    entry = {"fullUrl": "urn:uuid:00000000-0000-4000-8000-000000000001", "resource": patient()}
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [entry]}
    assert found(bundle, message, named) == [("element-missing", "Bundle.entry[0].resource", "name")]
