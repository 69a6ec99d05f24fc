"""What the writer makes of a certificate: the elements of docs/fhir-mapping.md, the same resources as the fixtures."""

import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from lxml import etree

from certgateway import safejson
from certgateway.domain.certificate import (
    Attachment,
    Author,
    Certificate,
    ClinicalFinding,
    Coding,
    Diagnosis,
    FunctionStatement,
    HealthRisk,
    Onset,
    Patient,
    Prognosis,
    Purpose,
    Quantity,
    Section,
    Statement,
    Treatment,
)
from certgateway.engine import load_base
from certgateway.engine.xml import write as xmlwrite
from certgateway.fhir import bundle
from certgateway.fhir.writing import losses, write_certificate

ROOT = Path(__file__).resolve().parents[3]
MESSAGES = sorted((ROOT / "fixtures" / "messages" / "good").glob("*.json"))
# What came as answers is written as resources: another message of the same certificate.
GOOD = [path for path in MESSAGES if b"QuestionnaireResponse" not in path.read_bytes()]
SCHEMA = Path(os.environ.get("FHIR_R4_XSD", "../shared/fhir-r4-xsd")) / "fhir-single.xsd"
DEFINITIONS = load_base()
URN = re.compile(r"urn:uuid:[0-9a-f-]{36}|https://epj\.example/fhir/[A-Za-z]+/[0-9a-f-]{36}|[A-Za-z]+/[0-9a-f-]{36}")
B = "https://certgateway.example/fhir"
ICF = "http://hl7.org/fhir/sid/icf"

BARE = Certificate(Coding("urn:x", "c-1"), datetime(2026, 5, 12, 8, 30, tzinfo=UTC), "final")
BACK = Diagnosis((Coding("urn:oid:2.16.578.1.12.4.1.1.7170", "L03"),), "main")


def write(certificate: Certificate, **told: Any) -> dict[str, Any]:  # noqa: ANN401
    return write_certificate(certificate, message_id="m-1", sender_her="8143060", **told)


def of_type(tree: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in tree["entry"] if entry["resource"]["resourceType"] == name]


def stated(*entries: Any) -> Section[Any]:  # noqa: ANN401
    return Section("stated", entries)


def test_envelope_of_an_empty_certificate() -> None:
    tree = write(BARE)
    types = [entry["resource"]["resourceType"] for entry in tree["entry"]]
    header, composition = (entry["resource"] for entry in tree["entry"][:2])
    assert types == ["MessageHeader", "Composition", "Patient", "PractitionerRole"]
    assert header == {
        "resourceType": "MessageHeader",
        "id": "m-1",
        "eventCoding": {"system": f"{B}/CodeSystem/message-event", "code": "certificate"},
        "destination": [{"endpoint": "urn:oid:2.16.578.1.12.4.1.2.79768"}],
        "source": {"endpoint": "urn:oid:2.16.578.1.12.4.1.2.8143060"},
        "focus": [{"reference": tree["entry"][1]["fullUrl"]}],
    }
    assert composition["date"] == "2026-05-12T08:30:00+00:00"
    assert [coding["code"] for coding in composition["type"]["coding"]] == ["72267-8", "J01-2"]
    assert "section" not in composition
    assert "event" not in composition


def test_transport_is_what_the_caller_tells() -> None:
    sent = datetime(2026, 5, 13, tzinfo=UTC)
    tree = write(BARE, receiver_her="1", bundle_id="b-1", timestamp=sent)
    assert (tree["id"], tree["timestamp"]) == ("b-1", "2026-05-13T00:00:00+00:00")
    assert tree["entry"][0]["resource"]["destination"] == [{"endpoint": "urn:oid:2.16.578.1.12.4.1.2.1"}]


def test_addresses_follow_from_the_message_id_alone() -> None:
    first, again = write(BARE), write(BARE)
    other = write_certificate(BARE, message_id="m-2", sender_her="8143060")
    assert first == again
    assert not {entry["fullUrl"] for entry in first["entry"]} & {entry["fullUrl"] for entry in other["entry"]}


@pytest.mark.parametrize("her", ["", "12 3", "１２３", "urn:oid:1"])  # noqa: RUF001
def test_her_id_must_be_digits(her: str) -> None:
    with pytest.raises(ValueError, match=r"^a HER-id is written in digits$"):
        write_certificate(BARE, message_id="m-1", sender_her=her)


def test_none_and_not_assessed_and_missing_never_look_alike() -> None:
    tree = write(replace(BARE, health_risk=Section("none"), function=Section("not-assessed", reason="unavailable")))
    sections = of_type(tree, "Composition")[0]["section"]
    told = [(section["code"]["coding"][0]["code"], section["emptyReason"]["coding"][0]["code"]) for section in sections]
    assert told == [("function", "unavailable"), ("health-risk", "nilknown")]
    assert "Ikke vurdert" in sections[0]["text"]["div"]
    assert "Vurdert: ingen kjente" in sections[1]["text"]["div"]


