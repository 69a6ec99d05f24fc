"""The receipt answers the message by its id, in the sender's form, with the same bytes for the same facts."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from lxml import etree

from certgateway import safejson, safexml
from certgateway.domain.findings import Effect, Finding, Language, Verdict
from certgateway.domain.message import Removal, SignedBy
from certgateway.engine import judge, load_base, load_profiles
from certgateway.engine.xml import form as xmlform
from certgateway.fhir.outcome import operation_outcome, trouble_outcome
from certgateway.fhir.receipt import ReceiptFacts, outcome_with_receipt, receipt_bytes, response_message

PROFILES = Path(__file__).resolve().parents[3] / "certgateway" / "profiles"
DEFINITIONS = load_profiles(PROFILES, load_base())
RECEIPT_PROFILE = "https://certgateway.example/fhir/StructureDefinition/receipt-message"
# HL7's schemas are not ours to copy; beside the checkout, or wherever the variable says.
SCHEMA = Path(os.environ.get("FHIR_R4_XSD", "../shared/fhir-r4-xsd")) / "fhir-single.xsd"

MESSAGE_ID = "5e1f0001-0d0c-4a10-9e00-000000000000"
DIGEST = "0f" * 32
FACTS = ReceiptFacts(
    message_id=MESSAGE_ID,
    raw_digest=DIGEST,
    sender="her:8143060",
    gateway_her="79768",
    verdict="accepted-with-remarks",
    arrival=datetime(2026, 5, 12, 8, 16, 2, 250000, tzinfo=UTC),
    first_attempt=datetime(2026, 5, 11, 7, 0, tzinfo=UTC),
    certificate="4b6f3f0e-9c0d-4c39-9a53-0b1f7f9e3c10",
    version=2,
    removed=(Removal("benefit-type", "Bundle.entry[1].resource.section[14]", "urn:secret-system", "SECRET"),),
)
REMARK = Finding(
    "placeholder-text", Effect.REMARK, "assessment", "assessment[0].text", "Bundle.entry[9].resource.value", span=(0, 8)
)


def text_of(finding: Finding, language: Language) -> tuple[str, str]:
    return f"{finding.rule} in {language}", "Æ ø å: rett teksten."


OUTCOME = operation_outcome([REMARK], "nb", text_of)


def resources(tree: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    header, outcome = (entry["resource"] for entry in tree["entry"])
    return header, outcome


def errors(tree: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    faults = judge(tree, DEFINITIONS, profiles=[RECEIPT_PROFILE])
    return [(fault.kind, fault.path, fault.expected) for fault in faults if fault.severity == "error"]


def test_header_answers_the_message_by_its_id() -> None:
    header, outcome = resources(response_message(FACTS, OUTCOME))
    assert header == {
        "resourceType": "MessageHeader",
        "id": header["id"],
        "eventCoding": {"system": "https://certgateway.example/fhir/CodeSystem/message-event", "code": "certificate"},
        "destination": [{"endpoint": "urn:oid:2.16.578.1.12.4.1.2.8143060"}],
        "source": {"endpoint": "urn:oid:2.16.578.1.12.4.1.2.79768"},
        "response": {
            "identifier": MESSAGE_ID,
            "code": "ok",
            "details": {"reference": f"urn:uuid:{outcome['id']}"},
        },
    }


def test_outcome_carries_what_was_registered_and_names_what_was_removed_by_place_only() -> None:
    _, outcome = resources(response_message(FACTS, OUTCOME))
    assert outcome["extension"] == [
        {
            "url": "https://certgateway.example/fhir/StructureDefinition/receipt",
            "extension": [
                {"url": "certificate", "valueString": "4b6f3f0e-9c0d-4c39-9a53-0b1f7f9e3c10"},
                {"url": "version", "valuePositiveInt": 2},
                {"url": "arrival", "valueInstant": "2026-05-12T08:16:02.250000+00:00"},
                {"url": "first-attempt", "valueInstant": "2026-05-11T07:00:00+00:00"},
                {"url": "verdict", "valueCode": "accepted-with-remarks"},
                {
                    "url": "removed",
                    "extension": [
                        {"url": "item", "valueCode": "benefit-type"},
                        {"url": "path", "valueString": "Bundle.entry[1].resource.section[14]"},
                    ],
                },
            ],
        }
    ]
    assert outcome["issue"] == OUTCOME["issue"]


@pytest.mark.parametrize("format_", ["fhir-json", "fhir-xml"])
def test_code_and_system_of_what_was_removed_are_in_no_receipt(format_: Any) -> None:  # noqa: ANN401
    sent = receipt_bytes(response_message(FACTS, OUTCOME), format_, DEFINITIONS)
    assert b"secret" not in sent.lower()


@pytest.mark.parametrize(
    "verdict, code",
    [
        ("accepted", "ok"),
        ("accepted-with-remarks", "ok"),
        ("incomplete", "ok"),
        ("rejected", "fatal-error"),
        (None, "transient-error"),
    ],
)
def test_response_code_follows_from_the_verdict(verdict: Verdict | None, code: str) -> None:
    tree = response_message(replace(FACTS, verdict=verdict), OUTCOME)
    assert resources(tree)[0]["response"]["code"] == code
    assert errors(tree) == []


def test_what_was_not_judged_has_no_receipt_facts() -> None:
    told = trouble_outcome("unavailable", "nb", "a-reference")
    tree = response_message(replace(FACTS, verdict=None), told)
    header, outcome = resources(tree)
    assert "extension" not in outcome
    assert outcome["id"] == header["response"]["details"]["reference"].removeprefix("urn:uuid:") != "a-reference"
    assert outcome_with_receipt(told, replace(FACTS, verdict=None)) == told


def test_only_what_is_known_is_told() -> None:
    bare = ReceiptFacts(None, DIGEST, "unknown", "79768", "rejected", datetime(2026, 5, 12, 8, 0, tzinfo=UTC))
    tree = response_message(bare, OUTCOME)
    header, outcome = resources(tree)
    assert [part["url"] for part in outcome["extension"][0]["extension"]] == ["arrival", "verdict"]
    assert "destination" not in header
    assert header["response"]["identifier"] == DIGEST
    assert errors(tree) == []


def test_duplicate_names_the_first_message() -> None:
    _, outcome = resources(response_message(replace(FACTS, duplicate_of="the-first", removed=()), OUTCOME))
    assert outcome["extension"][0]["extension"][-1] == {"url": "duplicate-of", "valueString": "the-first"}


@pytest.mark.parametrize("sender", ["endpoint:0123456789abcdef0123456789abcdef", "her:", "her:12a", "her:１２３"])  # noqa: RUF001
def test_sender_without_a_her_id_in_digits_gets_no_destination(sender: str) -> None:
    header, _ = resources(response_message(replace(FACTS, sender=sender), OUTCOME))
    assert "destination" not in header


def test_gateway_her_id_must_be_digits() -> None:
    with pytest.raises(ValueError, match=r"^a HER-id is written in digits$"):
        response_message(replace(FACTS, gateway_her="nav"), OUTCOME)


def test_outcome_alone_carries_the_same_facts() -> None:
    alone = outcome_with_receipt({**OUTCOME, "id": "kept"}, FACTS)
    assert list(alone) == ["resourceType", "language", "id", "extension", "issue"]
    assert alone["extension"] == resources(response_message(FACTS, OUTCOME))[1]["extension"]


def test_same_facts_give_the_same_bytes_and_other_bytes_another_header() -> None:
    first, again = (receipt_bytes(response_message(FACTS, OUTCOME), "fhir-json", DEFINITIONS) for _ in range(2))
    other = response_message(replace(FACTS, raw_digest="1e" * 32), OUTCOME)
    assert first == again
    assert resources(other)[0]["id"] != resources(json.loads(first))[0]["id"]


def test_json_and_xml_say_the_same() -> None:
    tree = response_message(FACTS, OUTCOME)
    back, faults = xmlform.read(safexml.parse(receipt_bytes(tree, "fhir-xml", DEFINITIONS)), DEFINITIONS)
    assert faults == []
    assert back == tree == safejson.parse(receipt_bytes(tree, "fhir-json", DEFINITIONS))


@pytest.mark.parametrize("verdict", ["accepted", "incomplete", "rejected"])
def test_receipt_is_valid_r4_by_two_engines(verdict: Verdict) -> None:
    tree = response_message(replace(FACTS, verdict=verdict, duplicate_of="the-first"), OUTCOME)
    assert errors(tree) == []
    Bundle.model_validate_json(safejson.write(tree))


@pytest.mark.parametrize("organisation", ["987654325", None])
def test_receipt_of_a_signed_message_is_valid(organisation: str | None) -> None:
    tree = response_message(replace(FACTS, signer=SignedBy("0f" * 32, organisation)), OUTCOME)
    assert errors(tree) == []
    Bundle.model_validate_json(safejson.write(tree))
    [signed] = [fact for fact in resources(tree)[1]["extension"][0]["extension"] if fact["url"] == "signer"]
    signed["extension"] = [{"url": "organisation", "valueInteger": 1}]
    assert errors(tree) != []


def test_a_registered_key_stands_in_the_place_of_a_certificate() -> None:
    tree = response_message(replace(FACTS, signer=SignedBy(None, "987654325", key="own")), OUTCOME)
    assert errors(tree) == []
    [signed] = [fact for fact in resources(tree)[1]["extension"][0]["extension"] if fact["url"] == "signer"]
    assert [part["url"] for part in signed["extension"]] == ["key", "organisation"]
    signed["extension"].append({"url": "key", "valueString": "another"})
    assert errors(tree) != []


@pytest.mark.skipif(not SCHEMA.exists(), reason=f"HL7's XML schema is not at {SCHEMA}; set FHIR_R4_XSD")
def test_receipt_is_valid_by_hl7s_xml_schema() -> None:
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    sent = receipt_bytes(response_message(FACTS, OUTCOME), "fhir-xml", DEFINITIONS)
    schema.assertValid(etree.fromstring(sent))
