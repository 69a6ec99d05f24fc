"""Certificates that are written for an order, made of good ones, and whom the tests order them from."""

from collections.abc import Iterable
from typing import Any

from certgateway.domain.certificate import Patient
from certgateway.domain.dialogue_events import Clinician, Measure
from certgateway.domain.ordering import CaseQuestion, Order
from certgateway.domain.vocabulary import systems
from fixtures.authoring.people import organisation_number
from tests.integration.receiving import SENDER, authored, message, numbered, resource

Json = dict[str, Any]

FULL = "every-mapped-element"
"""A good certificate that answers every question an order can ask; whose it is stands in `PATIENT`."""
REQUIRED = "required-items-only"
"""One that answers what every certificate must, and of the case-specific questions the one about risks."""
PATIENT = Patient("16876410773", "fnr", "Vennlig Fjelltur")
NOBODY = Patient("14837910405", "fnr", "Stille Skog")
GP = Clinician("9581120", "gp", organisation_number(31500100), "Kari Lege")
PSYCHIATRIST = Clinician("7733105", "hospital-specialist", organisation_number(98765432))
HOSPITAL = "her:8143999"
MEASURE = Measure("Arbeidstrening på lager, fire timer om dagen", ("heavy-lifting", "long-standing"))
EVERYTHING = (
    "since-when",
    "expected-duration",
    "risk-activity",
    "load-to-try",
    "compatible-with-treatment",
    "compatible-with-measure",
)
WHOLE = ("diagnosis", "function", "health-risk", "prognosis")


def wanted(
    *questions: str,
    patient: Patient = PATIENT,
    clinician: Clinician = GP,
    receiver: str = SENDER,
    measure: Measure | None = None,
    **more: Any,  # noqa: ANN401
) -> Order:
    """An order with some questions, with a measure where one of them is about it."""
    planned = MEASURE if "compatible-with-measure" in questions else measure
    return Order(patient, clinician, receiver, tuple(map(CaseQuestion, questions)), planned, **more)


def written_for(
    order: str,
    sections: str = FULL,
    *,
    number: int = 200,
    date: str = "2026-10-31T10:00:00+01:00",
    name: str | None = None,
    sender: str = SENDER,
    patient: Patient = PATIENT,
    reason: str = "ordered",
    without: Iterable[str] = (),
) -> Json:
    """A certificate that names an order: `name` is its own id, `without` are items whose sections are left out."""
    tree = authored(numbered(message(sections), number), date)
    composition = resource(tree, "Composition")
    coding = {"system": systems.CODE_SYSTEM + "purpose", "code": reason}
    composition["event"] = [{"code": [{"coding": [coding]}], "detail": [{"identifier": {"value": order}}]}]
    composition.pop("relatesTo", None)
    if name is not None:
        composition["identifier"]["value"] = name
    resource(tree, "MessageHeader")["source"]["endpoint"] = f"{systems.HER_ID}.{sender.removeprefix('her:')}"
    resource(tree, "Patient")["identifier"] = [{"system": systems.FNR, "value": patient.number}]
    left_out = set(without)
    gone: set[str] = set()
    kept = []
    for section in composition["section"]:
        if section["code"]["coding"][0]["code"] in left_out:
            gone |= {reference["reference"] for reference in section.get("entry", ())}
        else:
            kept.append(section)
    composition["section"] = kept
    tree["entry"] = [entry for entry in tree["entry"] if entry["fullUrl"] not in gone]
    return tree
