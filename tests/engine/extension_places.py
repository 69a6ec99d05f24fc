"""Cases of where extensions may stand by types and paths of R4, choices among them, and of HL7's own extensions."""

from __future__ import annotations

from tests.engine.case_form import DROP, Change, Group, Json, group
from tests.engine.extensions import MODIFIER, simple
from tests.unit.engine.profile_making import BASE, observation, patient

MARITAL = "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus"
UUID = "urn:uuid:5d1f6a4e-4e3c-4d7c-9a39-7b8f1d2c0a01"
STRUCTURE = "http://hl7.org/fhir/StructureDefinition/"


def on(name: str, *contexts: str, conditions: list[str] | None = None) -> Json:
    """An extension that may stand in these contexts, each written `type expression`."""
    places = [(kind, expression) for kind, _, expression in (each.partition(" ") for each in contexts)]
    return simple(name, "string", places, conditions=conditions)


def use(name: str) -> Json:
    """An extension in use."""
    return {"url": BASE + name, "valueString": "x"}


def misplaced(path: str, name: str, where: str) -> tuple[Change, str]:
    """A case: an extension put where it may not stand."""
    return {path: [use(name)]}, f"extension-misplaced {where}.extension[0]"


# Each is named for its context: a type or a path of R4.
BY_ELEMENT = [
    on(name, *(f"element {expression}" for expression in expressions))
    for name, expressions in {
        "any": ["Element"],
        "resource": ["Resource"],
        "domain": ["DomainResource"],
        "backbone": ["BackboneElement"],
        "name": ["HumanName"],
        "concept": ["CodeableConcept"],
        "text": ["string"],
        "date": ["date"],
        "uri": ["uri"],
        "quantity": ["Quantity"],
        "family": ["HumanName.family"],
        "own-name": ["Patient.name"],
        "own-family": ["Patient.name.family"],
        "birth": ["Patient.birthDate"],
        "contact": ["Patient.contact"],
        "coding": ["CodeableConcept.coding"],
        "meta": ["Resource.meta"],
        "own-meta": ["Patient.meta"],
        "number": ["Quantity.value"],
        "choice": ["Observation.value[x]"],
        "choice-of-one": ["Observation.valueQuantity"],
        "component": ["Observation.component"],
        "component-choice": ["Observation.component.value[x]"],
        "range": ["Observation.referenceRange"],
        "component-range": ["Observation.component.referenceRange"],
        "extension": ["Extension"],
        "extension-value": ["Extension.value[x]"],
        "one-of-two": ["Observation", "Patient.address"],
    }.items()
]
PERSON = patient(
    extension=[use("any"), use("resource"), use("domain"), {"url": BASE + "other", "extension": [use("extension")]}],
    meta={"extension": [use("meta"), use("own-meta"), use("any")], "source": "urn:x"},
    name=[
        {
            "family": "a",
            "_family": {"extension": [use("text"), use("family"), use("own-family"), use("any")]},
            "extension": [use("name"), use("own-name")],
        }
    ],
    birthDate="2000-01-01",
    _birthDate={"extension": [use("birth"), use("date")]},
    maritalStatus={
        "coding": [
            {
                "code": "M",
                "system": MARITAL,
                "extension": [use("coding")],
                "_code": {"extension": [use("text")]},
                "_system": {"extension": [use("uri")]},
            }
        ],
        "extension": [use("concept")],
    },
    contact=[{"extension": [use("backbone"), use("contact")], "name": {"text": "x", "extension": [use("name")]}}],
    address=[{"city": "x", "extension": [use("one-of-two")]}],
)
MEASURED = observation(
    valueQuantity={
        "value": 1,
        "unit": "x",
        "extension": [use("choice"), use("choice-of-one"), use("quantity")],
        "_value": {"extension": [use("number")]},
    },
    component=[
        {
            "code": {"text": "x"},
            "valueString": "a",
            "_valueString": {"extension": [use("component-choice"), use("text")]},
            "extension": [use("component"), use("backbone")],
            "referenceRange": [{"text": "x", "extension": [use("range"), use("component-range")]}],
        }
    ],
    referenceRange=[{"low": {"value": 1, "extension": [use("quantity")]}, "extension": [use("range")]}],
)
GROUPS: list[Group] = [
    group(
        "contexts by type and path",
        PERSON,
        {
            "of resources on a name": misplaced("name.0.extension", "resource", "Patient.name[0]"),
            "of resources on a backbone": misplaced("contact.0.extension", "domain", "Patient.contact[0]"),
            "of backbones on a name": misplaced("name.0.extension", "backbone", "Patient.name[0]"),
            "of backbones on the resource": misplaced("extension", "backbone", "Patient"),
            "of names on the resource": misplaced("extension", "name", "Patient"),
            "of names on a part of one": misplaced("name.0._family.extension", "name", "Patient.name[0].family"),
            "of texts on a date": misplaced("_birthDate.extension", "text", "Patient.birthDate"),
            "of texts on a name": misplaced("name.0.extension", "text", "Patient.name[0]"),
            "of URIs on a code": misplaced(
                "maritalStatus.coding.0._code.extension", "uri", "Patient.maritalStatus.coding[0].code"
            ),
            "of one name on another": misplaced("contact.0.name.extension", "own-name", "Patient.contact[0].name"),
            "of concepts on a coding": misplaced(
                "maritalStatus.coding.0.extension", "concept", "Patient.maritalStatus.coding[0]"
            ),
            "of codings on a concept": misplaced("maritalStatus.extension", "coding", "Patient.maritalStatus"),
            "of one date on another": (
                {"deceasedDateTime": "2001", "_deceasedDateTime": {"extension": [use("birth")]}},
                "extension-misplaced Patient.deceased.extension[0] Patient.birthDate",
            ),
            "of meta on the resource": misplaced("extension", "own-meta", "Patient"),
            "of neither of two": (
                {"name.0.extension": [use("one-of-two")]},
                "extension-misplaced Patient.name[0].extension[0] Observation, Patient.address",
            ),
            "of a part of one name on that of another": (
                {"contact.0.name": {"family": "x", "_family": {"extension": [use("own-family")]}}},
                "extension-misplaced Patient.contact[0].name.family.extension[0]",
            ),
            "of a name in an extension": (
                {"extension.3.extension.+": use("own-name")},
                "extension-misplaced Patient.extension[3].extension[1]",
            ),
        },
        also=BY_ELEMENT,
        neighbours=[
            {"contact.0.name": {"family": "x", "_family": {"extension": [use("family")]}}},
            {"extension.+": use("other") | {"_valueString": {"extension": [use("extension-value"), use("text")]}}},
            {"birthDate": DROP},
        ],
    ),
    group(
        "contexts by choice",
        MEASURED,
        {
            "of one choice on another": (
                {"component.0._valueString.extension": [use("choice")]},
                "extension-misplaced Observation.component[0].value.extension[0] Observation.value[x]",
            ),
            "of a quantity on a text": (
                {"valueQuantity": DROP, "valueString": "x", "_valueString": {"extension": [use("choice-of-one")]}},
                "extension-misplaced Observation.value.extension[0] Observation.valueQuantity",
            ),
            "of a part on the whole": misplaced("valueQuantity.extension", "number", "Observation.value"),
            "of backbones on a value": misplaced("valueQuantity.extension", "backbone", "Observation.value"),
            "of one backbone on another": misplaced(
                "referenceRange.0.extension", "component", "Observation.referenceRange[0]"
            ),
            "of an element that takes its content from here": misplaced(
                "referenceRange.0.extension", "component-range", "Observation.referenceRange[0]"
            ),
        },
        also=BY_ELEMENT,
        neighbours=[
            {"valueQuantity": DROP, "valueString": "x", "_valueString": {"extension": [use("choice")]}},
            {"valueQuantity": DROP, "_valueString": {"extension": [use("choice")]}},
        ],
    ),
    group(
        "contexts in a Bundle",
        {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [
                {
                    "fullUrl": UUID,
                    "resource": patient(
                        extension=[use("domain")], name=[{"text": "x", "extension": [use("own-name")]}]
                    ),
                    "extension": [use("backbone")],
                }
            ],
        },
        {
            "on another resource": (
                {"entry.0.resource.resourceType": "Practitioner"},
                "extension-misplaced Bundle.entry[0].resource.name[0].extension[0] Patient.name",
            ),
            "of resources on the entry": misplaced("entry.0.extension", "domain", "Bundle.entry[0]"),
        },
        also=BY_ELEMENT,
    ),
    group(
        "contexts in a contained resource",
        observation(
            subject={"reference": "#p"},
            contained=[
                patient(id="p", extension=[use("domain")], name=[{"text": "x", "extension": [use("own-name")]}])
            ],
        ),
        {"of what contains it": misplaced("contained.0.extension", "one-of-two", "Observation.contained[0]")},
        also=BY_ELEMENT,
    ),
    group(
        "contexts of a modifier",
        patient(contact=[{"name": {"text": "x"}, "modifierExtension": [{"url": BASE + "not", "valueBoolean": True}]}]),
        {
            "on the resource": (
                {"modifierExtension": [{"url": BASE + "not", "valueBoolean": True}]},
                "extension-misplaced Patient.modifierExtension[0] Patient.contact",
            )
        },
        also=[MODIFIER | {"context": [{"type": "element", "expression": "Patient.contact"}]}],
    ),
    group(
        "contexts of HL7's own, on parts of names and addresses",
        patient(
            birthDate="2000",
            _birthDate={"extension": [{"url": STRUCTURE + "patient-birthTime", "valueDateTime": "2000-01-01"}]},
            name=[
                {
                    "family": "van X",
                    "_family": {"extension": [{"url": STRUCTURE + "humanname-own-prefix", "valueString": "van"}]},
                }
            ],
            address=[
                {
                    "line": ["Storgata 1"],
                    "_line": [{"extension": [{"url": STRUCTURE + "iso21090-ADXP-streetName", "valueString": "S"}]}],
                }
            ],
        ),
        {
            "of birth on death": (
                {
                    "deceasedDateTime": "2001",
                    "_deceasedDateTime": {
                        "extension": [{"url": STRUCTURE + "patient-birthTime", "valueDateTime": "2001"}]
                    },
                },
                "extension-misplaced Patient.deceased.extension[0]",
            ),
            "of family names on a given one": (
                {
                    "name.0.given": ["a"],
                    "name.0._given": [
                        {"extension": [{"url": STRUCTURE + "humanname-own-prefix", "valueString": "van"}]}
                    ],
                },
                "extension-misplaced Patient.name[0].given[0].extension[0]",
            ),
            "of lines on a city": (
                {
                    "address.0.city": "x",
                    "address.0._city": {
                        "extension": [{"url": STRUCTURE + "iso21090-ADXP-streetName", "valueString": "S"}]
                    },
                },
                "extension-misplaced Patient.address[0].city.extension[0]",
            ),
        },
    ),
]
