"""`$process-message` as a record system sees it: answers, repeats, conflicts, versions, refusals at the door."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.functional.messages import JSON, XML, body, changed, message_id, raw, resource, tree, under_id

DOOR = "/fhir/$process-message"
GOOD = "good/back-pain-tolerates-load"
REJECTED = "unanswered/health-risk-missing-section-absent"
UNREADABLE = "unreadable/not-json-truncated.json"
OTHER_ID = "0f5d0c1e-0000-4000-a000-000000000001"
THIRD_ID = "0f5d0c1e-0000-4000-a000-000000000002"

Outcome = dict[str, Any]


def rules(outcome: Outcome) -> list[str]:
    return [issue["details"]["coding"][0]["code"] for issue in outcome["issue"] if "coding" in issue["details"]]


def test_good_message_gets_a_response_message(client: TestClient) -> None:
    answer = client.post(DOOR, content=raw(f"{GOOD}.json"), headers=JSON)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/fhir+json"
    header = resource(answer.json(), "MessageHeader")
    assert header["response"]["code"] == "ok"
    assert header["response"]["identifier"] == message_id(tree(f"{GOOD}.json"))
    assert rules(resource(answer.json(), "OperationOutcome")) == ["sender-not-verified"]


def test_xml_is_answered_in_xml(client: TestClient) -> None:
    answer = client.post(DOOR, content=raw(f"{GOOD}.xml"), headers=XML)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/fhir+xml; charset=utf-8"
    assert b'<code value="ok"/>' in answer.content
    assert answer.content.startswith(b"<?xml")


def test_json_and_xml_of_one_message_are_one_message(client: TestClient) -> None:
    first = client.post(DOOR, content=raw(f"{GOOD}.json"), headers=JSON)
    again = client.post(DOOR, content=raw(f"{GOOD}.xml"), headers=XML)
    assert (again.status_code, again.content) == (200, first.content)


def test_rejected_message_gets_every_finding_and_its_receipt(client: TestClient) -> None:
    answer = client.post(DOOR, content=raw(f"{REJECTED}.json"), headers=JSON)
    assert answer.status_code == 422
    assert answer.json()["resourceType"] == "OperationOutcome"
    assert "health-risk-missing" in rules(answer.json())
    id_ = message_id(tree(f"{REJECTED}.json"))
    assert answer.headers["location"] == f"/receipts/{id_}"
    receipt = client.get(answer.headers["location"])
    assert receipt.status_code == 200
    assert receipt.json()["message_id"] == id_
    assert receipt.json()["verdict"] == "rejected"
    message = client.get(answer.headers["location"], headers={"Accept": "application/fhir+json"})
    assert message.headers["content-type"] == "application/fhir+json"
    assert resource(message.json(), "MessageHeader")["response"]["code"] == "fatal-error"
    assert message.text == receipt.json()["answer"]


@pytest.mark.parametrize(
    "id_", ["a\r\nX-More: 1", "\u00f8", "\U0001f469", "a b", "a/../b", "a?b#c", "%0d%0a"], ids=ascii
)
def test_what_is_no_id_stands_in_no_header(client: TestClient, id_: str) -> None:
    sent = tree(f"{GOOD}.json")
    resource(sent, "MessageHeader")["id"] = id_
    answer = client.post(DOOR, content=json.dumps(sent).encode(), headers=JSON)
    assert answer.status_code == 422
    assert "location" not in answer.headers
    assert "x-more" not in answer.headers


def test_receipt_of_xml_is_the_message_in_xml(client: TestClient) -> None:
    client.post(DOOR, content=raw(f"{REJECTED}.xml"), headers=XML)
    id_ = message_id(tree(f"{REJECTED}.json"))
    message = client.get(f"/receipts/{id_}", headers={"Accept": "application/fhir+xml"})
    assert message.headers["content-type"] == "application/fhir+xml; charset=utf-8"
    assert b'<code value="fatal-error"/>' in message.content


@pytest.mark.parametrize(
    "name,status", [(f"{GOOD}.json", 200), (f"{REJECTED}.json", 422), (UNREADABLE, 400)], ids=["200", "422", "400"]
)
def test_same_message_gets_the_same_bytes(either: TestClient, name: str, status: int) -> None:
    answers = [either.post(DOOR, content=raw(name), headers=JSON) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [status] * 3
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers.get("location") for answer in answers}) == 1
    references = {answer.headers["support-reference"] for answer in answers}
    assert len(references) == 3


def test_repeat_keeps_the_language_of_the_first_answer(client: TestClient) -> None:
    first = client.post(DOOR, content=raw(f"{REJECTED}.json"), headers=JSON | {"Accept-Language": "en"})
    again = client.post(DOOR, content=raw(f"{REJECTED}.json"), headers=JSON | {"Accept-Language": "nn"})
    assert again.content == first.content


def test_new_transmission_of_the_same_message_is_the_same(either: TestClient) -> None:
    message = tree(f"{GOOD}.json")
    first = either.post(DOOR, content=body(message), headers=JSON)
    message |= {"id": "another-transmission", "timestamp": "2026-10-31T09:00:00+01:00"}
    again = either.post(DOOR, content=body(message), headers=JSON)
    assert (again.status_code, again.content) == (200, first.content)
    assert len(either.get("/assessments/feed").json()["events"]) == 1


def test_other_content_under_the_same_id_is_a_conflict(either: TestClient) -> None:
    message = tree(f"{GOOD}.json")
    first = either.post(DOOR, content=body(message), headers=JSON)
    resource(message, "Composition")["date"] = "2026-05-13T08:15:00+02:00"
    for _ in range(2):
        answer = either.post(DOOR, content=body(message), headers=JSON)
        assert answer.status_code == 409
        assert rules(answer.json()) == ["message-id-conflict"]
        assert "location" not in answer.headers
    again = either.post(DOOR, content=raw(f"{GOOD}.json"), headers=JSON)
    assert (again.status_code, again.content) == (200, first.content)
    assert len(either.get("/assessments/feed").json()["events"]) == 1


def test_same_certificate_under_another_id_is_a_resend(either: TestClient) -> None:
    message = tree(f"{GOOD}.json")
    either.post(DOOR, content=body(message), headers=JSON)
    answer = either.post(DOOR, content=body(under_id(message, OTHER_ID)), headers=JSON)
    assert answer.status_code == 200
    assert "likely-resend" in rules(resource(answer.json(), "OperationOutcome"))
    receipt = either.get(f"/receipts/{OTHER_ID}").json()
    assert (receipt["version"], receipt["duplicate_of"]) == (None, message_id(message))
    assert len(either.get("/assessments/feed").json()["events"]) == 1


def test_next_version_replaces_and_withdrawal_withdraws(either: TestClient) -> None:
    message = tree(f"{GOOD}.json")
    either.post(DOOR, content=body(message), headers=JSON)
    update = changed(message, OTHER_ID, date="2026-05-20T08:15:00+02:00")
    assert either.post(DOOR, content=body(update), headers=JSON).status_code == 200
    receipt = either.get(f"/receipts/{OTHER_ID}").json()
    assert receipt["version"] == 2
    certificate = receipt["certificate"]
    assert either.get(f"/assessments/{certificate}").json()["version"] == 2
    withdrawal = changed(message, THIRD_ID, date="2026-05-21T08:15:00+02:00", status="entered-in-error")
    assert either.post(DOOR, content=body(withdrawal), headers=JSON).status_code == 200
    gone = either.get(f"/assessments/{certificate}")
    assert (gone.status_code, gone.json()["title"]) == (410, "certificate-withdrawn")
    events = either.get("/assessments/feed").json()["events"]
    assert [(event["kind"], event["certificate"]) for event in events] == [
        ("new", certificate),
        ("replaced", certificate),
        ("withdrawn", certificate),
    ]


def test_twenty_at_once_have_one_effect(either: TestClient) -> None:
    sent = raw(f"{GOOD}.json")
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: either.post(DOOR, content=sent, headers=JSON), range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len(either.get("/assessments/feed").json()["events"]) == 1


def test_draft_is_refused(client: TestClient) -> None:
    draft = changed(tree(f"{GOOD}.json"), OTHER_ID, status="preliminary")
    answer = client.post(DOOR, content=body(draft), headers=JSON)
    assert answer.status_code == 422
    assert "draft-submitted" in rules(answer.json())


def test_resource_that_is_no_message_is_refused(client: TestClient) -> None:
    answer = client.post(DOOR, content=b'{"resourceType": "Patient"}', headers=JSON)
    assert answer.status_code == 422
    assert rules(answer.json()) == ["not-a-message"]


@pytest.mark.parametrize(
    "wished,spoken",
    [
        ("nb", "nb"),
        ("no", "nb"),
        ("nn-NO,nb;q=0.5", "nn"),
        ("de, en-GB;q=0.8, nb;q=0.2", "en"),
        ("en;q=0, nn", "nn"),
        ("*", "nb"),
        ("klingon", "nb"),
        ("en;q=x", "nb"),
    ],
)
def test_language_follows_the_header(client: TestClient, wished: str, spoken: str) -> None:
    answer = client.post(DOOR, content=raw(UNREADABLE), headers=JSON | {"Accept-Language": wished})
    texts = {
        "nb": "Meldingen er ikke gyldig JSON; lesingen stanset her.",
        "nn": "Meldinga er ikkje gyldig JSON; lesinga stansa her.",
        "en": "The message is not valid JSON; reading stopped here.",
    }
    assert answer.json()["issue"][0]["details"]["text"] == texts[spoken]


@pytest.mark.parametrize(
    "announced",
    [
        "application/fhir+json; fhirVersion=4.0",
        'application/fhir+json;charset="UTF-8"; fhirVersion=4.0.1',
        "application/json",
        "APPLICATION/FHIR+JSON",
    ],
)
def test_media_types_that_are_taken(client: TestClient, announced: str) -> None:
    answer = client.post(DOOR, content=raw(f"{GOOD}.json"), headers={"Content-Type": announced})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/fhir+json")


@pytest.mark.parametrize(
    "announced",
    [
        "",
        "json",
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/fhir+json; fhirVersion=5.0",
        "application/fhir+json; charset=iso-8859-1",
        "application/fhir+turtle",
        "application/x-www-form-urlencoded",
        ";;;",
    ],
)
def test_media_types_that_are_refused(client: TestClient, announced: str) -> None:
    answer = client.post(DOOR, content=raw(f"{GOOD}.json"), headers={"Content-Type": announced})
    assert answer.status_code == 415
    assert rules(answer.json()) == ["media-type-not-supported"]
    assert client.get(f"/receipts/{message_id(tree(f'{GOOD}.json'))}").status_code == 404


def test_refusal_at_the_door_speaks_the_senders_format(client: TestClient) -> None:
    answer = client.post(DOOR, content=b"<x/>", headers={"Content-Type": "application/xml; charset=latin1"})
    assert (answer.status_code, answer.headers["content-type"]) == (415, "application/fhir+xml; charset=utf-8")
    assert b'<code value="media-type-not-supported"/>' in answer.content


def test_compressed_body_is_refused(client: TestClient) -> None:
    answer = client.post(DOOR, content=b"\x1f\x8b", headers=JSON | {"Content-Encoding": "gzip"})
    assert answer.status_code == 415
    assert rules(answer.json()) == ["content-encoding-not-supported"]