def test_not_assessed_without_a_reason_is_not_asked() -> None:
    (section,) = of_type(write(replace(BARE, onset=Section("not-assessed"))), "Composition")[0]["section"]
    assert section["emptyReason"]["coding"][0]["code"] == "notasked"


@pytest.mark.parametrize(
    "number, system",
    [
        ("01858512345", "urn:oid:2.16.578.1.12.4.1.4.1"),
        ("31858512345", "urn:oid:2.16.578.1.12.4.1.4.1"),
        ("41858512345", "urn:oid:2.16.578.1.12.4.1.4.2"),
        ("71858512345", "urn:oid:2.16.578.1.12.4.1.4.2"),
    ],
)
def test_authors_personal_number_goes_under_the_system_of_its_form(number: str, system: str) -> None:
    (practitioner,) = of_type(write(replace(BARE, author=Author(hpr="9581120", number=number))), "Practitioner")
    assert practitioner["identifier"] == [
        {"system": "urn:oid:2.16.578.1.12.4.1.4.4", "value": "9581120"},
        {"system": system, "value": number},
    ]


def test_purpose_carries_the_order() -> None:
    (event,) = of_type(write(replace(BARE, purpose=Purpose("ordered", "NAV-1"))), "Composition")[0]["event"]
    assert event["detail"] == [{"identifier": {"value": "NAV-1"}}]


@pytest.mark.parametrize(
    "status, base",
    [
        ("ongoing", "in-progress"),
        ("planned", "scheduled"),
        ("waiting", "not-started"),
        ("under-investigation", "in-progress"),
        ("finished", "completed"),
        ("no-progression", "in-progress"),
        (None, "unknown"),
    ],
)
def test_treatment_has_our_status_and_the_nearest_of_r4(status: str | None, base: str) -> None:
    (plan,) = of_type(write(replace(BARE, treatment=stated(Treatment(status=status)))), "CarePlan")
    detail = plan["activity"][0]["detail"]
    own = [extension["valueCode"] for extension in detail.get("extension", [])]
    assert (detail["status"], own) == (base, [status] if status else [])


def test_all_treatments_are_activities_of_one_plan() -> None:
    (plan,) = of_type(write(replace(BARE, treatment=stated(Treatment("surgery"), Treatment("exercise")))), "CarePlan")
    kinds = [activity["detail"]["code"]["coding"][0]["code"] for activity in plan["activity"]]
    assert kinds == ["surgery", "exercise"]


def test_unknown_onset_says_so_to_every_reader_of_fhir() -> None:
    (observation,) = of_type(write(replace(BARE, onset=stated(Onset(certainty="unknown")))), "Observation")
    assert observation["dataAbsentReason"]["coding"][0]["code"] == "unknown"
    assert "valueDateTime" not in observation


def test_known_onset_has_no_reason_for_being_absent() -> None:
    (observation,) = of_type(write(replace(BARE, onset=stated(Onset("2026-03", "unknown")))), "Observation")
    assert observation["valueDateTime"] == "2026-03"
    assert "dataAbsentReason" not in observation


def test_numbers_keep_their_digits() -> None:
    horizon = Quantity(Decimal("1.50"), "a")
    raw = safejson.write(write(replace(BARE, prognosis=stated(Prognosis("stable", horizon=horizon)))))
    assert b'"valueDuration":{"value":1.50,"system":"http://unitsofmeasure.org","code":"a"}' in raw


def test_statement_refers_to_its_diagnosis() -> None:
    risk = HealthRisk(Coding(f"{B}/CodeSystem/risk-activity", "cold"), diagnosis=0)
    tree = write(replace(BARE, diagnosis=stated(BACK), health_risk=stated(risk)))
    place = next(entry for entry in tree["entry"] if entry["resource"]["resourceType"] == "Condition")
    assert of_type(tree, "RiskAssessment")[0]["condition"] == {"reference": place["fullUrl"]}


def _number_without_kind() -> Certificate:
    return replace(BARE, patient=Patient(number="01858512345", name="Testine"))


def _seen_without_contact() -> Certificate:
    return replace(BARE, author=Author(last_seen="2026-05-11"))


def _text_and_quantity() -> Certificate:
    both = ClinicalFinding(text="words", quantity=Quantity(Decimal(5), "kg"))
    return replace(BARE, findings=stated(ClinicalFinding(text="words"), both))


def _ability_and_reason() -> Certificate:
    return replace(
        BARE, function=stated(FunctionStatement(Coding(ICF, "d450"), ability="can", not_assessed="not-asked"))
    )


