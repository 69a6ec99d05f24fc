"""Cases of slicing within slicing: closed, ordered and open at the end, reslices, nested slices, entries of Bundles."""

from __future__ import annotations

from tests.engine.case_form import DROP, Group, group
from tests.engine.slices import BLUE, RED, C, by, part, pattern
from tests.unit.engine.profile_making import BASE, coded, observation, patient, profile

OTHER = "https://other.example"
MARK = BASE + "mark"
CODED_MARK = {"url": MARK, "valueCode": "a"}
OWN_MARK = profile(
    "Extension",
    {"id": "Extension.url", "fixedUri": MARK},
    {"id": "Extension.value[x]", "min": 1, "type": [{"code": "code"}, {"code": "string"}]},
    name="mark",
)


GROUPS: list[Group] = [
    group(
        "closed",
        observation(component=[part("red"), part("blue")]),
        {
            "a stranger": ({"component.+": part("green")}, "slice-closed Observation.component[2] red, blue"),
            "a stranger in a member's place": (
                {"component.1": part("green")},
                "slice-closed Observation.component[1] red, blue",
            ),
            "a stranger in the place of what must be": (
                {"component.0": part("green")},
                "slice-closed Observation.component[0] red, blue",
            ),
            "no code of a system": ({"component.1.code": {"text": "blue"}}, "slice-closed Observation.component[1]"),
            "a member too many": (
                {"component.+": part("red")},
                "slice-too-many Observation.component[2] component:red",
            ),
        },
        rules=[{"id": C, **by("pattern code", rules="closed")}, *RED, *BLUE],
        neighbours=[{"component.1": DROP}, {"component.+": part("blue")}],
    ),
    group(
        "closed and optional",
        observation(component=[part("red")]),
        {"a stranger": ({"component.0": part("green")}, "slice-closed Observation.component[0] red, blue")},
        rules=[
            {"id": C, **by("pattern code", rules="closed")},
            {"id": f"{C}:red"},
            {"id": f"{C}:red.code", **pattern("red")},
            *BLUE,
        ],
        neighbours=[{"component": DROP}],
    ),
    group(
        "ordered",
        observation(component=[part("red"), part("green"), part("blue")]),
        {
            "the second first": (
                {"component": [part("blue"), part("red")]},
                "slice-order Observation.component[1] red, blue",
            ),
            "the first again at the end": (
                {"component": [part("red"), part("blue"), part("red")]},
                "slice-order Observation.component[2] red, blue",
            ),
        },
        rules=[{"id": C, **by("pattern code", ordered=True)}, {"id": f"{C}:red"}, RED[1], *BLUE],
        neighbours=[{"component.0": DROP}, {"component": [part("red"), part("red"), part("blue"), part("blue")]}],
    ),
    group(
        "open at the end",
        observation(component=[part("red"), part("blue"), part("green")]),
        {
            "a stranger before": (
                {"component": [part("green"), part("red"), part("blue")]},
                "slice-order Observation.component[0] red, blue",
            ),
            "a stranger between": (
                {"component": [part("red"), part("green"), part("blue")]},
                "slice-order Observation.component[1] red, blue",
            ),
        },
        rules=[{"id": C, **by("pattern code", rules="openAtEnd")}, *RED, *BLUE],
        neighbours=[{"component.+": part("yellow")}, {"component": [part("blue"), part("red")]}],
    ),
    group(
        "open at the end and ordered",
        observation(component=[part("red"), part("blue"), part("green")]),
        {
            "members the wrong way round": (
                {"component": [part("blue"), part("red")]},
                "slice-order Observation.component[1] red, blue",
            ),
        },
        rules=[{"id": C, **by("pattern code", rules="openAtEnd", ordered=True)}, *RED, *BLUE],
    ),
    group(
        "a slice of a slice",
        observation(component=[part("red") | {"code": coded("red") | {"text": "crimson"}}, part("red")]),
        {
            "missing": ({"component.0.code.text": DROP}, "slice-missing Observation component:red/crimson"),
            "twice": (
                {"component.1.code.text": "crimson"},
                "slice-too-many Observation.component[1] component:red/crimson",
            ),
            "what the inner asks": (
                {"component.0.valueBoolean": True},
                "type-not-allowed Observation.component[0].value string",
            ),
            "what the outer asks": (
                {"component.1.interpretation": [{"text": "x"}]},
                "element-not-allowed Observation.component[1].interpretation[0]",
            ),
            "what the outer asks of the inner": (
                {"component.0.interpretation": [{"text": "x"}]},
                "element-not-allowed Observation.component[0].interpretation[0]",
            ),
        },
        rules=[
            {"id": C, **by("pattern code")},
            {"id": f"{C}:red", **by("value code.text")},
            {"id": f"{C}:red.code", **pattern("red")},
            {"id": f"{C}:red.interpretation", "max": "0"},
            {"id": f"{C}:red/crimson", "min": 1, "max": "1"},
            {"id": f"{C}:red/crimson.code.text", "fixedString": "crimson"},
            {"id": f"{C}:red/crimson.value[x]", "type": [{"code": "string"}]},
        ],
        neighbours=[{"component.1.valueBoolean": True}, {"component.+": part("blue", valueBoolean=True)}],
    ),
    group(
        "a slice of a slice that may be absent",
        observation(component=[{"code": coded("red") | {"text": "crimson"}}, part("blue")]),
        {
            "the inner missing": ({"component.0.code.text": DROP}, "slice-missing Observation component:red/crimson"),
            "both missing": ({"component.0": DROP}, "slice-missing Observation component:red/crimson"),
        },
        rules=[
            {"id": C, **by("pattern code")},
            {"id": f"{C}:red", **by("value code.text")},
            {"id": f"{C}:red.code", **pattern("red")},
            {"id": f"{C}:red/crimson", "min": 1},
            {"id": f"{C}:red/crimson.code.text", "fixedString": "crimson"},
        ],
    ),
    group(
        "a slice of a slice, both required",
        observation(component=[{"code": coded("red") | {"text": "crimson"}}, part("blue")]),
        {
            "both missing": ({"component.0": DROP}, "slice-missing Observation component:red"),
            "the inner missing": ({"component.0.code.text": DROP}, "slice-missing Observation component:red/crimson"),
        },
        rules=[
            {"id": C, **by("pattern code")},
            {"id": f"{C}:red", "min": 1, **by("value code.text")},
            {"id": f"{C}:red.code", **pattern("red")},
            {"id": f"{C}:red/crimson", "min": 1},
            {"id": f"{C}:red/crimson.code.text", "fixedString": "crimson"},
        ],
    ),
    group(
        "a slice in a slice",
        observation(component=[part("red", referenceRange=[{"text": "low"}, {"text": "x"}]), part("blue")]),
        {
            "missing within": (
                {"component.0.referenceRange.0": DROP},
                "slice-missing Observation.component[0] referenceRange:low",
            ),
            "twice within": (
                {"component.0.referenceRange.1.text": "low"},
                "slice-too-many Observation.component[0].referenceRange[1] referenceRange:low",
            ),
        },
        rules=[
            {"id": C, **by("pattern code")},
            *RED,
            {"id": f"{C}:red.referenceRange", **by("value text")},
            {"id": f"{C}:red.referenceRange:low", "min": 1, "max": "1"},
            {"id": f"{C}:red.referenceRange:low.text", "fixedString": "low"},
        ],
        neighbours=[{"component.1.referenceRange": [{"text": "x"}]}],
    ),
    group(
        "optional, with something it must have",
        observation(component=[part("red", valueString="x")]),
        {
            "lacking": ({"component.0.valueString": DROP}, "element-missing Observation.component[0] value"),
            "lacking in the second": ({"component.+": part("red")}, "element-missing Observation.component[1] value"),
        },
        rules=[
            {"id": C, **by("pattern code")},
            {"id": f"{C}:red"},
            {"id": f"{C}:red.code", **pattern("red")},
            {"id": f"{C}:red.value[x]", "min": 1},
        ],
        neighbours=[{"component": DROP}, {"component.0": part("blue")}],
    ),
    group(
        "the sum and the parts",
        observation(component=[part("red"), part("blue")]),
        {
            "too many in all": (
                {"component": [part("blue"), part("red"), part("green"), part("yellow")]},
                "element-repeated Observation.component[3] component",
            ),
            "none at all": ({"component": DROP}, "element-missing Observation component"),
            "enough in all and one missing": (
                {"component": [part("blue"), part("green")]},
                "slice-missing Observation component:red",
            ),
        },
        rules=[{"id": C, "min": 1, "max": "3", **by("pattern code")}, *RED, *BLUE],
    ),
    group(
        "what is said of all and of some",
        observation(component=[part("red", valueString="x"), part("green", valueString="y")]),
        {
            "of all, in a member": (
                {"component.0.valueString": DROP},
                "element-missing Observation.component[0] value",
            ),
            "of all, in a stranger": (
                {"component.1.valueString": DROP},
                "element-missing Observation.component[1] value",
            ),
            "of some": ({"component.0.valueString": "abcd"}, "length-exceeded Observation.component[0].value 3"),
        },
        rules=[
            {"id": C, **by("pattern code")},
            {"id": f"{C}.value[x]", "min": 1},
            {"id": f"{C}:red"},
            {"id": f"{C}:red.code", **pattern("red")},
            {"id": f"{C}:red.value[x]", "type": [{"code": "string"}], "maxLength": 3},
        ],
        neighbours=[{"component.1.valueString": "abcdef"}],
    ),
    group(
        "by an extension's value",
        patient(name=[{"family": "x", "extension": [CODED_MARK]}, {"family": "y"}]),
        {
            "missing": ({"name.0.extension.0.valueCode": "b"}, "slice-missing Patient name:marked"),
            "twice": ({"name.1.extension": [CODED_MARK]}, "slice-too-many Patient.name[1] name:marked"),
            "of another extension": ({"name.0.extension.0.url": OTHER}, "slice-missing Patient name:marked"),
            "none": ({"name.0.extension": DROP}, "slice-missing Patient name:marked"),
        },
        rules=[
            {"id": "Patient.name", **by(f"value extension('{MARK}').value")},
            {"id": "Patient.name:marked", "min": 1, "max": "1"},
            {"id": "Patient.name:marked.extension", **by("value url")},
            {"id": "Patient.name:marked.extension:mark", "type": [{"code": "Extension", "profile": [MARK]}]},
            {"id": "Patient.name:marked.extension:mark.value[x]", "fixedCode": "a"},
        ],
        also=[OWN_MARK],
    ),
    group(
        "by whether an extension is there",
        patient(name=[{"family": "x", "extension": [CODED_MARK]}, {"text": "y"}]),
        {
            "with it, and lacking": ({"name.0.family": DROP}, "element-missing Patient.name[0] family"),
            "none with it": ({"name.0.extension": DROP}, "slice-missing Patient name:marked"),
        },
        rules=[
            {"id": "Patient.name", **by(f"exists extension('{MARK}')")},
            {"id": "Patient.name:marked", "min": 1},
            {"id": "Patient.name:marked.extension", **by("value url")},
            {"id": "Patient.name:marked.extension:mark", "min": 1, "type": [{"code": "Extension", "profile": [MARK]}]},
            {"id": "Patient.name:marked.family", "min": 1},
        ],
        also=[OWN_MARK],
    ),
    group(
        "by the type of a value",
        observation(component=[part("red", valueQuantity={"value": 1, "unit": "x"}), part("blue", valueString="x")]),
        {
            "missing": ({"component.0.valueQuantity": DROP}, "slice-missing Observation component:measured"),
            "member without unit": (
                {"component.0.valueQuantity.unit": DROP},
                "element-missing Observation.component[0].value unit",
            ),
        },
        rules=[
            {"id": C, **by("type value")},
            {"id": f"{C}:measured", "min": 1},
            {"id": f"{C}:measured.value[x]", "min": 1, "type": [{"code": "Quantity"}]},
            {"id": f"{C}:measured.value[x].unit", "min": 1},
        ],
    ),
    group(
        "by the type of a value, none of them demanded",
        observation(component=[part("red", valueString="x"), part("blue", valueInteger=1)]),
        {
            "twice": (
                {"component.+": part("red", valueString="y")},
                "slice-too-many Observation.component[2] component:told",
            )
        },
        rules=[
            {"id": C, **by("type value")},
            {"id": f"{C}:told", "max": "1"},
            {"id": f"{C}:told.value[x]", "min": 1, "type": [{"code": "string"}]},
        ],
    ),
    group(
        "by a value of one type",
        observation(component=[part("red", valueQuantity={"value": 1, "code": "mg", "system": OTHER}), part("blue")]),
        {
            "missing": ({"component.0.valueQuantity.code": "g"}, "slice-missing Observation component:mg"),
        },
        rules=[
            {"id": C, **by("value value.ofType(Quantity).code")},
            {"id": f"{C}:mg", "min": 1},
            {"id": f"{C}:mg.value[x]", "type": [{"code": "Quantity"}]},
            {"id": f"{C}:mg.value[x].code", "fixedCode": "mg"},
        ],
    ),
    group(
        "types slices of which one is forbidden",
        observation(valueQuantity={"value": 1}),
        {
            "the forbidden": (
                {"valueQuantity": DROP, "valueString": "x"},
                "slice-too-many Observation.value value:valueString",
            ),
        },
        rules=[
            {"id": "Observation.value[x]", **by("type $this")},
            {"id": "Observation.value[x]:valueString", "type": [{"code": "string"}], "max": "0"},
        ],
        neighbours=[{"valueQuantity": DROP, "valueInteger": 1}],
    ),
    group(
        "slicing that no differential repeats",
        patient(name=[{"use": "official", "family": "x"}, {"use": "nickname", "text": "x"}]),
        {
            "the slice of the profile below": ({"name.0.family": DROP}, "element-missing Patient.name[0] family"),
            "narrowed": ({"name.0.given": ["a", "b"]}, "element-repeated Patient.name[0].given[1] given"),
        },
        also=[
            profile(
                "Patient",
                {"id": "Patient.name", **by("value use")},
                {"id": "Patient.name:official", "min": 1},
                {"id": "Patient.name:official.use", "fixedCode": "official"},
                {"id": "Patient.name:official.family", "min": 1},
                name="first",
            ),
            profile("Patient", {"id": "Patient.name:official.given", "max": "1"}, base=BASE + "first"),
        ],
        urls=(BASE + "p",),
        neighbours=[{"name.1.given": ["a", "b"]}],
    ),
]
