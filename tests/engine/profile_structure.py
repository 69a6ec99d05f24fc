"""Cases of what a profile says of structure: cardinality, types, choices, profiles of types, constraints."""

from __future__ import annotations

from tests.engine.case_form import DROP, Group, group
from tests.unit.engine.profile_making import BASE, observation, patient, profile

STRUCTURE = "http://hl7.org/fhir/StructureDefinition/"


def rule(key: str, expression: str, severity: str = "error") -> dict[str, object]:
    """A constraint."""
    return {"key": key, "severity": severity, "human": "as it is said", "expression": expression}


NAME = profile("HumanName", {"id": "HumanName.family", "min": 1}, {"id": "HumanName.suffix", "max": "0"}, name="name")
QUANTITY = profile("Quantity", {"id": "Quantity.unit", "min": 1}, name="quantity")
AGED = profile("Quantity", {"id": "Quantity.code", "min": 1}, name="coded")
GROUPS: list[Group] = [
    group(
        "cardinality",
        patient(
            name=[{"family": "x", "given": ["a"]}],
            telecom=[{"system": "phone", "value": "1"}, {"system": "email", "value": "x"}],
            contact=[{"name": {"text": "x"}, "telecom": [{"system": "phone", "value": "1"}]}],
        ),
        {
            "none where one must be": ({"name": DROP}, "element-missing Patient name"),
            "none below": ({"name.0.family": DROP}, "element-missing Patient.name[0] family"),
            "none below the second": ({"name.+": {"given": ["a"]}}, "element-missing Patient.name[1] family"),
            "too many": (
                {"name": [{"family": x, "given": ["a"]} for x in "abc"]},
                "element-repeated Patient.name[2] name",
            ),
            "one of two": ({"telecom.1": DROP}, "element-missing Patient telecom"),
            "too many of a primitive": ({"name.0.given.+": "b"}, "element-repeated Patient.name[0].given[1] given"),
            "too many in a backbone": (
                {"contact.0.telecom.+": {"system": "phone", "value": "2"}},
                "element-repeated Patient.contact[0].telecom[1] telecom",
            ),
            "none in a backbone": ({"contact.0.telecom": DROP}, "element-missing Patient.contact[0] telecom"),
            "forbidden": ({"photo": [{"title": "x"}]}, "element-not-allowed Patient.photo[0] photo"),
            "forbidden twice": (
                {"photo": [{"title": "x"}, {"title": "y"}]},
                "element-not-allowed Patient.photo[0] photo",
            ),
            "forbidden below": ({"name.0.suffix": ["x"]}, "element-not-allowed Patient.name[0].suffix[0] suffix"),
            "forbidden primitive": ({"active": True}, "element-not-allowed Patient.active active"),
            "forbidden with an extension alone": (
                {"_active": {"extension": [{"url": "https://e.example", "valueCode": "x"}]}},
                "element-not-allowed Patient.active active",
            ),
            "forbidden choice": ({"deceasedDateTime": "2024"}, "element-not-allowed Patient.deceased deceased"),
            "forbidden narrative": (
                {"text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'}},
                "element-not-allowed Patient.text text",
            ),
        },
        rules=[
            {"id": "Patient.text", "max": "0"},
            {"id": "Patient.active", "max": "0"},
            {"id": "Patient.name", "min": 1, "max": "2"},
            {"id": "Patient.name.family", "min": 1},
            {"id": "Patient.name.given", "max": "1"},
            {"id": "Patient.name.suffix", "max": "0"},
            {"id": "Patient.telecom", "min": 2},
            {"id": "Patient.deceased[x]", "max": "0"},
            {"id": "Patient.photo", "max": "0"},
            {"id": "Patient.contact.telecom", "min": 1, "max": "1"},
        ],
        neighbours=[{"name.+": {"family": "y", "given": ["a"]}}, {"contact": DROP}],
    ),
    group(
        "a list narrowed to one",
        patient(name=[{"family": "x"}]),
        {
            "two": ({"name.+": {"family": "y"}}, "element-repeated Patient.name[1] name"),
        },
        rules=[{"id": "Patient.name", "max": "1"}],
    ),
    group(
        "choice narrowed",
        observation(valueQuantity={"value": 1, "unit": "x"}),
        {
            "another type": (
                {"valueQuantity": DROP, "valueBoolean": True},
                "type-not-allowed Observation.value Quantity | string",
            ),
            "a type near it": ({"valueQuantity": DROP, "valueInteger": 1}, "type-not-allowed Observation.value"),
            "two allowed": ({"valueString": "x"}, "choice-several Observation value"),
            "none": ({"valueQuantity": DROP}, "element-missing Observation value"),
        },
        rules=[{"id": "Observation.value[x]", "min": 1, "type": [{"code": "Quantity"}, {"code": "string"}]}],
        neighbours=[{"valueQuantity": DROP, "valueString": "x"}],
    ),
    group(
        "choice by its type's name",
        observation(valueQuantity={"value": 1, "unit": "x"}),
        {
            "no unit": ({"valueQuantity.unit": DROP}, "element-missing Observation.value unit"),
        },
        rules=[
            {"id": "Observation.valueQuantity", "path": "Observation.valueQuantity"},
            {"id": "Observation.valueQuantity.unit", "path": "Observation.valueQuantity.unit", "min": 1},
        ],
        neighbours=[{"valueQuantity": DROP, "valueString": "x"}],
    ),
    group(
        "slices of a choice",
        observation(valueQuantity={"value": 1, "unit": "x"}),
        {
            "no unit": ({"valueQuantity.unit": DROP}, "element-missing Observation.value unit"),
            "text too long": ({"valueQuantity": DROP, "valueString": "abcd"}, "length-exceeded Observation.value 3"),
            "a forbidden type": (
                {"valueQuantity": DROP, "valueBoolean": True},
                "slice-too-many Observation.value value:valueBoolean",
            ),
        },
        rules=[
            {
                "id": "Observation.value[x]",
                "slicing": {"discriminator": [{"type": "type", "path": "$this"}], "rules": "open"},
            },
            {"id": "Observation.value[x]:valueQuantity", "type": [{"code": "Quantity"}]},
            {"id": "Observation.value[x]:valueQuantity.unit", "min": 1},
            {"id": "Observation.value[x]:valueString", "type": [{"code": "string"}], "maxLength": 3},
            {"id": "Observation.value[x]:valueBoolean", "type": [{"code": "boolean"}], "max": "0"},
        ],
        neighbours=[{"valueQuantity": DROP, "valueInteger": 1}, {"valueQuantity": DROP}],
    ),
    group(
        "a choice closed by its slices",
        observation(valueQuantity={"value": 1, "unit": "x"}),
        {
            "another type": (
                {"valueQuantity": DROP, "valueString": "x"},
                "slice-closed Observation.value valueQuantity",
            ),
            "required and absent": ({"valueQuantity": DROP}, "slice-missing Observation value:valueQuantity"),
        },
        rules=[
            {
                "id": "Observation.value[x]",
                "slicing": {"discriminator": [{"type": "type", "path": "$this"}], "rules": "closed"},
            },
            {"id": "Observation.value[x]:valueQuantity", "type": [{"code": "Quantity"}], "min": 1},
        ],
    ),
    group(
        "profile of a data type",
        patient(name=[{"family": "x"}]),
        {
            "lacks what it asks": ({"name.0": {"text": "x"}}, "element-missing Patient.name[0] family"),
            "has what it forbids": ({"name.0.suffix": ["x"]}, "element-not-allowed Patient.name[0].suffix[0]"),
        },
        rules=[{"id": "Patient.name", "type": [{"code": "HumanName", "profile": [BASE + "name"]}]}],
        also=[NAME],
    ),
    group(
        "profile of a choice's type",
        observation(valueQuantity={"value": 1, "unit": "x"}),
        {"no unit": ({"valueQuantity.unit": DROP}, "element-missing Observation.value unit")},
        rules=[
            {
                "id": "Observation.value[x]",
                "type": [{"code": "Quantity", "profile": [BASE + "quantity"]}, {"code": "string"}],
            }
        ],
        also=[QUANTITY],
        neighbours=[{"valueQuantity": DROP, "valueString": "x"}],
    ),
    group(
        "one of two profiles",
        observation(valueQuantity={"value": 1, "unit": "x"}),
        {
            "neither": (
                {"valueQuantity": {"value": 1}},
                f"profile-none-fits Observation.value {BASE}quantity, {BASE}coded",
            )
        },
        rules=[
            {
                "id": "Observation.value[x]",
                "type": [{"code": "Quantity", "profile": [BASE + "quantity", BASE + "coded"]}],
            }
        ],
        also=[QUANTITY, AGED],
        neighbours=[{"valueQuantity": {"value": 1, "system": "https://u.example", "code": "x"}}],
    ),
    group(
        "profiles claimed",
        patient(meta={"profile": [BASE + "named", BASE + "named|1.0.0"]}, name=[{"family": "x"}]),
        {
            "and not kept": ({"name": DROP}, "element-missing Patient name"),
            "unknown": ({"meta.profile.+": BASE + "nowhere"}, "warning:profile-unknown Patient.meta.profile[2]"),
            "in an unknown version": (
                {"meta.profile.1": BASE + "named|2.0.0"},
                "warning:profile-unknown Patient.meta.profile[1]",
            ),
            "for another type": ({"meta.profile.+": BASE + "seen"}, "profile-type-wrong Patient Observation"),
        },
        also=[
            profile("Patient", {"id": "Patient.name", "min": 1}, name="named"),
            profile("Observation", {"id": "Observation.note", "min": 1}, name="seen"),
        ],
        neighbours=[{"meta.profile.+": STRUCTURE + "Patient"}],
    ),
    group(
        "profile on a profile",
        patient(name=[{"family": "x", "given": ["a"]}], gender="female"),
        {
            "the first": ({"name.0.family": DROP}, "element-missing Patient.name[0] family"),
            "the second": ({"gender": DROP}, "element-missing Patient gender"),
            "both on one element": ({"name.0.given": DROP}, "element-missing Patient.name[0] given"),
        },
        also=[
            profile("Patient", {"id": "Patient.name", "min": 1}, {"id": "Patient.name.family", "min": 1}, name="first"),
            profile(
                "Patient",
                {"id": "Patient.gender", "min": 1},
                {"id": "Patient.name.given", "min": 1},
                base=BASE + "first",
            ),
        ],
        urls=(BASE + "p",),
        neighbours=[{"name.+": {"family": "y", "given": ["b"]}}],
    ),
    group(
        "constraints",
        patient(name=[{"family": "x", "given": ["a"]}], birthDate="2000-01-01", contact=[{"name": {"text": "x"}}]),
        {
            "of the resource": ({"birthDate": "2000"}, "invariant-broken Patient our-1"),
            "of an element": ({"name.0.family": "X"}, "invariant-broken Patient.name[0] our-2"),
            "of the second": ({"name.+": {"family": "X"}}, "invariant-broken Patient.name[1] our-2"),
            "of a primitive": ({"name.0.given.0": "A"}, "invariant-broken Patient.name[0].given[0] our-3"),
            "that is advice": ({"contact.0.name": {"text": "y"}}, "warning:invariant-broken Patient.contact[0] our-4"),
        },
        rules=[
            {"id": "Patient", "constraint": [rule("our-1", "birthDate.toString().length() = 10")]},
            {"id": "Patient.name", "constraint": [rule("our-2", "family = family.lower()")]},
            {"id": "Patient.name.given", "constraint": [rule("our-3", "$this.matches('^[a-z]+$')")]},
            {"id": "Patient.contact", "constraint": [rule("our-4", "name.text = 'x'", "warning")]},
        ],
    ),
    group(
        "constraint that can't be tried",
        patient(name=[{"family": "1"}]),
        {
            "on two of them": ({"name.+": {"family": "2"}}, "warning:invariant-not-evaluable Patient our-1"),
        },
        rules=[{"id": "Patient", "constraint": [rule("our-1", "name.family.toInteger() > 0")]}],
    ),
    group(
        "an invariant under a key of base R4's",
        patient(active=True),
        {"broken": ({"active": DROP}, "invariant-broken Patient pat-1")},
        rules=[{"id": "Patient", "constraint": [rule("pat-1", "active.exists()")]}],
    ),
    group(
        "an invariant of base R4's said again, with other spaces",
        patient(contact=[{"name": {"text": "x"}}]),
        {"broken": ({"contact.0": {"gender": "male"}}, "invariant-broken Patient.contact[0] pat-1")},
        rules=[
            {
                "id": "Patient.contact",
                "constraint": [
                    rule("pat-1", "name.exists()  or telecom.exists() or address.exists() or organization.exists()")
                ],
            }
        ],
    ),
]
