"""Step 10's text: status, media type and receipt follow from the judgement; nothing removed and no value is told."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from lxml import etree

from certgateway import bootstrap
from certgateway.domain.findings import LANGUAGES, Effect, Finding, Verdict
from certgateway.domain.message import Envelope, Removal, SignedBy
from certgateway.engine.definitions.definitions import Definitions
from certgateway.services.answer import Receipt, answer_for, conflict_answer, media_type
from certgateway.services.examine import Judgement
from certgateway.services.report import finding_data, removal_data, text_of

ARRIVAL = datetime(2026, 11, 1, 11, tzinfo=UTC)
FOUND = Finding(
    "prognosis-missing", Effect.UNANSWERED, item="prognosis", path="Bundle.entry[1].resource", line=3, column=7
)
RECEIPT = Receipt(
    raw=b"{}",
    envelope=Envelope("5e1f0001-0d0c-4a10-9e00-000000000000", "her:8143060", lambda: "d" * 64),
    format="fhir-json",
    language="nb",
    arrival=ARRIVAL,
    judgement=Judgement((), "accepted"),
    certificate="00000000-0000-4000-8000-000000000001",
    version=2,
    first_attempt=datetime(2026, 10, 30, 8, tzinfo=UTC),
    removed=(Removal("benefit-type", "Bundle.entry[1].resource.category[0]", "urn:x", "AAP"),),
)


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return bootstrap.definitions()


@pytest.mark.parametrize(
    "verdict,unreadable,status,kind",
    [
        ("accepted", False, 200, "Bundle"),
        ("accepted-with-remarks", False, 200, "Bundle"),
        ("incomplete", False, 200, "Bundle"),
        ("rejected", False, 422, "OperationOutcome"),
        ("rejected", True, 400, "OperationOutcome"),
    ],
)
def test_the_status_follows_from_the_verdict(
    verdict: Verdict,
    unreadable: bool,  # noqa: FBT001
    status: int,
    kind: str,
    definitions: Definitions,
) -> None:
    receipt = replace(RECEIPT, judgement=Judgement((FOUND,), verdict), unreadable=unreadable)
    answer, data = answer_for(receipt, "8140000", definitions)
    assert (answer.status, answer.media_type) == (status, "application/fhir+json")
    assert json.loads(answer.body)["resourceType"] == kind
    message = json.loads(json.loads(data)["answer"])
    code = message["entry"][0]["resource"]["response"]["code"]
    assert code == ("fatal-error" if verdict == "rejected" else "ok")


def test_the_receipt_has_the_keys_of_the_contract(definitions: Definitions) -> None:
    data = json.loads(
        answer_for(replace(RECEIPT, judgement=Judgement((FOUND,), "rejected")), "8140000", definitions)[1]
    )
    assert list(data) == [
        "message_id",
        "certificate",
        "version",
        "arrival",
        "first_attempt",
        "verdict",
        "findings",
        "removed",
        "duplicate_of",
        "signer",
        "answer",
    ]
    assert data["signer"] is None
    assert (data["arrival"], data["first_attempt"]) == ("2026-11-01T11:00:00+00:00", "2026-10-30T08:00:00+00:00")
    assert data["removed"] == [{"item": "benefit-type", "path": "Bundle.entry[1].resource.category[0]"}]
    assert [finding["rule"] for finding in data["findings"]] == ["prognosis-missing"]


@pytest.mark.parametrize("organisation", ["987654325", None])
@pytest.mark.parametrize("verdict", ["accepted", "rejected"])
def test_the_receipt_says_by_which_certificate_and_whose_it_was_signed(
    organisation: str | None, verdict: Verdict, definitions: Definitions
) -> None:
    receipt = replace(RECEIPT, judgement=Judgement((), verdict), signer=SignedBy("0f" * 32, organisation))
    data = json.loads(answer_for(receipt, "8140000", definitions)[1])
    assert data["signer"] == {"certificate": "0f" * 32, "organisation": organisation}
    # Whether that is the sender is told by findings alone.
    facts = json.loads(data["answer"])["entry"][1]["resource"]["extension"][0]["extension"]
    [signed] = [fact["extension"] for fact in facts if fact["url"] == "signer"]
    stated = {"certificate": "0f" * 32} | ({"organisation": organisation} if organisation else {})
    assert {part["url"]: part["valueString"] for part in signed} == stated


def test_what_was_removed_stands_nowhere(definitions: Definitions) -> None:
    for form in ("fhir-json", "fhir-xml"):
        answer, data = answer_for(replace(RECEIPT, format=form), "8140000", definitions)
        assert b"AAP" not in answer.body + data
        assert b"urn:x" not in answer.body + data
        assert b"Bundle.entry[1].resource.category[0]" in answer.body


def test_an_answer_in_xml_is_xml(definitions: Definitions) -> None:
    answer, data = answer_for(replace(RECEIPT, format="fhir-xml"), "8140000", definitions)
    assert answer.media_type == "application/fhir+xml"
    assert etree.fromstring(answer.body).tag == "{http://hl7.org/fhir}Bundle"
    assert json.loads(data)["answer"].encode() == answer.body


def test_a_conflict_says_that_a_new_message_id_is_needed(definitions: Definitions) -> None:
    answer, data = conflict_answer(RECEIPT, "8140000", definitions)
    assert answer.status == 409
    issues = json.loads(answer.body)["issue"]
    assert [issue["details"]["coding"][0]["code"] for issue in issues] == ["message-id-conflict"]
    assert json.loads(data)["verdict"] == "rejected"


def test_the_same_facts_give_the_same_bytes(definitions: Definitions) -> None:
    assert answer_for(RECEIPT, "8140000", definitions) == answer_for(replace(RECEIPT), "8140000", definitions)


def test_each_format_is_answered_in_its_own_and_an_unknown_one_in_json() -> None:
    assert [media_type(form) for form in ("fhir-json", "fhir-xml", "kith", "unknown")] == [
        "application/fhir+json",
        "application/fhir+xml",
        "application/xml",
        "application/fhir+json",
    ]


def test_finding_data_leaves_out_what_does_not_apply() -> None:
    data = finding_data(FOUND, "nb")
    assert {key: data[key] for key in ("rule", "severity", "effect", "item", "path", "line", "column")} == {
        "rule": "prognosis-missing",
        "severity": "error",
        "effect": "unanswered",
        "item": "prognosis",
        "path": "Bundle.entry[1].resource",
        "line": 3,
        "column": 7,
    }
    assert data.keys().isdisjoint({"element", "expected", "span", "culprit", "detail"})
    unread = finding_data(Finding("not-json", Effect.REFUSE), "en")
    assert unread["path"] is None
    assert finding_data(replace(FOUND, span=(2, 9)), "nb")["span"] == [2, 9]


def test_the_culprits_name_is_never_told() -> None:
    finding = Finding("element-unknown", Effect.REFUSE, path="Bundle", culprit="uforetrygd")
    for language in LANGUAGES:
        assert "uforetrygd" not in json.dumps(finding_data(finding, language))
        assert all(text_of(finding, language))


def test_only_the_senders_own_terminal_learns_the_code_of_a_removal() -> None:
    removal = RECEIPT.removed[0]
    place = {"item": "benefit-type", "path": "Bundle.entry[1].resource.category[0]"}
    assert removal_data(removal, with_code=False) == place
    assert removal_data(removal, with_code=True) == place | {"system": "urn:x", "code": "AAP"}
