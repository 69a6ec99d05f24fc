"""Answers to the Questionnaire become the items that nothing else answers, each with its place in the message."""

import hashlib
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from certgateway.domain.certificate import (
    Attachment,
    Author,
    Certificate,
    ClinicalFinding,
    Coding,
    Diagnosis,
    FunctionStatement,
    HealthRisk,
    Limit,
    Onset,
    Patient,
    Period,
    Purpose,
    Quantity,
    Reservation,
    Section,
    Statement,
)
from certgateway.engine import load_base
from certgateway.fhir.carried import not_carried
from certgateway.fhir.certificate import find_composition
from certgateway.fhir.elements import Reading
from certgateway.fhir.questionnaire_reading import complete
from certgateway.fhir.reading import Message

Tree = dict[str, Any]

BASE = "https://certgateway.example/fhir"
ICPC_2 = "urn:oid:2.16.578.1.12.4.1.1.7170"
ICF = "http://hl7.org/fhir/sid/icf"
EMPTY = "http://terminology.hl7.org/CodeSystem/list-empty-reason"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
ANSWERS = {"coding": [{"system": "http://loinc.org", "code": "74465-6"}]}
OPEN = Certificate(Coding("", "c"), datetime(2026, 5, 1, tzinfo=UTC), "final")
HERE = "Bundle.entry[1].resource"


def own(vocabulary: str, code: str) -> Tree:
    return {"system": f"{BASE}/CodeSystem/{vocabulary}", "code": code}


def answer(link: str, **values: Any) -> Tree:  # noqa: ANN401
    return {"linkId": link, "answer": [{name: value} for name, value in values.items()]}


def coded(link: str, *codings: Tree) -> Tree:
    return {"linkId": link, "answer": [{"valueCoding": coding} for coding in codings]}


def group(link: str, *items: Tree) -> Tree:
    return {"linkId": link, "item": list(items)}


def message(*items: Tree, code: Tree | None = None, questionnaire: str = f"{BASE}/Questionnaire/certificate") -> Tree:
    """Composition and response, nothing else: conformance is not what is tested here."""
    section = {"code": code or ANSWERS, "entry": [{"reference": "urn:uuid:answers"}]}
    composition = {
        "resourceType": "Composition",
        "id": "c",
        "author": [{"reference": "urn:uuid:a"}],
        "section": [section],
    }
    response = {
        "resourceType": "QuestionnaireResponse",
        "id": "answers",
        "questionnaire": questionnaire,
        "status": "completed",
        "author": {"reference": "urn:uuid:a"},
        "item": list(items),
    }
    entries = [{"resource": composition}, {"fullUrl": "urn:uuid:answers", "resource": response}]
    return {"resourceType": "Bundle", "type": "message", "entry": entries}


def read(tree: Tree, told: Certificate = OPEN) -> tuple[Certificate, dict[str, str], list[str]]:
    """The certificate, the origins, and what of the answers was not carried."""
    opened, reading = Message(tree), Reading()
    composition = find_composition(opened)
    assert composition is not None
    certificate = complete(told, composition, reading)
    unread = not_carried(opened, load_base(), lambda _system, _code: frozenset({"Løfte"})).unread
    return certificate, reading.origins, [path for path in unread if path.startswith(HERE)]


DIAGNOSIS = group("diagnosis", group("diagnosis.entry", coded("diagnosis.codes", {"system": ICPC_2, "code": "L03"})))


def test_diagnoses_without_rank_begin_with_the_main_one() -> None:
    second = group("diagnosis.entry", coded("diagnosis.codes", {"system": ICPC_2, "code": "P76"}))
    certificate, origins, unread = read(message(group("diagnosis", *DIAGNOSIS["item"], second)))
    main, other = Diagnosis((Coding(ICPC_2, "L03"),), "main"), Diagnosis((Coding(ICPC_2, "P76"),), "other")
    assert certificate.diagnosis == Section("stated", (main, other))
    assert origins["diagnosis"] == f"{HERE}.item[0]"
    assert origins["diagnosis[1]"] == f"{HERE}.item[0].item[1]"
    assert origins["diagnosis[1].code"] == f"{HERE}.item[0].item[1].item[0].answer[0].value"
    assert unread == []