def _diagnoses_not_there() -> Certificate:
    return replace(
        BARE,
        diagnosis=stated(BACK),
        treatment=stated(Treatment(diagnosis=0), Treatment(diagnosis=1)),
        function=stated(FunctionStatement(Coding(ICF, "d450"), ability="can", diagnosis=7)),
        health_risk=stated(HealthRisk(diagnosis=-1)),
        prognosis=stated(Prognosis("stable", diagnosis=1)),
    )


def _attachments() -> Certificate:
    return replace(
        BARE, attachment=stated(Attachment("application/pdf", 3, "ab" * 32), Attachment("other", 1, "cd" * 32))
    )


@pytest.mark.parametrize(
    "make, expected",
    [
        (lambda: replace(BARE, history=stated(Statement("words", "patient-reported"))), []),
        (_number_without_kind, ["patient.number"]),
        (_seen_without_contact, ["author.last_seen"]),
        (_text_and_quantity, ["findings[1].text"]),
        (_ability_and_reason, ["function[0].not_assessed"]),
        (
            _diagnoses_not_there,
            ["treatment[1].diagnosis", "function[0].diagnosis", "health-risk[0].diagnosis", "prognosis.diagnosis"],
        ),
        (_attachments, ["attachment[0]", "attachment[1]"]),
    ],
)
def test_losses_are_named_and_nothing_else_is_lost(make: Callable[[], Certificate], expected: list[str]) -> None:
    certificate = make()
    assert losses(certificate) == expected
    Bundle.model_validate_json(safejson.write(write(certificate)))


def read(raw: bytes) -> Certificate:
    opened = bundle.open_message(raw, "fhir-json", DEFINITIONS)
    parsed, _ = bundle.understand(bundle.strip(opened, DEFINITIONS), DEFINITIONS, lambda _system, _code: frozenset())
    assert parsed.certificate is not None
    return parsed.certificate


def clinical(tree: dict[str, Any]) -> list[str]:
    """Every clinical resource without its id, references as the place of what they name, members in any order."""
    places = {}
    for index, entry in enumerate(tree["entry"]):
        resource = entry["resource"]
        places[entry["fullUrl"]] = f"@{index}"
        places[f"{resource['resourceType']}/{resource['id']}"] = f"@{index}"
    people = {"MessageHeader", "Composition", "Patient", "PractitionerRole", "Practitioner", "Organization"}
    carried = [entry["resource"] for entry in tree["entry"] if entry["resource"]["resourceType"] not in people]
    written = [safejson.write(_sorted({**resource, "id": ""})).decode() for resource in carried]
    return [URN.sub(lambda found: places[found[0]], text) for text in written]


def _sorted(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return sorted((_sorted(item) for item in value), key=str)
    return value


def explicit(resource: dict[str, Any]) -> dict[str, Any]:
    """What a fixture may leave unsaid and the writer says: whose account a history is, which diagnosis is main."""
    is_observation = resource["resourceType"] == "Observation" and "extension" not in resource
    if is_observation and resource["code"]["coding"][0]["code"] == "history":
        return {**resource, "extension": [{"url": f"{B}/StructureDefinition/source", "valueCode": "patient-reported"}]}
    if resource["resourceType"] == "Condition" and "category" not in resource:
        main = {"system": f"{B}/CodeSystem/diagnosis-rank", "code": "main"}
        return {**resource, "category": [{"coding": [main]}]}
    return resource


def carried_by(raw: bytes) -> list[str]:
    """The clinical resources of a fixture, without those whose bytes the domain does not hold."""
    tree = safejson.parse(raw)
    entries = [{**entry, "resource": explicit(entry["resource"])} for entry in tree["entry"]]
    lost = {"DocumentReference", "Binary"}
    return clinical({"entry": [entry for entry in entries if entry["resource"]["resourceType"] not in lost]})


def test_there_are_fixtures() -> None:
    assert len(GOOD) >= 12


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_fixture_read_and_written_has_the_same_clinical_resources(path: Path) -> None:
    raw = path.read_bytes()
    assert clinical(write(read(raw))) == carried_by(raw)


@pytest.mark.skipif(not SCHEMA.exists(), reason=f"HL7's XML schema is not at {SCHEMA}; set FHIR_R4_XSD")
def test_written_fixtures_are_valid_by_hl7s_xml_schema() -> None:
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    for path in GOOD:
        schema.assertValid(etree.fromstring(xmlwrite.write(write(read(path.read_bytes())), DEFINITIONS)))


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_written_fixture_is_accepted_by_a_second_implementation(path: Path) -> None:
    assert Bundle.model_validate_json(safejson.write(write(read(path.read_bytes())))).type == "message"
