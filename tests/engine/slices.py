"""Cases of slicing: every kind of discriminator, at every kind of path."""

from __future__ import annotations

from tests.engine.case_form import DROP, Group, Json, group
from tests.unit.engine.profile_making import BASE, COLOURS, SETS, SYSTEM, coded, observation, patient, profile

STRUCTURE = "http://hl7.org/fhir/StructureDefinition/"
OTHER = "https://other.example"


def by(*discriminators: str, rules: str = "open", ordered: bool = False) -> Json:
    """A slicing; each discriminator is written `type path`."""
    rows = [{"type": kind, "path": path} for kind, _, path in (each.partition(" ") for each in discriminators)]
    return {"slicing": {"discriminator": rows, "rules": rules, **({"ordered": True} if ordered else {})}}


def pattern(code: str) -> Json:
    """What tells a slice by its concept."""
    return {"patternCodeableConcept": coded(code)}


def part(code: str, **members: object) -> Json:
    """A component."""
    return {"code": coded(code), **members}


C = "Observation.component"
RED = [{"id": f"{C}:red", "min": 1, "max": "1"}, {"id": f"{C}:red.code", **pattern("red")}]
BLUE = [{"id": f"{C}:blue"}, {"id": f"{C}:blue.code", **pattern("blue")}]
CALLED = [{"id": "Patient.identifier", **by("value system")}]