def test_a_diagnosis_keeps_every_code_under_the_name_we_write() -> None:
    codes = coded(
        "diagnosis.codes",
        {"system": "http://hl7.org/fhir/sid/icpc-2", "code": "L03"},
        {"system": "http://snomed.info/sct", "code": "279039007"},
        {"system": "urn:oid:2.16.578.1.12.4.1.1.7110", "code": "M545"},
    )
    certificate, origins, unread = read(message(group("diagnosis", group("diagnosis.entry", codes))))
    assert certificate.diagnosis.entries[0].codes == (
        Coding(ICPC_2, "L03"),
        Coding("urn:oid:2.16.578.1.12.4.1.1.7110", "M545"),
    )
    item = f"{HERE}.item[0].item[0].item[0]"
    assert origins["diagnosis[0].codes[1]"] == f"{item}.answer[2].value"
    assert unread == [f"{item}.answer[1]"]


def test_a_function_with_limits_and_the_number_of_its_diagnosis() -> None:
    limit = group(
        "function.limits",
        coded("function.limits.kind", own("limit", "max-load")),
        answer(
            "function.limits.quantity",
            valueQuantity={"value": Decimal("7.50"), "system": "http://unitsofmeasure.org", "code": "kg"},
        ),
    )
    entry = group(
        "function.entry",
        coded("function.code", {"system": ICF, "code": "d4300", "display": "Løfte"}),
        coded("function.ability", own("ability", "can-with-adaptation")),
        limit,
        coded("function.adaptations", own("adaptation", "own-pace"), own("adaptation", "frequent-breaks")),
        answer("function.diagnosis", valueInteger=1),
        answer("function.date", valueDate="2026-05"),
    )
    certificate, origins, unread = read(message(DIAGNOSIS, group("function", entry)))
    assert certificate.function == Section(
        "stated",
        (
            FunctionStatement(
                code=Coding(ICF, "d4300"),
                ability="can-with-adaptation",
                limits=(Limit("max-load", Quantity(Decimal("7.50"), "kg")),),
                adaptations=("own-pace", "frequent-breaks"),
                diagnosis=0,
                date="2026-05",
            ),
        ),
    )
    assert str(certificate.function.entries[0].limits[0].quantity.value) == "7.50"
    assert origins["function[0].ability"] == f"{HERE}.item[1].item[0].item[1].answer[0].value"
    assert origins["function[0].limits[0]"] == f"{HERE}.item[1].item[0].item[2]"
    assert unread == []


@pytest.mark.parametrize("number", [0, 2, -1])
def test_a_number_that_no_diagnosis_has_is_not_carried(number: int) -> None:
    entry = group(
        "function.entry",
        coded("function.ability", own("ability", "can")),
        answer("function.diagnosis", valueInteger=number),
    )
    certificate, _, unread = read(message(DIAGNOSIS, group("function", entry)))
    assert certificate.function.entries == (FunctionStatement(ability="can"),)
    assert unread == [f"{HERE}.item[1].item[0].item[1]"]


@pytest.mark.parametrize(
    "code, expected",
    [
        ("nilknown", Section("none")),
        ("notasked", Section("not-assessed", reason="notasked")),
        ("unavailable", Section("not-assessed", reason="unavailable")),
    ],
)
def test_assessed_none_and_not_assessed_are_told_apart(code: str, expected: Section[HealthRisk]) -> None:
    certificate, origins, unread = read(
        message(group("health-risk", coded("health-risk.state", {"system": EMPTY, "code": code})))
    )
    assert certificate.health_risk == expected
    assert (origins["health-risk"], unread) == (f"{HERE}.item[0]", [])


