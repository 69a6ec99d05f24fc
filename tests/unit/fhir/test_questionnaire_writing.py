"""A certificate written as answers and read again is the same certificate, and what the form can't hold is named."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given, settings

from certgateway.domain.certificate import (
    Attachment,
    Certificate,
    ClinicalFinding,
    Coding,
    Diagnosis,
    Employment,
    FunctionStatement,
    Limit,
    Participation,
    Patient,
    Prognosis,
    Quantity,
    Reservation,
    Section,
    SpecialistStatement,
    Treatment,
)
from certgateway.fhir.certificate import find_composition
from certgateway.fhir.elements import Reading
from certgateway.fhir.questionnaire_form import SECTIONED
from certgateway.fhir.questionnaire_reading import complete
from certgateway.fhir.questionnaire_writing import (
    questionnaire_losses,
    write_questionnaire_message,
    write_questionnaire_response,
)
from certgateway.fhir.reading import Message
from tests.property.certificates import certificates

MESSAGE_ID = "0f5f9a3e-1c44-4f0e-9f6e-0d6f0b3c2a11"
EMPTY = Certificate(Coding("urn:x", "c"), datetime(2026, 5, 1, 8, 30, tzinfo=UTC), "final")
CAN_BE_NONE = {"findings", "treatment", "health_risk", "specialist"}
ITEMS = tuple(group.attribute for group in SECTIONED)


BLANK = (Employment(), ClinicalFinding(), Treatment(), Participation(), SpecialistStatement(), Reservation())
# What only the form of 2008 asks; the Questionnaire of the redesigned form asks none of it.
OLD_FORM: dict[str, dict[str, Any]] = {
    "employment": {
        "several": None,
        "situations": (),
        "other_situation": None,
        "demands": None,
        "occupation_code": None,
    },
    "diagnosis": {"occupational_injury": None, "injury_date": None},
    "treatment": {"wait": None},
    "activity": {"resumption": None, "measure": None},
    "assessment": {"question": None},
}


def written(certificate: Certificate) -> dict[str, Any]:
    return write_questionnaire_message(certificate, message_id=MESSAGE_ID, sender_her="8143060")


def read(tree: dict[str, Any], people: Certificate) -> Certificate:
    """The items of the answers, put into a certificate that knows its people."""
    composition = find_composition(Message(tree))
    assert composition is not None
    return complete(people, composition, Reading())


def says_nothing(entry: object) -> bool:
    """Whether an entry holds nothing that the form could show."""
    return entry in BLANK


def as_the_form_holds_it(certificate: Certificate) -> Certificate:
    """Without attachments, blank statements, and what the form does not offer or ask: told here independently."""
    kept: dict[str, Any] = {}
    for name in ITEMS:
        section: Section[Any] = getattr(certificate, name)
        asked = (replace(entry, **OLD_FORM.get(name, {})) for entry in section.entries)
        entries = tuple(entry for entry in asked if name != "attachment" and not says_nothing(entry))
        emptied = section.entries and not entries
        untold = section.state == "none" and name not in CAN_BE_NONE
        kept[name] = Section() if emptied or untold else replace(section, entries=entries)
    return replace(certificate, **kept)


def emptied(certificate: Certificate) -> Certificate:
    none: dict[str, Any] = dict.fromkeys(ITEMS, Section())
    return replace(certificate, **none)


@given(certificate=certificates())
@settings(max_examples=100)
def test_what_is_written_reads_back_equal(certificate: Certificate) -> None:
    assert read(written(certificate), emptied(certificate)) == as_the_form_holds_it(certificate)


@given(certificate=certificates())
@settings(max_examples=60)
def test_losses_name_exactly_what_is_left_out(certificate: Certificate) -> None:
    lost = {element.partition(".")[0].partition("[")[0] for element in questionnaire_losses(certificate)}
    held = as_the_form_holds_it(certificate)
    assert lost == {name.replace("_", "-") for name in ITEMS if getattr(certificate, name) != getattr(held, name)}


def test_writing_twice_gives_the_same_tree() -> None:
    told = replace(EMPTY, employment=Section("stated", (Employment("Snekker"),)))
    assert written(told) == written(told)


def test_the_composition_refers_to_the_answers_and_to_nothing_else() -> None:
    told = replace(EMPTY, employment=Section("stated", (Employment("Snekker"),)))
    tree = written(told)
    composition, response = tree["entry"][1]["resource"], tree["entry"][-1]
    assert composition["section"] == [
        {
            "code": {"coding": [{"system": "http://loinc.org", "code": "74465-6"}]},
            "entry": [{"reference": response["fullUrl"]}],
        }
    ]
    assert response["resource"]["item"] == [
        {
            "linkId": "employment",
            "item": [
                {
                    "linkId": "employment.entry",
                    "item": [{"linkId": "employment.occupation", "answer": [{"valueString": "Snekker"}]}],
                }
            ],
        }
    ]


def test_a_response_is_about_the_patient_and_dated_as_the_certificate() -> None:
    response = write_questionnaire_response(EMPTY, {"reference": "Patient/1"})
    assert response == {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": "https://certgateway.example/fhir/Questionnaire/certificate|1.0.0",
        "status": "completed",
        "subject": {"reference": "Patient/1"},
        "authored": "2026-05-01T08:30:00+00:00",
    }


def test_every_loss_has_its_path() -> None:
    told = replace(
        EMPTY,
        patient=Patient("12345678901"),
        history=Section("none"),
        diagnosis=Section("stated", (Diagnosis((), "main"),)),
        function=Section("stated", (FunctionStatement(ability="can", diagnosis=1, date="2026-05-01T08:00:00Z"),)),
        prognosis=Section("stated", (Prognosis(course="stable", date="2026-05-01T08:00:00+02:00"),)),
        specialist=Section("stated", (SpecialistStatement(attached=False), SpecialistStatement())),
        attachment=Section("stated", (Attachment("application/pdf", 3, "0" * 64),)),
    )
    assert questionnaire_losses(told) == [
        "patient.number",
        "history",
        "function[0].diagnosis",
        "function[0].date",
        "prognosis.date",
        "specialist[1]",
        "attachment[0]",
    ]


def test_a_limit_is_a_group_and_its_digits_stay() -> None:
    limit = Limit("max-load", Quantity(Decimal("2.50"), "kg"))
    told = replace(EMPTY, function=Section("stated", (FunctionStatement(ability="can", limits=(limit,)),)))
    entry = written(told)["entry"][-1]["resource"]["item"][0]["item"][0]
    kind = {"system": "https://certgateway.example/fhir/CodeSystem/limit", "code": "max-load"}
    amount = {"value": Decimal("2.50"), "system": "http://unitsofmeasure.org", "code": "kg"}
    assert entry["item"][1] == {
        "linkId": "function.limits",
        "item": [
            {"linkId": "function.limits.kind", "answer": [{"valueCoding": kind}]},
            {"linkId": "function.limits.quantity", "answer": [{"valueQuantity": amount}]},
        ],
    }
    assert str(read(written(told), EMPTY).function.entries[0].limits[0].quantity.value) == "2.50"
