"""Findings that name several things that are allowed: all of them are told, in one way."""

from __future__ import annotations

from tests.engine.general_definitions import parameter
from tests.engine.general_extensions import AT_HOME, SHADE
from tests.engine.general_form import BASE, Json, observation, patient, profile
from tests.engine.general_values import STRUCTURE

Near = tuple[Json, tuple[str, ...], tuple[Json, ...]]
"""A resource, what is told of it (`kind path expected`), what is loaded; the profile among that is asked for."""

ONE, OTHER = BASE + "StructureDefinition/one", BASE + "StructureDefinition/other"
MISPLACED = "extension-misplaced Patient.telecom[0].extension[0]"
FIRST = "StructureDefinition.differential.element[0]"
TWO_NAMES = (
    profile("HumanName", {"id": "HumanName.family", "min": 1}, url=ONE),
    profile("HumanName", {"id": "HumanName.given", "min": 1}, url=OTHER),
)
TWO_RESOURCES = (
    profile("Patient", {"id": "Patient.name", "min": 1}, url=ONE),
    profile("Practitioner", {"id": "Practitioner.name", "min": 1}, url=OTHER),
)


def _typed(path: str, **type_: object) -> Json:
    return profile(path.partition(".")[0], {"id": path, "type": [type_]})


WORDS: dict[str, Near] = {
    "contexts of an extension": (
        patient(telecom=[{"system": "phone", "value": "1", "extension": [SHADE]}]),
        (f"{MISPLACED} Patient.name, Patient.address.where(use = 'home'), Observation",),
        (AT_HOME | {"context": [*AT_HOME["context"], {"type": "element", "expression": "Observation"}]},),
    ),
    "ways of a reference": (
        observation(subject={"reference": "Patient/p"}),
        ("reference-way-wrong Observation.subject bundled | contained",),
        (
            _typed(
                "Observation.subject",
                code="Reference",
                targetProfile=[STRUCTURE + "Patient"],
                aggregation=["contained", "bundled"],
            ),
        ),
    ),
    "resources of a search": (
        parameter(base=["Organization", "Patient"], expression="Group.name", xpathUsage="normal"),
        ("expression-wrong SearchParameter.expression Organization, Patient",),
        (),
    ),
    "resources of the search it comes from": (
        parameter(url=BASE + "y", derivedFrom=BASE + "SearchParameter/x", base=["Group"]),
        ("derivation-differs SearchParameter.base[0] Organization, Patient",),
        (parameter(base=["Organization", "Patient"]),),
    ),
    "types that have no such part": (
        profile(
            "Observation",
            {
                "id": "Observation.value[x]",
                "type": [{"code": "string"}, {"code": "Quantity"}],
                "slicing": {"discriminator": [{"type": "value", "path": "nowhere"}], "rules": "open"},
            },
        ),
        (f"discriminator-unknown {FIRST}.slicing.discriminator[0].path Quantity, string",),
        (),
    ),
    "both bounds": (
        patient(multipleBirthInteger=9),
        ("value-out-of-range Patient.multipleBirth 1 - 3",),
        (profile("Patient", {"id": "Patient.multipleBirth[x]", "minValueInteger": 1, "maxValueInteger": 3}),),
    ),
    "the lower bound": (
        patient(multipleBirthInteger=0),
        ("value-out-of-range Patient.multipleBirth 1",),
        (profile("Patient", {"id": "Patient.multipleBirth[x]", "minValueInteger": 1}),),
    ),
    "profiles of which none fits": (
        patient(name=[{"text": "x"}]),
        (f"profile-none-fits Patient.name[0] {ONE}, {OTHER}",),
        (*TWO_NAMES, _typed("Patient.name", code="HumanName", profile=[ONE, OTHER])),
    ),
    "profiles of which one fits": (
        patient(name=[{"given": ["x"]}]),
        (),
        (*TWO_NAMES, _typed("Patient.name", code="HumanName", profile=[ONE, OTHER])),
    ),
    "profiles that nobody knows": (
        patient(name=[{"text": "x"}]),
        (f"profile-unknown Patient.name[0] {ONE}, {OTHER}",),
        (_typed("Patient.name", code="HumanName", profile=[ONE, OTHER]),),
    ),
    "a profile that nobody knows beside one that is known": (
        patient(name=[{"text": "x"}]),
        (f"profile-unknown Patient.name[0] {OTHER}",),
        (TWO_NAMES[0], _typed("Patient.name", code="HumanName", profile=[ONE, OTHER])),
    ),
    "types of targets": (
        observation(performer=[{"reference": "Organization/o"}]),
        ("reference-target-wrong Observation.performer[0] Patient | Practitioner",),
        (*TWO_RESOURCES, _typed("Observation.performer", code="Reference", targetProfile=[ONE, OTHER])),
    ),
    "types of a choice": (
        observation(valueBoolean=True),
        ("type-not-allowed Observation.value Quantity | string",),
        (profile("Observation", {"id": "Observation.value[x]", "type": [{"code": "Quantity"}, {"code": "string"}]}),),
    ),
}
TABLES = (WORDS,)