@pytest.mark.parametrize(
    "asked",
    [
        group("health-risk"),
        group("health-risk", {"linkId": "health-risk.state"}, group("health-risk.entry")),
        group(
            "health-risk", group("health-risk.entry", {"linkId": "health-risk.activity", "text": "Hvilken aktivitet"})
        ),
    ],
)
def test_an_unanswered_question_is_missing_and_no_loss(asked: Tree) -> None:
    certificate, origins, unread = read(message(asked))
    assert certificate.health_risk == Section("missing")
    assert (origins["health-risk"], unread) == (f"{HERE}.item[0]", [])


def test_statements_win_over_a_state_beside_them() -> None:
    state = coded("health-risk.state", {"system": EMPTY, "code": "nilknown"})
    entry = group("health-risk.entry", coded("health-risk.harm", own("harm", "fall")))
    certificate, _, unread = read(message(group("health-risk", state, entry)))
    assert certificate.health_risk == Section("stated", (HealthRisk(harm="fall"),))
    assert unread == [f"{HERE}.item[0].item[0]"]


def test_a_function_not_assessed_keeps_its_reason() -> None:
    entry = group(
        "function.entry",
        coded("function.code", {"system": ICF, "code": "d450"}),
        coded("function.not_assessed", {"system": ABSENT, "code": "not-performed"}),
    )
    certificate, _, _ = read(message(group("function", entry)))
    assert certificate.function.entries == (FunctionStatement(Coding(ICF, "d450"), not_assessed="not-performed"),)


def test_a_code_outside_the_vocabulary_is_not_carried() -> None:
    entry = group(
        "health-risk.entry",
        coded("health-risk.harm", own("harm", "no-such-harm")),
        coded("health-risk.activity", {"system": ICF, "code": "d9999"}),
        coded("health-risk.severity", own("certainty", "high")),
        answer("health-risk.mitigation", valueInteger=3),
    )
    certificate, _, unread = read(message(group("health-risk", entry)))
    assert certificate.health_risk == Section("missing")
    assert unread == [HERE]


def test_one_statement_of_a_single_item_and_the_rest_is_named() -> None:
    first = group(
        "onset.entry",
        answer("onset.since", valueDate="2025"),
        coded("onset.certainty", own("onset-certainty", "exact")),
    )
    second = group("onset.entry", answer("onset.since", valueDate="2024"))
    certificate, origins, unread = read(message(group("onset", first, second)))
    assert certificate.onset == Section("stated", (Onset("2025", "exact"),))
    assert (origins["onset"], origins["onset.since"]) == (
        f"{HERE}.item[0].item[0]",
        f"{HERE}.item[0].item[0].item[0].answer[0].value",
    )
    assert unread == [f"{HERE}.item[0].item[1]"]


def test_a_second_answer_to_a_question_that_takes_one_is_named() -> None:
    entry = group(
        "assessment.entry", {"linkId": "assessment.text", "answer": [{"valueString": "A"}, {"valueString": "B"}]}
    )
    certificate, _, unread = read(message(group("assessment", entry)))
    assert certificate.assessment.entries == (Statement("A"),)
    assert unread == [f"{HERE}.item[0].item[0].item[0].answer[1]"]


def test_the_patients_account_is_the_patients_unless_told_otherwise() -> None:
    entry = group("history.entry", answer("history.text", valueString="Vondt om morgenen."))
    certificate, _, _ = read(message(group("history", entry)))
    assert certificate.history.entries == (Statement("Vondt om morgenen.", "patient-reported"),)


def test_a_finding_may_be_measured_and_told() -> None:
    measured = {"value": 61, "system": "http://unitsofmeasure.org", "code": "%"}
    entry = group(
        "findings.entry",
        answer("findings.text", valueString="FEV1."),
        answer("findings.quantity", valueQuantity=measured),
    )
    certificate, _, _ = read(message(group("findings", entry)))
    assert certificate.findings.entries == (ClinicalFinding(text="FEV1.", quantity=Quantity(Decimal(61), "%")),)


