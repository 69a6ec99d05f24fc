"""Cases of structure: names, cardinality, lists, nulls, empty values, choices and contained resources."""

from __future__ import annotations

from tests.engine.case_form import AS_TEXT, DROP, LISTS, Group, InXml, JsonOnly, group
from tests.unit.engine.profile_making import observation, patient

UNKNOWN = JsonOnly("what has no place in a definition is written into XML by hand, among the cases of its form")
ANY = {"url": "https://e.example/any", "valueString": "x"}

GROUPS: list[Group] = [
    group(
        "a patient's members",
        patient(
            id="a",
            active=True,
            name=[{"family": "x", "given": ["y", "z"], "period": {"start": "2024"}}],
            contact=[{"name": {"text": "x"}}],
            communication=[{"language": {"text": "x"}}],
            link=[{"other": {"reference": "Patient/2"}, "type": "seealso"}],
        ),
        {
            "unknown": ({"colour": "x"}, "element-unknown Patient Patient", UNKNOWN),
            "of another resource": ({"status": "final"}, "element-unknown Patient Patient", UNKNOWN),
            "unknown below": ({"name.0.middle": "x"}, "element-unknown Patient.name[0] HumanName", UNKNOWN),
            "unknown in a backbone": (
                {"contact.0.age": 3},
                "element-unknown Patient.contact[0] Patient.contact",
                UNKNOWN,
            ),
            "unknown beside a primitive": ({"_gender": {"value": "x"}}, "element-unknown Patient.gender code", UNKNOWN),
            "unknown extension of no primitive": (
                {"_contact": [{"id": "a"}]},
                "element-unknown Patient Patient",
                UNKNOWN,
            ),
            "misspelt with a capital": ({"Gender": "male"}, "element-unknown Patient Patient", UNKNOWN),
            "choice of no type": ({"deceased": True}, "element-unknown Patient Patient", UNKNOWN),
            "choice of a type it hasn't": ({"deceasedString": "x"}, "element-unknown Patient Patient", UNKNOWN),
            "comments of old": ({"fhir_comments": ["x"]}, "element-unknown Patient Patient", UNKNOWN),
            "type of the resource below": (
                {"name.0.resourceType": "HumanName"},
                "element-unknown Patient.name[0] HumanName",
                UNKNOWN,
            ),
            "single in a list": ({"gender": ["male"]}, "single-expected Patient.gender", LISTS),
            "backbone's single in a list": (
                {"contact.0.name": [{"text": "x"}]},
                "single-expected Patient.contact[0].name",
                LISTS,
            ),
            "two of what is single": (
                {"gender": ["male", "female"]},
                "single-expected Patient.gender",
                InXml(("element-repeated Patient gender",)),
            ),
            "list alone": ({"name": {"family": "x"}}, "list-expected Patient.name", LISTS),
            "list of primitives alone": ({"name.0.given": "y"}, "list-expected Patient.name[0].given", LISTS),
            "list in a list": ({"name.0.given": [["y"]]}, "type-wrong Patient.name[0].given[0] string", LISTS),
            "empty list": ({"name": []}, "value-empty Patient", LISTS),
            "empty list below": ({"name.0.given": []}, "value-empty Patient.name[0]", LISTS),
            "null": ({"gender": None}, "null-not-allowed Patient", LISTS),
            "null in a list of objects": ({"name.+": None}, "null-not-allowed Patient", LISTS),
            "null in a list of texts": ({"name.0.given.+": None}, "null-not-allowed Patient.name[0]", LISTS),
            "object for nothing": ({"name.0.period": {}}, "value-empty Patient.name[0].period"),
            "text for an object": ({"name.0.period": "2024"}, "type-wrong Patient.name[0].period Period", LISTS),
            "object for a text": ({"gender": {"value": "male"}}, "type-wrong Patient.gender code", LISTS),
            "empty text": ({"name.0.family": ""}, "value-empty Patient.name[0].family"),
            "text of spaces": ({"name.0.family": "  "}, "value-empty Patient.name[0].family"),
            "text in a list empty": ({"name.0.given.1": ""}, "value-empty Patient.name[0].given[1]"),
            "id for a text": (
                {"name.0.family": DROP, "name.0._family": {"id": "f"}},
                "value-empty Patient.name[0].family",
            ),
            "id for a code": ({"_gender": {"id": "g"}}, "value-empty Patient.gender"),
            "id for a text in a list": (
                {"name.0.given.1": None, "name.0._given": [None, {"id": "g"}]},
                "value-empty Patient.name[0].given[1]",
            ),
            "mandatory absent": ({"link.0.other": DROP}, "element-missing Patient.link[0] other"),
            "other mandatory absent": (
                {"communication.0": {"preferred": True}},
                "element-missing Patient.communication[0] language",
            ),
            "two types of a choice": (
                {"deceasedBoolean": True, "deceasedDateTime": "2024"},
                "choice-several Patient deceased",
            ),
            "two types of a choice, one absent for a reason": (
                {"deceasedBoolean": True, "_deceasedDateTime": {"extension": [ANY]}},
                "choice-several Patient deceased",
            ),
            "id too long": ({"id": "a" * 65}, "primitive-invalid Patient.id id"),
            "id of strange signs": ({"id": "a_b"}, "primitive-invalid Patient.id id"),
            "id of an element empty": ({"name.0.id": ""}, "value-empty Patient.name[0].id"),
        },
        neighbours=[
            {"id": "a" * 64},
            {"name.0._given": [None, {"extension": [ANY]}]},
            {"name.0.given": [None, "z"], "name.0._given": [{"extension": [ANY]}, None]},
            {"gender": "male", "_gender": {"id": "g", "extension": [ANY]}},
            {"name.0.id": "not an id but a string"},
        ],
    ),
    group(
        "extensions of primitives",
        patient(
            birthDate="1980",
            _birthDate={"extension": [ANY]},
            name=[{"given": ["a", "b"], "_given": [None, {"id": "x"}]}],
        ),
        {
            "empty": ({"_birthDate": {}}, "value-empty Patient.birthDate", LISTS),
            "empty list of them": ({"_birthDate.extension": []}, "value-empty Patient.birthDate", LISTS),
            "text for them": ({"_birthDate": "x"}, "type-wrong Patient.birthDate Element", LISTS),
            "list for one": ({"_birthDate": [{"id": "x"}]}, "single-expected Patient.birthDate", LISTS),
            "one for a list": ({"name.0._given": {"id": "x"}}, "list-expected Patient.name[0].given", LISTS),
            "longer than the values, with nothing": (
                {"name.0._given": [None, {"id": "x"}, None]},
                "null-not-allowed Patient.name[0]",
                LISTS,
            ),
            "of no URL": ({"_birthDate.extension.0.url": DROP}, "element-missing Patient.birthDate.extension[0] url"),
            "of a relative URL": (
                {"_birthDate.extension.0.url": "any"},
                "uri-not-absolute Patient.birthDate.extension[0].url",
            ),
            "of two values": (
                {"_birthDate.extension.0.valueCode": "x"},
                "choice-several Patient.birthDate.extension[0] value",
            ),
        },
        neighbours=[{"birthDate": DROP}, {"name.0._given": [None, None, {"extension": [ANY]}]}],
    ),
    group(
        "a resource's type",
        patient(contained=[{"resourceType": "Practitioner", "id": "p"}], generalPractitioner=[{"reference": "#p"}]),
        {
            "none": ({"contained.0.resourceType": DROP}, "resource-type-unknown Patient.contained[0]", UNKNOWN),
            "of no such name": (
                {"contained.0.resourceType": "Doctor"},
                "resource-type-unknown Patient.contained[0]",
                UNKNOWN,
            ),
            "abstract": (
                {"contained.0.resourceType": "DomainResource"},
                "resource-type-unknown Patient.contained[0]",
                UNKNOWN,
            ),
            "of a data type": (
                {"contained.0.resourceType": "HumanName"},
                "resource-type-unknown Patient.contained[0]",
                UNKNOWN,
            ),
            "a number": ({"contained.0.resourceType": 1}, "resource-type-unknown Patient.contained[0]", AS_TEXT),
            "contained without id": ({"contained.0.id": DROP}, "element-missing Patient.contained[0] id"),
            "contained without id, and nobody's": (
                {"contained.0.id": DROP, "generalPractitioner": DROP},
                "element-missing Patient.contained[0] id",
            ),
            "contained with half an id": ({"contained.0.id": "p q"}, "primitive-invalid Patient.contained[0].id"),
            "two contained of one id": (
                {"contained.+": {"resourceType": "Practitioner", "id": "p"}},
                "id-duplicated Patient.contained[1].id",
            ),
        },
    ),
    group(
        "an observation's members",
        observation(component=[{"code": {"text": "x"}, "valueString": "x"}], valueQuantity={"value": 1, "unit": "mg"}),
        {
            "no status": ({"status": DROP}, "element-missing Observation status"),
            "an extension for a status": (
                {"status": DROP, "_status": {"extension": [ANY]}},
                "value-missing Observation.status",
            ),
            "no code": ({"code": DROP}, "element-missing Observation code"),
            "no code of a component": ({"component.0.code": DROP}, "element-missing Observation.component[0] code"),
            "value misspelt": (
                {"component.0.valueFoo": "x"},
                "element-unknown Observation.component[0] Observation.component",
                UNKNOWN,
            ),
            "status beyond the list": ({"status": "done"}, "code-not-allowed Observation.status"),
            "status in capitals": ({"status": "Final"}, "code-not-allowed Observation.status"),
            "status with a space": ({"status": "final "}, "primitive-invalid Observation.status"),
            "comparator beyond the list": (
                {"valueQuantity.comparator": "=="},
                "code-not-allowed Observation.value.comparator",
            ),
            "three values": ({"valueString": "x", "valueBoolean": True}, "choice-several Observation value"),
            "subject of a type it can't have": (
                {"subject": {"reference": "Practitioner/1"}},
                "reference-target-wrong Observation.subject",
            ),
            "subject of a stated type it can't have": (
                {"subject": {"type": "Practitioner", "display": "x"}},
                "reference-target-wrong Observation.subject",
            ),
            "language empty": ({"language": ""}, "value-empty Observation.language"),
        },
        neighbours=[
            {"subject": {"type": "Patient", "display": "x"}},
            {"subject": {"reference": "https://s.example/fhir/Patient/1"}},
            {"_status": {"extension": [ANY]}},
        ],
    ),
]
