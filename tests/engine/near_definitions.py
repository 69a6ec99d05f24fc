"""Definitions and extensions that come near a fault: what is told of each, which is mostly nothing."""

from __future__ import annotations

from tests.engine.general_definitions import code_system, extension, parameter, sliced, value_set
from tests.engine.general_extensions import SHADE, defined
from tests.engine.general_form import BASE, CODES, COLOURS, PROFILE, Json, patient, profile

Near = tuple[Json, tuple[str, ...], tuple[Json, ...]]
"""A resource, what is told of it (`kind path expected`, a severity before it that is no error), what is loaded."""

FIRST = "StructureDefinition.differential.element[0]"
PATH = FIRST + ".slicing.discriminator[0].path"
IN_EXTENSION = "extension('https://a.example')"


def _without(tree: Json, *names: str) -> Json:
    return {name: value for name, value in tree.items() if name not in names}


def _told(tree: Json, *faults: str, known: tuple[Json, ...] = ()) -> Near:
    return tree, faults, known


def _conditioned(*expressions: str) -> Json:
    return defined(("element", "Patient"), contextInvariant=[*expressions])


DISCRIMINATORS: dict[str, Near] = {
    "through a reference": _told(sliced("Observation.performer", "resolve().nowhere")),
    "through an extension": _told(sliced("Patient.name", f"{IN_EXTENSION}.value")),
    "beside the parts of an extension": _told(
        sliced("Patient.name", f"{IN_EXTENSION}.use"), f"discriminator-unknown {PATH} HumanName"
    ),
    "through one type of a choice": _told(sliced("Observation.component", "value.ofType(Quantity).code")),
    "beside the parts of that type": _told(
        sliced("Observation.component", "value.ofType(Quantity).text"),
        f"discriminator-unknown {PATH} Observation.component",
    ),
    "into any resource": _told(sliced("Bundle.entry", "resource.anything")),
    "into any type of a choice": _told(sliced("Observation.component", "value.text")),
    "of what a choice stands for": _told(sliced("Observation.value[x]", "$this")),
    "of a type the element narrows to": _told(
        profile(
            "Observation",
            {
                "id": "Observation.component",
                "type": [{"code": "BackboneElement"}],
                "slicing": {"discriminator": [{"type": "value", "path": "anything"}], "rules": "open"},
            },
        )
    ),
}
PATHS: dict[str, Near] = {
    "within any resource": _told(profile("Bundle", {"id": "Bundle.entry.resource.anything.more", "min": 1})),
    "within a choice, by its type": _told(profile("Observation", {"id": "Observation.valueQuantity.unit", "min": 1})),
    "by a type the choice has not": _told(
        profile("Observation", {"id": "Observation.valueAddress", "min": 1}), f"path-unknown {FIRST}.path Observation"
    ),
    "by a name with a type that is no choice": _told(
        profile("Patient", {"id": "Patient.nameHumanName", "min": 1}), f"path-unknown {FIRST}.path Patient"
    ),
    "of content told elsewhere": _told(profile("Questionnaire", {"id": "Questionnaire.item.item.linkId", "min": 1})),
    "the value of a primitive": _told(
        profile("string", {"id": "string.value", "maxLength": 5}, kind="primitive-type"),
    ),
    "another part of a primitive": _told(
        profile("string", {"id": "string.other", "min": 0}, kind="primitive-type"), f"path-unknown {FIRST}.path string"
    ),
}
NARROWING: dict[str, Near] = {
    "more than one of what may be one": _told(
        profile("Patient", {"id": "Patient.gender", "max": "2"}), f"definition-widens {FIRST}.max 1"
    ),
    "one of what may be one": _told(profile("Patient", {"id": "Patient.gender", "max": "1"})),
    "none of what may be one": _told(profile("Patient", {"id": "Patient.gender", "max": "0"})),
    "any number of what may repeat": _told(profile("Patient", {"id": "Patient.name", "max": "*"})),
    "a slice may be absent": _told(
        profile("Observation", {"id": "Observation.status:a", "sliceName": "a", "min": 0}),
    ),
    "as strongly bound as before": _told(
        profile("Patient", {"id": "Patient.gender", "binding": {"strength": "required", "valueSet": "urn:x"}})
    ),
    "loosely bound where the type binds loosely": _told(
        profile("Patient", {"id": "Patient.maritalStatus", "binding": {"strength": "example", "valueSet": "urn:x"}})
    ),
    **{
        f"bound as {strength} only": _told(
            profile("Patient", {"id": "Patient.gender", "binding": {"strength": strength, "valueSet": "urn:x"}}),
            f"definition-widens {FIRST}.binding.strength required",
        )
        for strength in ("example", "extensible")
    },
}
HEADS: dict[str, Near] = {
    "no derivation": _told(
        _without(profile("Patient", {"id": "Patient.name", "min": 1}), "derivation"),
        "element-missing StructureDefinition derivation",
    ),
    "url of an extension that it does not fix": _told(
        profile(
            "Extension",
            {"id": "Extension.value[x]", "min": 1},
            kind="complex-type",
            context=[{"type": "element", "expression": "Patient"}],
        ),
        "extension-url-differs StructureDefinition.url",
    ),
    "url of an extension that is there and not fixed": _told(
        profile(
            "Extension",
            {"id": "Extension.url", "min": 1},
            kind="complex-type",
            context=[{"type": "element", "expression": "Patient"}],
        ),
        "extension-url-differs StructureDefinition.url",
    ),
    "profile of an extension fixes nothing again": _told(
        profile(
            "Extension",
            {"id": "Extension.value[x]", "min": 1},
            url=BASE + "StructureDefinition/narrower",
            kind="complex-type",
            baseDefinition=PROFILE,
            context=[{"type": "element", "expression": "Patient"}],
        ),
        known=(extension(PROFILE),),
    ),
}
TERMS: dict[str, Near] = {
    "supplement that says how its codes are written": _told(
        code_system(content="supplement", supplements=COLOURS, caseSensitive=True),
        "element-not-allowed CodeSystem.caseSensitive caseSensitive",
        known=(CODES,),
    ),
    "supplement that says what its hierarchy means": _told(
        code_system(content="supplement", supplements=COLOURS, hierarchyMeaning="is-a"),
        "element-not-allowed CodeSystem.hierarchyMeaning hierarchyMeaning",
        known=(CODES,),
    ),
    "supplement of a version": _told(
        code_system(content="supplement", supplements=COLOURS + "|1", concept=[{"code": "green"}]),
        f"code-unknown CodeSystem.concept[0].code {COLOURS}|1",
        known=(CODES,),
    ),
    "system that supplements nothing": _told(
        code_system(supplements=COLOURS), "supplement-unclear CodeSystem.content", known=(CODES,)
    ),
    "fragment that counts the whole": _told(code_system(content="fragment", count=99)),
    "value set of a relative system": _told(
        value_set("colours"), "uri-not-absolute ValueSet.compose.include[0].system"
    ),
    "value set without one code": _told(
        value_set(COLOURS, "red")
        | {"compose": {"include": [{"system": COLOURS}], "exclude": [{"system": COLOURS, "concept": [{"code": "x"}]}]}},
        f"code-unknown ValueSet.compose.exclude[0].concept[0].code {COLOURS}",
        known=(CODES,),
    ),
}
SEARCHES: dict[str, Near] = {
    "of another type than its loaded origin": _told(
        parameter(url=BASE + "SearchParameter/y", derivedFrom=BASE + "SearchParameter/x", type="token"),
        "derivation-differs SearchParameter.type string",
        known=(parameter(),),
    ),
    "of another resource than its loaded origin": _told(
        parameter(url=BASE + "SearchParameter/y", derivedFrom=BASE + "SearchParameter/x", base=["Patient"]),
        "derivation-differs SearchParameter.base[0] Organization",
        known=(parameter(),),
    ),
    "as its loaded origin": _told(
        parameter(url=BASE + "SearchParameter/y", derivedFrom=BASE + "SearchParameter/x"), known=(parameter(),)
    ),
    "by an expression that begins with no type": _told(
        parameter(expression="Organization.name | (%resource.alias)", xpathUsage="normal")
    ),
}
EXTENSIONS: dict[str, Near] = {
    "where FHIRPath that nobody can compile selects": _told(
        patient(extension=[SHADE]), known=(defined(("fhirpath", "Patient.frobnicate()")),)
    ),
    "where FHIRPath without an answer selects": _told(
        patient(extension=[SHADE]), known=(defined(("fhirpath", "Patient.where('a' < 1)")),)
    ),
    "under a condition that nobody can compile": _told(
        patient(extension=[SHADE]), known=(_conditioned("frobnicate()"),)
    ),
    "under a condition without an answer": _told(patient(extension=[SHADE]), known=(_conditioned("'a' < 1"),)),
    "under a condition that is empty": _told(
        patient(extension=[SHADE]), "extension-misplaced Patient.extension[0] active", known=(_conditioned("active"),)
    ),
    "under two broken conditions": _told(
        patient(extension=[SHADE]),
        "extension-misplaced Patient.extension[0] active",
        "extension-misplaced Patient.extension[0] birthDate",
        known=(_conditioned("active", "birthDate"),),
    ),
    "anywhere, under a broken condition": _told(
        patient(extension=[SHADE]),
        "extension-misplaced Patient.extension[0] active",
        known=(defined(("element", "Element"), contextInvariant=["active"]),),
    ),
    "anywhere, with a version": _told(
        patient(extension=[{"url": SHADE["url"] + "|1", "valueString": "x"}]),
        "extension-versioned Patient.extension[0].url",
        known=(defined(("element", "Element")),),
    ),
    "in the wrong place, under a broken condition": _told(
        patient(extension=[SHADE]),
        "extension-misplaced Patient.extension[0] Observation",
        known=(defined(("element", "Observation"), contextInvariant=["active"]),),
    ),
    "on any type of a choice": _told(
        patient(_deceasedBoolean={"extension": [SHADE]}), known=(defined(("element", "Patient.deceased[x]")),)
    ),
    "on what its type descends from": _told(
        patient(extension=[SHADE]), known=(defined(("element", "DomainResource")),)
    ),
    "on a datatype, wherever it stands": _told(
        patient(name=[{"text": "x", "extension": [SHADE]}]), known=(defined(("element", "HumanName")),)
    ),
}
TABLES = (DISCRIMINATORS, PATHS, NARROWING, HEADS, TERMS, SEARCHES, EXTENSIONS)
