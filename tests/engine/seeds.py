"""Small valid resources of many types, made from the fact table: what is required, and one of each shape beside it.

They are made without asking our own judge, so that a false alarm of his shows. Where R4's invariants ask for more than
the structure does, it stands in `ALSO`, and what they forbid together in `NOT`.
"""

from __future__ import annotations

from typing import Any, Final

from certgateway.engine.definitions.facts import ElementFacts
from tests.engine.making import BASE, child_value, dice, made, repeated

Json = Any
TYPES: Final = (
    "Account", "AllergyIntolerance", "Appointment", "Basic", "Binary", "Bundle", "CarePlan", "CareTeam",
    "ClinicalImpression", "CodeSystem", "Communication", "Composition", "Condition", "Consent", "Coverage",
    "Device", "DiagnosticReport", "DocumentReference", "Encounter", "Endpoint", "Flag", "Goal", "Immunization",
    "List", "Location", "Medication", "MedicationRequest", "MessageHeader", "NutritionOrder", "Observation",
    "OperationOutcome", "Organization", "Patient", "Person", "Practitioner", "PractitionerRole", "Procedure",
    "Provenance", "Questionnaire", "QuestionnaireResponse", "RelatedPerson", "RiskAssessment", "Schedule",
    "ServiceRequest", "Specimen", "Task", "ValueSet",
)  # fmt: skip
_ACTIVE: Final = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "code": "active"}]
}
ALSO: Final[dict[str, Json]] = {
    "AllergyIntolerance": {"clinicalStatus": _ACTIVE},
    "Appointment": {
        "status": "proposed",
        "participant": [{"status": "accepted", "actor": {"reference": "Patient/1"}}],
    },
    "Bundle": {"type": "collection"},
    "Consent": {"policyRule": {"text": "x"}},
    "Organization": {"name": "x"},
}
NOT: Final[dict[str, frozenset[str]]] = {
    "AllergyIntolerance": frozenset({"verificationStatus"}),
    "Appointment": frozenset({"cancelationReason", "start", "end"}),
    "Bundle": frozenset({"total", "entry"}),
    "CodeSystem": frozenset({"supplements"}),
    "Composition": frozenset({"section"}),
    "Condition": frozenset({"abatement"}),
    "Observation": frozenset({"dataAbsentReason"}),
    "Patient": frozenset({"contact"}),
    "ServiceRequest": frozenset({"orderDetail"}),
}
_NEVER: Final = frozenset(
    {"id", "meta", "implicitRules", "language", "text", "contained", "extension", "modifierExtension"}
)
_MOST_OPTIONAL: Final = 9


def required(name: str) -> Json:
    """The resource with what it must hold and no more."""
    tree: Json = made(name, dice(f"seed {name}"), chance=0)
    return tree | ALSO.get(name, {})


def optional(name: str) -> list[tuple[str, Json]]:
    """Each optional element in each of its types: its JSON key and the smallest value of it."""
    facts = BASE.type(name)
    assert facts is not None
    return [
        (key, repeated(child, [smallest(child, code)]))
        for child in facts.children.values()
        if not child.min and child.name not in _NEVER | NOT.get(name, frozenset())
        for key, code in child.spellings()
        if key not in NOT.get(name, ())
    ]


def smallest(child: ElementFacts, code: str) -> Json:
    """The smallest value of an element."""
    return child_value(child, code, dice(f"{child.name} {code}"), 0, 0)


def grown(name: str) -> Json:
    """The resource with one optional element of each shape beside what is required."""
    tree = required(name)
    facts = BASE.type(name)
    assert facts is not None
    shapes: set[str] = set()
    for key, value in optional(name):
        child, code = facts.keys[key]
        shape = "backbone" if "." in code else code
        taken = any(other in tree for other, _ in child.spellings())
        if shape not in shapes and not taken and len(shapes) < _MOST_OPTIONAL:
            shapes.add(shape)
            tree[key] = value
    return tree
