"""Each way a profile narrows base R4, with an instance that breaks it and one that keeps it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from certgateway.engine import judge, load_base
from certgateway.engine.run import Options
from tests.unit.engine.profile_making import (
    BASE,
    COLOURS,
    PATTERN_CODE,
    QUIET,
    SETS,
    SYSTEM,
    Case,
    Json,
    coded,
    found,
    observation,
    patient,
    profile,
)

CASES: dict[str, Case] = {
    "minimum": (
        [{"id": "Patient.name", "min": 1}],
        patient(),
        ("element-missing", "Patient", "name"),
        patient(name=[{"text": "x"}]),
    ),
    "minimum below": (
        [{"id": "Patient.name.family", "min": 1}],
        patient(name=[{"family": "x"}, {"text": "x"}]),
        ("element-missing", "Patient.name[1]", "family"),
        patient(),
    ),
    "maximum": (
        [{"id": "Patient.name", "max": "1"}],
        patient(name=[{"text": "x"}, {"text": "y"}]),
        ("element-repeated", "Patient.name[1]", "name"),
        patient(name=[{"text": "x"}]),
    ),
    "none allowed": (
        [{"id": "Patient.photo", "max": "0"}],
        patient(photo=[{"title": "x"}]),
        ("element-not-allowed", "Patient.photo[0]", "photo"),
        patient(),
    ),
    "narrowed choice": (
        [{"id": "Observation.value[x]", "type": [{"code": "Quantity"}, {"code": "string"}]}],
        observation(valueBoolean=True),
        ("type-not-allowed", "Observation.value", "Quantity | string"),
        observation(valueString="x"),
    ),
    "fixed code": (
        [{"id": "Observation.status", "fixedCode": "amended"}],
        observation(),
        ("fixed-value-differs", "Observation.status", "amended"),
        observation(status="amended"),
    ),
    "fixed decimal compares by value": (
        [{"id": "Observation.value[x]:valueQuantity.value", "fixedDecimal": Decimal("1.5")}],
        observation(valueQuantity={"value": Decimal("1.51")}),
        ("fixed-value-differs", "Observation.value.value", "1.5"),
        observation(valueQuantity={"value": Decimal("1.50")}),
    ),
    "fixed concept admits nothing more": (
        [{"id": "Observation.code", "fixedCodeableConcept": {"text": "x"}}],
        observation(code={"text": "x", "id": "a"}),
        ("fixed-value-differs", "Observation.code", '{"text":"x"}'),
        observation(),
    ),
    "pattern admits more": (
        [{"id": "Observation.code", **PATTERN_CODE}],
        observation(code=coded("blue")),
        ("pattern-differs", "Observation.code", '{"coding":[{"system":"' + SYSTEM + '","code":"red"}]}'),
        observation(code=coded("blue", "red") | {"text": "x"}),
    ),
    "binding to a whole system": (
        [{"id": "Observation.code", "binding": {"strength": "required", "valueSet": SETS + "all"}}],
        observation(code=coded("green")),
        ("code-not-allowed", "Observation.code", SETS + "all"),
        observation(code=coded("crimson")),
    ),
    "binding to listed concepts": (
        [{"id": "Observation.code", "binding": {"strength": "required", "valueSet": SETS + "some|1.0"}}],
        observation(code=coded("crimson")),
        ("code-not-allowed", "Observation.code", SETS + "some"),
        observation(code=coded("crimson", "red")),
    ),
    "weaker binding": (
        [
            {"id": "Observation.code", "binding": {"strength": "extensible", "valueSet": SETS + "all"}},
            {"id": "Observation.note", "max": "0"},
        ],
        observation(note=[{"text": "x"}]),
        ("element-not-allowed", "Observation.note[0]", "note"),
        observation(code=coded("green")),
    ),
    "length": (
        [{"id": "Patient.name.family", "maxLength": 3}],
        patient(name=[{"family": "long"}]),
        ("length-exceeded", "Patient.name[0].family", "3"),
        patient(name=[{"family": "xyz"}]),
    ),
    "least length": (
        [
            {
                "id": "Patient.name.family",
                "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/minLength", "valueInteger": 3}],
            }
        ],
        patient(name=[{"family": "xy"}]),
        ("length-short", "Patient.name[0].family", "3"),
        patient(name=[{"family": "xyz"}]),
    ),
    "least value": (
        [{"id": "Observation.value[x]:valueInteger", "minValueInteger": 3}],
        observation(valueInteger=2),
        ("value-out-of-range", "Observation.value", "3"),
        observation(valueInteger=3),
    ),
    "constraint": (
        [
            {
                "id": "Patient",
                "constraint": [
                    {
                        "key": "our-1",
                        "severity": "error",
                        "human": "a name",
                        "expression": "name.exists() or photo.exists()",
                    }
                ],
            }
        ],
        patient(),
        ("invariant-broken", "Patient", "our-1"),
        patient(photo=[{"title": "x"}]),
    ),
    "constraint below": (
        [
            {
                "id": "Patient.name",
                "constraint": [
                    {
                        "key": "our-2",
                        "severity": "error",
                        "human": "x",
                        "expression": "given.exists() implies family.exists()",
                    }
                ],
            }
        ],
        patient(name=[{"family": "x"}, {"given": ["x"]}]),
        ("invariant-broken", "Patient.name[1]", "our-2"),
        patient(name=[{"text": "x"}]),
    ),
    "value, not only extension": (
        [{"id": "Patient.active.value", "min": 1}],
        patient(_active={"extension": [{"url": "https://x.example/y", "valueCode": "a"}]}),
        ("element-missing", "Patient.active", "value"),
        patient(active=True),
    ),
    "reference target": (
        [
            {
                "id": "Observation.subject",
                "type": [{"code": "Reference", "targetProfile": ["http://hl7.org/fhir/StructureDefinition/Patient"]}],
            }
        ],
        observation(subject={"reference": "Group/1"}),
        ("reference-target-wrong", "Observation.subject", "Patient"),
        observation(subject={"reference": "Patient/1"}),
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


def test_profile_of_a_profile_says_both() -> None:
    first = profile("Patient", {"id": "Patient.name", "min": 1}, name="first")
    second = profile("Patient", {"id": "Patient.photo", "max": "0"}, base=BASE + "first")
    assert sorted(found(patient(photo=[{"title": "x"}]), first, second)) == [
        ("element-missing", "Patient", "name"),
        ("element-not-allowed", "Patient.photo[0]", "photo"),
    ]


EXTENSION = profile(
    "Extension",
    {"id": "Extension.url", "fixedUri": BASE + "height"},
    {"id": "Extension.value[x]", "min": 1, "type": [{"code": "Quantity"}]},
    name="height",
)
WITH_EXTENSION = profile(
    "Patient",
    {"id": "Patient.extension:height", "min": 1, "type": [{"code": "Extension", "profile": [BASE + "height"]}]},
)


def test_required_extension() -> None:
    assert found(patient(), WITH_EXTENSION, EXTENSION) == [("slice-missing", "Patient", "extension:height")]


def test_required_extension_whose_definition_is_not_here() -> None:
    own = {"url": BASE + "height", "valueQuantity": {"value": 1}}
    assert found(patient(), WITH_EXTENSION) == [("slice-missing", "Patient", "extension:height")]
    assert found(patient(extension=[own]), WITH_EXTENSION) == []


def test_extension_is_judged_by_its_definition_once() -> None:
    resource = patient(extension=[{"url": BASE + "height", "valueString": "x"}])
    assert found(resource, WITH_EXTENSION, EXTENSION) == [
        ("type-not-allowed", "Patient.extension[0].value", "Quantity")
    ]


def test_extension_kept_beside_others() -> None:
    own = {"url": BASE + "height", "valueQuantity": {"value": 1}}
    assert (
        found(patient(extension=[{"url": "https://x.example/y", "valueCode": "a"}, own]), WITH_EXTENSION, EXTENSION)
        == []
    )


COMPLEX = profile(
    "Extension",
    {"id": "Extension.extension:part", "min": 1, "max": "1"},
    {"id": "Extension.extension:part.url", "fixedUri": "part"},
    {"id": "Extension.extension:part.value[x]", "min": 1, "type": [{"code": "string"}]},
    {"id": "Extension.url", "fixedUri": BASE + "whole"},
    {"id": "Extension.value[x]", "max": "0"},
    name="whole",
)


def complex_extension(*parts: Json) -> Json:
    return patient(extension=[{"url": BASE + "whole", "extension": list(parts)}])


def test_complex_extension_kept() -> None:
    assert found(complex_extension({"url": "part", "valueString": "x"}), COMPLEX, url="Patient") == []


def test_part_of_a_complex_extension_is_missing() -> None:
    foreign = {"url": "https://x.example/y", "valueString": "x"}
    assert found(complex_extension(foreign), COMPLEX, url="Patient") == [
        ("slice-missing", "Patient.extension[0]", "extension:part")
    ]


def test_part_of_a_complex_extension_nobody_defined() -> None:
    parts = complex_extension({"url": "part", "valueString": "x"}, {"url": "trap", "valueString": "x"})
    assert found(parts, COMPLEX, url="Patient") == [("slice-closed", "Patient.extension[0].extension[1]", "part")]


def test_snapshot_alone_says_the_same_as_a_differential() -> None:
    whole = profile("Patient", {"id": "Patient", "min": 0, "max": "*"}, {"id": "Patient.name", "min": 1, "max": "1"})
    whole["snapshot"] = whole.pop("differential")
    assert found(patient(), whole) == [("element-missing", "Patient", "name")]


def test_claimed_profile_is_judged_and_unknown_one_is_told() -> None:
    known = load_base().extended([profile("Patient", {"id": "Patient.name", "min": 1})])
    claims = [BASE + "p|1.0.0", BASE + "p|2.0.0", BASE + "other"]
    faults = judge(patient(meta={"profile": claims}), known, options=QUIET)
    assert [(row.kind, row.severity, row.path) for row in faults] == [
        ("element-missing", "error", "Patient"),
        ("profile-unknown", "warning", "Patient.meta.profile[1]"),
        ("profile-unknown", "warning", "Patient.meta.profile[2]"),
    ]


def test_unknown_profile_asked_for_is_an_error() -> None:
    (fault,) = judge(patient(), load_base(), profiles=[BASE + "p"], options=QUIET)
    assert (fault.kind, fault.severity, fault.path) == ("profile-unknown", "error", "Patient")


def test_unknown_profile_of_a_datatype_is_told() -> None:
    names = [{"code": "HumanName", "profile": [BASE + "nowhere"]}]
    known = load_base().extended([profile("Patient", {"id": "Patient.name", "type": names})])
    (fault,) = judge(patient(name=[{"text": "x"}]), known, profiles=[BASE + "p"], options=QUIET)
    assert (fault.kind, fault.severity, fault.path, fault.expected) == (
        "profile-unknown",
        "warning",
        "Patient.name[0]",
        BASE + "nowhere",
    )


def test_profile_for_another_type() -> None:
    assert found(patient(), profile("Observation")) == [("profile-type-wrong", "Patient", "Observation")]


def test_ignored_invariant_is_left_alone() -> None:
    rule = {"key": "our-1", "severity": "error", "human": "x", "expression": "false"}
    known = load_base().extended([profile("Patient", {"id": "Patient", "constraint": [rule]})])
    options = Options(ignored_invariants=frozenset({"dom-6", "our-1"}))
    assert judge(patient(), known, profiles=[BASE + "p"], options=options) == []


def test_reference_to_a_profiled_target() -> None:
    subject = {"code": "Reference", "targetProfile": [BASE + "named"]}
    own = profile("Observation", {"id": "Observation.subject", "type": [subject]})
    named = profile("Patient", {"id": "Patient.name", "min": 1}, name="named")
    bad = observation(subject={"reference": "#a"}, contained=[patient(id="a")])
    good = observation(subject={"reference": "#a"}, contained=[patient(id="a", name=[{"text": "x"}])])
    assert found(bad, own, named) == [("element-missing", "Observation.contained[0]", "name")]
    assert found(good, own, named) == []


def test_profiles_in_a_circle_end() -> None:
    link = {"code": "Reference", "targetProfile": [BASE + "p"]}
    circle = profile("Patient", {"id": "Patient.link.other", "type": [link]})
    other = {"other": {"reference": "#"}, "type": "seealso"}
    assert found(patient(link=[other]), circle) == []


@pytest.mark.parametrize(
    "older, newer",
    [(None, "1"), ("1.9.0", "1.10.0"), ("1.0.0-ballot", "1.0.0"), ("1.0", "1.0.1"), ("2", "10"), ("1", "2.0")],
)
def test_of_two_versions_the_newer_is_meant_whichever_came_first(older: str | None, newer: str) -> None:
    first = profile("Patient", {"id": "Patient.name", "min": 1}) | {"version": older}
    if older is None:
        del first["version"]
    second = profile("Patient", {"id": "Patient.gender", "min": 1}) | {"version": newer}
    wanted = [("element-missing", "Patient", "gender")]
    assert found(patient(), first, second) == found(patient(), second, first) == wanted
    assert found(patient(), first, second, url=f"{BASE}p|{newer}") == wanted


def test_of_two_definitions_of_one_version_the_later_is_meant() -> None:
    first, second = (profile("Patient", {"id": f"Patient.{name}", "min": 1}) for name in ("name", "gender"))
    assert found(patient(), first, second) == [("element-missing", "Patient", "gender")]


def test_vital_signs_are_asked_of_observations_and_only_where_the_caller_wants_it() -> None:
    pulse = {
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        "subject": {"reference": "Patient/p"},
    }
    for kind, wanted, lacking in (
        ("Observation", True, {"category", "effective"}),
        ("Observation", False, set[str]()),
        ("Condition", True, set[str]()),
    ):
        tree = {"resourceType": kind, **({"status": "final"} if kind == "Observation" else {}), **pulse}
        faults = judge(tree, load_base(), options=Options(vital_signs=wanted))
        assert {fault.expected for fault in faults if fault.kind == "element-missing"} == lacking, kind
