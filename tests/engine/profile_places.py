"""Cases of profiles at rarer places: nested items, constraints in slices, defaults, any target, whole types."""

from __future__ import annotations

from tests.engine.case_form import DROP, Group, Json, group
from tests.engine.invariants_questionnaires import asked, form
from tests.engine.invariants_resources import bundle, entry
from tests.engine.slices import BLUE, RED, C, by, part, pattern
from tests.unit.engine.profile_making import BASE, SYSTEM, coded, observation, patient, profile

STRUCTURE = "http://hl7.org/fhir/StructureDefinition/"
OTHER = "https://other.example"
NAMED: Json = {"family": "x", "given": ["a", "b"], "use": "official"}


def rule(expression: str) -> list[Json]:
    """One constraint."""
    return [{"key": "our-1", "severity": "error", "human": "as it is said", "expression": expression}]


def leads(*urls: str) -> Json:
    """A Reference's type."""
    return {"type": [{"code": "Reference", "targetProfile": [STRUCTURE + url for url in urls]}]}


GROUPS: list[Group] = [
    group(
        "items in items",
        form(asked("group", text="x", item=[{"linkId": "2", "type": "string", "text": "y"}])),
        {
            "the outer lacks its text": ({"item.0.text": DROP}, "element-missing Questionnaire.item[0] text"),
            "the inner has too long a prefix": (
                {"item.0.item.0.prefix": "abcd"},
                "length-exceeded Questionnaire.item[0].item[0].prefix 3",
            ),
        },
        rules=[{"id": "Questionnaire.item.text", "min": 1}, {"id": "Questionnaire.item.item.prefix", "maxLength": 3}],
        neighbours=[{"item.0.item.0.text": DROP}, {"item.0.prefix": "abcdef"}],
    ),
    group(
        "links of entries",
        bundle("collection", entry(1, patient(), link=[{"relation": "self", "url": "https://x.example"}])),
        {
            "too many": (
                {"entry.0.link.+": {"relation": "next", "url": "https://x.example"}},
                "element-repeated Bundle.entry[0].link[1] link",
            ),
            "of another relation": (
                {"entry.0.link.0.relation": "next"},
                "fixed-value-differs Bundle.entry[0].link[0].relation self",
            ),
        },
        rules=[{"id": "Bundle.entry.link", "max": "1"}, {"id": "Bundle.entry.link.relation", "fixedString": "self"}],
        neighbours=[{"link": [{"relation": "self", "url": "https://y.example"}]}],
    ),
    group(
        "a constraint in a slice",
        observation(component=[part("red", valueString="ab"), part("blue", valueString="a")]),
        {"not met": ({"component.0.valueString": "a"}, "invariant-broken Observation.component[0] our-1")},
        rules=[
            {"id": C, **by("pattern code")},
            {**RED[0], "constraint": rule("value.length() > 1")},
            RED[1],
            *BLUE,
        ],
    ),
    group(
        "a constraint on a choice",
        observation(valueString="ab"),
        {"not met": ({"valueString": "a"}, "invariant-broken Observation.value our-1")},
        rules=[{"id": "Observation.value[x]", "constraint": rule("$this is Quantity or $this.length() > 1")}],
        neighbours=[{"valueString": DROP, "valueQuantity": {"value": 1}}, {"valueString": DROP}],
    ),
    group(
        "a constraint that looks about",
        observation(subject={"reference": "#p"}, contained=[patient(id="p", gender="female")]),
        {
            "by a reference": ({"contained.0.gender": "male"}, "invariant-broken Observation our-1"),
        },
        rules=[{"id": "Observation", "constraint": rule("subject.resolve().gender = 'female'")}],
    ),
    group(
        "the slice of all others",
        observation(component=[part("red"), part("green", valueString="x")]),
        {
            "another without what it must have": (
                {"component.1.valueString": DROP},
                "element-missing Observation.component[1] value",
            ),
            "two others": (
                {"component.+": part("yellow", valueString="y")},
                "slice-too-many Observation.component[2] component:@default",
            ),
        },
        rules=[
            {"id": C, **by("pattern code", rules="closed")},
            *RED,
            {"id": f"{C}:@default", "max": "1"},
            {"id": f"{C}:@default.value[x]", "min": 1},
        ],
        neighbours=[{"component.1": DROP}],
    ),
    group(
        "any target",
        observation(focus=[{"reference": "Patient/1"}], derivedFrom=[{"reference": "Observation/1"}]),
        {
            "one that base doesn't allow": (
                {"derivedFrom.0.reference": "Patient/1"},
                "reference-target-wrong Observation.derivedFrom[0]",
            ),
        },
        rules=[
            {"id": "Observation.focus", **leads("Resource")},
            {"id": "Observation.derivedFrom", **leads("Resource")},
        ],
        neighbours=[{"focus.0.reference": "Organization/1"}],
    ),
    group(
        "a whole type fixed",
        patient(name=[NAMED]),
        {
            "given the other way round": ({"name.0.given": ["b", "a"]}, "fixed-value-differs Patient.name[0]"),
            "one given too few": ({"name.0.given": ["a"]}, "fixed-value-differs Patient.name[0]"),
            "one part too many": ({"name.0.text": "x"}, "fixed-value-differs Patient.name[0]"),
        },
        rules=[{"id": "Patient.name", "fixedHumanName": NAMED}],
    ),
    group(
        "a pattern with a list",
        patient(name=[NAMED]),
        {
            "one given too few": ({"name.0.given": ["a"]}, "pattern-differs Patient.name[0]"),
            "another family": ({"name.0.family": "y"}, "pattern-differs Patient.name[0]"),
        },
        rules=[{"id": "Patient.name", "patternHumanName": {"family": "x", "given": ["b"]}}],
        neighbours=[{"name.0.given": ["b", "c"]}, {"name.0.text": "x"}],
    ),
    group(
        "a pattern of an identifier's type",
        patient(identifier=[{"type": coded("red"), "value": "1"}]),
        {
            "another type": ({"identifier.0.type": coded("blue")}, "pattern-differs Patient.identifier[0].type"),
            "of no system": ({"identifier.0.type.coding.0.system": DROP}, "pattern-differs Patient.identifier[0].type"),
        },
        rules=[{"id": "Patient.identifier.type", **pattern("red")}],
        neighbours=[{"identifier.0.type": DROP}],
    ),
    group(
        "profile of a profile's type",
        patient(name=[{"family": "x", "period": {"start": "2024"}}]),
        {
            "two steps down": (
                {"name.0.period.start": DROP, "name.0.period.end": "2024"},
                "element-missing Patient.name[0].period start",
            ),
            "one step down": ({"name.0.period": DROP}, "element-missing Patient.name[0] period"),
        },
        rules=[{"id": "Patient.name", "type": [{"code": "HumanName", "profile": [BASE + "dated"]}]}],
        also=[
            profile(
                "HumanName",
                {"id": "HumanName.period", "min": 1, "type": [{"code": "Period", "profile": [BASE + "begun"]}]},
                name="dated",
            ),
            profile("Period", {"id": "Period.start", "min": 1}, name="begun"),
        ],
    ),
    group(
        "profile of a type, narrowed in place",
        patient(name=[{"family": "x", "text": "y"}]),
        {
            "what the type's profile asks": ({"name.0.family": DROP}, "element-missing Patient.name[0] family"),
            "what is asked in place": ({"name.0.text": DROP}, "element-missing Patient.name[0] text"),
        },
        rules=[
            {"id": "Patient.name", "type": [{"code": "HumanName", "profile": [BASE + "family"]}]},
            {"id": "Patient.name.text", "min": 1},
        ],
        also=[profile("HumanName", {"id": "HumanName.family", "min": 1}, name="family")],
    ),
    group(
        "profiles that meet",
        patient(meta={"profile": [BASE + "q"]}, name=[{"family": "x"}], gender="female"),
        {
            "asked for by both": ({"name": DROP}, "element-missing Patient name"),
            "asked for by one": ({"gender": DROP}, "element-missing Patient gender"),
            "forbidden by the other": ({"photo": [{"title": "x"}]}, "element-not-allowed Patient.photo[0] photo"),
        },
        rules=[{"id": "Patient.name", "min": 1}, {"id": "Patient.gender", "min": 1}],
        also=[profile("Patient", {"id": "Patient.name", "min": 1}, {"id": "Patient.photo", "max": "0"}, name="q")],
    ),
    group(
        "the profile of an entry's resource",
        bundle("collection", entry(1, patient(name=[{"text": "x"}]))),
        {"not kept": ({"entry.0.resource": patient(active=True)}, "element-missing Bundle.entry[0].resource name")},
        rules=[{"id": "Bundle.entry.resource", "type": [{"code": "Patient", "profile": [BASE + "person"]}]}],
        also=[profile("Patient", {"id": "Patient.name", "min": 1}, name="person")],
    ),
    group(
        "the type of an entry's resource",
        bundle("collection", entry(1, patient(active=True))),
        {"another": ({"entry.0.resource": observation()}, "type-not-allowed Bundle.entry[0].resource Patient")},
        rules=[{"id": "Bundle.entry.resource", "type": [{"code": "Patient"}]}],
    ),
    group(
        "ids and metadata",
        patient(id="abc", meta={"versionId": "1", "security": [{"system": SYSTEM, "code": "red"}]}, language="nb"),
        {
            "no id": ({"id": DROP}, "element-missing Patient id"),
            "no version": ({"meta.versionId": DROP}, "element-missing Patient.meta versionId"),
            "another label": ({"meta.security.0.code": "blue"}, "pattern-differs Patient.meta.security[0]"),
            "another language": ({"language": "nn"}, "fixed-value-differs Patient.language nb"),
        },
        rules=[
            {"id": "Patient.id", "min": 1},
            {"id": "Patient.meta", "min": 1},
            {"id": "Patient.meta.versionId", "min": 1},
            {"id": "Patient.meta.security", "patternCoding": {"system": SYSTEM, "code": "red"}},
            {"id": "Patient.language", "fixedCode": "nb"},
        ],
    ),
    group(
        "by snapshot alone",
        patient(name=[{"family": "x"}]),
        {
            "none": ({"name": DROP}, "element-missing Patient name"),
            "two": ({"name.+": {"family": "y"}}, "element-repeated Patient.name[1] name"),
        },
        also=[
            {
                **{key: value for key, value in profile("Patient").items() if key != "differential"},
                "snapshot": {
                    "element": [
                        {"id": "Patient", "path": "Patient", "min": 0, "max": "*"},
                        {
                            "id": "Patient.name",
                            "path": "Patient.name",
                            "min": 1,
                            "max": "1",
                            "type": [{"code": "HumanName"}],
                        },
                        {
                            "id": "Patient.name.id",
                            "path": "Patient.name.id",
                            "min": 0,
                            "max": "1",
                            "type": [{"code": "http://hl7.org/fhirpath/System.String"}],
                        },
                    ]
                },
            }
        ],
        urls=(BASE + "p",),
    ),
]