@pytest.mark.parametrize(
    "amount", [{"value": 3, "code": "wk"}, {"value": 3, "system": "http://unitsofmeasure.org", "code": "fortnight"}]
)
def test_a_quantity_in_an_unknown_unit_is_not_carried(amount: Tree) -> None:
    entry = group(
        "prognosis.entry",
        coded("prognosis.course", own("course", "stable")),
        answer("prognosis.horizon", valueQuantity=amount),
    )
    certificate, _, unread = read(message(group("prognosis", entry)))
    assert certificate.prognosis.entries[0].horizon is None
    assert unread == [f"{HERE}.item[0].item[0].item[1]"]


def test_validity_is_one_period() -> None:
    entry = group(
        "health-risk.entry",
        coded("health-risk.harm", own("harm", "fall")),
        answer("health-risk.validity.start", valueDate="2026-05-01"),
    )
    certificate, origins, _ = read(message(group("health-risk", entry)))
    assert certificate.health_risk.entries[0].validity == Period("2026-05-01", None)
    assert origins["health-risk[0].validity.start"] == f"{HERE}.item[0].item[0].item[1].answer[0].value"


def test_an_attachment_is_type_size_and_digest() -> None:
    entry = group(
        "attachment.entry",
        answer(
            "attachment.content", valueAttachment={"contentType": "application/pdf", "data": "JVBERi0=", "title": "x"}
        ),
    )
    certificate, origins, unread = read(message(group("attachment", entry)))
    digest = hashlib.sha256(b"%PDF-").hexdigest()
    assert certificate.attachment.entries == (Attachment("application/pdf", 5, digest),)
    place = f"{HERE}.item[0].item[0].item[0].answer[0].value"
    assert origins["attachment[0].content_type"] == f"{place}.contentType"
    assert unread == [f"{place}.title"]


def test_people_and_purpose_are_read_when_no_resource_tells_them() -> None:
    asked = (
        group(
            "purpose",
            coded("purpose.reason", own("purpose", "ordered")),
            answer("purpose.order", valueString="NAV-2026-1"),
        ),
        group(
            "patient",
            answer("patient.number", valueString="54839041234"),
            answer("patient.name", valueString="Rolig Prøve"),
        ),
        group("author", answer("author.hpr", valueString="9412837"), coded("author.contact", own("contact", "video"))),
    )
    certificate, origins, unread = read(message(*asked))
    assert certificate.purpose == Purpose("ordered", "NAV-2026-1")
    assert certificate.patient == Patient("54839041234", "dnr", "Rolig Prøve")
    assert certificate.author == Author(hpr="9412837", contact="video")
    assert origins["patient.number"] == f"{HERE}.item[1].item[0].answer[0].value"
    assert origins["author.hpr"] == f"{HERE}.item[2].item[0].answer[0].value"
    assert unread == []


def test_names_and_orders_that_name_a_benefit_are_not_carried() -> None:
    asked = (
        group(
            "purpose", coded("purpose.reason", own("purpose", "ordered")), answer("purpose.order", valueString="AAP")
        ),
        group("patient", answer("patient.name", valueString="Rolig AAP")),
    )
    certificate, _, unread = read(message(*asked))
    assert (certificate.purpose, certificate.patient) == (Purpose("ordered"), Patient())
    assert unread == [f"{HERE}.item[0].item[1]", f"{HERE}.item[1]"]


TOLD = Section("stated", (Statement("Fra ressursen."),))


