"""Cases of extensions: known and unknown, modifiers, simple and complex, and where they may stand."""

from __future__ import annotations

from certgateway.engine import Options
from tests.engine.case_form import DROP, Group, Json, group
from tests.unit.engine.profile_making import BASE, SETS, observation, patient, profile

ROOT = "Extension"


def extension(name: str, *elements: Json, context: list[tuple[str, str]] | None = None, **members: object) -> Json:
    """The definition of an extension; what it says of itself at its root comes first."""
    rows = sorted([{"id": "Extension.url", "fixedUri": BASE + name}, *elements], key=lambda row: row["id"] != ROOT)
    own = profile(ROOT, *rows, name=name)
    places = [{"type": kind, "expression": expression} for kind, expression in context or [("element", "Element")]]
    return own | {"context": places} | members


def simple(
    name: str, code: str, context: list[tuple[str, str]] | None = None, conditions: list[str] | None = None
) -> Json:
    """An extension of one value."""
    made = extension(
        name,
        {"id": "Extension.extension", "max": "0"},
        {"id": "Extension.value[x]", "min": 1, "type": [{"code": code}]},
        context=context,
    )
    return made if conditions is None else made | {"contextInvariant": conditions}


HEIGHT = simple("height", "Quantity")
SHADE = extension(
    "shade",
    {"id": "Extension.extension", "max": "0"},
    {
        "id": "Extension.value[x]",
        "min": 1,
        "type": [{"code": "code"}],
        "binding": {"strength": "required", "valueSet": SETS + "all"},
    },
)
WHOLE = extension(
    "whole",
    {"id": "Extension.extension", "slicing": {"discriminator": [{"type": "value", "path": "url"}], "rules": "closed"}},
    {"id": "Extension.extension:part", "min": 1, "max": "1"},
    {"id": "Extension.extension:part.url", "fixedUri": "part"},
    {"id": "Extension.extension:part.value[x]", "min": 1, "type": [{"code": "string"}]},
    {"id": "Extension.extension:note", "max": "2"},
    {"id": "Extension.extension:note.url", "fixedUri": "note"},
    {"id": "Extension.extension:note.value[x]", "type": [{"code": "string"}, {"code": "code"}]},
    {"id": "Extension.value[x]", "max": "0"},
)
PART = {"url": "part", "valueString": "x"}
MODIFIER = extension(
    "not",
    {"id": "Extension.extension", "max": "0"},
    {"id": "Extension.value[x]", "min": 1, "type": [{"code": "boolean"}]},
    {"id": ROOT, "isModifier": True, "isModifierReason": "it says that the person is none"},
)
ON_NAMES = simple("on-names", "code", [("element", "Patient.name"), ("element", "Patient.contact.name")])
ON_PERSONS = simple("on-persons", "code", [("element", "Patient")])
ON_CODES = simple("on-codes", "code", [("element", "CodeableConcept")])
ON_SHADES = simple("on-shades", "code", [("extension", BASE + "carrier")])
CARRIER = extension("carrier", {"id": "Extension.value[x]", "type": [{"code": "code"}]})
BY_PATH = simple("by-path", "code", [("fhirpath", "Patient.name.where(use = 'official')")])
WITH_RULE = simple("with-rule", "code", [("element", "Patient")], conditions=["birthDate.exists()"])

