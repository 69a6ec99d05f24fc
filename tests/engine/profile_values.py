"""Cases of what a profile says of values: fixed, pattern, bindings, bounds, lengths."""

from __future__ import annotations

from decimal import Decimal

from tests.engine.case_form import AS_TEXT, DROP, Group, Json, group
from tests.unit.engine.profile_making import PATTERN_CODE, SETS, SYSTEM, coded, observation, patient

OTHER = "https://other.example"
RED = {"system": SYSTEM, "code": "red"}
NESTED = {
    "patternCodeableConcept": {
        "coding": [{"system": SYSTEM, "code": "red"}, {"system": OTHER, "code": "b"}],
        "text": "t",
    }
}
ADDITIONAL = "http://hl7.org/fhir/tools/StructureDefinition/additional-binding"
REQUIRED = {"binding": {"strength": "required", "valueSet": SETS + "all"}}
SOME = {"binding": {"strength": "required", "valueSet": SETS + "some"}}


def further(purpose: str, *parts: Json) -> Json:
    """A value set beside a binding's own, as R4 says it by an extension."""
    told = [{"url": "purpose", "valueCode": purpose}, {"url": "valueSet", "valueCanonical": SETS + "some"}]
    return {"url": ADDITIONAL, "extension": [*told, *parts]}