GROUPS: list[Group] = [
    group(
        "by pattern",
        observation(component=[part("red", valueString="x"), part("blue", valueString="y")]),
        {
            "missing": ({"component.0": DROP}, "slice-missing Observation component:red"),
            "twice": ({"component.+": part("red")}, "slice-too-many Observation.component[2] component:red"),
            "what a member must have": (
                {"component.1.valueString": DROP},
                "element-missing Observation.component[1] value",
            ),
            "what a member mustn't have": (
                {"component.0.interpretation": [{"text": "x"}]},
                "element-not-allowed Observation.component[0].interpretation[0]",
            ),
            "of another type": (
                {"component.0.valueString": DROP, "component.0.valueBoolean": True},
                "type-not-allowed Observation.component[0].value string",
            ),
        },
        rules=[
            {"id": C, **by("pattern code")},
            *RED,
            {"id": f"{C}:red.value[x]", "type": [{"code": "string"}]},
            {"id": f"{C}:red.interpretation", "max": "0"},
            *BLUE,
            {"id": f"{C}:blue.value[x]", "min": 1},
        ],
        neighbours=[
            {"component.+": part("green", valueBoolean=True)},
            {"component.0.code": coded("green", "red")},
            {"component.1": DROP},
        ],
    ),
    group(
        "by the code inside",
        observation(component=[part("red"), part("blue")]),
        {
            "missing": ({"component.0.code": coded("green")}, "slice-missing Observation component:red"),
            "twice": ({"component.1.code": coded("red")}, "slice-too-many Observation.component[1] component:red"),
        },
        rules=[
            {"id": C, **by("value code.coding.code")},
            {"id": f"{C}:red", "min": 1, "max": "1"},
            {"id": f"{C}:red.code.coding.code", "fixedCode": "red"},
        ],
        neighbours=[{"component.0.code": coded("red", system=OTHER)}],
    ),
    group(
        "by the whole coding",
        observation(component=[part("red"), part("blue")]),
        {
            "code of another system": (
                {"component.0.code": coded("red", system=OTHER)},
                "slice-missing Observation component:red",
            ),
        },
        rules=[
            {"id": C, **by("value code.coding")},
            {"id": f"{C}:red", "min": 1},
            {"id": f"{C}:red.code.coding", "patternCoding": {"system": SYSTEM, "code": "red"}},
        ],
        neighbours=[{"component.0.code.coding.0.display": "x"}],
    ),
    group(
        "by a value set",
        observation(component=[part("crimson"), part("green")]),
        {
            "missing": ({"component.0.code": coded("green")}, "slice-missing Observation component:coloured"),
            "twice": (
                {"component.1.code": coded("blue")},
                "slice-too-many Observation.component[1] component:coloured",
            ),
        },
        rules=[
            {"id": C, **by("value code")},
            {"id": f"{C}:coloured", "min": 1, "max": "1"},
            {"id": f"{C}:coloured.code", "binding": {"strength": "required", "valueSet": SETS + "all"}},
        ],
        also=COLOURS,
    ),
    group(
        "by a value of a primitive",
        patient(identifier=[{"system": "https://a.example", "value": "1"}, {"system": OTHER, "value": "2"}]),
        {
            "missing": ({"identifier.0.system": OTHER}, "slice-missing Patient identifier:ours"),
            "twice": (
                {"identifier.1.system": "https://a.example"},
                "slice-too-many Patient.identifier[1] identifier:ours",
            ),
            "member too long": ({"identifier.0.value": "1234"}, "length-exceeded Patient.identifier[0].value 3"),
            "no system": ({"identifier.0.system": DROP}, "slice-missing Patient identifier:ours"),
        },
        rules=[
            *CALLED,
            {"id": "Patient.identifier:ours", "min": 1, "max": "1"},
            {"id": "Patient.identifier:ours.system", "fixedUri": "https://a.example"},
            {"id": "Patient.identifier:ours.value", "maxLength": 3},
        ],
        neighbours=[{"identifier.1.value": "12345"}, {"identifier.+": {"value": "12345"}}],
    ),
    group(
        "by two discriminators",
        patient(
            telecom=[{"system": "phone", "use": "work", "value": "1"}, {"system": "phone", "use": "home", "value": "2"}]
        ),
        {
            "the first tells": ({"telecom.0.system": "fax"}, "slice-missing Patient telecom:work"),
            "the second tells": ({"telecom.0.use": "mobile"}, "slice-missing Patient telecom:work"),
            "both twice": ({"telecom.1.use": "work"}, "slice-too-many Patient.telecom[1] telecom:work"),
        },
        rules=[
            {"id": "Patient.telecom", **by("value system", "value use")},
            {"id": "Patient.telecom:work", "min": 1, "max": "1"},
            {"id": "Patient.telecom:work.system", "fixedCode": "phone"},
            {"id": "Patient.telecom:work.use", "fixedCode": "work"},
        ],
        neighbours=[{"telecom.+": {"system": "email", "use": "work", "value": "x"}}],
    ),
    group(
        "by the element itself",
        patient(name=[{"given": ["Ola", "Nils"]}]),
        {
            "missing": ({"name.0.given.0": "Kari"}, "slice-missing Patient.name[0] given:ola"),
            "twice": ({"name.0.given.1": "Ola"}, "slice-too-many Patient.name[0].given[1] given:ola"),
            "missing in the second": ({"name.+": {"given": ["x"]}}, "slice-missing Patient.name[1] given:ola"),
        },
        rules=[
            {"id": "Patient.name.given", **by("value $this")},
            {"id": "Patient.name.given:ola", "min": 1, "max": "1", "fixedString": "Ola"},
        ],
        neighbours=[{"name.0.given": ["Ola"]}, {"name.+": {"given": ["x", "Ola"]}}],
    ),
    group(
        "concepts by themselves",
        observation(category=[coded("red"), coded("blue")]),
        {
            "missing": ({"category.0": coded("green")}, "slice-missing Observation category:red"),
            "without display": ({"category.1": coded("blue", system=OTHER)}, "slice-missing Observation category:blue"),
        },
        rules=[
            {"id": "Observation.category", **by("pattern $this")},
            {"id": "Observation.category:red", "min": 1, **pattern("red")},
            {"id": "Observation.category:blue", "min": 1, **pattern("blue")},
        ],
    ),
    group(
        "concepts by themselves and a value set",
        observation(category=[coded("crimson"), coded("x", system=OTHER)]),
        {"missing": ({"category.0": coded("green")}, "slice-missing Observation category:coloured")},
        rules=[
            {"id": "Observation.category", **by("value $this")},
            {
                "id": "Observation.category:coloured",
                "min": 1,
                "binding": {"strength": "required", "valueSet": SETS + "all"},
            },
        ],
    ),
    group(
        "codings of one concept",
        observation(code={"coding": [{"system": SYSTEM, "code": "red"}, {"system": OTHER, "code": "x"}]}),
        {
            "missing": ({"code.coding.0": DROP}, "slice-missing Observation.code coding:ours"),
            "twice": (
                {"code.coding.1": {"system": SYSTEM, "code": "blue"}},
                "slice-too-many Observation.code.coding[1] coding:ours",
            ),
            "code it doesn't allow": ({"code.coding.0.code": "green"}, "code-not-allowed Observation.code.coding[0]"),
        },
        rules=[
            {"id": "Observation.code.coding", **by("value system")},
            {
                "id": "Observation.code.coding:ours",
                "min": 1,
                "max": "1",
                "binding": {"strength": "required", "valueSet": SETS + "all"},
            },
            {"id": "Observation.code.coding:ours.system", "fixedUri": SYSTEM},
        ],
    ),
    group(
        "by what is there",
        patient(name=[{"use": "usual", "family": "x"}, {"text": "x"}]),
        {
            "with it, and lacking": ({"name.0.family": DROP}, "element-missing Patient.name[0] family"),
            "without it, and lacking": ({"name.1": {"family": "x"}}, "element-missing Patient.name[1] text"),
            "none with it": ({"name.0": DROP}, "slice-missing Patient name:used"),
        },
        rules=[
            {"id": "Patient.name", **by("exists use")},
            {"id": "Patient.name:used", "min": 1},
            {"id": "Patient.name:used.use", "min": 1},
            {"id": "Patient.name:used.family", "min": 1},
            {"id": "Patient.name:plain"},
            {"id": "Patient.name:plain.use", "max": "0"},
            {"id": "Patient.name:plain.text", "min": 1},
        ],
    ),
    group(
        "by the type a reference leads to",
        observation(
            performer=[{"reference": "#p"}, {"reference": "Organization/1"}],
            contained=[{"resourceType": "Practitioner", "id": "p", "active": True}],
        ),
        {
            "missing": ({"contained.0": patient(id="p")}, "slice-missing Observation performer:person"),
            "twice": (
                {"performer.1.reference": "#r", "contained.+": {"resourceType": "Practitioner", "id": "r"}},
                "slice-too-many Observation.performer[1] performer:person",
            ),
        },
        rules=[
            {"id": "Observation.performer", **by("type resolve()")},
            {
                "id": "Observation.performer:person",
                "min": 1,
                "max": "1",
                "type": [{"code": "Reference", "targetProfile": [STRUCTURE + "Practitioner"]}],
            },
        ],
    ),
    group(
        "by the profile a reference leads to",
        observation(
            performer=[{"reference": "#p"}, {"reference": "#q"}],
            contained=[
                {"resourceType": "Practitioner", "id": "p", "active": True},
                {"resourceType": "Practitioner", "id": "q"},
            ],
        ),
        {
            "missing": ({"contained.0.active": DROP}, "slice-missing Observation performer:active"),
            "twice": ({"contained.1.active": True}, "slice-too-many Observation.performer[1] performer:active"),
        },
        rules=[
            {"id": "Observation.performer", **by("profile resolve()")},
            {
                "id": "Observation.performer:active",
                "min": 1,
                "max": "1",
                "type": [{"code": "Reference", "targetProfile": [BASE + "active"]}],
            },
        ],
        also=[profile("Practitioner", {"id": "Practitioner.active", "min": 1}, name="active")],
    ),
    group(
        "by a value behind a reference",
        observation(
            performer=[{"reference": "#p"}, {"reference": "#q"}],
            contained=[
                {"resourceType": "Practitioner", "id": "p", "gender": "female"},
                {"resourceType": "Practitioner", "id": "q", "gender": "male"},
            ],
        ),
        {
            "missing": ({"contained.0.gender": "other"}, "slice-missing Observation performer:woman"),
            "twice": ({"contained.1.gender": "female"}, "slice-too-many Observation.performer[1] performer:woman"),
        },
        rules=[
            {"id": "Observation.performer", **by("value resolve().gender")},
            {
                "id": "Observation.performer:woman",
                "min": 1,
                "max": "1",
                "type": [{"code": "Reference", "targetProfile": [BASE + "woman"]}],
            },
        ],
        also=[profile("Practitioner", {"id": "Practitioner.gender", "min": 1, "fixedCode": "female"}, name="woman")],
    ),
]
