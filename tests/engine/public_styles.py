"""Profiles written the ways that public ones are (US Core, IPS, ISiK, de-basis, mCODE): small ones of our own.

Each case is a set of definitions, an instance that keeps them, and instances with one fault each.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.unit.engine.profile_making import (
    BASE,
    COLOURS,
    SETS,
    SYSTEM,
    Json,
    coded,
    observation,
    patient,
    profile,
)

Fault = tuple[str, str, str | None]
R4 = "http://hl7.org/fhir/StructureDefinition/"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
BY_URL = {"discriminator": [{"type": "value", "path": "url"}], "rules": "open"}
RED = {"patternCodeableConcept": {"coding": [{"system": SYSTEM, "code": "red"}]}}


@dataclass(frozen=True)
class Style:
    """Definitions of which the first is `p`, what keeps them, and what breaks them once."""

    definitions: list[Json]
    kept: list[Json]
    broken: list[tuple[Json, Fault]]


def sliced(kind: str, path: str, rules: str = "open") -> Json:
    return {"slicing": {"discriminator": [{"type": kind, "path": path}], "rules": rules}}


def named(kind: str, name: str, url: str) -> list[Json]:
    """The type of an element by its profile, version and all."""
    return [{"code": kind, "profile": [f"{BASE}{name}{url}"]}]


RACE = profile(
    "Extension",
    {"id": "Extension.extension", "slicing": BY_URL},
    {"id": "Extension.extension:omb", "sliceName": "omb", "max": "5"},
    {"id": "Extension.extension:omb.url", "fixedUri": "omb"},
    {
        "id": "Extension.extension:omb.value[x]",
        "min": 1,
        "type": [{"code": "Coding"}],
        "binding": {"strength": "required", "valueSet": SETS + "all"},
    },
    {"id": "Extension.extension:code", "sliceName": "code", "min": 1, "max": "1"},
    {"id": "Extension.extension:code.url", "fixedUri": "code"},
    {"id": "Extension.extension:code.value[x]", "min": 1, "type": [{"code": "string"}]},
    {"id": "Extension.url", "fixedUri": BASE + "race"},
    {"id": "Extension.value[x]", "max": "0"},
    name="race",
)
OMB = {"url": "omb", "valueCoding": {"system": SYSTEM, "code": "red"}}
CODE = {"url": "code", "valueString": "x"}


def race(*parts: Json) -> Json:
    return {"url": BASE + "race", "extension": list(parts)}


def identified(*rows: Json) -> Json:
    return patient(identifier=list(rows))


def vital(code: str, **members: object) -> Json:
    category = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [category]}],
        "code": coded(code, system=LOINC),
        "subject": {"reference": "Patient/1"},
        "effectiveDateTime": "2020-01-01",
        **members,
    }


def measured(unit: str) -> Json:
    return {"value": 60, "unit": unit, "system": UCUM, "code": unit}


def pressure(*codes: str) -> Json:
    rows = [{"code": coded(code, system=LOINC), "valueQuantity": measured("mm[Hg]")} for code in codes]
    return vital("85354-9", component=rows)


def composed(*sections: Json) -> Json:
    author = [{"display": "x"}]
    head = {"status": "final", "type": {"text": "x"}, "date": "2020", "author": author, "title": "x"}
    return {"resourceType": "Composition", **head, "section": [{"title": "x", **section} for section in sections]}


def bundled(*resources: Json) -> Json:
    urls = (f"urn:uuid:{number}3fefa32-fcbb-4ff8-8a92-55ee120877b7" for number in range(1, 9))
    rows = [{"fullUrl": url, "resource": resource} for url, resource in zip(urls, resources, strict=False)]
    return {"resourceType": "Bundle", "type": "collection", "entry": rows}


SECTION = {
    "code": coded("red"),
    "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'},
}
PARENT = profile(
    "Patient",
    {"id": "Patient.identifier", **sliced("pattern", "type")},
    {"id": "Patient.identifier:mr", "sliceName": "mr", "max": "1"},
    {"id": "Patient.identifier:mr.type", "min": 1, **RED},
    name="parent",
)
KVNR = profile(
    "Identifier",
    {"id": "Identifier.system", "min": 1, "fixedUri": "urn:kvnr"},
    {"id": "Identifier.value", "min": 1},
    name="kvnr",
)
TIME = profile(
    "Extension",
    {"id": "Extension.url", "fixedUri": BASE + "time"},
    {"id": "Extension.value[x]", "min": 1, "type": [{"code": "dateTime"}]},
    name="time",
)
STYLES: dict[str, Style] = {
    "complex extension": Style(
        [
            profile(
                "Patient",
                {"id": "Patient.extension:race", "sliceName": "race", "max": "1", "mustSupport": True}
                | {"type": named("Extension", "race", "|1.0.0")},
            ),
            RACE,
            *COLOURS,
        ],
        [patient(extension=[race(OMB, CODE)]), patient(extension=[race(OMB, OMB, CODE)]), patient()],
        [
            (patient(extension=[race(OMB)]), ("slice-missing", "Patient.extension[0]", "extension:code")),
            (patient(extension=[race(CODE), race(CODE)]), ("slice-too-many", "Patient.extension[1]", "extension:race")),
            (
                patient(extension=[race(OMB, CODE, {"url": "x", "valueString": "x"})]),
                ("slice-closed", "Patient.extension[0].extension[2]", "omb, code"),
            ),
            (
                patient(extension=[race({"url": "omb", "valueCoding": {"system": SYSTEM, "code": "green"}}, CODE)]),
                ("code-not-allowed", "Patient.extension[0].extension[0].value", SETS + "all"),
            ),
        ],
    ),
    "walking into a profiled extension": Style(
        [
            profile(
                "Patient",
                {"id": "Patient.extension:race", "sliceName": "race", "type": named("Extension", "race", "")},
                {"id": "Patient.extension:race.extension:omb", "sliceName": "omb", "min": 1},
            ),
            RACE,
            *COLOURS,
        ],
        [patient(extension=[race(OMB, CODE)]), patient()],
        [(patient(extension=[race(CODE)]), ("slice-missing", "Patient.extension[0]", "extension:omb"))],
    ),
    "pattern on category": Style(
        [
            profile(
                "Observation",
                {"id": "Observation.category", "min": 1, **sliced("pattern", "$this")},
                {"id": "Observation.category:lab", "sliceName": "lab", "min": 1, "max": "1", **RED},
            )
        ],
        [observation(category=[coded("blue"), coded("red")])],
        [
            (observation(category=[coded("blue")]), ("slice-missing", "Observation", "category:lab")),
            (
                observation(category=[coded("red"), coded("red")]),
                ("slice-too-many", "Observation.category[1]", "category:lab"),
            ),
        ],
    ),
    "two discriminators below codings": Style(
        [
            profile(
                "Observation",
                {
                    "id": "Observation.category",
                    "slicing": {
                        "discriminator": [{"type": "value", "path": f"coding.{part}"} for part in ("code", "system")],
                        "rules": "open",
                    },
                },
                {"id": "Observation.category:v", "sliceName": "v", "min": 1, "max": "1"},
                {"id": "Observation.category:v.coding.system", "min": 1, "fixedUri": SYSTEM},
                {"id": "Observation.category:v.coding.code", "min": 1, "fixedCode": "red"},
            )
        ],
        [observation(category=[coded("red")])],
        [
            (observation(category=[coded("blue")]), ("slice-missing", "Observation", "category:v")),
            (observation(category=[coded("red", system="urn:x")]), ("slice-missing", "Observation", "category:v")),
        ],
    ),
    "vital sign of R4 narrowed": Style(
        [profile("Observation", {"id": "Observation.note", "max": "0"}, base=R4 + "heartrate")],
        [vital("8867-4", valueQuantity=measured("/min"))],
        [
            (
                vital("8867-4", valueQuantity=measured("kg")),
                ("fixed-value-differs", "Observation.value.code", "/min"),
            ),
            (
                vital("8867-4", valueQuantity=measured("/min"), note=[{"text": "x"}]),
                ("element-not-allowed", "Observation.note[0]", "note"),
            ),
        ],
    ),
    "slices told apart in slices below": Style(
        [profile("Observation", {"id": "Observation.note", "max": "0"}, base=R4 + "bp")],
        [pressure("8480-6", "8462-4"), pressure("8480-6", "8462-4", "8478-0")],
        [(pressure("8480-6", "8478-0"), ("slice-missing", "Observation", "component:DiastolicBP"))],
    ),
    "types of a choice": Style(
        [
            profile(
                "Observation",
                {"id": "Observation.value[x]", **sliced("type", "$this")}
                | {"type": [{"code": "Quantity"}, {"code": "CodeableConcept"}, {"code": "string"}]},
                {"id": "Observation.value[x]:valueCodeableConcept", "sliceName": "valueCodeableConcept"}
                | {"type": [{"code": "CodeableConcept"}]}
                | {"binding": {"strength": "required", "valueSet": SETS + "all"}},
                {"id": "Observation.value[x]:valueQuantity", "sliceName": "valueQuantity"},
                {"id": "Observation.value[x]:valueQuantity.unit", "min": 1},
            ),
            *COLOURS,
        ],
        [observation(valueString="x"), observation(valueCodeableConcept=coded("red")), observation()],
        [
            (
                observation(valueBoolean=True),
                ("type-not-allowed", "Observation.value", "Quantity | CodeableConcept | string"),
            ),
            (observation(valueCodeableConcept=coded("x")), ("code-not-allowed", "Observation.value", SETS + "all")),
            (observation(valueQuantity={"value": 1}), ("element-missing", "Observation.value", "unit")),
        ],
    ),
    "closed types of a choice": Style(
        [
            profile(
                "Observation",
                {"id": "Observation.value[x]", **sliced("type", "$this", "closed")},
                {"id": "Observation.value[x]:valueQuantity", "sliceName": "valueQuantity"},
            )
        ],
        [observation(valueQuantity={"value": 1})],
        [(observation(valueString="x"), ("slice-closed", "Observation.value", "valueQuantity"))],
    ),
    "slices of slices": Style(
        [
            profile(
                "Patient",
                {"id": "Patient.identifier", **sliced("value", "system")},
                {"id": "Patient.identifier:a", "sliceName": "a", "max": "2", **sliced("value", "use")},
                {"id": "Patient.identifier:a.system", "min": 1, "fixedUri": "urn:a"},
                {"id": "Patient.identifier:a/b", "sliceName": "a/b", "min": 1, "max": "1"},
                {"id": "Patient.identifier:a/b.use", "min": 1, "fixedCode": "official"},
                {"id": "Patient.identifier:a/b.value", "min": 1},
            )
        ],
        [identified({"system": "urn:a", "use": "official", "value": "1"}, {"system": "urn:a", "use": "usual"})],
        [
            (identified({"system": "urn:a", "use": "usual"}), ("slice-missing", "Patient", "identifier:a/b")),
            (
                identified({"system": "urn:a", "use": "official"}),
                ("element-missing", "Patient.identifier[0]", "value"),
            ),
        ],
    ),
    "a slice of the base narrowed": Style(
        [
            profile(
                "Patient",
                {"id": "Patient.identifier:mr", "sliceName": "mr", "sliceIsConstraining": True, "min": 1},
                {"id": "Patient.identifier:mr.value", "min": 1},
                base=BASE + "parent|1.0.0",
            ),
            PARENT,
        ],
        [identified({"type": coded("red"), "value": "1"}, {"system": "urn:x"})],
        [
            (identified({"system": "urn:x"}), ("slice-missing", "Patient", "identifier:mr")),
            (identified({"type": coded("red")}), ("element-missing", "Patient.identifier[0]", "value")),
        ],
    ),
    "slices known by the profile of their type": Style(
        [
            profile(
                "Patient",
                {"id": "Patient.identifier", "min": 1, **sliced("value", "system")},
                {"id": "Patient.identifier:kv", "sliceName": "kv", "min": 1}
                | {"type": named("Identifier", "kvnr", "|1.0.0")},
            ),
            KVNR,
        ],
        [identified({"system": "urn:x"}, {"system": "urn:kvnr", "value": "1"})],
        [
            (identified({"system": "urn:x"}), ("slice-missing", "Patient", "identifier:kv")),
            (identified({"system": "urn:kvnr"}), ("element-missing", "Patient.identifier[0]", "value")),
        ],
    ),
    "sections by code": Style(
        [
            profile(
                "Composition",
                {"id": "Composition.section", **sliced("value", "code")},
                {"id": "Composition.section:m", "sliceName": "m", "min": 1, "max": "1"},
                {"id": "Composition.section:m.code", "min": 1, **RED},
                {"id": "Composition.section:m.text", "min": 1},
            )
        ],
        [composed(SECTION)],
        [
            (composed(SECTION | {"code": coded("blue")}), ("slice-missing", "Composition", "section:m")),
            (
                composed({"code": coded("red"), "entry": [{"display": "x"}]}),
                ("element-missing", "Composition.section[0]", "text"),
            ),
        ],
    ),
    "entries by type": Style(
        [
            profile(
                "Bundle",
                {"id": "Bundle.entry", **sliced("type", "resource")},
                {"id": "Bundle.entry:pat", "sliceName": "pat", "min": 1, "max": "1"},
                {"id": "Bundle.entry:pat.resource", "min": 1, "type": named("Patient", "parent", "")},
            ),
            profile("Patient", {"id": "Patient.name", "min": 1}, name="parent"),
        ],
        [bundled(observation(), patient(name=[{"text": "x"}]))],
        [
            (bundled(observation()), ("slice-missing", "Bundle", "entry:pat")),
            (bundled(patient()), ("element-missing", "Bundle.entry[0].resource", "name")),
        ],
    ),
    "an extension of a primitive": Style(
        [
            profile(
                "Patient",
                {"id": "Patient.birthDate.extension:t", "sliceName": "t", "min": 1}
                | {"type": named("Extension", "time", "")},
            ),
            TIME,
        ],
        [patient(birthDate="2020-01-01", _birthDate={"extension": [{"url": BASE + "time", "valueDateTime": "2020"}]})],
        [
            (patient(birthDate="2020-01-01"), ("slice-missing", "Patient.birthDate", "extension:t")),
            (
                patient(birthDate="2020-01-01", _birthDate={"extension": [{"url": BASE + "time", "valueString": "x"}]}),
                ("type-not-allowed", "Patient.birthDate.extension[0].value", "dateTime"),
            ),
        ],
    ),
    "below a reference to other content": Style(
        [profile("Questionnaire", {"id": "Questionnaire.item.item.text", "min": 1})],
        [{"resourceType": "Questionnaire", "status": "draft", "item": [{"linkId": "1", "type": "string"}]}],
        [
            (
                {
                    "resourceType": "Questionnaire",
                    "status": "draft",
                    "item": [{"linkId": "1", "type": "group", "item": [{"linkId": "2", "type": "string"}]}],
                },
                ("element-missing", "Questionnaire.item[0].item[0]", "text"),
            )
        ],
    ),
    "slices told apart by nothing": Style(
        [
            profile(
                "Patient",
                {"id": "Patient.name", "slicing": {"rules": "open"}},
                {"id": "Patient.name:o", "sliceName": "o", "min": 1},
                {"id": "Patient.name:o.use", "min": 1, "fixedCode": "official"},
                {"id": "Patient.name:o.family", "min": 1},
            )
        ],
        [patient(name=[{"text": "x"}, {"use": "official", "family": "x"}])],
        [(patient(name=[{"use": "official"}]), ("slice-missing", "Patient", "name:o"))],
    ),
}
