"""Cases of profiles on profiles and of snapshots: what is narrowed stays so, and what R4 says anyway is no rule."""

from __future__ import annotations

from dataclasses import replace

from tests.engine.case_form import DROP, Group, Json, group
from tests.engine.slices import BLUE, RED, C, by, part
from tests.unit.engine.profile_making import BASE, QUIET, SETS, coded, observation, patient, profile

R4 = "http://hl7.org/fhir/StructureDefinition/"
FIRST = BASE + "first"
UNKNOWN = "https://who.knows/StructureDefinition/x"


def snapshot(kind: str, *elements: Json) -> Json:
    """A profile that says all it says in its snapshot."""
    made = profile(kind, *elements)
    made["snapshot"] = made.pop("differential")
    return made


def constraint(expression: str | None, **members: str) -> Json:
    """A constraint of an element, under a key of R4's own."""
    stated = {} if expression is None else {"expression": expression}
    return {"key": "ele-1", "severity": "error", "human": "as it is said", **stated, **members}


NAMES = [{"family": "a"}, {"family": "b"}]
GROUPS: list[Group] = [
    group(
        "slicing closed by a profile on the profile",
        observation(component=[part("red"), part("blue")]),
        {"a stranger": ({"component.1": part("green")}, "slice-closed Observation.component[1] red, blue")},
        also=[
            profile("Observation", {"id": C, **by("pattern code")}, *RED, *BLUE, name="first"),
            profile("Observation", {"id": C, "slicing": {"rules": "closed"}}, base=FIRST),
        ],
        urls=(BASE + "p",),
    ),
    group(
        "numbers narrowed by a profile on the profile",
        patient(name=NAMES, telecom=[{"system": "phone", "value": "1"}, {"system": "phone", "value": "2"}]),
        {
            "fewer than the first asks for": ({"name.1": DROP}, "element-missing Patient name"),
            "more than the second allows": ({"name.+": {"family": "c"}}, "element-repeated Patient.name[2] name"),
            "fewer than the second asks for": ({"telecom.1": DROP}, "element-missing Patient telecom"),
            "more than the first allows": (
                {"telecom.+": {"system": "phone", "value": "3"}},
                "element-repeated Patient.telecom[2] telecom",
            ),
        },
        also=[
            profile(
                "Patient",
                {"id": "Patient.name", "min": 2, "max": "3"},
                {"id": "Patient.telecom", "min": 1, "max": "2"},
                name="first",
            ),
            profile(
                "Patient",
                {"id": "Patient.name", "min": 1, "max": "2"},
                {"id": "Patient.telecom", "min": 2, "max": "3"},
                base=FIRST,
            ),
        ],
        urls=(BASE + "p",),
    ),
    group(
        "values narrowed by a profile on the profile",
        observation(valueQuantity={"value": 1, "unit": "x"}, method=coded("red"), bodySite=coded("blue")),
        {
            "another type than the first allows": (
                {"valueQuantity": DROP, "valueBoolean": True},
                "type-not-allowed Observation.value Quantity",
            ),
            "a type that the second forbids": (
                {"valueQuantity": DROP, "valueString": "x"},
                "type-not-allowed Observation.value Quantity",
            ),
            "another pattern than the first has": ({"method": coded("blue")}, "pattern-differs Observation.method"),
            "outside the set that the second binds": (
                {"bodySite": coded("red")},
                f"code-not-allowed Observation.bodySite {SETS}blues",
            ),
        },
        also=[
            {
                "resourceType": "ValueSet",
                "url": SETS + "blues",
                "compose": {"include": [{"system": coded("x")["coding"][0]["system"], "concept": [{"code": "blue"}]}]},
            },
            profile(
                "Observation",
                {"id": "Observation.value[x]", "type": [{"code": "Quantity"}, {"code": "string"}]},
                {"id": "Observation.method", "patternCodeableConcept": coded("red")},
                {"id": "Observation.bodySite", "binding": {"strength": "required", "valueSet": SETS + "all"}},
                name="first",
            ),
            profile(
                "Observation",
                {"id": "Observation.value[x]", "type": [{"code": "Quantity"}]},
                {"id": "Observation.method", "min": 0},
                {"id": "Observation.bodySite", "binding": {"strength": "required", "valueSet": SETS + "blues"}},
                base=FIRST,
            ),
        ],
        urls=(BASE + "p",),
    ),
    group(
        "snapshot that repeats R4",
        patient(gender="male", name=[{"family": "a"}]),
        {
            "a code outside R4's own set is one fault": (
                {"gender": "man"},
                "code-not-allowed Patient.gender http://hl7.org/fhir/ValueSet/administrative-gender",
            ),
            "what it adds": ({"name": DROP}, "element-missing Patient name"),
        },
        also=[
            snapshot(
                "Patient",
                {"id": "Patient", "constraint": [constraint("false", source=R4 + "Element")]},
                {
                    "id": "Patient.gender",
                    "min": 0,
                    "max": "1",
                    "type": [{"code": "code"}],
                    "binding": {
                        "strength": "required",
                        "valueSet": "http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1",
                    },
                },
                {"id": "Patient.name", "min": 1, "max": "*", "type": [{"code": "HumanName"}]},
            )
        ],
        urls=(BASE + "p",),
    ),
    group(
        "a key of R4's own for another constraint",
        patient(active=True),
        {"broken": ({"active": DROP}, "invariant-broken Patient ele-1")},
        rules=[{"id": "Patient", "constraint": [constraint("active", source=BASE + "p"), constraint("active")]}],
    ),
    group(
        "slices of what a profile nobody knows has",
        patient(address=[{"city": "x", "extension": [{"url": BASE + "mark", "valueCode": "a"}]}]),
        {},
        rules=[
            {"id": "Patient.address", "type": [{"code": "Address", "profile": [UNKNOWN]}]},
            {"id": "Patient.address.extension:mark", "max": "1"},
            {"id": "Patient.address.extension:mark.url", "fixedUri": BASE + "mark"},
        ],
        options=replace(QUIET, missing_profile=None),
    ),
    group(
        "slices beside those that the profile of the type has",
        patient(name=[{"given": ["a"], "extension": [{"url": BASE + "one", "valueCode": "a"}]}]),
        {
            "of the type": (
                {"name.0.extension.0": {"url": BASE + "one", "valueString": "a"}},
                "type-not-allowed Patient.name[0].extension[0].value code",
            ),
            "of its own": (
                {"name.0.extension.+": {"url": BASE + "two", "valueCode": "a"}},
                "slice-too-many Patient.name[0].extension[1] extension:two",
            ),
        },
        rules=[
            {"id": "Patient.name", "type": [{"code": "HumanName", "profile": [BASE + "named"]}]},
            {"id": "Patient.name.extension:one", "min": 0},
            {"id": "Patient.name.extension:two", "max": "0"},
            {"id": "Patient.name.extension:two.url", "fixedUri": BASE + "two"},
        ],
        also=[
            profile(
                "HumanName",
                {"id": "HumanName.extension:one", "max": "1"},
                {"id": "HumanName.extension:one.url", "fixedUri": BASE + "one"},
                {"id": "HumanName.extension:one.value[x]", "type": [{"code": "code"}]},
                name="named",
            )
        ],
    ),
    group(
        "the id of a primitive",
        patient(birthDate="2000", _birthDate={"id": "red"}),
        {
            "outside the set it is bound to": (
                {"_birthDate.id": "blue"},
                f"code-not-allowed Patient.birthDate.id {SETS}some",
            ),
        },
        rules=[{"id": "Patient.birthDate.id", "binding": {"strength": "required", "valueSet": SETS + "some"}}],
        neighbours=[{"_birthDate": DROP}],
    ),
    group(
        "a slice that nothing tells apart",
        patient(name=NAMES),
        {"no name at all": ({"name": DROP}, "slice-missing Patient name:a")},
        rules=[{"id": "Patient.name:a", "sliceName": "a", "min": 1}, {"id": "Patient.name:a.family", "min": 1}],
        neighbours=[{"name.0": {"text": "x"}}],
    ),
    group(
        "slices by a profile that nobody knows",
        observation(performer=[{"reference": "#a"}], contained=[patient(id="a")]),
        {
            "no performer at all": (
                {"performer": DROP, "contained": DROP},
                "slice-missing Observation performer:a",
            ),
        },
        rules=[
            {"id": "Observation.performer", **by("profile resolve()")},
            {
                "id": "Observation.performer:a",
                "min": 1,
                "type": [{"code": "Reference", "targetProfile": [UNKNOWN]}],
            },
        ],
    ),
    group(
        "slices by the type that a profile nobody knows is for",
        observation(performer=[{"reference": "#a"}], contained=[patient(id="a")]),
        {},
        rules=[
            {"id": "Observation.performer", **by("type resolve()")},
            {
                "id": "Observation.performer:a",
                "min": 1,
                "type": [{"code": "Reference", "targetProfile": [UNKNOWN]}],
            },
        ],
    ),
    group(
        "slices by two profiles, of which nobody knows one",
        patient(),
        {
            "one that the other takes": (
                {"contact": [{"name": {"family": "x"}}]},
                "slice-too-many Patient.contact[0] contact:a",
                f"warning:profile-unknown Patient.contact[0].name {UNKNOWN}",
            ),
        },
        rules=[
            {"id": "Patient.contact", **by("profile name")},
            {"id": "Patient.contact:a", "max": "0"},
            {"id": "Patient.contact:a.name", "type": [{"code": "HumanName", "profile": [UNKNOWN, BASE + "told"]}]},
        ],
        also=[profile("HumanName", {"id": "HumanName.family", "min": 1}, name="told")],
        neighbours=[{"contact": [{"name": {"text": "x"}}]}],
    ),
    group(
        "slices by what a profile nobody knows would say",
        observation(performer=[{"reference": "#a"}], contained=[patient(id="a")]),
        {},
        rules=[
            {"id": "Observation.performer", **by("value resolve().active")},
            {
                "id": "Observation.performer:a",
                "type": [{"code": "Reference", "targetProfile": [UNKNOWN]}],
            },
        ],
    ),
]
