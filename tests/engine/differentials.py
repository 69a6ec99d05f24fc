"""Cases of how profiles are written: without ids, by shorthand, sliced anew, by snapshot, with slices of slices."""

from __future__ import annotations

from decimal import Decimal

from tests.engine.case_form import DROP, Group, Json, group
from tests.engine.slices import by, part, pattern
from tests.unit.engine.profile_making import BASE, SYSTEM, coded, observation, patient, profile

OTHER = "https://other.example"


def without_ids(kind: str, *rows: Json, name: str = "p") -> Json:
    """A profile whose elements have paths and slice names alone."""
    made = profile(kind, name=name)
    made["differential"]["element"] = list(rows)
    return made


def row(path: str, slice_name: str | None = None, **members: object) -> Json:
    """An element without id."""
    return {"path": path, **({"sliceName": slice_name} if slice_name else {}), **members}


C = "Observation.component"
VALUE = "Observation.value[x]"
GROUPS: list[Group] = [
    group(
        "no ids",
        observation(component=[part("red", valueString="x"), part("blue", valueString="abcd")]),
        {
            "a slice missing": ({"component.0": DROP}, "slice-missing Observation component:red"),
            "a child of the first": (
                {"component.0.valueString": "abcd"},
                "length-exceeded Observation.component[0].value 3",
            ),
            "a child of the second": (
                {"component.1.valueString": DROP},
                "element-missing Observation.component[1] value",
            ),
        },
        also=[
            without_ids(
                "Observation",
                row("Observation"),
                row(C, **by("pattern code")),
                row(C, "red", min=1),
                row(f"{C}.code", **pattern("red")),
                row(f"{C}.value[x]", maxLength=3, type=[{"code": "string"}]),
                row(C, "blue"),
                row(f"{C}.code", **pattern("blue")),
                row(f"{C}.value[x]", min=1),
            )
        ],
        urls=(BASE + "p",),
        neighbours=[{"component.0.valueString": DROP}],
    ),
    group(
        "a choice by shorthand",
        observation(valueQuantity={"value": 1, "unit": "x"}, effectiveDateTime="2024-01-01"),
        {
            "no unit": ({"valueQuantity.unit": DROP}, "element-missing Observation.value unit"),
            "another type": (
                {"valueQuantity": DROP, "valueString": "x"},
                "type-not-allowed Observation.value Quantity",
            ),
        },
        rules=[
            {"id": VALUE, "type": [{"code": "Quantity"}]},
            {"id": "Observation.value[x].unit", "min": 1},
        ],
        neighbours=[{"valueQuantity": DROP}],
    ),
    group(
        "a choice's slice that must be there",
        observation(valueQuantity={"value": 1}),
        {
            "another type": (
                {"valueQuantity": DROP, "valueString": "x"},
                "slice-missing Observation value:valueQuantity",
            ),
            "none": ({"valueQuantity": DROP}, "slice-missing Observation value:valueQuantity"),
        },
        rules=[{"id": f"{VALUE}:valueQuantity", "min": 1, "type": [{"code": "Quantity"}]}],
    ),
    group(
        "a choice's slice of a name of its own",
        observation(valueQuantity={"value": 1, "unit": "x"}),
        {"no unit": ({"valueQuantity.unit": DROP}, "element-missing Observation.value unit")},
        rules=[
            {"id": VALUE, **by("type $this")},
            {"id": f"{VALUE}:measured", "type": [{"code": "Quantity"}]},
            {"id": f"{VALUE}:measured.unit", "min": 1},
        ],
        neighbours=[{"valueQuantity": DROP, "valueString": "x"}],
    ),
    group(
        "types told apart by inheritance",
        patient(extension=[{"url": BASE + "note", "valueString": "x"}]),
        {
            "a code for a string": (
                {"extension.0": {"url": BASE + "note", "valueCode": "x"}},
                "type-not-allowed Patient.extension[0].value string",
            ),
            "markdown for a string": (
                {"extension.0": {"url": BASE + "note", "valueMarkdown": "x"}},
                "type-not-allowed Patient.extension[0].value string",
            ),
            "an id for a string": (
                {"extension.0": {"url": BASE + "note", "valueId": "x"}},
                "type-not-allowed Patient.extension[0].value string",
            ),
            "an age for a quantity": (
                {"extension.0": {"url": BASE + "size", "valueAge": {"unit": "x"}}},
                "type-not-allowed Patient.extension[0].value Quantity",
            ),
        },
        also=[
            profile(
                "Extension",
                {"id": "Extension.url", "fixedUri": BASE + "note"},
                {"id": "Extension.value[x]", "type": [{"code": "string"}]},
                name="note",
            ),
            profile(
                "Extension",
                {"id": "Extension.url", "fixedUri": BASE + "size"},
                {"id": "Extension.value[x]", "type": [{"code": "Quantity"}]},
                name="size",
            ),
        ],
    ),
    group(
        "decimals by value",
        observation(
            valueQuantity={"value": Decimal("1.00")}, component=[{"code": {"text": "x"}, "valueQuantity": {"value": 2}}]
        ),
        {
            "pattern of another": ({"valueQuantity.value": Decimal("1.001")}, "pattern-differs Observation.value"),
            "fixed to another": (
                {"component.0.valueQuantity.value": Decimal("2.5")},
                "fixed-value-differs Observation.component[0].value",
            ),
        },
        rules=[
            {"id": VALUE, "type": [{"code": "Quantity"}], "patternQuantity": {"value": Decimal("1.0")}},
            {"id": f"{C}.value[x]", "type": [{"code": "Quantity"}], "fixedQuantity": {"value": 2}},
        ],
        neighbours=[{"valueQuantity.value": 1}, {"component.0.valueQuantity.value": Decimal("2.0")}],
    ),
    group(
        "slices of a third profile",
        patient(identifier=[{"system": OTHER, "value": "1"}, {"system": SYSTEM, "value": "2"}]),
        {
            "of the first": ({"identifier.0.system": "https://x.example"}, "slice-missing Patient identifier:other"),
            "of the second": ({"identifier.1.system": "https://x.example"}, "slice-missing Patient identifier:ours"),
            "narrowed by the third": ({"identifier.0.value": "12"}, "length-exceeded Patient.identifier[0].value 1"),
        },
        also=[
            profile(
                "Patient",
                {"id": "Patient.identifier", **by("value system")},
                {"id": "Patient.identifier:other", "min": 1},
                {"id": "Patient.identifier:other.system", "fixedUri": OTHER},
                name="first",
            ),
            profile(
                "Patient",
                {"id": "Patient.identifier:ours", "min": 1},
                {"id": "Patient.identifier:ours.system", "fixedUri": SYSTEM},
                name="second",
                base=BASE + "first",
            ),
            profile("Patient", {"id": "Patient.identifier:other.value", "maxLength": 1}, base=BASE + "second"),
        ],
        urls=(BASE + "p",),
        neighbours=[{"identifier.1.value": "12"}],
    ),
    group(
        "told apart by a coding's slice",
        patient(identifier=[{"type": coded("red"), "value": "1"}, {"type": coded("blue"), "value": "2"}]),
        {
            "missing": ({"identifier.0.type": coded("green")}, "slice-missing Patient identifier:red"),
            "twice": ({"identifier.1.type": coded("red")}, "slice-too-many Patient.identifier[1] identifier:red"),
        },
        rules=[
            {"id": "Patient.identifier", **by("value type")},
            {"id": "Patient.identifier:red", "min": 1, "max": "1"},
            {"id": "Patient.identifier:red.type.coding", **by("value code")},
            {"id": "Patient.identifier:red.type.coding:red", "min": 1},
            {"id": "Patient.identifier:red.type.coding:red.code", "fixedCode": "red"},
        ],
        neighbours=[{"identifier.0.type": coded("green", "red")}],
    ),
    group(
        "told apart by several values of one element",
        observation(category=[coded("red"), coded("blue"), coded("x", system=OTHER)]),
        {
            "the first missing": ({"category.0": coded("y", system=OTHER)}, "slice-missing Observation category:red"),
            "strangers counted too": (
                {"category.+": coded("z", system=OTHER)},
                "element-repeated Observation.category[3] category",
            ),
        },
        rules=[
            {"id": "Observation.category", "max": "3", **by("value coding.code", "value coding.system")},
            {"id": "Observation.category:red", "min": 1},
            {"id": "Observation.category:red.coding", "min": 1, "max": "1"},
            {"id": "Observation.category:red.coding.code", "min": 1, "fixedCode": "red"},
            {"id": "Observation.category:red.coding.system", "min": 1, "fixedUri": SYSTEM},
        ],
    ),
]
