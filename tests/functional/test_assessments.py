"""What NAV reads: one certificate, those of a patient, and the feed; and what is said of what cannot be had."""

from pathlib import Path

import jsonschema_rs
import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from certgateway import safejson
from tests.functional.messages import JSON, body, changed, message_id, raw, resource, tree

DOOR = "/fhir/$process-message"
GOOD = "good/back-pain-tolerates-load.json"
OTHER = "good/stroke-two-year-horizon.json"
REJECTED = "unanswered/health-risk-missing-section-absent.json"
PATIENT = "14837910405"
OTHER_ID = "0f5d0c1e-0000-4000-a000-000000000001"
SCHEMA = Path(__file__).resolve().parents[2] / "schemas" / "assessment.schema.json"


def submitted(client: TestClient, name: str) -> str:
    """Submits a fixture; the gateway's id of its certificate."""
    client.post(DOOR, content=raw(name), headers=JSON)
    found: str = client.get(f"/receipts/{message_id(tree(name))}").json()["certificate"]
    return found


def test_assessment_keeps_its_schema(client: TestClient) -> None:
    answer = client.get(f"/assessments/{submitted(client, GOOD)}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    validator = jsonschema_rs.validator_for(safejson.parse(SCHEMA.read_bytes()))
    assert [error.message for error in validator.iter_errors(answer.json())] == []
    assert answer.json()["verdict"] == "accepted"
    lifting = answer.json()["resources"][0]
    assert (lifting["element"], lifting["code"]["code"]) == ("function[0]", "d4300")


def test_titles_are_in_the_language_asked_for(client: TestClient) -> None:
    address = f"/assessments/{submitted(client, GOOD)}"
    titles = {
        client.get(address, headers={"Accept-Language": wished}).json()["resources"][0]["code"]["display"]
        for wished in ("nb", "nn", "en")
    }
    assert len(titles) >= 2


@pytest.mark.parametrize(
    "certificate",
    ["00000000-0000-4000-8000-000000000000", "x", "%00", "a" * 300, "æøå", "..%2f..", "14837910405"],
)
def test_unknown_certificate(client: TestClient, certificate: str) -> None:
    answer = client.get(f"/assessments/{certificate}")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.json()["title"] == "not-found"
    assert answer.json()["support_reference"] == answer.headers["support-reference"]
    assert "14837910405" not in answer.text


def test_certificate_that_was_only_refused_is_not_there(client: TestClient) -> None:
    certificate = submitted(client, REJECTED)
    assert certificate
    assert client.get(f"/assessments/{certificate}").status_code == 404


def document(client: TestClient, certificate: str, accept: str = "application/fhir+json") -> Response:
    found: Response = client.get(f"/assessments/{certificate}", headers={"Accept": accept, "Accept-Language": "en"})
    return found


def test_fhir_document_is_the_same_certificate(either: TestClient) -> None:
    certificate = submitted(either, GOOD)
    answer = document(either, certificate)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/fhir+json")
    told = answer.json()
    assert (told["resourceType"], told["type"], told["id"]) == ("Bundle", "document", certificate)
    assert told["identifier"]["value"] == f"urn:uuid:{certificate}"
    kinds = [entry["resource"]["resourceType"] for entry in told["entry"]]
    assert (kinds[0], "MessageHeader" in kinds) == ("Composition", False)
    assert told["entry"][0]["resource"]["meta"]["tag"][0]["code"] == "accepted"
    assert told["entry"][0]["resource"]["title"] == "Medical certificate"
    functions = [
        entry["resource"]["code"]["coding"][0]["code"]
        for entry in told["entry"]
        if "/ability" in str(entry["resource"].get("valueCodeableConcept"))
    ]
    facts = either.get(f"/assessments/{certificate}").json()
    assert set(functions) == {entry["code"]["code"] for entry in [*facts["resources"], *facts["obstacles"]]}
    assert document(either, certificate).content == answer.content


@pytest.mark.parametrize("accept", ["application/fhir+xml", "application/fhir+xml, application/json;q=0.5"])
def test_fhir_document_in_xml(client: TestClient, accept: str) -> None:
    answer = document(client, submitted(client, GOOD), accept)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/fhir+xml; charset=utf-8")
    assert b'<type value="document"/>' in answer.content


@pytest.mark.parametrize("accept", ["application/json", "*/*", "application/json, application/fhir+json;q=0.5"])
def test_assessment_stays_plain_json_unless_fhir_comes_first(client: TestClient, accept: str) -> None:
    answer = document(client, submitted(client, GOOD), accept)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json()["verdict"] == "accepted"


def test_fhir_document_of_an_unknown_a_refused_and_a_withdrawn_certificate(client: TestClient) -> None:
    refused, certificate = submitted(client, REJECTED), submitted(client, GOOD)
    for unknown in (refused, "00000000-0000-4000-8000-000000000000", "x"):
        assert document(client, unknown).status_code == 404
    withdrawal = changed(tree(GOOD), OTHER_ID, date="2026-05-21T08:15:00+02:00", status="entered-in-error")
    client.post(DOOR, content=body(withdrawal), headers=JSON)
    gone = document(client, certificate)
    assert (gone.status_code, gone.json()["title"]) == (410, "certificate-withdrawn")
    assert gone.headers["content-type"] == "application/problem+json"


def test_fhir_document_tells_its_version(client: TestClient) -> None:
    certificate = submitted(client, GOOD)
    first = document(client, certificate).json()
    corrected = changed(tree(GOOD), OTHER_ID, date="2026-05-21T08:15:00+02:00", status="amended")
    client.post(DOOR, content=body(corrected), headers=JSON)
    second = document(client, certificate).json()
    assert (first["meta"]["versionId"], second["meta"]["versionId"]) == ("1", "2")
    assert second["entry"][0]["resource"]["status"] == "amended"
    assert first["entry"][0]["fullUrl"] != second["entry"][0]["fullUrl"]


@pytest.mark.parametrize(
    "name,words",
    [
        (
            "note/benefit-removed-everywhere-at-once.json",
            ("AAP", "arbeidsavklaringspenger", "uføre", "Coverage", "EnrollmentRequest"),
        ),
        ("note/benefit-removed-display.json", ("AAP", "arbeidsavklaringspenger")),
        ("note/not-carried-foreign-display.json", ("Gange i ulendt terreng",)),
    ],
)
def test_fhir_document_holds_nothing_removed_and_no_display_of_the_sender(
    client: TestClient, name: str, words: tuple[str, ...]
) -> None:
    sent = raw(name).decode()
    assert any(word in sent for word in words)
    certificate = submitted(client, name)
    for accept in ("application/fhir+json", "application/fhir+xml"):
        answer = document(client, certificate, accept)
        assert answer.status_code == 200
        assert [word for word in words if word.casefold() in answer.text.casefold()] == []


def test_characters_that_xml_cannot_hold_are_given_in_json_only(client: TestClient) -> None:
    message = tree(GOOD)
    resource(message, "Condition")["note"] = [{"text": "Smerter\ufffe i ryggen."}]
    client.post(DOOR, content=body(message), headers=JSON)
    certificate = client.get(f"/receipts/{message_id(message)}").json()["certificate"]
    refused = document(client, certificate, "application/fhir+xml")
    assert (refused.status_code, refused.json()["title"]) == (406, "not-acceptable")
    assert document(client, certificate).status_code == 200


def test_patient_is_searched_by_the_body(either: TestClient) -> None:
    certificate = submitted(either, GOOD)
    submitted(either, OTHER)
    answer = either.post("/assessments/search", json={"patient": PATIENT})
    assert answer.status_code == 200
    (found,) = answer.json()["certificates"]
    assert (found["certificate"], found["versions"], found["withdrawn"]) == (certificate, 1, False)
    assert found["first_attempt"] == "2026-11-01T11:00:00+00:00"
    assert found["assessment"]["certificate"] == certificate
    assert PATIENT not in answer.text


def test_withdrawn_certificate_is_found_without_its_data(client: TestClient) -> None:
    submitted(client, GOOD)
    withdrawal = changed(tree(GOOD), OTHER_ID, date="2026-05-21T08:15:00+02:00", status="entered-in-error")
    client.post(DOOR, content=body(withdrawal), headers=JSON)
    (found,) = client.post("/assessments/search", json={"patient": PATIENT}).json()["certificates"]
    assert (found["withdrawn"], found["versions"], found["assessment"]) == (True, 2, None)


def test_nothing_known_of_a_patient(client: TestClient) -> None:
    assert client.post("/assessments/search", json={"patient": PATIENT}).json() == {"certificates": []}


@pytest.mark.parametrize(
    "sent,announced,status",
    [
        (b'{"patient": "14837910405", "more": 1}', "application/json", 422),
        (b'{"patient": 14837910405}', "application/json", 422),
        (b'{"patient": "1483791040"}', "application/json", 422),
        (
            b'{"patient": "\\uff11\\uff14\\uff18\\uff13\\uff17\\uff19\\uff11\\uff10\\uff14\\uff10\\uff15"}',
            "application/json",
            422,
        ),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b"", "application/json", 400),
        (b'{"patient": "14837910405"', "application/json", 400),
        (b'{"patient": "1", "patient": "14837910405"}', "application/json", 400),
        (b"[" * 4000, "application/json", 400),
        (b" " * 4097, "application/json", 413),
        (b'{"patient": "14837910405"}', "text/plain", 415),
        (b"patient=14837910405", "application/x-www-form-urlencoded", 415),
    ],
)
def test_bad_question_is_a_problem_that_repeats_nothing(
    client: TestClient, sent: bytes, announced: str, status: int
) -> None:
    answer = client.post("/assessments/search", content=sent, headers={"Content-Type": announced})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status
    assert "1483791040" not in answer.text


def test_feed_is_read_in_pages(either: TestClient) -> None:
    first, second = submitted(either, GOOD), submitted(either, OTHER)
    page = either.get("/assessments/feed", params={"after": 0, "limit": 1}).json()
    assert [(event["certificate"], event["kind"], event["version"]) for event in page["events"]] == [(first, "new", 1)]
    page = either.get("/assessments/feed", params={"after": page["next"], "limit": 1}).json()
    assert [event["certificate"] for event in page["events"]] == [second]
    after = page["next"]
    assert either.get("/assessments/feed", params={"after": after}).json() == {"events": [], "next": after}


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "after=9223372036854775808", "limit=0", "limit=1001", "after="]
)
def test_bad_place_in_the_feed(client: TestClient, query: str) -> None:
    answer = client.get(f"/assessments/feed?{query}")
    assert (answer.status_code, answer.json()["title"]) == (422, "request-invalid")


def test_highest_place_in_the_feed(either: TestClient) -> None:
    answer = either.get("/assessments/feed", params={"after": 2**63 - 1})
    assert answer.json() == {"events": [], "next": 9223372036854775807}