GROUPS: list[Group] = [
    group(
        "simple extension",
        patient(extension=[{"url": BASE + "height", "valueQuantity": {"value": 1}}]),
        {
            "of another type": (
                {"extension.0.valueQuantity": DROP, "extension.0.valueString": "x"},
                "type-not-allowed Patient.extension[0].value Quantity",
            ),
            "of no value": ({"extension.0.valueQuantity": DROP}, "invariant-broken Patient.extension[0] ext-1"),
            "with parts instead": (
                {"extension.0": {"url": BASE + "height", "extension": [PART]}},
                "element-not-allowed Patient.extension[0].extension[0] extension",
                "element-missing Patient.extension[0] value",
            ),
            "of a code that isn't there": (
                {"extension.+": {"url": BASE + "shade", "valueCode": "green"}},
                f"code-not-allowed Patient.extension[1].value {SETS}all",
            ),
        },
        also=[HEIGHT, SHADE],
        neighbours=[
            {"extension.+": {"url": BASE + "shade", "valueCode": "red"}},
            {"extension.+": {"url": BASE + "x", "valueCode": "y"}},
        ],
    ),
    group(
        "complex extension",
        patient(extension=[{"url": BASE + "whole", "extension": [PART, {"url": "note", "valueCode": "x"}]}]),
        {
            "part missing": ({"extension.0.extension.0": DROP}, "slice-missing Patient.extension[0] extension:part"),
            "part twice": (
                {"extension.0.extension.+": PART},
                "slice-too-many Patient.extension[0].extension[2] extension:part",
            ),
            "part nobody defined": (
                {"extension.0.extension.+": {"url": "other", "valueCode": "x"}},
                "slice-closed Patient.extension[0].extension[2] part, note",
            ),
            "part of another type": (
                {"extension.0.extension.0": {"url": "part", "valueCode": "x"}},
                "type-not-allowed Patient.extension[0].extension[0].value string",
            ),
            "part of no value": (
                {"extension.0.extension.0": {"url": "part", "extension": [{"url": "x", "valueCode": "y"}]}},
                "element-missing Patient.extension[0].extension[0] value",
            ),
            "value beside the parts": ({"extension.0.valueCode": "x"}, "invariant-broken Patient.extension[0] ext-1"),
            "note of another type": (
                {"extension.0.extension.1": {"url": "note", "valueBoolean": True}},
                "type-not-allowed Patient.extension[0].extension[1].value string | code",
            ),
        },
        also=[WHOLE],
        neighbours=[{"extension.0.extension.+": {"url": "note", "valueString": "x"}}],
    ),
    group(
        "extension that a profile asks for",
        patient(extension=[{"url": BASE + "height", "valueQuantity": {"value": 1, "unit": "cm"}}]),
        {
            "missing": ({"extension": DROP}, "slice-missing Patient extension:height"),
            "twice": (
                {"extension.+": {"url": BASE + "height", "valueQuantity": {"value": 1, "unit": "x"}}},
                "slice-too-many Patient.extension[1] extension:height",
            ),
            "lacking what the profile adds": (
                {"extension.0.valueQuantity.unit": DROP},
                "element-missing Patient.extension[0].value unit",
            ),
            "on an element, missing": ({"name": [{"family": "x"}]}, "slice-missing Patient.name[0] extension:shade"),
            "on a primitive, missing": ({"birthDate": "2000"}, "slice-missing Patient.birthDate extension:shade"),
        },
        rules=[
            {
                "id": "Patient.extension",
                "slicing": {"discriminator": [{"type": "value", "path": "url"}], "rules": "open"},
            },
            {
                "id": "Patient.extension:height",
                "min": 1,
                "max": "1",
                "type": [{"code": "Extension", "profile": [BASE + "height"]}],
            },
            {"id": "Patient.extension:height.value[x].unit", "min": 1},
            {
                "id": "Patient.name.extension:shade",
                "min": 1,
                "type": [{"code": "Extension", "profile": [BASE + "shade"]}],
            },
            {
                "id": "Patient.birthDate.extension:shade",
                "min": 1,
                "type": [{"code": "Extension", "profile": [BASE + "shade"]}],
            },
        ],
        also=[HEIGHT, SHADE],
        neighbours=[
            {"birthDate": "2000", "_birthDate": {"extension": [{"url": BASE + "shade", "valueCode": "red"}]}},
            {"_birthDate": {"extension": [{"url": BASE + "shade", "valueCode": "red"}]}},
        ],
    ),
    group(
        "extensions closed",
        patient(extension=[{"url": BASE + "height", "valueQuantity": {"value": 1}}]),
        {
            "another": (
                {"extension.+": {"url": BASE + "x", "valueCode": "y"}},
                "slice-closed Patient.extension[1] height",
            )
        },
        rules=[
            {
                "id": "Patient.extension",
                "slicing": {"discriminator": [{"type": "value", "path": "url"}], "rules": "closed"},
            },
            {"id": "Patient.extension:height", "type": [{"code": "Extension", "profile": [BASE + "height"]}]},
        ],
        also=[HEIGHT],
    ),
    group(
        "extensions forbidden",
        patient(name=[{"family": "x"}]),
        {
            "one": (
                {"extension": [{"url": BASE + "x", "valueCode": "y"}]},
                "element-not-allowed Patient.extension[0] extension",
            )
        },
        rules=[{"id": "Patient.extension", "max": "0"}],
    ),
    group(
        "modifier extension",
        patient(modifierExtension=[{"url": BASE + "not", "valueBoolean": True}]),
        {
            "unknown": (
                {"modifierExtension.+": {"url": BASE + "x", "valueCode": "y"}},
                "modifier-extension-unknown Patient.modifierExtension[1]",
            ),
            "unknown in a backbone": (
                {"contact": [{"name": {"text": "x"}, "modifierExtension": [{"url": BASE + "x", "valueCode": "y"}]}]},
                "modifier-extension-unknown Patient.contact[0].modifierExtension[0]",
            ),
            "of a relative URL": (
                {"modifierExtension.0.url": "not"},
                "uri-not-absolute Patient.modifierExtension[0].url",
            ),
            "of another type": (
                {"modifierExtension.0": {"url": BASE + "not", "valueCode": "x"}},
                "type-not-allowed Patient.modifierExtension[0].value boolean",
            ),
        },
        also=[MODIFIER],
        neighbours=[{"modifierExtension": DROP}],
    ),
    group(
        "unknown extension by policy",
        patient(extension=[{"url": BASE + "height", "valueQuantity": {"value": 1}}]),
        {
            "told": (
                {"extension.+": {"url": BASE + "x", "valueCode": "y"}},
                "warning:extension-unknown Patient.extension[1]",
            ),
            "told below": (
                {"name": [{"extension": [{"url": BASE + "x", "valueCode": "y"}], "text": "x"}]},
                "warning:extension-unknown Patient.name[0].extension[0]",
            ),
        },
        also=[HEIGHT],
        options=Options(ignored_invariants=frozenset({"dom-6"}), unknown_extension="warning"),
    ),
    group(
        "unknown extension by strict policy",
        patient(),
        {"told": ({"extension": [{"url": BASE + "x", "valueCode": "y"}]}, "extension-unknown Patient.extension[0]")},
        options=Options(ignored_invariants=frozenset({"dom-6"}), unknown_extension="error"),
    ),
    group(
        "places of extensions",
        patient(
            name=[{"family": "x", "use": "official", "extension": [{"url": BASE + "on-names", "valueCode": "x"}]}],
            extension=[
                {"url": BASE + "on-persons", "valueCode": "x"},
                {"url": BASE + "carrier", "extension": [{"url": BASE + "on-shades", "valueCode": "x"}]},
            ],
            maritalStatus={"text": "x", "extension": [{"url": BASE + "on-codes", "valueCode": "x"}]},
            contact=[{"name": {"text": "x", "extension": [{"url": BASE + "on-names", "valueCode": "x"}]}}],
        ),
        {
            "of names on the person": (
                {"extension.+": {"url": BASE + "on-names", "valueCode": "x"}},
                "extension-misplaced Patient.extension[2] Patient.name, Patient.contact.name",
            ),
            "of persons on a name": (
                {"name.0.extension.0.url": BASE + "on-persons"},
                "extension-misplaced Patient.name[0].extension[0] Patient",
            ),
            "of concepts on a name": (
                {"name.0.extension.0.url": BASE + "on-codes"},
                "extension-misplaced Patient.name[0].extension[0] CodeableConcept",
            ),
            "of another extension on the person": (
                {"extension.+": {"url": BASE + "on-shades", "valueCode": "x"}},
                f"extension-misplaced Patient.extension[2] {BASE}carrier",
            ),
            "on a primitive below": (
                {"name.0._family": {"extension": [{"url": BASE + "on-names", "valueCode": "x"}]}},
                "extension-misplaced Patient.name[0].family.extension[0]",
            ),
        },
        also=[ON_NAMES, ON_PERSONS, ON_CODES, ON_SHADES, CARRIER],
    ),
    group(
        "places by FHIRPath",
        patient(name=[{"use": "official", "family": "x", "extension": [{"url": BASE + "by-path", "valueCode": "x"}]}]),
        {
            "on another name": (
                {"name.0.use": "usual"},
                "extension-misplaced Patient.name[0].extension[0] Patient.name.where(use = 'official')",
            ),
            "on the person": (
                {"extension": [{"url": BASE + "by-path", "valueCode": "x"}]},
                "extension-misplaced Patient.extension[0]",
            ),
        },
        also=[BY_PATH],
    ),
    group(
        "a condition on the place",
        patient(birthDate="2000", extension=[{"url": BASE + "with-rule", "valueCode": "x"}]),
        {"not met": ({"birthDate": DROP}, "extension-misplaced Patient.extension[0] birthDate.exists()")},
        also=[WITH_RULE],
    ),
    group(
        "extensions of HL7's own",
        observation(
            extension=[
                {
                    "url": "http://hl7.org/fhir/StructureDefinition/observation-bodyPosition",
                    "valueCodeableConcept": {"text": "x"},
                }
            ]
        ),
        {
            "of another type": (
                {
                    "extension.0": {
                        "url": "http://hl7.org/fhir/StructureDefinition/observation-bodyPosition",
                        "valueCode": "x",
                    }
                },
                "type-not-allowed Observation.extension[0].value CodeableConcept",
            ),
            "of a patient": (
                {
                    "extension.0": {
                        "url": "http://hl7.org/fhir/StructureDefinition/patient-birthPlace",
                        "valueAddress": {"city": "x"},
                    }
                },
                "extension-misplaced Observation.extension[0] Patient",
            ),
        },
    ),
]
