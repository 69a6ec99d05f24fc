"""Cases of what definitions say of types and values, and what definitions of extensions say of their places."""

from __future__ import annotations

from tests.engine.general_form import BASE, PROFILE, General, Json, profile

ELEMENT = "StructureDefinition.differential.element[0]"


def extension(*contexts: tuple[str, str], conditions: tuple[str, ...] = ("true",)) -> Json:
    """The definition of an extension that may stand in these contexts: (type, expression)."""
    rows = [{"type": kind, "expression": expression} for kind, expression in contexts or [("element", "Patient")]]
    url = {"id": "Extension.url", "fixedUri": PROFILE}
    return profile("Extension", url, kind="complex-type", context=rows) | {"contextInvariant": list(conditions)}


def stated(identity: str, **members: object) -> Json:
    """A profile of a Patient that says something of one element."""
    return profile("Patient", {"id": identity, **members})


CASES: dict[str, General] = {
    "type that the base doesn't have": General(
        stated("Patient.birthDate", type=[{"code": "string"}]),
        ("definition-widens", f"{ELEMENT}.type[0].code", "date"),
        stated("Patient.birthDate", type=[{"code": "date"}]),
    ),
    "second type that the choice doesn't have": General(
        stated("Patient.deceased[x]", type=[{"code": "boolean"}, {"code": "Period"}]),
        ("definition-widens", f"{ELEMENT}.type[1].code", "boolean, dateTime"),
        stated("Patient.deceased[x]", type=[{"code": "boolean"}, {"code": "dateTime"}]),
    ),
    "resource of a type that none is": General(
        profile("Patient", {"id": "Patient.contained", "type": [{"code": "HumanName"}]}),
        ("definition-widens", f"{ELEMENT}.type[0].code", "Resource"),
        profile("Patient", {"id": "Patient.contained", "type": [{"code": "Organization"}]}),
    ),
    "type that the base's own descends from": General(
        profile("Questionnaire", {"id": "Questionnaire.derivedFrom", "type": [{"code": "uri"}]}),
        ("definition-widens", f"{ELEMENT}.type[0].code", "canonical"),
        profile("Questionnaire", {"id": "Questionnaire.derivedFrom", "type": [{"code": "canonical"}]}),
    ),
    "type of a part that is none": General(
        stated("Patient.contact", type=[{"code": "HumanName"}]),
        ("definition-widens", f"{ELEMENT}.type[0].code", "Patient.contact"),
        stated("Patient.contact", type=[{"code": "BackboneElement"}]),
    ),
    "fixed value of another type": General(
        stated("Patient.birthDate", fixedInteger=3),
        ("type-not-allowed", f"{ELEMENT}.fixed", "date"),
        stated("Patient.birthDate", fixedDate="2000"),
    ),
    "pattern of a type that isn't left": General(
        stated("Patient.deceased[x]", type=[{"code": "boolean"}], patternDateTime="2000"),
        ("type-not-allowed", f"{ELEMENT}.pattern", "boolean"),
        stated("Patient.deceased[x]", type=[{"code": "boolean"}], patternBoolean=True),
    ),
    "bound of another type": General(
        stated("Patient.multipleBirth[x]", type=[{"code": "integer"}], maxValueDate="2000"),
        ("type-not-allowed", f"{ELEMENT}.maxValue", "integer"),
        stated("Patient.multipleBirth[x]", type=[{"code": "integer"}], maxValueInteger=9),
    ),
    "context by an extension without canonical": General(
        extension(("extension", "Patient.name")),
        ("uri-not-absolute", "StructureDefinition.context[0].expression", None),
        extension(("extension", BASE + "e")),
    ),
    "context that is no FHIRPath": General(
        extension(("fhirpath", "Patient.name.where(")),
        ("expression-wrong", "StructureDefinition.context[0].expression", None),
        extension(("fhirpath", "Patient.name.where(use = 'official')")),
    ),
    "condition of a context that is no FHIRPath": General(
        extension(conditions=("exists()", "name.where(")),
        ("expression-wrong", "StructureDefinition.contextInvariant[1]", None),
        extension(conditions=("exists()", "name.exists()")),
    ),
    "search of a type that isn't there": General(
        {
            "resourceType": "SearchParameter",
            "url": BASE + "SearchParameter/x",
            "name": "X",
            "status": "active",
            "description": "x",
            "code": "x",
            "base": ["Patien"],
            "type": "string",
            "expression": "Patient.name",
        },
        ("code-not-allowed", "SearchParameter.base[0]", "http://hl7.org/fhir/ValueSet/resource-types"),
        {
            "resourceType": "SearchParameter",
            "url": BASE + "SearchParameter/x",
            "name": "X",
            "status": "active",
            "description": "x",
            "code": "x",
            "base": ["DomainResource", "Patient"],
            "type": "string",
            "expression": "Patient.name | DomainResource.text",
        },
    ),
}