def test_a_resource_wins_and_the_answer_is_named() -> None:
    asked = group("assessment", group("assessment.entry", answer("assessment.text", valueString="Fra skjemaet.")))
    told = Certificate(OPEN.identifier, OPEN.authored, "final", assessment=TOLD)
    certificate, origins, unread = read(message(asked, DIAGNOSIS), told)
    assert certificate.assessment == TOLD
    assert certificate.diagnosis.state == "stated"
    assert "assessment" not in origins
    assert unread == [f"{HERE}.item[0]"]


@pytest.mark.parametrize(
    "asked",
    [
        group("assessment", group("assessment.entry", answer("assessment.text", valueString="Fra ressursen."))),
        group("assessment", {"linkId": "assessment.state"}),
    ],
)
def test_the_same_answer_or_none_beside_a_resource_is_no_loss(asked: Tree) -> None:
    told = Certificate(OPEN.identifier, OPEN.authored, "final", assessment=TOLD)
    certificate, origins, unread = read(message(asked), told)
    assert (certificate, origins, unread) == (told, {}, [])


def test_a_person_told_by_resource_may_be_repeated_in_part() -> None:
    told = replace(OPEN, author=Author(hpr="9412837", role="gp", contacts=("employer",)))
    same = group("author", answer("author.hpr", valueString="9412837"))
    other = group("author", answer("author.hpr", valueString="7733105"))
    assert read(message(same), told)[2] == []
    certificate, _, unread = read(message(other), told)
    assert certificate.author.hpr == "9412837"
    assert unread == [HERE]


@pytest.mark.parametrize(
    "questionnaire", [f"{BASE}/Questionnaire/other", f"{BASE}/Questionnaire/certificate|2.0.0", ""]
)
def test_answers_to_another_questionnaire_are_not_read(questionnaire: str) -> None:
    certificate, _, unread = read(message(DIAGNOSIS, questionnaire=questionnaire))
    assert (certificate, unread) == (OPEN, [HERE])


def test_only_the_section_of_answers_is_followed() -> None:
    other = {"coding": [{"system": "http://loinc.org", "code": "74468-0"}]}
    certificate, _, unread = read(message(DIAGNOSIS, code=other))
    assert (certificate, unread) == (OPEN, [HERE])


def test_words_of_a_question_that_are_not_ours_are_named() -> None:
    asked = deepcopy(DIAGNOSIS)
    asked["text"] = "Diagnose"
    asked["item"][0]["item"][0]["definition"] = f"{BASE}/StructureDefinition/diagnosis#Condition.code"
    asked["item"][0]["definition"] = f"{BASE}/StructureDefinition/another#Condition"
    asked["item"][0]["item"][0]["text"] = "Noe annet enn spørsmålet"
    certificate, _, unread = read(message(asked))
    assert certificate.diagnosis.state == "stated"
    assert unread == [f"{HERE}.item[0].item[0].item[0].text", f"{HERE}.item[0].item[0].definition"]


def test_an_unknown_question_and_another_author_are_named() -> None:
    tree = message(DIAGNOSIS, answer("diagnosis.guess", valueString="x"))
    tree["entry"][1]["resource"]["author"] = {"reference": "urn:uuid:b"}
    _, _, unread = read(tree)
    assert unread == [f"{HERE}.author", f"{HERE}.item[1]"]


def test_items_kept_from_the_patient() -> None:
    entry = group(
        "reservation.entry",
        coded("reservation.items", own("certificate-item", "prognosis"), own("certificate-item", "history")),
    )
    certificate, _, _ = read(message(group("reservation", entry)))
    assert certificate.reservation.entries == (Reservation(("prognosis", "history")),)


def test_without_answers_the_certificate_is_as_it_was() -> None:
    tree = message()
    del tree["entry"][0]["resource"]["section"]
    assert read(tree)[0] is OPEN


def test_an_attachment_without_bytes_is_none() -> None:
    entry = group("attachment.entry", answer("attachment.content", valueAttachment={"contentType": "application/pdf"}))
    certificate, _, _ = read(message(group("attachment", entry)))
    assert certificate.attachment == Section()