GROUPS: list[Group] = [
    group(
        "fixed code",
        observation(status="amended"),
        {
            "another": ({"status": "final"}, "fixed-value-differs Observation.status amended"),
        },
        rules=[{"id": "Observation.status", "fixedCode": "amended"}],
    ),
    group(
        "fixed texts",
        patient(
            name=[{"family": "Ås", "given": ["a", "b"]}], active=True, birthDate="2000-01-01", multipleBirthInteger=2
        ),
        {
            "another": ({"name.0.family": "Oslo"}, "fixed-value-differs Patient.name[0].family Ås"),
            "with a space": ({"name.0.family": "Ås "}, "fixed-value-differs Patient.name[0].family Ås"),
            "in small letters": ({"name.0.family": "ås"}, "fixed-value-differs Patient.name[0].family Ås"),
            "false": ({"active": False}, "fixed-value-differs Patient.active true"),
            "no day at all": ({"birthDate": "2000-02-30"}, "primitive-invalid Patient.birthDate date"),
            "less precise day": ({"birthDate": "2000-01"}, "fixed-value-differs Patient.birthDate 2000-01-01"),
            "another number": ({"multipleBirthInteger": 1}, "fixed-value-differs Patient.multipleBirth 2"),
            "no value": (
                {"active": DROP, "_active": {"extension": [{"url": "https://x.example/y", "valueCode": "a"}]}},
                "element-missing Patient.active value",
            ),
        },
        rules=[
            {"id": "Patient.active", "fixedBoolean": True},
            {"id": "Patient.active.value", "min": 1},
            {"id": "Patient.name.family", "fixedString": "Ås"},
            {"id": "Patient.birthDate", "fixedDate": "2000-01-01"},
            {"id": "Patient.multipleBirth[x]", "type": [{"code": "integer"}], "fixedInteger": 2},
        ],
        neighbours=[{"active": DROP}, {"name": DROP}],
    ),
    group(
        "fixed object with a boolean in it",
        observation(code={"coding": [{"code": "a", "userSelected": True}]}),
        {
            "another boolean": (
                {"code.coding.0.userSelected": False},
                "fixed-value-differs Observation.code.coding[0]",
            ),
            "more than is wanted": (
                {"code.coding.0.version": "1"},
                "fixed-value-differs Observation.code.coding[0]",
            ),
            "a number for it": (
                {"code.coding.0.userSelected": 1},
                "type-wrong Observation.code.coding[0].userSelected boolean",
                AS_TEXT,
            ),
        },
        rules=[{"id": "Observation.code.coding", "fixedCoding": {"code": "a", "userSelected": True}}],
    ),
    group(
        "fixed decimal",
        observation(valueQuantity={"value": Decimal("1.50")}),
        {
            "another": ({"valueQuantity.value": Decimal("1.51")}, "fixed-value-differs Observation.value.value 1.5"),
            "very nearly": (
                {"valueQuantity.value": Decimal("1.5000000000000000001")},
                "fixed-value-differs Observation.value.value 1.5",
            ),
        },
        rules=[{"id": "Observation.value[x]:valueQuantity.value", "fixedDecimal": Decimal("1.5")}],
        neighbours=[{"valueQuantity.value": Decimal("1.5")}],
    ),
    group(
        "fixed concept",
        observation(code={"coding": [RED], "text": "t"}),
        {
            "one text more": ({"code.text": "u"}, "fixed-value-differs Observation.code"),
            "one coding more": (
                {"code.coding.+": {"system": OTHER, "code": "b"}},
                "fixed-value-differs Observation.code",
            ),
            "one display more": ({"code.coding.0.display": "x"}, "fixed-value-differs Observation.code"),
            "no text": ({"code.text": DROP}, "fixed-value-differs Observation.code"),
            "an id": ({"code.id": "x"}, "fixed-value-differs Observation.code"),
        },
        rules=[{"id": "Observation.code", "fixedCodeableConcept": {"coding": [RED], "text": "t"}}],
    ),
    group(
        "pattern of a concept",
        observation(code=coded("red")),
        {
            "another code": ({"code.coding.0.code": "blue"}, "pattern-differs Observation.code"),
            "another system": ({"code.coding.0.system": OTHER}, "pattern-differs Observation.code"),
            "code and system in different codings": (
                {"code.coding": [{"system": SYSTEM, "code": "blue"}, {"system": OTHER, "code": "red"}]},
                "pattern-differs Observation.code",
            ),
            "text alone": ({"code": {"text": "red"}}, "pattern-differs Observation.code"),
            "code in capitals": ({"code.coding.0.code": "RED"}, "pattern-differs Observation.code"),
        },
        rules=[{"id": "Observation.code", **PATTERN_CODE}],
        neighbours=[
            {"code.text": "x"},
            {"code.coding.0.display": "x"},
            {"code.coding": [{"system": OTHER, "code": "b"}, RED]},
        ],
    ),
    group(
        "pattern that is a text where the value is none",
        observation(valueString="1", component=[{"code": {"text": "x"}}]),
        {
            "a number": ({"valueString": DROP, "valueInteger": 1}, "pattern-differs Observation.value"),
            "inside a value": (
                {"component.0.valueQuantity": {"value": 1}},
                "pattern-differs Observation.component[0].value",
            ),
        },
        rules=[
            {"id": "Observation.value[x]", "patternString": "1"},
            {"id": "Observation.component.value[x]", "patternIdentifier": {"value": "1"}},
        ],
    ),
    group(
        "pattern of several codings",
        observation(code={"coding": [RED, {"system": OTHER, "code": "b"}], "text": "t"}),
        {
            "one of them": ({"code.coding.1": DROP}, "pattern-differs Observation.code"),
            "without the text": ({"code.text": DROP}, "pattern-differs Observation.code"),
        },
        rules=[{"id": "Observation.code", **NESTED}],
        neighbours=[{"code.coding": [{"system": OTHER, "code": "b"}, {"system": OTHER, "code": "c"}, RED]}],
    ),
    group(
        "patterns of other types",
        observation(
            valueQuantity={"value": 1, "unit": "x", "system": OTHER, "code": "mg"},
            identifier=[{"system": OTHER, "value": "1"}],
            effectivePeriod={"start": "2024-01-01"},
        ),
        {
            "quantity of another unit": ({"valueQuantity.code": "g"}, "pattern-differs Observation.value"),
            "quantity of no system": (
                {"valueQuantity": {"value": 1, "unit": "x"}},
                "pattern-differs Observation.value",
            ),
            "identifier of another system": (
                {"identifier.0.system": "https://x.example"},
                "pattern-differs Observation.identifier[0]",
            ),
            "second identifier of another system": (
                {"identifier.+": {"system": "https://x.example", "value": "1"}},
                "pattern-differs Observation.identifier[1]",
            ),
            "period of another start": ({"effectivePeriod.start": "2024"}, "pattern-differs Observation.effective"),
        },
        rules=[
            {
                "id": "Observation.value[x]",
                "type": [{"code": "Quantity"}],
                "patternQuantity": {"system": OTHER, "code": "mg"},
            },
            {"id": "Observation.identifier", "patternIdentifier": {"system": OTHER}},
            {"id": "Observation.effective[x]", "type": [{"code": "Period"}], "patternPeriod": {"start": "2024-01-01"}},
        ],
        neighbours=[{"valueQuantity.value": 2}, {"effectivePeriod.end": "2024-02-01"}],
    ),
    group(
        "binding of a concept",
        observation(code=coded("crimson")),
        {
            "unknown code": ({"code.coding.0.code": "green"}, f"code-not-allowed Observation.code {SETS}all"),
            "right code of a wrong system": ({"code.coding.0.system": OTHER}, "code-not-allowed Observation.code"),
            "right code of no system": ({"code.coding.0.system": DROP}, "code-not-allowed Observation.code"),
            "system alone": ({"code.coding.0.code": DROP}, "code-not-allowed Observation.code"),
            "text alone": ({"code": {"text": "red"}}, "code-not-allowed Observation.code"),
            "code in capitals": ({"code.coding.0.code": "Crimson"}, "code-not-allowed Observation.code"),
        },
        rules=[{"id": "Observation.code", **REQUIRED}],
        neighbours=[
            {"code.coding": [{"system": OTHER, "code": "b"}, RED]},
            {"code.coding.0.display": "anything"},
            {"code": {"extension": [{"url": "https://e.example", "valueCode": "unknown"}]}},
        ],
    ),
    group(
        "bindings of other types",
        observation(
            valueQuantity={"value": 1, "system": SYSTEM, "code": "red"},
            meta={"tag": [RED]},
            language="nb",
            device={"identifier": {"system": "https://x.example", "type": coded("red")}},
        ),
        {
            "quantity of another unit": ({"valueQuantity.code": "green"}, "code-not-allowed Observation.value"),
            "quantity of no code": ({"valueQuantity": {"value": 1}}, "code-not-allowed Observation.value"),
            "coding": ({"meta.tag.0.code": "green"}, "code-not-allowed Observation.meta.tag[0]"),
            "coding of no system": ({"meta.tag.0.system": DROP}, "code-not-allowed Observation.meta.tag[0]"),
            "second coding": (
                {"meta.tag.+": {"system": OTHER, "code": "red"}},
                "code-not-allowed Observation.meta.tag[1]",
            ),
            "narrower": (
                {"device.identifier.type": coded("blue")},
                f"code-not-allowed Observation.device.identifier.type {SETS}some",
            ),
        },
        rules=[
            {"id": "Observation.meta.tag", **REQUIRED},
            {"id": "Observation.value[x]", "type": [{"code": "Quantity"}], **REQUIRED},
            {"id": "Observation.device.identifier.type", **SOME},
        ],
    ),
    group(
        "bindings of primitives",
        patient(language="red", name=[{"family": "red"}], implicitRules="red"),
        {
            "code": ({"language": "green"}, "code-not-allowed Patient.language"),
            "code with a space": ({"language": "red "}, "primitive-invalid Patient.language"),
            "text": ({"name.0.family": "green"}, "code-not-allowed Patient.name[0].family"),
            "uri": ({"implicitRules": "green"}, "code-not-allowed Patient.implicitRules"),
        },
        rules=[
            {"id": "Patient.language", **REQUIRED},
            {"id": "Patient.name.family", **REQUIRED},
            {"id": "Patient.implicitRules", **REQUIRED},
        ],
    ),
    group(
        "weaker bindings",
        observation(code={"text": "x"}, note=[{"text": "x"}]),
        {"one too many": ({"note.+": {"text": "y"}}, "element-repeated Observation.note[1] note")},
        rules=[
            {"id": "Observation.code", "binding": {"strength": "extensible", "valueSet": SETS + "all"}},
            {"id": "Observation.note", "max": "1"},
        ],
        neighbours=[{"code": coded("green")}, {"code": coded("red", system=OTHER)}],
    ),
    group(
        "a base binding narrowed",
        patient(gender="female"),
        {
            "beyond it": ({"gender": "male"}, "code-not-allowed Patient.gender"),
            "beyond both": ({"gender": "x"}, "code-not-allowed Patient.gender"),
        },
        rules=[{"id": "Patient.gender", "binding": {"strength": "required", "valueSet": SETS + "women"}}],
        also=[
            {
                "resourceType": "ValueSet",
                "url": SETS + "women",
                "compose": {
                    "include": [
                        {"system": "http://hl7.org/fhir/administrative-gender", "concept": [{"code": "female"}]}
                    ]
                },
            }
        ],
    ),
    group(
        "bounds of numbers",
        observation(valueQuantity={"value": 5}, component=[{"code": {"text": "x"}, "valueInteger": 5}]),
        {
            "quantity too small": (
                {"valueQuantity.value": Decimal("0.9")},
                "value-out-of-range Observation.value.value 1 - 10.5",
            ),
            "quantity too large": (
                {"valueQuantity.value": Decimal("10.51")},
                "value-out-of-range Observation.value.value 1 - 10.5",
            ),
            "integer too small": (
                {"component.0.valueInteger": 2},
                "value-out-of-range Observation.component[0].value 3",
            ),
        },
        rules=[
            {
                "id": "Observation.value[x]:valueQuantity.value",
                "minValueDecimal": 1,
                "maxValueDecimal": Decimal("10.5"),
            },
            {"id": "Observation.component.value[x]:valueInteger", "minValueInteger": 3},
        ],
        neighbours=[{"valueQuantity.value": 1}, {"valueQuantity.value": Decimal("10.50")}],
    ),
    group(
        "bounds of quantities",
        observation(valueQuantity={"value": 5, "system": OTHER, "code": "mg"}),
        {
            "too small": ({"valueQuantity.value": Decimal("0.9")}, "value-out-of-range Observation.value"),
            "too large": ({"valueQuantity.value": 11}, "value-out-of-range Observation.value"),
        },
        rules=[
            {
                "id": "Observation.value[x]",
                "type": [{"code": "Quantity"}],
                "minValueQuantity": {"value": 1, "system": OTHER, "code": "mg"},
                "maxValueQuantity": {"value": 10, "system": OTHER, "code": "mg"},
            }
        ],
        neighbours=[{"valueQuantity.value": 1}, {"valueQuantity.value": 10}],
    ),
    group(
        "bounds of dates",
        observation(effectiveDateTime="2024-06-01", issued="2024-06-01T10:00:00Z"),
        {
            "day too early": ({"effectiveDateTime": "2023-12-31"}, "value-out-of-range Observation.effective"),
            "day too late": ({"effectiveDateTime": "2025-01-01"}, "value-out-of-range Observation.effective"),
            "month too early": ({"effectiveDateTime": "2023-12"}, "value-out-of-range Observation.effective"),
            "year too late": ({"effectiveDateTime": "2026"}, "value-out-of-range Observation.effective"),
            "moment too early": ({"issued": "2023-12-31T23:59:59Z"}, "value-out-of-range Observation.issued"),
            "moment too early in another zone": (
                {"issued": "2024-01-01T00:30:00+01:00"},
                "value-out-of-range Observation.issued",
            ),
        },
        rules=[
            {
                "id": "Observation.effective[x]",
                "type": [{"code": "dateTime"}],
                "minValueDateTime": "2024-01-01",
                "maxValueDateTime": "2024-12-31",
            },
            {"id": "Observation.issued", "minValueInstant": "2024-01-01T00:00:00Z"},
        ],
        neighbours=[
            {"effectiveDateTime": "2024"},
            {"effectiveDateTime": "2024-12-31T10:00:00Z"},
            {"issued": "2024-01-01T01:00:00+01:00"},
        ],
    ),
    group(
        "lengths",
        patient(name=[{"family": "abc", "given": ["a"]}], photo=[{"contentType": "image/png", "data": "aGVp"}]),
        {
            "too long": ({"name.0.family": "abcd"}, "length-exceeded Patient.name[0].family 3"),
            "too long in a list": ({"name.0.given.+": "abc"}, "length-exceeded Patient.name[0].given[1] 2"),
            "too short": ({"name.0.text": "a"}, "length-short Patient.name[0].text 2"),
        },
        rules=[
            {"id": "Patient.name.family", "maxLength": 3},
            {"id": "Patient.name.given", "maxLength": 2},
            {
                "id": "Patient.name.text",
                "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/minLength", "valueInteger": 2}],
            },
        ],
        neighbours=[{"name.0.family": "æøå"}, {"name.0.family": "𝄞𝄞𝄞"}, {"name.0.text": "ab"}],
    ),
    group(
        "further value sets",
        observation(code=coded("red"), valueCodeableConcept=coded("red"), interpretation=[coded("blue")]),
        {
            "outside a required one": (
                {"code": coded("blue")},
                f"code-not-allowed Observation.code {SETS}some",
            ),
            "outside the greatest": (
                {"valueCodeableConcept": coded("blue")},
                f"code-not-allowed Observation.value {SETS}some",
            ),
            "outside the binding's own as well": (
                {"code": coded("green")},
                f"code-not-allowed Observation.code {SETS}all",
            ),
        },
        rules=[
            {"id": "Observation.code", "binding": {**REQUIRED["binding"], "extension": [further("required")]}},
            {
                "id": "Observation.value[x]",
                "type": [{"code": "CodeableConcept"}],
                "binding": {
                    "strength": "preferred",
                    "valueSet": SETS + "all",
                    "additional": [{"purpose": "maximum", "valueSet": SETS + "some"}],
                },
            },
            {
                "id": "Observation.interpretation",
                "binding": {"strength": "example", "extension": [further("candidate"), further("ui")]},
            },
        ],
    ),
]
